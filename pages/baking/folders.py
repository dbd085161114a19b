"""The folder of a static copy, and how the next copy takes its place at once."""

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selfprivacy_site.wsgi_middleware.baked_manifest import (
    FILE_NAME,
    PUBLIC,
    Manifest,
    NotACopy,
    OtherFormat,
    read_manifest,
)

# What a copy holds next to the files of the site: for nginx, and for hosts that read a list of redirects.
NGINX = "nginx"
REDIRECTS = "redirects.txt"
OWN_NAMES = frozenset({FILE_NAME, PUBLIC, NGINX, REDIRECTS})
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class DestinationRefused(ValueError):
    """The destination holds something else than a static copy, or another run is writing to it."""


class CopyFolder:
    """The destination of a copy. The next one is made in `staging`, next to it, on the same file system."""

    def __init__(self, destination: Path):
        self.destination = destination.absolute()
        self.staging = self.destination.with_name(f".{destination.name}.new")
        self._lock = self.destination.with_name(f".{destination.name}.lock")

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Hold an empty staging folder while the block runs. Raises DestinationRefused.

        What an interrupted run left is removed before, and what is left after the block is removed too.
        """
        self._require_own()
        self.destination.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DestinationRefused(f"Another run is writing to {self.destination}.") from error
            _remove(self.staging)
            (self.staging / PUBLIC).mkdir(parents=True)
            try:
                yield
            finally:
                _remove(self.staging)

    def publish(self) -> None:
        """Put the staging folder in the place of the former copy, in one step. The former copy is then in staging."""
        if self.destination.exists() and any(self.destination.iterdir()):
            _exchange(self.staging, self.destination)
        else:
            # Replaces an empty folder.
            self.staging.rename(self.destination)

    def _require_own(self) -> None:
        if not self.destination.exists():
            return
        if not self.destination.is_dir():
            raise DestinationRefused(f"{self.destination} is not a folder.")
        names = {path.name for path in self.destination.iterdir()}
        if not names:
            return
        try:
            self._require_no_other_files(read_manifest(self.destination))
        except OtherFormat:
            return
        except NotACopy as error:
            text = f"{self.destination} is not empty and holds no static copy: nothing is written to it."
            raise DestinationRefused(text) from error

    def _require_no_other_files(self, manifest: Manifest) -> None:
        """Refuse a copy to which somebody added files: the next copy would not have them. Two levels are checked."""
        public = {entry.file.partition("/")[0] for entry in manifest.entries.values()}
        codings = {f"{entry.file}.{coding}" for entry in manifest.entries.values() for coding in entry.codings}
        others = {path.name for path in self.destination.iterdir()} - OWN_NAMES
        others |= {path.name for path in (self.destination / PUBLIC).iterdir()} - public - codings
        if others:
            raise DestinationRefused(
                f"{self.destination} holds files that no run has written: {', '.join(sorted(others))}. Move them away."
            )


def _exchange(first: Path, second: Path) -> None:
    """Exchange two folders in one step (renameat2, Linux 3.15). Raises OSError where the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    paths = (_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second))
    if library.renameat2(*paths, _RENAME_EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"The file system cannot exchange two folders ({os.strerror(code)})", str(second))


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
