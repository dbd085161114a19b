"""Writing what was published as a git repository: one commit for each imported commit, and for each event here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.commit_metadata import CommitMetadata, imported_metadata, record_metadata, version_numbers
from pages.hugo.exporting.contents import BATCH_SIZE, read_contents
from pages.hugo.exporting.exported_records import ExportedLog, ExportedRecord
from pages.hugo.exporting.report import ExportReport, new_report
from pages.hugo.exporting.site_files import FileReference, SiteFiles
from pages.hugo.git.commit_fields import person_line
from pages.hugo.git.commits import Commit
from pages.hugo.git.repository import Repository
from pages.hugo.git.writer import Writer


class DifferentHistory(ValueError):
    """The repository has commits that this site has not written, or would not write now."""


@dataclass(frozen=True)
class PendingCommit:
    """A commit that is to be there, and the number of the last record in it."""

    words: CommitMetadata
    changes: Mapping[str, FileReference | None]
    number: int


def export_git(
    destination: Path,
    *,
    at: datetime,
    ref: str = "main",
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ExportReport:
    """Append to a branch of a repository, made if it is not there, what it lacks of what was published by a moment.

    Raises AnotherHistory, and InvalidRepository or GitFailed; then nothing was written.
    """
    report, log = new_report(at), ExportedLog(at)
    report.commits = 0
    site = SiteFiles(AddressHistory(at))
    outgoing = _outgoing(log, site)
    with Writer(destination, ref) as writer:
        if writer.head:
            report.existing_commits = _skip(destination, writer.head, outgoing, site)
        waiting: list[PendingCommit] = []
        for one in outgoing:
            waiting.append(one)
            if sum(len(some.changes) for some in waiting) >= BATCH_SIZE:
                _write(writer, waiting, report)
                waiting = []
                progress(one.number, log.length)
        _write(writer, waiting, report)
    return report


def _outgoing(log: ExportedLog, site: SiteFiles) -> Iterator[PendingCommit]:
    for step in log.steps():
        changes = site.apply(step)
        yield PendingCommit(_words(step, site), changes, step[-1].number)


def _words(step: list[ExportedRecord], site: SiteFiles) -> CommitMetadata:
    event = step[0]
    if event.commit:
        return imported_metadata(event.commit)
    return record_metadata(event, site.addresses, version_numbers(step))


def _skip(destination: Path, head: str, outgoing: Iterator[PendingCommit], site: SiteFiles) -> int:
    """Go past the commits that are there already, and return how many those are. Raises AnotherHistory."""
    there = 0
    with Repository(destination) as repository:
        for commit in repository.commits(head):
            one = next(outgoing, None)
            if one is None or not _is_the_same(one.words, commit):
                which = f"commit {commit.id[:12]} (number {there + 1})"
                raise DifferentHistory(
                    f"{destination} has another history: {which} is none that this site would have written. "
                    "Nothing was written; export to a new repository, or to another branch (--ref)."
                )
            there += 1
        stored = {change.path for change in repository.tree(head)}
    # A picture that is not stored could not be written.
    needed = {path.encode() for path, file in site.tree.items() if not isinstance(file, str)}
    if not needed <= stored <= {path.encode() for path in site.tree}:
        raise DifferentHistory(
            f"{destination} has other files than this site would have written. Nothing was written; export to a new "
            "repository, or to another branch (--ref)."
        )
    return there


def _is_the_same(words: CommitMetadata, commit: Commit) -> bool:
    # As the writer writes them: git takes no NUL, and not any name and date.
    people = ((words.author, commit.author), (words.committer, commit.committer))
    is_said = words.message.replace(b"\0", b" ") == commit.message
    return is_said and all(person_line("", ours, "") == person_line("", theirs, "") for ours, theirs in people)


def _write(writer: Writer, commits: list[PendingCommit], report: ExportReport) -> None:
    files = read_contents(file for one in commits for file in one.changes.values())
    for one in commits:
        changes: list[tuple[bytes, bytes | None]] = []
        for path, file in one.changes.items():
            if file is not None and file not in files:
                report.not_written[f"{path}: the picture {file} is not stored."] += 1
                continue
            changes.append((path.encode(), None if file is None else files[file]))
            report.texts += isinstance(file, int)
            report.pictures += isinstance(file, str)
        writer.write(one.words.author, one.words.committer, one.words.message, changes)
        report.commits += 1
