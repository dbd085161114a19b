"""Files of a static copy, each with compressed copies next to it. What did not change stays the same file."""

import gzip
import os
from collections.abc import Callable
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
    """Writes files below a folder; `former` is that of the former copy."""

    def __init__(self, folder: Path, former: Path | None):
        self._folder = str(folder)
        self._former = str(former) if former else None
        self._folders = {self._folder}

    def write(self, file: str, body: bytes, codings: tuple[str, ...]) -> None:
        """Write a new file with its compressed copies."""
        path = self._path(file)
        _write(path, body)
        for coding in codings:
            _write(f"{path}.{coding}", CODERS[coding](body))

    def keep(self, file: str, codings: tuple[str, ...]) -> None:
        """Link a file of the former copy, so that its times stay."""
        path, former = self._path(file), f"{self._former}/{file}"
        for suffix in ("", *(f".{coding}" for coding in codings)):
            os.link(f"{former}{suffix}", f"{path}{suffix}")

    def _path(self, file: str) -> str:
        path = f"{self._folder}/{file}"
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)
        return path


def _write(path: str, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
