"""The files of git commits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pages.hugo.commits.commit_changes import FileChange
from pages.hugo.git.commits import SUBMODULE_MODE, SYMLINK_MODE, Change
from pages.hugo.git.repository import Repository
from pages.hugo.importing.folder_files import MAX_FILE_BYTES
from pages.hugo.importing.page_importer import ReadBlobs


def file_changes(changes: Iterable[Change]) -> Iterator[FileChange]:
    """Convert the changes of a commit. Symbolic links are never followed, so that nothing outside is read."""
    for change in changes:
        path = change.path.decode(errors="replace")
        try:
            change.path.decode()
        except UnicodeDecodeError:
            # Nothing is skipped if the file was deleted.
            yield FileChange(path, skip_reason="its name is not UTF-8." if change.blob else "")
            continue
        if change.mode in (SYMLINK_MODE, SUBMODULE_MODE):
            kind = "a symbolic link" if change.mode == SYMLINK_MODE else "a submodule"
            yield FileChange(path, skip_reason=f"it is {kind}, which is not followed.")
        else:
            yield FileChange(path, change.blob)


def blob_reader(repository: Repository) -> ReadBlobs:
    """Return a function that reads blobs by id, without those that are too long or missing in a partial clone."""

    def read(blobs: Sequence[str]) -> Mapping[str, bytes]:
        return repository.blobs(blobs, max_bytes=MAX_FILE_BYTES)

    return read
