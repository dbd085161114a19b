"""The folder of a static copy, and how the next copy takes its place at once."""

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pages.baking.writing.files import write_new
from selfprivacy_site.wsgi_middleware.baked_manifest import (
    FILE_NAME,
    PUBLIC,
    Entry,
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
    """The destination of a copy, with two folders next to it on the same file system.

    The next copy is made in `staging`, from `standby`: hard links to all files of the present copy, so that a run only
    has to write what changed.
    """

    def __init__(self, destination: Path):
        self.destination = destination.absolute()
        self.staging = self.destination.with_name(f".{destination.name}.new")
        self._standby = self.destination.with_name(f".{destination.name}.standby")
        self._lock = self.destination.with_name(f".{destination.name}.lock")

    @contextmanager
    def locked(self) -> Iterator[Manifest | None]:
        """Let no other run write while the block runs. Raises DestinationRefused. Yields the former manifest.

        What an interrupted run left is removed before, and what is left after the block is removed too.
        """
        self.destination.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DestinationRefused(f"Another run is writing to {self.destination}.") from error
            former = self._read_former()
            _remove(self.staging)
            try:
                yield former
            finally:
                _remove(self.staging)

    def stage(self, former: Manifest | None) -> None:
        """Fill the staging folder with the files of the former copy."""
        if former and self._is_standby_valid():
            self._standby.rename(self.staging)
            # From now on it is not a mirror of the copy.
            (self.staging / FILE_NAME).unlink()
            return
        _remove(self._standby)
        (self.staging / PUBLIC).mkdir(parents=True)
        if former:
            link_files(all_files(former.entries.values()), self.destination / PUBLIC, self.staging / PUBLIC)

    def write(self, name: str, text: str) -> None:
        """Write a file next to those of the site in the staging folder."""
        path = self.staging / name
        path.parent.mkdir(exist_ok=True)
        write_new(str(path), text.encode())

    def publish(self) -> None:
        """Put the staging folder in the place of the former copy, in one step. The former copy is then in staging.

        Its files are on the disk before, so that no crash leaves a copy of empty ones.
        """
        flush(self.staging)
        if self.destination.exists() and any(self.destination.iterdir()):
            _exchange(self.staging, self.destination)
        else:
            # Replaces an empty folder.
            self.staging.rename(self.destination)

    def mirror(self, manifest: Manifest, written: Iterable[str], removed: Iterable[str]) -> None:
        """Make the former copy, or a new folder, the standby of the present one."""
        if self.staging.exists():
            remove_files(removed, self.staging / PUBLIC)
            link_files(written, self.destination / PUBLIC, self.staging / PUBLIC)
        else:
            (self.staging / PUBLIC).mkdir(parents=True)
            link_files(all_files(manifest.entries.values()), self.destination / PUBLIC, self.staging / PUBLIC)
        link_files((f"{NGINX}/http.conf", f"{NGINX}/server.conf", REDIRECTS, FILE_NAME), self.destination, self.staging)
        self.staging.rename(self._standby)

    def _is_standby_valid(self) -> bool:
        try:
            return os.path.samefile(self._standby / FILE_NAME, self.destination / FILE_NAME)
        except FileNotFoundError:
            return False

    def _read_former(self) -> Manifest | None:
        """Return the manifest of the former copy, None if there is none. Raises DestinationRefused."""
        if not self.destination.exists():
            return None
        if not self.destination.is_dir():
            raise DestinationRefused(f"{self.destination} is not a folder.")
        if not any(self.destination.iterdir()):
            return None
        try:
            manifest = read_manifest(self.destination)
        except OtherFormat:
            return None
        except NotACopy as error:
            text = f"{self.destination} is not empty and holds no static copy: nothing is written to it."
            raise DestinationRefused(text) from error
        self._require_no_other_files(manifest)
        return manifest

    def _require_no_other_files(self, manifest: Manifest) -> None:
        """Refuse a copy to which somebody added files: the next copy would not have them. Two levels are checked."""
        others = set(os.listdir(self.destination)) - OWN_NAMES
        others |= set(os.listdir(self.destination / PUBLIC)) - set(manifest.top_names)
        if others:
            raise DestinationRefused(
                f"{self.destination} holds files that no run has written: {', '.join(sorted(others))}. Move them away."
            )


def link_files(files: Iterable[str], source: Path, target: Path) -> None:
    """Link files, instead of those of the same names, so that their times stay."""
    folders = {str(target)}
    for file in dict.fromkeys(files):
        path = f"{target}/{file}"
        if (folder := os.path.dirname(path)) not in folders:
            os.makedirs(folder, exist_ok=True)
            folders.add(folder)
        _link(f"{source}/{file}", path)


def remove_files(files: Iterable[str], folder: Path) -> None:
    """Remove files, and the folders that are then empty."""
    for file in files:
        path = folder / file
        path.unlink(missing_ok=True)
        # The first folder that is not empty ends this.
        with suppress(OSError):
            for parent in path.relative_to(folder).parents[:-1]:
                (folder / parent).rmdir()


def all_files(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the files of entries below PUBLIC, with compressed copies."""
    for entry in entries:
        if entry.file:
            yield entry.file
            yield from (f"{entry.file}.{coding}" for coding in entry.codings)


def _link(source: str, path: str) -> None:
    # First, because most files are new ones.
    with suppress(FileExistsError):
        os.link(source, path)
        return
    os.unlink(path)
    os.link(source, path)


def flush(folder: Path) -> None:
    """Write the file system of a folder to the disk (syncfs, Linux 2.6.39). Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _call("syncfs", descriptor, refusal="The file system cannot write its files to the disk")
    finally:
        os.close(descriptor)


def _exchange(first: Path, second: Path) -> None:
    """Exchange two folders in one step (renameat2, Linux 3.15). Raises OSError where the file system cannot."""
    paths = (_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second))
    _call("renameat2", *paths, _RENAME_EXCHANGE, refusal="The file system cannot exchange two folders")


def _call(name: str, *arguments: int | bytes, refusal: str) -> None:
    """Call a function of the C library that Python has none for. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    if library[name](*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{refusal} ({os.strerror(code)})")


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
