"""Handing what was read of pages to the verbs that write it. It works within a batch's transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
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

# The kinds that an upload can have.
_FIRST_BYTES = {b"\x89PNG": "png", b"\xff\xd8": "jpg"}


class PageImporter:
    """Takes the changes of pages in, and reports what became of them."""

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, bytes]], report: ImportReport, zone: ZoneInfo):
        self._read, self.report, self._zone = read, report, zone
        # The digest of each picture that was kept, by its blob.
        self._pictures: dict[str, str] = {}
        self._known: dict[object, FilePage] = {}

    def know(self, pages: Iterable[FilePage]) -> None:
        """Note pages whose files were taken in before."""
        self._known |= {page.identifier: page for page in pages}

    def join(self, intake: Importer, changes: Iterable[PageChanges]) -> None:
        """Let files that are new be texts of the page that stands at their address, if no other files are."""
        for one in changes:
            there = intake.tree.find(one.current_address) if one.current_address is not None and one.texts else None
            if there and one.page.identifier not in self._known and there.uuid not in self._known:
                one.page.identifier = there.uuid
                intake.prepare([there])
                if intake.states[there.pk].has_texts:
                    one.page.source_language = there.source_language
                else:
                    intake.tree.fill_section(there, one.source_language)

    def pages_of(self, intake: Importer, changes: Collection[PageChanges], *, at: datetime, commit: str = "") -> dict:
        """Return the stored page of each change that has one, moved and made as the files ask for."""
        pages = intake.tree.load([one.page.identifier for one in changes])
        intake.prepare(list(pages.values()))
        stored = {pages[one.page.identifier]: one for one in changes if one.page.identifier in pages}
        self._move(intake, stored, at, commit)
        found = {}
        for one in changes:
            page = pages.get(one.page.identifier)
            if page is None and one.texts:
                page = self._make(intake, one, commit)
            if page is not None:
                found[one.page] = page
                self._known[one.page.identifier] = one.page
        return found

    def take_commit(self, intake: Importer, page: Page, changes: PageChanges, change: PageUpdate, commit: str) -> None:
        """Take in what a commit did to a page."""
        intake.prepare([page])
        gone = set(intake.states[page.pk].base) - changes.languages
        taken = intake.import_commit(page, change)
        if taken.is_skipped and gone:
            self.report.not_applied.append(
                f"/{page.path}/: {', '.join(sorted(gone))} was deleted in commit {commit[:12]}"
            )
        self._note(page, changes, taken)
        self._finish(intake, page, changes, taken, commit)

    def take_tree(self, intake: Importer, page: Page, changes: PageChanges, notes: Mapping[str, str]) -> None:
        """Take in a page's texts as a tree has them."""
        texts = self.incoming(intake, changes, is_dated=True)
        taken = intake.import_tree(page, texts, notes)
        self.report.unchanged += not (taken.versions or taken.drafts or taken.stored_only)
        self._note(page, changes, taken)
        self._finish(intake, page, changes, taken)

    def incoming(
        self, intake: Importer, changes: PageChanges, *, commit: str = "", is_dated: bool = False
    ) -> dict[str, ImportedText]:
        """Return a page's texts as the verb takes them, their pictures kept."""
        now = intake.writer.now
        return {
            language: ImportedText(
                text.content,
                text.fields,
                text.file_name,
                text.modified_at(self._zone) if is_dated else None,
                text.is_draft,
                self._kept(changes, language, now, commit),
            )
            for language, text in changes.texts.items()
        }

    def _kept(self, changes: PageChanges, language: str, now: datetime, commit: str) -> dict[str, str]:
        kept = {}
        for reference, path in changes.pictures.get(language, {}).items():
            blob = changes.blobs[path]
            if blob not in self._pictures:
                content = self._read([blob]).get(blob)
                if content is None:
                    name = f"{changes.texts[language].file_name}: picture {reference}"
                    why = "it cannot be read: it is too long, or missing."
                    self.report.skipped.append(SkippedFile(name, why, commit))
                    continue
                self._pictures[blob] = store_picture(content, _kind_of(path, content), now=now)
            kept[reference] = self._pictures[blob]
        return kept

    def _move(self, intake: Importer, changes: Mapping[Page, PageChanges], at: datetime, commit: str) -> None:
        wanted = {page: one.new_address for page, one in changes.items() if one.new_address is not None}
        for page in [page for page in wanted if intake.states[page.pk].is_edited_here]:
            if wanted.pop(page) != page.path:
                new = changes[page].new_address
                self.report.not_applied.append(f"/{page.path}/: it was moved to /{new}/ in commit {commit[:12]}")
        # A section that gets its first text now is no section without texts any more.
        fixed = intake.tree.page_ids(self._known) | {page.pk for page in changes}
        try:
            moved = intake.move(wanted, fixed=fixed, at=at)
        except ValidationError:
            moved = []
            for page, address in wanted.items():
                try:
                    moved += intake.move({page: address}, fixed=fixed, at=at)
                except ValidationError as error:
                    self.report.skipped.append(SkippedFile(f"/{page.path}/ to /{address}/", _why(error), commit))
        self.report.moved += [f"/{one.old}/ → /{one.new}/" for one in moved]

    def _make(self, intake: Importer, changes: PageChanges, commit: str) -> Page | None:
        """Return a new page at the address that its files ask for."""
        if changes.current_address is None:
            return None
        try:
            page = intake.create_page(
                changes.current_address, source_language=changes.source_language, identifier=changes.page.identifier
            )
        except ValidationError as error:
            names = [text.file_name for text in changes.texts.values()]
            self.report.skipped += [SkippedFile(name, _why(error), commit) for name in names]
            return None
        self.report.pages += 1
        return page

    def _finish(
        self, intake: Importer, page: Page, changes: PageChanges, taken: ImportOutcome, commit: str = ""
    ) -> None:
        """Keep the page's weight and its old addresses."""
        leading = changes.texts.get(page.source_language) or next(iter(changes.texts.values()), None)
        # Files that have not changed leave the weight that an editor has given since.
        if leading and (taken.versions or taken.drafts) and leading.weight != page.weight:
            intake.tree.set_weight(page, leading.weight)
        for path in changes.redirects:
            if not intake.tree.add_redirect(path, page):
                why = "a page stands there, or another page has had that address."
                self.report.skipped.append(SkippedFile(f"/{page.path}/: old address /{path}/", why, commit))

    def _note(self, page: Page, changes: PageChanges, taken: ImportOutcome) -> None:
        report = self.report
        report.versions += len(taken.versions)
        report.drafts += [changes.texts[language].file_name for language in taken.drafts]
        report.draft_revisions += [changes.texts[language].file_name for language in taken.stored_only]
        report.withdrawn += [f"/{page.path}/"] if taken.is_withdrawn else []
        report.brought_back += [f"/{page.path}/"] if taken.is_brought_back else []
        report.not_served |= set(changes.texts) - set(served_languages())

    def remark(self, changes: PageChanges, now: datetime) -> None:
        """Report front matter that is kept but has no effect here."""
        for text in changes.texts.values():
            self.report.remarks.update(f"{text.file_name}: {remark}" for remark in text.warnings(self._zone, now))
            self.report.count_hugo_code(text.file_name, text.hugo_code)


def _kind_of(path: str, content: bytes) -> str:
    """Return a picture's kind by its name, or by its first bytes if it was uploaded to a site that gave it out."""
    extension = path.rpartition(".")[2].lower()
    if extension in CONTENT_TYPES:
        return extension
    return next((kind for start, kind in _FIRST_BYTES.items() if content.startswith(start)), "webp")


def _why(error: ValidationError) -> str:
    return " ".join(error.messages)
