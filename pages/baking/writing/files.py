"""Files of a static copy, each with compressed copies next to it. What did not change stays the same file."""

import gzip
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import brotli

CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda body: gzip.compress(body, 6, mtime=0),
    "br": lambda body: brotli.compress(body, quality=5),
}
COMPRESSED_TYPES = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")
# Below this size, compressing saves no packet.
MIN_COMPRESSED_SIZE = 500


def codings_of(body: bytes, content_type: str) -> tuple[str, ...]:
    """Return the suffixes of the compressed copies that a body gets."""
    is_compressed = len(body) >= MIN_COMPRESSED_SIZE and content_type.startswith(COMPRESSED_TYPES)
    return tuple(CODERS) if is_compressed else ()


class FileWriter:
    """Writes files below a folder that holds those of the former copy, some of them as hard links."""

    def __init__(self, folder: Path):
        self._folder = str(folder)
        self._folders = {self._folder}

    def write(self, file: str, body: bytes, codings: tuple[str, ...]) -> None:
        """Write a file with its compressed copies. A former file of that name keeps its content elsewhere."""
        path = f"{self._folder}/{file}"
        if (parent := os.path.dirname(path)) not in self._folders:
            os.makedirs(parent, exist_ok=True)
            self._folders.add(parent)
        write_new(path, body)
        for coding in codings:
            write_new(f"{path}.{coding}", CODERS[coding](body))


def write_new(path: str, content: bytes) -> None:
    """Write a file that is another one than a former file of that name."""
    # First, because most files are new ones.
    with suppress(FileExistsError), open(path, "xb") as file:
        file.write(content)
        return
    os.unlink(path)
    with open(path, "xb") as file:
        file.write(content)
