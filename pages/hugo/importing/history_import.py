"""Import of a git history: every commit makes one version of each page that it changes."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pages.hugo.commits.commit_changes import CommitChanges
from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.git.commits import Commit
from pages.hugo.git.repository import Repository
from pages.hugo.importing.resuming import resume
from pages.hugo.importing.source_files import blob_reader, git_file_changes
from pages.hugo.importing.source_import import SourceImport
from pages.hugo.site_structure.detection import NoContentFound
from pages.models import ImportedCommit, Page
from pages.models.imported_commit import build_metadata
from pages.models.publication_record import RecordKind
from pages.publishing.importing.page_updates import PageUpdate
from pages.publishing.importing.report_lines import LineKind, ReportLine
from pages.publishing.importing.runs import RunLog
from pages.text.messages import Message

# A transaction imports at most this much: other writers wait until it ends.
BATCH_BYTES = 12 * 1024 * 1024
BATCH_COMMITS = 400

# A commit with the changes that it makes to files and to pages, and what was found when it was read.
CommitToImport = tuple[Commit, CommitChanges, list[PageChanges], list[ReportLine]]


class ConcurrentImport(Exception):
    """Another process imports the same history. Batches that were already imported stay."""


class HistoryImport(SourceImport):
    """Imports the new commits of a repository. The options are those of SourceImport.

    Texts of a page that was edited on this site are stored as revisions, but do not replace its draft.
    """

    def __init__(self, repository: Repository, *, ref: str | None = None, has_notes: bool = True, **options: Any):
        super().__init__(blob_reader(repository), **options)
        self._repository, self._has_notes = repository, has_notes
        self._ids = repository.ids(ref)

    def run(self) -> RunLog:
        """Import the new commits in batches; each batch is one transaction.

        Raises NoContentFound if no commit has a text, and ConcurrentImport.
        """
        done, pages = resume(self._repository, self._ids, self._tracker, self._reader)
        self._known = {page.identifier: page for page in pages}
        for batch in self._in_batches(frozenset(self._ids[:done])):
            with self._batch():
                # Within the transaction of a batch nobody else can add commits.
                if ImportedCommit.objects.filter(commit_id__in=[commit.id for commit, *_ in batch]).exists():
                    raise ConcurrentImport(
                        "Another import of the same commits is running. Start this one again when it has ended."
                    )
                for commit_to_import in batch:
                    self._import_commit(*commit_to_import)
            done += len(batch)
            self._progress(done, len(self._ids))
        if self._tracker.structure is None:
            raise NoContentFound(self._tracker.structure_error)
        return self.log

    def _in_batches(self, imported: Collection[str]) -> Iterator[list[CommitToImport]]:
        # Commits are read before the transaction of their batch begins, to keep that short.
        batch: list[CommitToImport] = []
        text_bytes = 0
        # The branch can move during the import, hence the id of its last commit.
        for commit in self._repository.commits(self._ids[-1], after=imported):
            commit_changes = self._tracker.apply(git_file_changes(commit.changes), commit.id)
            page_changes = self._read_changes(commit_changes)
            batch.append((commit, commit_changes, page_changes, self.log.take()))
            text_bytes += sum(len(text.content) for changes in page_changes for text in changes.texts.values())
            if text_bytes >= BATCH_BYTES or len(batch) >= BATCH_COMMITS:
                yield batch
                batch, text_bytes = [], 0
        if batch:
            yield batch

    def _import_commit(
        self,
        commit: Commit,
        commit_changes: CommitChanges,
        page_changes: list[PageChanges],
        found: list[ReportLine],
    ) -> None:
        # Commits without effect are not stored. One with skipped files is, or every run would report the files again.
        if not (commit_changes.files or commit_changes.pages or commit_changes.structure or commit_changes.skipped):
            # A file that was skipped may have been deleted.
            self._close_commit(found, _touched(commit, page_changes), commit.id)
            return
        self._match_existing_pages(page_changes)
        row = _imported_commit(commit, commit_changes)
        writer = self._importer.writer
        writer.add_commit(row)
        # A wrong clock can date a commit in the future, but an import is not recorded in the future.
        recorded_at = min(commit.committed_at, self._now)
        writer.record(RecordKind.COMMIT, at=recorded_at)
        for changes, page in self._prepare_pages(page_changes, commit.committed_at):
            self._import_page(changes, page, commit)
        self.log.count(commits=1)
        self._close_commit(found, _touched(commit, page_changes), commit.id)

    def _import_page(self, changes: PageChanges, page: Page, commit: Commit) -> None:
        texts, note = self._imported_texts(changes), commit.subject if self._has_notes else ""
        source_language = changes.source_language if changes.is_source_renamed else None
        author = _storable(commit.author.name)[:300]
        update = PageUpdate(texts, changes.languages, commit.committed_at, author, note, source_language)
        outcome = self._importer.import_commit(page, update)
        deleted = ", ".join(sorted(set(self._importer.stored_pages[page.pk].base) - changes.languages))
        if outcome.is_skipped and deleted:
            reason = Message("%(languages)s was deleted", languages=deleted)
            self.log.add(LineKind.NOT_APPLIED, f"/{page.path}/", reason)
        self._finish_page(changes, page, outcome)


def _touched(commit: Commit, page_changes: Iterable[PageChanges]) -> set[str]:
    """Return the paths of the files that a commit changes, and of texts that it changes through their pictures."""
    texts = {text.file_name for changes in page_changes for text in changes.texts.values()}
    return texts | {change.path.decode(errors="replace") for change in commit.changes}


def _imported_commit(commit: Commit, commit_changes: CommitChanges) -> ImportedCommit:
    owners = sorted(commit_changes.files.items())
    files = {path: owner and [str(owner[0].identifier), owner[1]] for path, owner in owners}
    author, committer = commit.author, commit.committer
    people = (author.name, author.email, author.date, committer.name, committer.email, committer.date)
    return ImportedCommit(
        commit_id=commit.id,
        metadata=build_metadata([_storable(value) for value in people], commit.message),
        files=files,
        site_structure=commit_changes.structure.as_json() if commit_changes.structure else None,
    )


def _storable(value: str) -> str:
    # NUL separates the values, and PostgreSQL cannot store it.
    return value.replace("\0", "\ufffd")
