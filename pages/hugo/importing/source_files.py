"""The files of a folder or of git commits. Nothing outside of them is read, even if links lead there."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from pages.hugo.commits.commit_changes import FileChange, ReadBlobs
from pages.hugo.git.commits import SUBMODULE_MODE, SYMLINK_MODE, Change
from pages.hugo.git.repository import Repository
from pages.hugo.site_structure.file_names import is_text
from pages.text.messages import Message

# Longer files are skipped. A text can have a quarter of a megabyte, but pictures have more.
MAX_FILE_BYTES = 32 * 1024 * 1024
# A file name can be any bytes, but only UTF-8 can be stored and displayed.
_NOT_UTF8 = Message("its name is not UTF-8.")


class FolderFiles:
    """The files below a folder. A file's path is used as its blob id."""

    def __init__(self, root: Path):
        self._root = root.resolve()

    def changes(self) -> Iterator[FileChange]:
        """Yield every file as an added one, sorted by name within each folder."""
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if name != ".git")
            # A folder named like a text must be reported, and so must a link to a folder with texts.
            for name in sorted(files + [name for name in folders if is_text(name) or Path(folder, name).is_symlink()]):
                file = Path(folder, name)
                name_in_tree = file.relative_to(self._root).as_posix()
                path = os.fsencode(name_in_tree).decode(errors="replace")
                skip_reason = self._skip_reason(file) if path == name_in_tree else _NOT_UTF8
                is_named = is_text(path) or name in folders
                yield FileChange(path, "" if skip_reason else path, skip_reason if is_named else "")

    def _skip_reason(self, file: Path) -> str:
        if file.is_symlink() and file.is_dir():
            return Message("it is a link to a folder, which is not followed.")
        try:
            is_inside = file.resolve().is_relative_to(self._root)
        except RuntimeError:
            # Raised by pathlib for a link that leads to itself.
            is_inside = False
        if not is_inside:
            return Message("it is a link that does not lead to a file of the tree.")
        return "" if file.is_file() else Message("it is not a file.")

    def read(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        """Return the contents of files by path, without those that are too long or cannot be read."""
        contents = {}
        for path in blobs:
            with suppress(OSError):
                if (self._root / path).stat().st_size <= MAX_FILE_BYTES:
                    contents[path] = (self._root / path).read_bytes()
        return contents


def git_file_changes(changes: Iterable[Change]) -> Iterator[FileChange]:
    """Convert the changes of a commit. Symbolic links are never followed."""
    for change in changes:
        path = change.path.decode(errors="replace")
        if path.encode() != change.path:
            # Nothing is skipped if the file was deleted.
            yield FileChange(path, skip_reason=_NOT_UTF8 if change.blob else "")
        elif change.mode == SYMLINK_MODE:
            yield FileChange(path, skip_reason=Message("it is a symbolic link, which is not followed."))
        elif change.mode == SUBMODULE_MODE:
            yield FileChange(path, skip_reason=Message("it is a submodule, which is not followed."))
        else:
            yield FileChange(path, change.blob)


def blob_reader(repository: Repository) -> ReadBlobs:
    """Return a function that reads blobs by id, without those that are too long or missing in a partial clone."""
    return partial(repository.blobs, max_bytes=MAX_FILE_BYTES)
