"""Reading a folder's files. Nothing outside it is read, wherever its links lead."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pages.hugo.commits.commit_changes import FileChange
from pages.hugo.site_structure.file_names import is_text

# The longest file that is read: a text of the greatest length has a quarter of a megabyte, and pictures have more.
MAX_FILE_BYTES = 32 * 1024 * 1024


class FolderFiles:
    """The files below a folder. A file's path stands for its blob."""

    def __init__(self, root: Path):
        self._root = root.resolve()

    def changes(self) -> Iterator[FileChange]:
        """Yield every file, in the order of their names, as if it had just come."""
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if name != ".git")
            for name in sorted(files + [name for name in folders if is_text(name)]):
                yield self._change(Path(folder, name))

    def _change(self, file: Path) -> FileChange:
        # A file's name need not be UTF-8; what is not can be neither stored nor shown.
        name = os.fsencode(file.relative_to(self._root).as_posix())
        path = name.decode(errors="replace")
        if skip_reason := self._skip_reason(file, name):
            return FileChange(path, skip_reason=skip_reason if is_text(path) else "")
        return FileChange(path, blob=path)

    def _skip_reason(self, file: Path, name: bytes) -> str:
        try:
            name.decode()
            if not file.resolve().is_relative_to(self._root):
                return "it is a link that leads to no file of the tree."
        except UnicodeDecodeError:
            return "its name is not UTF-8."
        except RuntimeError:
            # So says pathlib of a link that leads to itself.
            return "it is a link that leads to no file of the tree."
        return "" if file.is_file() else "it is no file."

    def read(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        """Return the contents of files; those that cannot be had are left out."""
        return {path: content for path in blobs if (content := self._content(self._root / path)) is not None}

    @staticmethod
    def _content(file: Path) -> bytes | None:
        try:
            return file.read_bytes() if file.stat().st_size <= MAX_FILE_BYTES else None
        except OSError:
            return None
