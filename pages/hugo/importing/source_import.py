"""What the imports of trees and of histories have in common: page changes are passed to `pages.publishing`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from pages.hugo.commits.commit_changes import CommitChanges, FilePage, ReadBlobs, SkippedFile
from pages.hugo.commits.page_changes import PageChanges, PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.importing.report import ImportReport
from pages.hugo.site_structure.structure import default_structure
from pages.languages import served_languages
from pages.models import Page
from pages.models.picture import CONTENT_TYPES
from pages.publishing.actors import Actor
from pages.publishing.importing.batches import Batches
from pages.publishing.importing.importer import Importer
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome
from pages.publishing.pictures.storage import store_picture

# The formats of uploaded pictures except WebP.
_EXTENSIONS_BY_FIRST_BYTES = {b"\x89PNG": "png", b"\xff\xd8": "jpg"}


class SourceImport(ABC):
    """An import from one source; `languages` limits it. Files with errors are skipped and reported.

    Methods from `_match_existing_pages` on run within a batch, which is one transaction.
    """

    def __init__(
        self,
        read: ReadBlobs,
        *,
        by: Actor,
        now: datetime,
        languages: Collection[str] = (),
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ):
        self._now, self._progress = now, progress
        self._zone = ZoneInfo(settings.TIME_ZONE)
        self.report = ImportReport()
        self._tracker = PageTracker(read, default_structure(), frozenset(languages))
        self._reader = PageChangesReader(self._tracker)
        self._batches = Batches(by=by)
        self._importer: Importer
        # The commit that is being imported; empty for a tree.
        self._commit_id = ""
        # Digests of stored pictures by blob id: many commits have the same ones.
        self._pictures: dict[str, str] = {}
        # Pages with files from this source, by uuid.
        self._known: dict[UUID, FilePage] = {}

    @abstractmethod
    def run(self) -> ImportReport:
        """Import what is new, in batches. Raises NoContentFound."""

    @transaction.atomic
    def dry_run(self) -> ImportReport:
        """Return the report that `run` would return, and change nothing."""
        report = self.run()
        transaction.set_rollback(True)
        return report

    def _read_changes(self, commit_changes: CommitChanges, commit: str = "") -> list[PageChanges]:
        page_changes = self._reader.read_changes(commit_changes)
        self.report.skipped += [replace(file, commit=commit) for file in self._reader.skipped]
        self.report.renamed += self._reader.renamed
        return page_changes

    @contextmanager
    def _batch(self) -> Iterator[Importer]:
        with self._batches.batch(self._now) as self._importer:
            yield self._importer
            self.report.redirects_removed += [f"/{path}/" for path in self._importer.tree.replaced_redirects]

    def _match_existing_pages(self, page_changes: Iterable[PageChanges]) -> None:
        """Let new files become texts of the stored page at their address, unless that page has files already.

        Such a page was created by an editor, or as a section of an imported page.
        """
        for changes in page_changes:
            if changes.current_address is None or not changes.texts or changes.page.identifier in self._known:
                continue
            page = self._importer.tree.find(changes.current_address)
            if page is None or page.uuid in self._known:
                continue
            changes.page.identifier = page.uuid
            self._importer.prepare([page])
            if self._importer.stored_pages[page.pk].has_texts:
                changes.page.source_language = page.source_language
            else:
                self._importer.tree.fill_section(page, changes.source_language)

    def _prepare_pages(self, page_changes: Collection[PageChanges], at: datetime) -> list[tuple[PageChanges, Page]]:
        """Move and create stored pages as their files require; return those that exist with their changes."""
        stored = self._importer.tree.load([changes.page.identifier for changes in page_changes])
        self._importer.prepare(list(stored.values()))
        existing = {
            stored[changes.page.identifier]: changes for changes in page_changes if changes.page.identifier in stored
        }
        self._move_pages(existing, at)
        prepared = []
        for changes in page_changes:
            page = stored.get(changes.page.identifier)
            if page is None and changes.texts and changes.current_address is not None:
                page = self._create_page(changes, changes.current_address)
            if page is not None:
                prepared.append((changes, page))
                self._known[changes.page.identifier] = changes.page
        return prepared

    def _finish_page(self, changes: PageChanges, page: Page, outcome: ImportOutcome) -> None:
        """Update the page's weight and redirects, and report what was done."""
        text = changes.texts.get(page.source_language) or next(iter(changes.texts.values()), None)
        # If the files are unchanged, a weight that an editor set since stays.
        if text and (outcome.versions or outcome.drafts) and text.weight != page.weight:
            self._importer.tree.set_weight(page, text.weight)
        for path in changes.redirects:
            if not self._importer.tree.add_redirect(path, page):
                reason = "there is a page at this address, or it redirects to another page."
                self._skip(f"/{page.path}/: old address /{path}/", reason)
        self._add_to_report(page, changes, outcome)

    def _imported_texts(self, changes: PageChanges, *, is_dated: bool = False) -> dict[str, ImportedText]:
        """Return a page's texts by language; their pictures are stored."""
        return {
            language: ImportedText(
                text.content,
                text.fields,
                text.file_name,
                text.modified_at(self._zone) if is_dated else None,
                text.is_draft,
                self._store_pictures(changes, language),
            )
            for language, text in changes.texts.items()
        }

    def _store_pictures(self, changes: PageChanges, language: str) -> dict[str, str]:
        """Store the pictures of a text; return their digests by reference."""
        digests = {}
        for reference, (path, blob) in changes.pictures.get(language, {}).items():
            if blob not in self._pictures:
                content = self._tracker.read([blob]).get(blob)
                if content is None:
                    name = f"{changes.texts[language].file_name}: picture {reference}"
                    self._skip(name, "it cannot be read: it is too long, or missing.")
                    continue
                self._pictures[blob] = store_picture(content, _picture_extension(path, content), now=self._now)
            digests[reference] = self._pictures[blob]
        return digests

    def _move_pages(self, existing: Mapping[Page, PageChanges], at: datetime) -> None:
        wanted = {page: changes.new_address for page, changes in existing.items() if changes.new_address is not None}
        for page in [page for page in wanted if self._importer.stored_pages[page.pk].is_edited_here]:
            address = wanted.pop(page)
            if address != page.path:
                commit = self._commit_id[:12]
                self.report.not_applied.append(f"/{page.path}/: it was moved to /{address}/ in commit {commit}")
        # A section that gets its first text counts as a page with files of its own.
        fixed = self._importer.tree.page_ids(self._known) | {page.pk for page in existing}
        try:
            moved = self._importer.move(wanted, fixed=fixed, at=at)
        except ValidationError:
            # One address is not possible: move the other pages.
            moved = []
            for page, address in wanted.items():
                try:
                    moved += self._importer.move({page: address}, fixed=fixed, at=at)
                except ValidationError as error:
                    self._skip(f"/{page.path}/ to /{address}/", " ".join(error.messages))
        self.report.moved += [f"/{move.old}/ → /{move.new}/" for move in moved]

    def _create_page(self, changes: PageChanges, address: str) -> Page | None:
        """Create the page of new files; return None if its address is not possible."""
        source_language, identifier = changes.source_language, changes.page.identifier
        try:
            page = self._importer.create_page(address, source_language=source_language, identifier=identifier)
        except ValidationError as error:
            for text in changes.texts.values():
                self._skip(text.file_name, " ".join(error.messages))
            return None
        self.report.pages += 1
        return page

    def _add_to_report(self, page: Page, changes: PageChanges, outcome: ImportOutcome) -> None:
        report = self.report
        report.versions += len(outcome.versions)
        report.drafts += [changes.texts[language].file_name for language in outcome.drafts]
        report.draft_revisions += [changes.texts[language].file_name for language in outcome.stored_only]
        report.withdrawn += [f"/{page.path}/"] if outcome.is_withdrawn else []
        report.brought_back += [f"/{page.path}/"] if outcome.is_brought_back else []
        report.not_served |= set(changes.texts) - set(served_languages())
        for text in changes.texts.values():
            # What is stored but has no effect on this site: some front matter, and Hugo's code.
            report.remarks.update(f"{text.file_name}: {warning}" for warning in text.warnings(self._zone, self._now))
            report.count_hugo_code(text.file_name, text.hugo_code)

    def _skip(self, name: str, reason: str) -> None:
        self.report.skipped.append(SkippedFile(name, reason, self._commit_id))


def _picture_extension(path: str, content: bytes) -> str:
    """Return the extension of a picture's name. A picture that was uploaded to a site like this one has none."""
    extension = path.rpartition(".")[2].lower()
    if extension in CONTENT_TYPES:
        return extension
    by_content = (name for start, name in _EXTENSIONS_BY_FIRST_BYTES.items() if content.startswith(start))
    return next(by_content, "webp")
