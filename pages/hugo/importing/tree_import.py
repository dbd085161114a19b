"""Import of a Hugo tree without history: missing pages are created, and new and changed texts are published."""

from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pages.hugo.commits.commit_changes import FileChange, ReadBlobs
from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.commits.source_survey import SourceSurvey
from pages.hugo.importing.import_plan import ImportPlan, PlanBuilder, no_content_found
from pages.hugo.importing.source_files import FolderFiles
from pages.hugo.importing.source_import import SourceImport
from pages.publishing.importing.page_updates import ImportOutcome
from pages.publishing.importing.report_lines import LineKind, ReportLine
from pages.publishing.importing.runs import UNCHANGED, RunLog
from pages.text.messages import Message, reason_of

# A transaction imports about this many texts: other writers wait until it ends.
BATCH_TEXTS = 300


class TreeImport(SourceImport):
    """Publishes the new and changed texts of a tree. Each is dated by its lastmod or date.

    `notes` are the change notes by language. The other options are those of SourceImport.
    """

    def __init__(
        self, files: Iterable[FileChange], read: ReadBlobs, *, notes: Mapping[str, str] | None = None, **options: Any
    ):
        super().__init__(read, **options)
        self._files, self._notes = files, notes or {}
        self._seen = 0
        # What is written in one batch, and what was found when it was read.
        self._parts: deque[tuple[list[PageChanges], list[ReportLine]]] = deque()

    def plan(self) -> ImportPlan:
        files = list(self._files)
        survey = SourceSurvey()
        survey.add(files)
        self._decide_structure(survey)
        commit_changes = self._tracker.apply(files, "tree")
        if self._tracker.structure is None:
            raise no_content_found(self._tracker)
        builder = PlanBuilder(self._zone, self._now)
        for part in commit_changes.split(BATCH_TEXTS):
            page_changes = self._read_changes(part)
            self._skip_invalid_dates(page_changes)
            found = self.log.take()
            builder.add_texts(page_changes)
            builder.add_lines(found)
            self._parts.append((page_changes, found))
        return builder.build(self._tracker, is_known=self._is_known)

    def write(self, log: RunLog | None = None) -> RunLog:
        self.log = log or self.log
        done, total = 0, sum(len(page_changes) for page_changes, _ in self._parts)
        while self._parts:
            page_changes, found = self._parts.popleft()
            self._add_bodies(page_changes)
            with self._batch():
                self._import_pages(page_changes)
                self._close_commit(found)
            # Every page is imported once, so the states of pages are not needed again.
            self._batches.forget()
            done += len(page_changes)
            self._progress(done, total)
        return self.log

    def _skip_invalid_dates(self, page_changes: Iterable[PageChanges]) -> None:
        # The publication date of a text cannot be guessed: its author must correct it.
        for changes in page_changes:
            for language, text in list(changes.texts.items()):
                try:
                    text.modified_at(self._zone)
                except ValueError as error:
                    self._skip(text.file_name, reason_of(error))
                    del changes.texts[language]

    def _import_pages(self, page_changes: list[PageChanges]) -> None:
        self._match_existing_pages(page_changes)
        for changes, page in self._prepare_pages(page_changes, self._now):
            outcome = self._importer.import_tree(
                page, self._imported_texts(changes, self._now, is_dated=True), self._notes
            )
            self.log.count(changed=bool(outcome.versions or outcome.drafts or outcome.stored_only))
            self._finish_page(changes, page, outcome, self._now)
            self._name_withheld(changes, outcome)
            self._seen += 1
        # Also after an interruption: what an earlier attempt changed is not unchanged.
        self.log.set_count(UNCHANGED, self._seen - self.log.counts.get("changed", 0))

    def _name_withheld(self, changes: PageChanges, outcome: ImportOutcome) -> None:
        """Name the texts that the source does not publish, also if they are as they were."""
        for language, text in changes.texts.items():
            if reason := text.withholding.reason_at(self._now):
                self.log.add(LineKind.DRAFT, text.file_name, reason)
            if language in outcome.still_public:
                message = Message("this site still publishes it: an import without --history withdraws nothing.")
                self.log.add(LineKind.NOTE, text.file_name, message)


def import_tree(root: Path, **options: Any) -> RunLog:
    """Import a folder, with the options of TreeImport."""
    files = FolderFiles(root)
    return TreeImport(files.changes(), files.read, **options).run()
