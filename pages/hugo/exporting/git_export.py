"""Export to a git repository: one commit for every imported commit, and one for every record of this site."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.commit_metadata import CommitMetadata, imported_metadata, record_metadata
from pages.hugo.exporting.exported_records import ExportedLog
from pages.hugo.exporting.exported_structure import CONFIG
from pages.hugo.exporting.report import ExportReport
from pages.hugo.exporting.site_files import FILES_PER_BATCH, FileReference, SiteFiles, read_contents
from pages.hugo.git.commits import Commit, person_line
from pages.hugo.git.repository import Repository
from pages.hugo.git.writer import BranchWriter
from pages.hugo.site_details.writing import ConfigWriter
from pages.publishing.importing.site_details import read_site_details


class DifferentHistory(ValueError):
    """The repository has commits or files that this site would not have written."""

    def __init__(self, difference: str):
        super().__init__(f"{difference} Nothing was written; export to a new repository, or to another branch (--ref).")


@dataclass(frozen=True)
class PendingCommit:
    """A commit to write, and the number of its last record."""

    metadata: CommitMetadata
    changes: Mapping[str, FileReference | None]
    number: int


def export_git(
    destination: Path,
    *,
    at: datetime,
    ref: str = "main",
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ExportReport:
    """Append what is public at a time, and missing there, to a branch of a bare repository, which is created if needed.

    Raises DifferentHistory, InvalidRepository or GitFailed; then nothing was written.
    """
    report, log = ExportReport(at, is_history=True), ExportedLog(at)
    site = SiteFiles(AddressHistory(), ConfigWriter(read_site_details(at)))
    commits = _pending_commits(log, site)
    with BranchWriter(destination, ref) as writer:
        if writer.head:
            report.existing_commits = _skip_existing(destination, writer.head, commits, site)
            # Settings and links can have changed since: the next commit writes the config again.
            site.tree.pop(CONFIG, None)
        # The branch moves when the writer ends without an error, so that all commits are appended, or none.
        batch: list[PendingCommit] = []
        for commit in commits:
            batch.append(commit)
            if sum(len(pending.changes) for pending in batch) >= FILES_PER_BATCH:
                _write_commits(writer, batch, report)
                batch = []
                progress(commit.number, log.length)
        _write_commits(writer, batch, report)
    return report


def _pending_commits(log: ExportedLog, site: SiteFiles) -> Iterator[PendingCommit]:
    for records in log.commits():
        changes, commit = site.apply(records), records[0].commit
        metadata = imported_metadata(commit) if commit else record_metadata(records, site.addresses)
        yield PendingCommit(metadata, changes, records[-1].number)


def _skip_existing(destination: Path, head: str, commits: Iterator[PendingCommit], site: SiteFiles) -> int:
    """Skip the commits that the branch has already, and return how many. Raises DifferentHistory."""
    count = 0
    with Repository(destination) as repository:
        for existing in repository.commits(head):
            commit = next(commits, None)
            if commit is None or not _is_same_commit(commit.metadata, existing):
                commit_name = f"{existing.id[:12]} (number {count + 1})"
                raise DifferentHistory(
                    f"{destination} has another history: this site would not have written commit {commit_name}."
                )
            count += 1
        paths = {change.path for change in repository.tree(head)}
    _check_paths(destination, paths, site)
    return count


def _check_paths(destination: Path, paths: set[bytes], site: SiteFiles) -> None:
    # A picture can be missing: if its content is not stored, it was not written.
    required = {path.encode() for path, file in site.tree.items() if not isinstance(file, str)}
    if not required <= paths <= {path.encode() for path in site.tree}:
        raise DifferentHistory(f"{destination} has other files than this site would have written.")


def _is_same_commit(metadata: CommitMetadata, existing: Commit) -> bool:
    # The writer changes what git rejects: NULs in messages, and some characters and dates of people.
    author, committer, message = metadata
    ours = person_line("", author), person_line("", committer), message.replace(b"\0", b" ")
    return ours == (person_line("", existing.author), person_line("", existing.committer), existing.message)


def _write_commits(writer: BranchWriter, commits: list[PendingCommit], report: ExportReport) -> None:
    contents = read_contents(file for commit in commits for file in commit.changes.values())
    for commit in commits:
        changes = [
            (path.encode(), None if file is None else contents[file])
            for path, file in commit.changes.items()
            if report.count_file(path, file, contents)
        ]
        writer.write(*commit.metadata, changes)
        report.commits += 1
