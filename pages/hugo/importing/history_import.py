"""Import of a git history: every commit makes one version of each page that it changes."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from pages.history import hash_chain
from pages.hugo.commits.commit_changes import CommitChanges, SkippedFile
from pages.hugo.commits.page_changes import PageChanges, PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.git.commits import Commit
from pages.hugo.git.repository import Repository
from pages.hugo.importing.git_files import blob_reader, file_changes
from pages.hugo.importing.page_importer import PageImporter
from pages.hugo.importing.report import ImportReport
from pages.hugo.importing.resuming import resume
from pages.hugo.site_structure.detection import NoContentFound
from pages.models import ImportedCommit
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.importing.batches import Batches
from pages.publishing.importing.importer import Importer
from pages.publishing.importing.page_updates import PageUpdate

# A transaction imports at most this much: other writers wait until it ends.
BATCH_BYTES = 12 * 1024 * 1024
BATCH_COMMITS = 400


@dataclass(frozen=True)
class CommitToImport:
    """A commit with the changes that it makes to pages."""

    commit: Commit
    commit_changes: CommitChanges
    page_changes: list[PageChanges]

    @property
    def text_bytes(self) -> int:
        return sum(len(text.content) for changes in self.page_changes for text in changes.texts.values())


class ConcurrentImport(Exception):
    """Another process imports the same history. Batches that were already imported stay."""

    def __init__(self) -> None:
        super().__init__("Another import of the same commits is running. Start this one again when it has ended.")


class HistoryImport:
    """Imports the new commits of a repository.

    Texts of a page that was edited on this site are stored as revisions, but do not replace its draft.
    """

    def __init__(
        self,
        repository: Repository,
        *,
        by: Actor,
        now: datetime,
        ref: str | None = None,
        languages: Collection[str] = (),
        has_notes: bool = True,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ):
        self._repository, self._now, self._has_notes, self._progress = repository, now, has_notes, progress
        self._ids = repository.ids(ref)
        # The branch can move during the import: from here on, it ends with this commit.
        self._head = self._ids[-1]
        self.report = ImportReport(is_history=True)
        read, zone = blob_reader(repository), ZoneInfo(settings.TIME_ZONE)
        known, fallback = settings.MODELTRANSLATION_LANGUAGES, settings.LANGUAGE_CODE
        self._tracker = PageTracker(read, known, fallback, frozenset(languages))
        self._reader = PageChangesReader(self._tracker, read, languages=known, fallback_language=fallback)
        self._page_importer = PageImporter(read, self.report, zone)
        self._batches = Batches(by=by)

    def run(self) -> ImportReport:
        """Import the new commits in batches; each batch is one transaction.

        Raises NoContentFound if no commit has a text, and ConcurrentImport.
        """
        done = resume(self._repository, self._ids, self._tracker, self._reader, self._page_importer)
        total = len(self._ids)
        for batch in self._in_batches(frozenset(self._ids[:done])):
            with self._batches.batch(self._now) as importer:
                _require_new(batch)
                for commit_to_import in batch:
                    self._import_commit(importer, commit_to_import)
                self.report.redirects_removed += [f"/{path}/" for path in importer.tree.replaced_redirects]
            done += len(batch)
            self._progress(done, total)
        if self._tracker.structure is None:
            raise NoContentFound(self._tracker.structure_error)
        return self.report

    @transaction.atomic
    def dry_run(self) -> ImportReport:
        """Return the report that `run` would return, and change nothing."""
        report = self.run()
        transaction.set_rollback(True)
        return report

    def _in_batches(self, imported: Collection[str]) -> Iterator[list[CommitToImport]]:
        # Commits are read before the transaction of their batch begins, to keep that short.
        batch: list[CommitToImport] = []
        text_bytes = 0
        for commit in self._repository.commits(self._head, after=imported):
            commit_to_import = self._read(commit)
            batch.append(commit_to_import)
            text_bytes += commit_to_import.text_bytes
            if text_bytes >= BATCH_BYTES or len(batch) >= BATCH_COMMITS:
                yield batch
                batch, text_bytes = [], 0
        if batch:
            yield batch

    def _read(self, commit: Commit) -> CommitToImport:
        commit_changes = self._tracker.apply(file_changes(commit.changes), commit.id)
        page_changes = self._reader.read_changes(commit_changes)
        self.report.skipped += [SkippedFile(file.file_name, file.reason, commit.id) for file in self._reader.skipped]
        self.report.renamed += self._reader.renamed
        return CommitToImport(commit, commit_changes, page_changes)

    def _import_commit(self, importer: Importer, commit_to_import: CommitToImport) -> None:
        commit, commit_changes = commit_to_import.commit, commit_to_import.commit_changes
        page_changes = commit_to_import.page_changes
        # Commits without effect are not stored. One with skipped files is, or every run would report the files again.
        if not (commit_changes.files or commit_changes.pages or commit_changes.structure or commit_changes.skipped):
            return
        committed_at, note = commit.committed_at, commit.subject if self._has_notes else ""
        self._page_importer.match_existing_pages(importer, page_changes)
        row = _imported_commit(commit, commit_changes)
        importer.writer.add_commit(row)
        # A wrong clock can date a commit in the future, but an import is not recorded in the future.
        recorded_at = min(committed_at, self._now)
        importer.writer.record(
            RecordKind.IMPORT, at=recorded_at, extra_payload={"imported": hash_chain.commit_digest(row)}
        )
        pages = self._page_importer.prepare_pages(importer, page_changes, at=committed_at, commit=commit.id)
        for changes in page_changes:
            if changes.page in pages:
                texts = self._page_importer.imported_texts(importer, changes, commit=commit.id)
                source = changes.source_language if changes.is_source_renamed else None
                update = PageUpdate(texts, changes.languages, committed_at, row.author_name, note, source)
                self._page_importer.import_commit(importer, pages[changes.page], changes, update, commit.id)
                self._page_importer.add_remarks(changes, self._now)
        self.report.commits += 1


def _imported_commit(commit: Commit, commit_changes: CommitChanges) -> ImportedCommit:
    owners = sorted(commit_changes.files.items())
    files = {path: owner and [str(owner[0].identifier), owner[1]] for path, owner in owners}
    return ImportedCommit(
        commit_id=commit.id,
        author_name=_storable(commit.author.name),
        author_email=_storable(commit.author.email),
        author_date=commit.author.date[:60],
        committer_name=_storable(commit.committer.name),
        committer_email=_storable(commit.committer.email),
        committer_date=commit.committer.date[:60],
        message=commit.message,
        files=files,
        site_structure=commit_changes.structure.as_json() if commit_changes.structure else None,
    )


def _storable(name: str) -> str:
    # PostgreSQL cannot store NUL, and the columns have 300 characters.
    return name.replace("\0", "\ufffd")[:300]


def _require_new(batch: list[CommitToImport]) -> None:
    """Raise ConcurrentImport if commits are imported already. Within a batch's transaction nobody else can add any."""
    if ImportedCommit.objects.filter(commit_id__in=[item.commit.id for item in batch]).exists():
        raise ConcurrentImport
