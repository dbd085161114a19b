"""The import of page changes: passes them to `pages.publishing` and reports the results."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from pages.hugo.commits.commit_changes import FilePage, SkippedFile
from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.importing.report import ImportReport
from pages.languages import served_languages
from pages.models import Page
from pages.models.picture import CONTENT_TYPES
from pages.publishing.importing.importer import Importer
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome, PageUpdate
from pages.publishing.pictures.storage import store_picture

# Reads many files by blob id; files that are too long or missing are left out.
ReadBlobs = Callable[[Sequence[str]], Mapping[str, bytes]]

# The formats of uploaded pictures except WebP.
_EXTENSIONS_BY_FIRST_BYTES = {b"\x89PNG": "png", b"\xff\xd8": "jpg"}


class PageImporter:
    """Imports the changes of pages. Every method that takes an importer runs within the transaction of its batch."""

    def __init__(self, read: ReadBlobs, report: ImportReport, zone: ZoneInfo):
        self._read, self.report, self._zone = read, report, zone
        # Digests of stored pictures by blob id: many commits have the same ones.
        self._pictures: dict[str, str] = {}
        # Pages with files from this source, by uuid.
        self._known: dict[UUID, FilePage] = {}

    def add_known_pages(self, pages: Iterable[FilePage]) -> None:
        """Add pages whose files were imported before."""
        self._known |= {page.identifier: page for page in pages}

    def match_existing_pages(self, importer: Importer, page_changes: Iterable[PageChanges]) -> None:
        """Let new files become texts of the stored page at their address, unless that page has files already.

        Such a page was created by an editor, or as a section of an imported page.
        """
        for changes in page_changes:
            if changes.current_address is None or not changes.texts or changes.page.identifier in self._known:
                continue
            page = importer.tree.find(changes.current_address)
            if page is None or page.uuid in self._known:
                continue
            changes.page.identifier = page.uuid
            importer.prepare([page])
            if importer.stored_pages[page.pk].has_texts:
                changes.page.source_language = page.source_language
            else:
                importer.tree.fill_section(page, changes.source_language)

    def prepare_pages(
        self, importer: Importer, page_changes: Collection[PageChanges], *, at: datetime, commit: str = ""
    ) -> dict[FilePage, Page]:
        """Move and create stored pages as their files require; return those that exist by file page."""
        stored = importer.tree.load([changes.page.identifier for changes in page_changes])
        importer.prepare(list(stored.values()))
        existing = {
            stored[changes.page.identifier]: changes for changes in page_changes if changes.page.identifier in stored
        }
        self._move_pages(importer, existing, at, commit)
        pages = {}
        for changes in page_changes:
            page = stored.get(changes.page.identifier)
            if page is None and changes.texts:
                page = self._create_page(importer, changes, commit)
            if page is not None:
                pages[changes.page] = page
                self._known[changes.page.identifier] = changes.page
        return pages

    def import_commit(
        self, importer: Importer, page: Page, changes: PageChanges, update: PageUpdate, commit: str
    ) -> None:
        """Import the changes that a commit made to a page."""
        importer.prepare([page])
        deleted = set(importer.stored_pages[page.pk].base) - changes.languages
        outcome = importer.import_commit(page, update)
        if outcome.is_skipped and deleted:
            languages = ", ".join(sorted(deleted))
            self.report.not_applied.append(f"/{page.path}/: {languages} was deleted in commit {commit[:12]}")
        self._add_to_report(page, changes, outcome)
        self._update_weight_and_redirects(importer, page, changes, outcome, commit)

    def import_tree(self, importer: Importer, page: Page, changes: PageChanges, notes: Mapping[str, str]) -> None:
        """Import the texts of a page from a tree without history."""
        outcome = importer.import_tree(page, self.imported_texts(importer, changes, is_dated=True), notes)
        self.report.unchanged += not (outcome.versions or outcome.drafts or outcome.stored_only)
        self._add_to_report(page, changes, outcome)
        self._update_weight_and_redirects(importer, page, changes, outcome)

    def imported_texts(
        self, importer: Importer, changes: PageChanges, *, commit: str = "", is_dated: bool = False
    ) -> dict[str, ImportedText]:
        """Return a page's texts by language; their pictures are stored."""
        return {
            language: ImportedText(
                text.content,
                text.fields,
                text.file_name,
                text.modified_at(self._zone) if is_dated else None,
                text.is_draft,
                self._store_pictures(changes, language, importer.writer.now, commit),
            )
            for language, text in changes.texts.items()
        }

    def _store_pictures(self, changes: PageChanges, language: str, now: datetime, commit: str) -> dict[str, str]:
        """Store the pictures of a text; return their digests by reference."""
        digests = {}
        for reference, path in changes.pictures.get(language, {}).items():
            blob = changes.blobs[path]
            if blob not in self._pictures:
                content = self._read([blob]).get(blob)
                if content is None:
                    name = f"{changes.texts[language].file_name}: picture {reference}"
                    self.report.skipped.append(
                        SkippedFile(name, "it cannot be read: it is too long, or missing.", commit)
                    )
                    continue
                self._pictures[blob] = store_picture(content, _picture_extension(path, content), now=now)
            digests[reference] = self._pictures[blob]
        return digests

    def _move_pages(self, importer: Importer, existing: Mapping[Page, PageChanges], at: datetime, commit: str) -> None:
        wanted = {page: changes.new_address for page, changes in existing.items() if changes.new_address is not None}
        for page in [page for page in wanted if importer.stored_pages[page.pk].is_edited_here]:
            address = wanted.pop(page)
            if address != page.path:
                self.report.not_applied.append(f"/{page.path}/: it was moved to /{address}/ in commit {commit[:12]}")
        # A section that gets its first text counts as a page with files of its own.
        fixed = importer.tree.page_ids(self._known) | {page.pk for page in existing}
        try:
            moved = importer.move(wanted, fixed=fixed, at=at)
        except ValidationError:
            # One address is not possible: move the other pages.
            moved = []
            for page, address in wanted.items():
                try:
                    moved += importer.move({page: address}, fixed=fixed, at=at)
                except ValidationError as error:
                    self.report.skipped.append(SkippedFile(f"/{page.path}/ to /{address}/", _reason(error), commit))
        self.report.moved += [f"/{move.old}/ → /{move.new}/" for move in moved]

    def _create_page(self, importer: Importer, changes: PageChanges, commit: str) -> Page | None:
        """Create the page of new files; return None if its address is not possible."""
        if changes.current_address is None:
            return None
        source_language, identifier = changes.source_language, changes.page.identifier
        try:
            page = importer.create_page(changes.current_address, source_language=source_language, identifier=identifier)
        except ValidationError as error:
            names = [text.file_name for text in changes.texts.values()]
            self.report.skipped += [SkippedFile(name, _reason(error), commit) for name in names]
            return None
        self.report.pages += 1
        return page

    def _update_weight_and_redirects(
        self, importer: Importer, page: Page, changes: PageChanges, outcome: ImportOutcome, commit: str = ""
    ) -> None:
        text = changes.texts.get(page.source_language) or next(iter(changes.texts.values()), None)
        # If the files are unchanged, a weight that an editor set since stays.
        if text and (outcome.versions or outcome.drafts) and text.weight != page.weight:
            importer.tree.set_weight(page, text.weight)
        for path in changes.redirects:
            if not importer.tree.add_redirect(path, page):
                reason = "there is a page at this address, or it redirects to another page."
                self.report.skipped.append(SkippedFile(f"/{page.path}/: old address /{path}/", reason, commit))

    def _add_to_report(self, page: Page, changes: PageChanges, outcome: ImportOutcome) -> None:
        report = self.report
        report.versions += len(outcome.versions)
        report.drafts += [changes.texts[language].file_name for language in outcome.drafts]
        report.draft_revisions += [changes.texts[language].file_name for language in outcome.stored_only]
        report.withdrawn += [f"/{page.path}/"] if outcome.is_withdrawn else []
        report.brought_back += [f"/{page.path}/"] if outcome.is_brought_back else []
        report.not_served |= set(changes.texts) - set(served_languages())

    def add_remarks(self, changes: PageChanges, now: datetime) -> None:
        """Report what is stored but has no effect on this site: some front matter, and Hugo's code."""
        for text in changes.texts.values():
            self.report.remarks.update(f"{text.file_name}: {warning}" for warning in text.warnings(self._zone, now))
            self.report.count_hugo_code(text.file_name, text.hugo_code)


def _picture_extension(path: str, content: bytes) -> str:
    """Return the extension of a picture's name. A picture that was uploaded to a site like this one has none."""
    extension = path.rpartition(".")[2].lower()
    if extension in CONTENT_TYPES:
        return extension
    by_content = (name for start, name in _EXTENSIONS_BY_FIRST_BYTES.items() if content.startswith(start))
    return next(by_content, "webp")


def _reason(error: ValidationError) -> str:
    return " ".join(error.messages)
