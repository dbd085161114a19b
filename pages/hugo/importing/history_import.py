"""Bringing a git repository's whole history in: commit by commit, each page that it changes gets one version."""

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
from pages.hugo.importing.git_files import blob_reader, file_changes, imported_commit
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
    """A commit that was read, and what it means for pages."""

    commit: Commit
    commit_changes: CommitChanges
    page_changes: list[PageChanges]

    @property
    def size(self) -> int:
        """Return how many bytes of texts it has brought."""
        return sum(len(text.content) for one in self.page_changes for text in one.texts.values())


class ConcurrentImport(Exception):
    """Another import of the same history is at work; what this one has taken in stays."""

    def __init__(self):
        super().__init__("Another import takes in the same commits: start this one again when that one has ended.")


class HistoryImport:
    """Takes the commits in that are new. What is taken in of a page that was edited here is kept beside that."""

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
        self._ref = self._ids[-1]
        self.report = ImportReport(is_history=True)
        read, zone = blob_reader(repository), ZoneInfo(settings.TIME_ZONE)
        known, first = settings.MODELTRANSLATION_LANGUAGES, settings.LANGUAGE_CODE
        self._tracker = PageTracker(read, known, first, frozenset(languages))
        self._reader = PageChangesReader(self._tracker, read, languages=known, fallback_language=first)
        self._arrivals = PageImporter(read, self.report, zone)
        self._batches = Batches(by=by)

    def run(self) -> ImportReport:
        """Take in what is new, in batches of whole commits.

        Raises NoContentFound where no commit has any text, ImportedSince.
        """
        done = resume(self._repository, self._ids, self._tracker, self._reader, self._arrivals)
        total = len(self._ids)
        for batch in self._in_batches(frozenset(self._ids[:done])):
            with self._batches.batch(self._now) as intake:
                _insist_on_new(batch)
                for arrived in batch:
                    self._take(intake, arrived)
                self.report.redirects_dropped += [f"/{path}/" for path in intake.tree.replaced_redirects]
            done += len(batch)
            self._progress(done, total)
        if self._tracker.structure is None:
            raise NoContentFound(self._tracker.structure_error)
        return self.report

    @transaction.atomic
    def dry_run(self) -> ImportReport:
        """Return what `run` would report, and leave everything as it is."""
        report = self.run()
        transaction.set_rollback(True)
        return report

    def _in_batches(self, known: Collection[str]) -> Iterator[list[CommitToImport]]:
        batch: list[CommitToImport] = []
        size = 0
        for commit in self._repository.commits(self._ref, after=known):
            arrived = self._read(commit)
            batch.append(arrived)
            size += arrived.size
            if size >= BATCH_BYTES or len(batch) >= BATCH_COMMITS:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _read(self, commit: Commit) -> CommitToImport:
        commit_changes = self._tracker.apply(file_changes(commit.changes), commit.id)
        page_changes = self._reader.read_changes(commit_changes)
        self.report.skipped += [SkippedFile(left.file_name, left.reason, commit.id) for left in self._reader.skipped]
        self.report.renamed += self._reader.renamed
        return CommitToImport(commit, commit_changes, page_changes)

    def _take(self, intake: Importer, arrived: CommitToImport) -> None:
        commit, commit_changes = arrived.commit, arrived.commit_changes
        # One of which nothing was taken is kept as well, or each run would tell of it anew.
        if not (commit_changes.files or commit_changes.pages or commit_changes.structure or commit_changes.skipped):
            return
        at, note = commit.committed_at, commit.subject if self._has_notes else ""
        self._arrivals.join(intake, arrived.page_changes)
        row = imported_commit(commit, commit_changes)
        intake.writer.add_commit(row)
        moment = min(at, self._now)
        intake.writer.record(RecordKind.IMPORT, at=moment, extra_payload={"imported": hash_chain.commit_digest(row)})
        pages = self._arrivals.pages_of(intake, arrived.page_changes, at=at, commit=commit.id)
        for one in arrived.page_changes:
            if one.page in pages:
                texts = self._arrivals.incoming(intake, one, commit=commit.id)
                source = one.source_language if one.is_source_renamed else None
                change = PageUpdate(texts, one.languages, at, row.author_name, note, source)
                self._arrivals.take_commit(intake, pages[one.page], one, change, commit.id)
                self._arrivals.remark(one, self._now)
        self.report.commits += 1


def _insist_on_new(batch: list[CommitToImport]) -> None:
    """Raise ImportedSince where commits of a batch are there already; its transaction lets in nobody else."""
    if ImportedCommit.objects.filter(commit_id__in=[arrived.commit.id for arrived in batch]).exists():
        raise ConcurrentImport
