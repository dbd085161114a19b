"""Static files with names that change with their content, and their compressed copies."""

import gzip
import zlib
from pathlib import Path

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ChangedFilesCompressor(Compressor):
    """Compresses only what changed: to compress all files takes seconds, to decompress them a few milliseconds."""

    def compress(self, path: str) -> list[str]:
        return [] if is_compressed(path) else super().compress(path)


class StaticStorage(CompressedManifestStaticFilesStorage):
    def create_compressor(self, **options) -> ChangedFilesCompressor:
        return ChangedFilesCompressor(**options)


def is_compressed(path: str) -> bool:
    """Return whether both compressed copies of a file exist and hold what the file holds."""
    try:
        content = Path(path).read_bytes()
        is_current = gzip.decompress(Path(f"{path}.gz").read_bytes()) == content
        return is_current and brotli.decompress(Path(f"{path}.br").read_bytes()) == content
    # A copy that is missing, or that a killed process has not written to the end.
    except (OSError, EOFError, zlib.error, brotli.error):
        return False
