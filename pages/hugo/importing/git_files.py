"""Commits on their way in: their files' changes in the terms of paths, and the rows that keep what they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pages.hugo.commits.commit_changes import CommitChanges, FileChange
from pages.hugo.git.commits import SUBMODULE_MODE, SYMLINK_MODE, Change, Commit
from pages.hugo.git.repository import Repository
from pages.models import ImportedCommit

# The longest file that is read: a text of the greatest length has a quarter of a megabyte, and pictures have more.
MAX_FILE_BYTES = 32 * 1024 * 1024


def file_changes(changes: Iterable[Change]) -> Iterator[FileChange]:
    """Return what files became, as far as they can be texts: links lead elsewhere, and submodules are not here."""
    for change in changes:
        path = change.path.decode(errors="replace")
        try:
            change.path.decode()
        except UnicodeDecodeError:
            yield FileChange(path, skip_reason="its name is not UTF-8." if change.blob else "")
            continue
        if change.mode in (SYMLINK_MODE, SUBMODULE_MODE):
            what = "a symbolic link" if change.mode == SYMLINK_MODE else "a submodule"
            yield FileChange(path, skip_reason=f"it is {what}, which is not followed.")
        else:
            yield FileChange(path, change.blob)


def blob_reader(repository: Repository):
    """Return what reads many blobs; those that are too long, or missing in a partial clone, are left out."""

    def read(blobs: Sequence[str]) -> Mapping[str, bytes]:
        contents = repository.blobs(dict.fromkeys(blobs), max_bytes=MAX_FILE_BYTES)
        return {blob: content for blob, content in contents if content is not None}

    return read


def imported_commit(commit: Commit, commit_changes: CommitChanges) -> ImportedCommit:
    """Return the row that keeps a commit, with what it did to the files of texts."""
    owned_files = sorted(commit_changes.files.items())
    files = {path: owned and [str(owned[0].identifier), owned[1]] for path, owned in owned_files}
    return ImportedCommit(
        commit_id=commit.id,
        author_name=_short(commit.author.name),
        author_email=_short(commit.author.email),
        author_date=commit.author.date[:60],
        committer_name=_short(commit.committer.name),
        committer_email=_short(commit.committer.email),
        committer_date=commit.committer.date[:60],
        message=commit.message,
        files=files,
        site_structure=commit_changes.structure.as_json() if commit_changes.structure else None,
    )


def _short(name: str) -> str:
    """Return a name as the database keeps it: without NUL, and not endless."""
    return name.replace("\0", "\ufffd")[:300]
