"""Temporary folders that are removed even if the process is killed: by the next one."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The name of a folder that is not locked yet begins with it.
_NEW = "new-"


@contextmanager
def temporary_folder(prefix: str, parent: Path | None = None) -> Iterator[Path]:
    """Yield a new folder, by default in the system's folder for such. It is removed at the end.

    Folders with the prefix that killed processes left behind are removed too, so nobody else may use the prefix there.
    """
    parent = parent or Path(tempfile.gettempdir())
    _remove_abandoned(prefix, parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{_NEW}{prefix}", dir=parent))
    # Locked as long as this process lives. Child processes do not get it.
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Only now can another process find it.
        folder = folder.rename(parent / folder.name.removeprefix(_NEW))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_abandoned(prefix: str, parent: Path) -> None:
    for name in os.listdir(parent):
        if name.startswith(prefix):
            # Another process may be removing it, or it belongs to another user.
            with suppress(OSError):
                _remove_if_abandoned(parent / name)


def _remove_if_abandoned(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(lock).st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
