"""The files of a folder. Nothing outside it is read, even if links lead there."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pages.hugo.commits.commit_changes import FileChange
from pages.hugo.site_structure.file_names import is_text

# Longer files are skipped. A text can have a quarter of a megabyte, but pictures have more.
MAX_FILE_BYTES = 32 * 1024 * 1024


class FolderFiles:
    """The files below a folder. A file's path is used as its blob id."""

    def __init__(self, root: Path):
        self._root = root.resolve()

    def changes(self) -> Iterator[FileChange]:
        """Yield every file as an added one, sorted by name within each folder."""
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if name != ".git")
            # A folder named like a text must be reported.
            for name in sorted(files + [name for name in folders if is_text(name)]):
                yield self._file_change(Path(folder, name))

    def _file_change(self, file: Path) -> FileChange:
        # A file name can be any bytes, but only UTF-8 can be stored and displayed.
        name = os.fsencode(file.relative_to(self._root).as_posix())
        path = name.decode(errors="replace")
        if skip_reason := self._skip_reason(file, name):
            return FileChange(path, skip_reason=skip_reason if is_text(path) else "")
        return FileChange(path, blob=path)

    def _skip_reason(self, file: Path, name: bytes) -> str:
        try:
            name.decode()
            if not file.resolve().is_relative_to(self._root):
                return "it is a link that does not lead to a file of the tree."
        except UnicodeDecodeError:
            return "its name is not UTF-8."
        except RuntimeError:
            # Raised by pathlib for a link that leads to itself.
            return "it is a link that does not lead to a file of the tree."
        return "" if file.is_file() else "it is not a file."

    def read(self, blobs: Sequence[str]) -> Mapping[str, bytes]:
        """Return the contents of files by path, without those that are too long or cannot be read."""
        return {path: content for path in blobs if (content := self._content(self._root / path)) is not None}

    @staticmethod
    def _content(file: Path) -> bytes | None:
        try:
            return file.read_bytes() if file.stat().st_size <= MAX_FILE_BYTES else None
        except OSError:
            return None
