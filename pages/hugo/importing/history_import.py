"""Import of a git history: every commit makes one version of each page that it changes."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from pages.hugo.commits.commit_changes import CommitChanges, FileChange, FilePage, is_reportable
from pages.hugo.commits.due_texts import DueTexts
from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.commits.source_survey import SourceSurvey
from pages.hugo.git.commits import Commit
from pages.hugo.git.repository import Repository
from pages.hugo.importing.due_dates import find_commit, find_last_commit, note_due_texts
from pages.hugo.importing.import_plan import ImportPlan, PlanBuilder, no_content_found
from pages.hugo.importing.imported_trees import require_no_imported_tree
from pages.hugo.importing.minor_commits import find_matches
from pages.hugo.importing.own_records import (
    ExportedCommits,
    OwnRecords,
    deletes_published_texts,
    find_own_page,
    has_own_texts,
    people_of,
    published_versions,
    storable,
)
from pages.hugo.importing.resuming import resume
from pages.hugo.importing.source_commits import SourceCommits, VersionPositions, named_source_commit
from pages.hugo.importing.source_files import blob_reader, git_file_changes
from pages.hugo.importing.source_import import SourceImport
from pages.hugo.site_structure.structure import SiteStructure
from pages.languages import UNKNOWN_LANGUAGE
from pages.models import ImportedCommit, Page, PublicationRecord
from pages.models.imported_commit import build_metadata
from pages.models.publication_record import RecordKind
from pages.publishing.importing.page_updates import PageUpdate
from pages.publishing.importing.report_lines import LineKind, ReportLine, subject_of_page
from pages.publishing.importing.runs import TEXT_COMMITS, RunLog
from pages.text.markup_work import pause_collector
from pages.text.messages import Message
from pages.text.source import digest

# The config that an export writes.
EXPORTED_CONFIG = "hugo.toml"
# A transaction imports at most this much: other writers wait until it ends.
BATCH_BYTES = 12 * 1024 * 1024
BATCH_COMMITS = 400
# With each batch, this many pages begin to be surveyed: the texts of the batch are needed first.
PAGES_AHEAD = 3


@dataclass(frozen=True)
class PlannedCommit:
    """A commit that is to be imported, with what it changes. Its texts have no bodies until they are written.

    `position` is the number of commits before it. `lines` are what the report says about the commit, and `touched` are
    the files that earlier lines of the report may be about.
    """

    position: int
    commit: Commit
    commit_changes: CommitChanges
    page_changes: list[PageChanges]
    lines: list[ReportLine]
    touched: tuple[str, ...]
    # The positions of the commits that translations name as their source, by page and language; None if unknown.
    source_positions: Mapping[tuple[FilePage, str], int | None]
    # The record, or the imported commit, of this site that the commit was exported for.
    record: PublicationRecord | None
    original: ImportedCommit | None

    @property
    def is_own(self) -> bool:
        """Whether this site exported the commit."""
        return bool(self.record or self.original)

    @property
    def is_effective(self) -> bool:
        """Whether the commit is stored. One with skipped files is, or every run would report the files again."""
        changes = self.commit_changes
        return bool(changes.files or changes.pages or changes.structure or changes.skipped)

    @property
    def text_bytes(self) -> int:
        return sum(changes.text_bytes for changes in self.page_changes)


@dataclass(frozen=True)
class PlannedDate:
    """A date between two commits at which texts begin or stop being published.

    `position` is the number of commits before it.
    """

    position: int
    at: datetime
    page_changes: list[PageChanges]
    lines: list[ReportLine]

    @property
    def text_bytes(self) -> int:
        return sum(changes.text_bytes for changes in self.page_changes)


class ConcurrentImport(Exception):
    """Another process imports the same history. Batches that were already imported stay."""


class HistoryImport(SourceImport):
    """Imports the new commits of a repository. The options are those of SourceImport.

    Commits that this site exported change nothing. On a page that was edited on this site, a text is published if the
    site has it as it was before the commit; otherwise it is stored as a revision next to the draft.
    """

    def __init__(self, repository: Repository, **options: Any):
        super().__init__(blob_reader(repository), **options)
        self._repository = repository
        self._ids = repository.ids(self._options.ref or None)
        self._planned: deque[PlannedCommit | PlannedDate] = deque()
        self._due = DueTexts(self._now)
        # The commit that was written last, if nothing else was recorded after it.
        self._last_commit: ImportedCommit | None = None
        # The commits of this run that brought drafts, by the time of these.
        self._commits_of_drafts: dict[datetime, Commit] = {}
        self._minor_commits: Collection[str] = ()
        self._source_commits = SourceCommits(repository, self._ids)
        self._version_positions = VersionPositions(self._source_commits)
        self._exported = ExportedCommits(self._ids)
        self._own_records = OwnRecords()
        # The files and the structure of commits that this site exported, which are stored with the next commit.
        self._own_files: dict[str, tuple[FilePage, str] | None] = {}
        self._own_structure: SiteStructure | None = None

    @pause_collector()
    def plan(self) -> ImportPlan:
        # The collector would walk through all planned commits again and again. Next to nothing of them has cycles.
        done, pages = resume(self._repository, self._ids, self._tracker, self._reader)
        self._known = {page.identifier: page for page in pages}
        self._deleted = {page.identifier for page in pages if not page.files}
        note_due_texts(self._tracker, self._due, self._now)
        self._last_commit = find_last_commit()
        builder = PlanBuilder(self._zone, self._now)
        builder.is_cut = not done and self._repository.is_cut_at(self._ids[0])
        commits = self._read_commits(frozenset(self._ids[:done]))
        self._minor_commits = self._find_minor_commits(commits)
        builder.minor_commits = len(self._minor_commits)
        while commits:
            position, commit, file_changes = commits.popleft()
            self._plan_dates(position, commit.committed_at)
            planned = self._plan_commit(position, commit, file_changes)
            if planned.is_own:
                self._note_exported_site(file_changes)
            else:
                effective = planned.is_effective
                builder.add_commit(planned.page_changes, planned.lines, planned.touched, commit, is_effective=effective)
            if planned.touched or planned.lines:
                self._planned.append(planned)
        self._plan_dates(len(self._ids), self._now)
        has_own = any(isinstance(planned, PlannedCommit) and planned.is_own for planned in self._planned)
        if not done and not has_own:
            self._require_no_imported_tree()
        if self._tracker.structure is None:
            raise no_content_found(self._tracker)
        is_empty = all(isinstance(planned, PlannedCommit) and planned.is_own for planned in self._planned)
        return builder.build(self._tracker, is_empty=is_empty, is_first=not (done or has_own), is_known=self._is_known)

    def _note_exported_site(self, file_changes: Iterable[FileChange]) -> None:
        """Note the settings in a config that this site exported: a person may have emptied them since."""
        if any(change.path == EXPORTED_CONFIG for change in file_changes):
            self.exported_site = self.read_site().details.as_json()

    def _require_no_imported_tree(self) -> None:
        page_changes = (changes for planned in self._planned for changes in planned.page_changes)
        require_no_imported_tree(text.file_name for changes in page_changes for text in changes.texts.values())

    def _read_commits(self, imported: Collection[str]) -> deque[tuple[int, Commit, list[FileChange]]]:
        """Read the new commits, and decide by all commits how they are read. Each has its number in the history."""
        commits: deque[tuple[int, Commit, list[FileChange]]] = deque()
        if len(imported) == len(self._ids):
            return commits
        survey = SourceSurvey()
        # The branch can move during the import, hence the id of its last commit.
        for position, commit in enumerate(self._repository.commits(self._ids[-1])):
            file_changes = [
                change
                for change in git_file_changes(commit.changes)
                if is_reportable(change.path) or change.skip_reason
            ]
            survey.add(file_changes)
            if commit.id in imported:
                self._own_records.skip(commit.message)
            else:
                commits.append((position, replace(commit, changes=()), file_changes))
        self._decide_structure(survey)
        return commits

    def _find_minor_commits(self, commits: Iterable[tuple[int, Commit, list[FileChange]]]) -> Collection[str]:
        subjects = {commit.id: commit.subject for _, commit, _ in commits}
        return find_matches(self._options.minor, subjects) if self._options.minor else ()

    def _plan_commit(self, position: int, commit: Commit, file_changes: list[FileChange]) -> "PlannedCommit":
        record, original = self._own_records.find(commit.message), self._exported.find(commit)
        commit_changes = self._tracker.apply(file_changes, commit.id)
        page_changes = self._read_changes(commit_changes, is_own=bool(record or original))
        self._due.note_changes(page_changes, min(commit.committed_at, self._now))
        texts = {text.file_name for changes in page_changes for text in changes.texts.values()}
        touched = tuple(texts | {change.path for change in file_changes})
        positions = self._find_source_positions(page_changes)
        return PlannedCommit(
            position, commit, commit_changes, page_changes, self.log.take(), touched, positions, record, original
        )

    def _find_source_positions(self, page_changes: Iterable[PageChanges]) -> dict[tuple[FilePage, str], int | None]:
        positions: dict[tuple[FilePage, str], int | None] = {}
        for changes in page_changes:
            path = changes.page.files.get(changes.source_language, "")
            for language, text in changes.texts.items():
                name = named_source_commit(text.keys)
                if not name or language == changes.source_language:
                    continue
                positions[changes.page, language] = position = self._source_commits.position(name, path)
                if position is None:
                    reason = Message("it names the source commit %(commit)s, which is not here", commit=name[:40])
                    self.log.add(LineKind.NOTE, text.file_name, reason)
        return positions

    def _plan_dates(self, position: int, until: datetime) -> None:
        """Plan what becomes due between two commits."""
        if self._options.as_drafts:
            return
        for at, changes in self._due.pop_until(until):
            page_changes = self._read_changes(changes)
            self._planned.append(PlannedDate(position, at, page_changes, self.log.take()))

    @pause_collector()
    def write(self, log: RunLog | None = None) -> RunLog:
        """Import the planned commits in batches; each batch is one transaction.

        Raises ConcurrentImport, SourceChanged.
        """
        self.log = log or self.log
        pages = iter(self._pages_to_write())
        for batch in self._in_batches():
            self._add_bodies(changes for planned in batch for changes in planned.page_changes)
            self._survey_ahead(islice(pages, PAGES_AHEAD))
            with self._batch():
                # Within the transaction of a batch nobody else can add commits.
                ids = [planned.commit.id for planned in batch if isinstance(planned, PlannedCommit)]
                if ImportedCommit.objects.filter(commit_id__in=ids).exists():
                    raise ConcurrentImport(
                        Message(
                            "Another import of the same commits is running. Start this one again when it has ended."
                        )
                    )
                for planned in batch:
                    self._import_planned(planned)
            self._progress(min(batch[-1].position + 1, len(self._ids)), len(self._ids))
        return self.log

    def _pages_to_write(self) -> list[FilePage]:
        return list(dict.fromkeys(changes.page for planned in self._planned for changes in planned.page_changes))

    def _in_batches(self) -> Iterator[list[PlannedCommit | PlannedDate]]:
        batch: list[PlannedCommit | PlannedDate] = []
        text_bytes = 0
        while self._planned:
            batch.append(self._planned.popleft())
            text_bytes += batch[-1].text_bytes
            if text_bytes >= BATCH_BYTES or len(batch) >= BATCH_COMMITS:
                yield batch
                batch, text_bytes = [], 0
        if batch:
            yield batch

    def _import_planned(self, planned: PlannedCommit | PlannedDate) -> None:
        if isinstance(planned, PlannedCommit):
            self._import_commit(planned)
        else:
            self._import_date(planned)

    def _import_date(self, planned: PlannedDate) -> None:
        """Publish and withdraw the texts that are due. The records belong to the commit before."""
        self._importer.writer.commit = self._last_commit
        for changes, page in self._prepare_pages(planned.page_changes, planned.at):
            commit = self._commit_of_drafts(changes, page, planned.at)
            author = storable(commit.author.name)[:300] if commit else self._importer.writer.by.name
            note = commit.change_note if commit and self._options.has_notes else ""
            texts = self._imported_texts(changes, planned.at)
            before = self._digests_before(changes, page)
            update = PageUpdate(texts, changes.languages, planned.at, author, note, before=before, is_due=True)
            self._finish_page(changes, page, self._importer.import_commit(page, update), planned.at)
        files = [text.file_name for changes in planned.page_changes for text in changes.texts.values()]
        self._close_commit(planned.lines, files, self._last_commit.commit_id if self._last_commit else "")

    def _commit_of_drafts(self, changes: PageChanges, page: Page, at: datetime) -> Commit | None:
        """Return the commit that brought the texts that are published now; None if there are none."""
        imported_at = self._importer.stored_pages[page.pk].imported_at
        published = [language for language, text in changes.texts.items() if not text.withholding.reason_at(at)]
        times = [imported_at[language] for language in published if language in imported_at]
        return (self._commits_of_drafts.get(max(times)) or find_commit(max(times))) if times else None

    def _import_commit(self, planned: "PlannedCommit") -> None:
        commit, commit_changes, page_changes = planned.commit, planned.commit_changes, planned.page_changes
        if not planned.is_effective:
            # A file that was skipped may have been deleted.
            self._close_commit(planned.lines, planned.touched, commit.id)
            return
        if planned.is_own and self._accept_own(planned):
            return
        self._match_existing_pages(page_changes)
        row = self._imported_commit(commit, commit_changes)
        writer = self._importer.writer
        writer.add_commit(row)
        self._last_commit = row
        # A wrong clock can date a commit in the future, but an import is not recorded in the future.
        recorded_at = min(commit.committed_at, self._now)
        writer.record(RecordKind.COMMIT, at=recorded_at)
        for changes, page in self._prepare_pages(page_changes, commit.committed_at):
            self._import_page(changes, page, planned)
        has_texts = any(changes.texts for changes in page_changes)
        self.log.count(commits=1, **{TEXT_COMMITS: int(has_texts)})
        self._close_commit(planned.lines, planned.touched, commit.id)

    def _accept_own(self, planned: PlannedCommit) -> bool:
        """Take note of a commit that this site exported; return False if somebody has changed its texts since."""
        for changes in planned.page_changes:
            if changes.page.identifier not in self._known:
                page = find_own_page(changes, planned.record, planned.original)
                changes.page.identifier = page or changes.page.identifier
        for changes in planned.page_changes:
            is_deleted = deletes_published_texts(changes, planned.record)
            if is_deleted or not has_own_texts(changes, changes.page.identifier):
                return False
        self._known |= {changes.page.identifier: changes.page for changes in planned.page_changes}
        for key, number in published_versions(planned.record, planned.original):
            self._version_positions.add(key, planned.position, number)
        self._own_files |= planned.commit_changes.files
        self._own_structure = planned.commit_changes.structure or self._own_structure
        return True

    def _imported_commit(self, commit: Commit, commit_changes: CommitChanges) -> ImportedCommit:
        """Return the row of a commit, with what the site's own commits before it did to files."""
        structure = commit_changes.structure or self._own_structure
        row = _imported_commit(commit, self._own_files | commit_changes.files, structure)
        self._own_files, self._own_structure = {}, None
        return row

    def _import_page(self, changes: PageChanges, page: Page, planned: PlannedCommit) -> None:
        commit = planned.commit
        at = min(commit.committed_at, self._now)
        texts, note = self._imported_texts(changes, at), commit.change_note if self._options.has_notes else ""
        source_language = changes.source_language if changes.is_source_renamed else None
        author = storable(commit.author.name)[:300]
        update = PageUpdate(texts, changes.languages, commit.committed_at, author, note, source_language)
        note_language = self._options.notes_language or UNKNOWN_LANGUAGE
        update = replace(
            update,
            is_minor=commit.id in self._minor_commits,
            note_language=note_language,
            before=self._digests_before(changes, page),
            bases=self._bases(changes, page, planned),
            is_draft_only=self._options.as_drafts,
        )
        outcome = self._importer.import_commit(page, update)
        for version in outcome.versions:
            self._version_positions.add(page.pk, planned.position, version.number)
            if version.published_at != commit.committed_at:
                self.log.add(LineKind.NOTE, subject_of_page(page.path), _why_dated_otherwise(commit, self._now))
        imported_at = self._importer.stored_pages[page.pk].imported_at
        self._commits_of_drafts |= {imported_at[language]: commit for language in outcome.drafts}
        if deleted := ", ".join(outcome.not_removed):
            reason = Message("%(languages)s was deleted", languages=deleted)
            self.log.add(LineKind.NOT_APPLIED, subject_of_page(page.path), reason)
        self._finish_page(changes, page, outcome, at)

    def _digests_before(self, changes: PageChanges, page: Page) -> dict[str, str]:
        """Return the digests of the texts before a commit; they are needed only next to work on this site."""
        if not (self._options.as_drafts or self._importer.stored_pages[page.pk].is_edited_here):
            return {}
        contents = self._tracker.read(list(changes.before.values()))
        return {language: digest(contents[blob]) for language, blob in changes.before.items() if blob in contents}

    def _bases(self, changes: PageChanges, page: Page, planned: PlannedCommit) -> dict[str, int | None]:
        """Return the versions whose sources the translations reflect, where their files name a commit."""
        next_number, bases = self._importer.stored_pages[page.pk].last_number + 1, {}
        for language in changes.texts:
            if (changes.page, language) in planned.source_positions:
                position = planned.source_positions[changes.page, language]
                is_own = position == planned.position
                bases[language] = next_number if is_own else self._version_positions.number_at(page.pk, position)
        return bases


def _why_dated_otherwise(commit: Commit, now: datetime) -> Message:
    """Say why the version of a commit does not have the commit's date."""
    if commit.committed_at > now:
        return Message("the commit is dated in the future; its version has the time of the import")
    return Message("the commit is dated earlier than what it follows; its version has the date of that")


def _imported_commit(
    commit: Commit, owners_by_path: Mapping[str, tuple[FilePage, str] | None], structure: SiteStructure | None
) -> ImportedCommit:
    owners = sorted(owners_by_path.items())
    files = {path: owner and [str(owner[0].identifier), owner[1]] for path, owner in owners}
    return ImportedCommit(
        commit_id=commit.id,
        metadata=build_metadata(people_of(commit), commit.message),
        files=files,
        site_structure=structure.as_json() if structure else None,
    )
