"""What the imports of trees and of histories have in common: page changes are passed to `pages.publishing`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from pages.hugo.commits.commit_changes import CommitChanges, FilePage, ReadBlobs
from pages.hugo.commits.page_changes import PageChanges, PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.commits.source_survey import SourceSurvey
from pages.hugo.commits.text_files import POINTER_REASON, is_pointer
from pages.hugo.importing.compressed_contents import compress_ahead
from pages.hugo.importing.import_plan import ImportPlan
from pages.hugo.importing.second_process import SecondProcess
from pages.hugo.importing.site_import import read_site
from pages.hugo.importing.text_checks import PageSurveys, TextChecks, with_sources
from pages.hugo.site_details.reading import ReadSite
from pages.hugo.site_structure.reading_options import NO_OPTIONS, ReadingOptions
from pages.hugo.site_structure.structure import default_structure
from pages.hugo.withholding.withheld import NO_REASON
from pages.languages import served_languages
from pages.models import Page
from pages.models.picture import CONTENT_TYPES
from pages.publishing.actors import Actor
from pages.publishing.importing.batches import Batches
from pages.publishing.importing.importer import Importer
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome
from pages.publishing.importing.report_lines import LineKind, ReportLine, subject_of_page
from pages.publishing.importing.runs import RunLog
from pages.publishing.pictures.storage import store_picture
from pages.publishing.slugs import ImpossibleAddress
from pages.text.messages import Message
from pages.text.source import extract_body

# The formats of uploaded pictures except WebP.
_EXTENSIONS_BY_FIRST_BYTES = {b"\x89PNG": "png", b"\xff\xd8": "jpg"}


class SourceImport(ABC):
    """An import from one source; `languages` limits it. Files with errors are skipped and reported to `log`.

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
        log: RunLog | None = None,
        options: ReadingOptions = NO_OPTIONS,
        is_known: bool = False,
        process: SecondProcess | None = None,
    ):
        self._now, self._progress = now, progress
        self._zone = ZoneInfo(settings.TIME_ZONE)
        self.log = log or RunLog()
        # Whether the source was imported before.
        self._options, self._is_known = options, is_known
        structure = default_structure(dict(options.language_map))
        self._tracker = PageTracker(read, structure, frozenset(languages), options)
        self._reader = PageChangesReader(self._tracker)
        self._batches = Batches(by=by)
        self._process = process or SecondProcess(is_allowed=False)
        self._checks, self.surveys = TextChecks(self._process), PageSurveys(self._process)
        self._importer: Importer
        # Digests of stored pictures by blob id: many commits have the same ones.
        self._pictures: dict[str, str] = {}
        # Pages with files from this source, by uuid.
        self._known: dict[UUID, FilePage] = {}
        # Those of them whose files are deleted. If another page asks for an old address of theirs, it gets it.
        self._deleted: set[UUID] = set()
        # The new addresses of pages that are not published any more, by uuid.
        self._postponed: dict[UUID, str] = {}
        # What this site last exported to the source about itself, as JSON.
        self.exported_site: Mapping[str, Any] | None = None

    @abstractmethod
    def plan(self) -> ImportPlan:
        """Read the whole source, and return what the import will do. Nothing is written. Raises NoContentFound."""

    def read_site(self) -> ReadSite:
        """Return what the source, as it was planned, says of the site as a whole."""
        return read_site(self._tracker, self._now)

    @abstractmethod
    def write(self, log: RunLog | None = None) -> RunLog:
        """Import what was planned, in batches, and report it. Raises SourceChanged."""

    def run(self) -> RunLog:
        """Plan and import. Raises what `plan` and `write` raise."""
        self.plan()
        return self.write(self.log)

    def _decide_structure(self, survey: SourceSurvey) -> None:
        """Decide how all commits of the source are read."""
        survey.decide(self._tracker)

    def _read_changes(self, commit_changes: CommitChanges, *, is_own: bool = False) -> list[PageChanges]:
        """Read what a commit changes, without the bodies of texts: these are read again when they are written.

        Texts are checked unless the commit `is_own`: this site exported it.
        """
        page_changes = self._reader.read_changes(commit_changes)
        for file in self._reader.skipped:
            self.log.add(LineKind.SKIPPED, file.file_name, file.reason)
        for path, reason in self._reader.renamed:
            self.log.add(LineKind.RENAMED, path, reason)
        for path, message in self._reader.missing_links:
            self.log.add(LineKind.NOTE, path, message)
        for path, message in self._reader.repaired_links:
            self.log.end(LineKind.NOTE, path, message)
        for changes in page_changes:
            if not is_own:
                self._checks.begin_ahead(changes)
            changes.drop_bodies()
        return page_changes

    def _add_bodies(self, page_changes: Iterable[PageChanges]) -> None:
        page_changes = list(page_changes)
        contents = self._tracker.read([changes.blobs[key][0] for changes in page_changes for key in changes.texts])
        contents = compress_ahead(self._process, contents)
        for changes in page_changes:
            changes.add_bodies(contents)
        self._checks.begin(page_changes)

    def _survey_ahead(self, pages: Iterable[FilePage]) -> None:
        """Begin to survey the texts that pages have at the end, which are checked when all of them are written."""
        for page in pages:
            blobs = {language: self._tracker.blobs[path] for language, path in page.files.items()}
            contents = self._tracker.read(list(blobs.values()))
            bodies = {language: extract_body(contents[blob]) for language, blob in blobs.items() if blob in contents}
            if not self.surveys.begin(with_sources(bodies, page.source_language)):
                break

    @contextmanager
    def _batch(self) -> Iterator[Importer]:
        with self._batches.batch(self._now) as self._importer:
            yield self._importer
            self.log.save()

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
                self._importer.tree.fill_section(page, changes.source_language, keeps_redirect=self._options.as_drafts)

    def _prepare_pages(self, page_changes: Collection[PageChanges], at: datetime) -> list[tuple[PageChanges, Page]]:
        """Move and create stored pages as their files require; return those that exist with their changes."""
        stored = self._importer.tree.load([changes.page.identifier for changes in page_changes])
        self._importer.prepare(list(stored.values()))
        existing = {
            stored[changes.page.identifier]: changes for changes in page_changes if changes.page.identifier in stored
        }
        self._move_pages(self._wanted_addresses(existing, at) | self._released_addresses(page_changes), existing, at)
        prepared = []
        for changes in page_changes:
            (self._deleted.discard if changes.languages else self._deleted.add)(changes.page.identifier)
            page = stored.get(changes.page.identifier)
            if page is None and changes.texts and changes.current_address is not None:
                page = self._create_page(changes, changes.current_address)
            if page is not None:
                prepared.append((changes, page))
                self._known[changes.page.identifier] = changes.page
        return prepared

    def _finish_page(self, changes: PageChanges, page: Page, outcome: ImportOutcome, at: datetime) -> None:
        """Update the page's weight and redirects, and report what was done."""
        if not self._options.as_drafts:
            self._update_place(changes, page, outcome)
        self._add_to_report(page, changes, outcome, at)

    def _update_place(self, changes: PageChanges, page: Page, outcome: ImportOutcome) -> None:
        text = changes.texts.get(page.source_language) or next(iter(changes.texts.values()), None)
        # If the files are unchanged, a weight that an editor set since stays.
        if text and (outcome.versions or outcome.drafts) and text.weight != page.weight:
            self._importer.tree.set_weight(page, text.weight)
        for address in changes.redirects:
            replaced = self._deleted if address.is_asked_for else frozenset()
            is_added = self._importer.tree.add_redirect(address.path, page, address.language, replaced=replaced)
            if address.is_asked_for:
                note = self.log.end if is_added else self.log.add
                note(LineKind.SKIPPED, subject_of_page(page.path), _address_is_taken(address.path))

    def _imported_texts(self, changes: PageChanges, at: datetime, *, is_dated: bool = False) -> dict[str, ImportedText]:
        """Return a page's texts by language, as the generator published them at a time; their pictures are stored."""
        return {
            language: ImportedText(
                text.content,
                text.fields,
                text.file_name,
                text.modified_at(self._zone) if is_dated else None,
                bool(text.withholding.reason_at(at)),
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
                if content is None or is_pointer(content):
                    reason = Message(
                        "picture %(reference)s: it cannot be read: it is too long, or missing.", reference=reference
                    )
                    if content:
                        reason = Message(
                            "picture %(reference)s: %(reason)s", reference=reference, reason=POINTER_REASON
                        )
                    self._skip(changes.texts[language].file_name, reason)
                    continue
                self._pictures[blob] = store_picture(content, _picture_extension(path, content), now=self._now)
            digests[reference] = self._pictures[blob]
        return digests

    def _move_pages(self, wanted: dict[Page, str], existing: Collection[Page], at: datetime) -> None:
        edited = [page for page in wanted if self._options.as_drafts or self._is_edited_here(page)]
        for page in edited:
            address = wanted.pop(page)
            if address != page.path:
                reason = Message("it was moved to /%(address)s/", address=address)
                self.log.add(LineKind.NOT_APPLIED, subject_of_page(page.path), reason)
        # A section that gets its first text counts as a page with files of its own.
        fixed = self._importer.tree.page_ids(self._known) | {page.pk for page in existing}
        try:
            moved = self._importer.move(wanted, fixed=fixed, at=at)
        except ImpossibleAddress:
            # One address is not possible: move the other pages.
            moved = []
            for page, address in wanted.items():
                try:
                    moved += self._importer.move({page: address}, fixed=fixed, at=at)
                except ImpossibleAddress as error:
                    reason = Message(
                        "it cannot be moved to /%(address)s/: %(reason)s", address=address, reason=error.reason
                    )
                    self._skip(subject_of_page(page.path), reason)
        for move in moved:
            self.log.add(LineKind.MOVED, subject_of_page(move.old), Message("→ /%(address)s/", address=move.new))

    def _wanted_addresses(self, existing: Mapping[Page, PageChanges], at: datetime) -> dict[Page, str]:
        """Return the addresses of the pages that must move.

        A page that is not published any more does not move, because the log would tell its new address, until it is
        published again or another page needs the old one.
        """
        wanted: dict[Page, str] = {}
        for page, changes in existing.items():
            address = changes.current_address if page.uuid in self._postponed else changes.new_address
            self._postponed.pop(page.uuid, None)
            if address is not None and self._importer.stored_pages[page.pk].last_number and _is_withheld(changes, at):
                self._postponed[page.uuid] = address
            elif address is not None:
                wanted[page] = address
        return wanted

    def _released_addresses(self, page_changes: Iterable[PageChanges]) -> dict[Page, str]:
        """Return the addresses of the pages whose move was postponed, if other pages need their old ones."""
        needed = {changes.current_address for changes in page_changes}
        pages = self._importer.tree.load(list(self._postponed)) if self._postponed else {}
        released = [page for page in pages.values() if page.path in needed]
        self._importer.prepare(released)
        return {page: self._postponed.pop(page.uuid) for page in released}

    def _is_edited_here(self, page: Page) -> bool:
        return self._importer.stored_pages[page.pk].is_edited_here

    def _create_page(self, changes: PageChanges, address: str) -> Page | None:
        """Create the page of new files; return None if its address is not possible."""
        source_language, identifier = changes.source_language, changes.page.identifier
        try:
            page = self._importer.create_page(
                address,
                source_language=source_language,
                identifier=identifier,
                keeps_redirect=self._options.as_drafts,
            )
        except ImpossibleAddress as error:
            for text in changes.texts.values():
                self._skip(text.file_name, error.reason)
            return None
        self.log.count(pages=1)
        return page

    def _add_to_report(self, page: Page, changes: PageChanges, outcome: ImportOutcome, at: datetime) -> None:
        self.log.count(versions=len(outcome.versions))
        for kind, languages in (
            (LineKind.DRAFT, outcome.drafts),
            (LineKind.DRAFT_REVISION, outcome.stored_only),
        ):
            for language in languages:
                text = changes.texts[language]
                reason = text.withholding.reason_at(at) if kind == LineKind.DRAFT else NO_REASON
                is_asked = kind == LineKind.DRAFT and not reason
                self.log.add(LineKind.ASKED_DRAFT if is_asked else kind, text.file_name, reason)
        if outcome.is_withdrawn:
            self.log.add(LineKind.WITHDRAWN, subject_of_page(page.path), _withdrawal_reason(changes))
        if outcome.is_brought_back:
            self.log.add(LineKind.BROUGHT_BACK, subject_of_page(page.path))
            self.log.touch(subject_of_page(page.path))
        for language in sorted(set(changes.texts) - set(served_languages())):
            self.log.add(LineKind.LANGUAGE, language, _how_to_serve(language))
        for language, text in changes.texts.items():
            # What is stored but has no effect on this site: some front matter and markup.
            for message in text.warnings(self._now):
                self.log.add(LineKind.NOTE, text.file_name, message)
            self.log.add_notes(text.file_name, changes.findings[language])

    def _close_commit(self, lines: Iterable[ReportLine] = (), touched: Iterable[str] = (), commit: str = "") -> None:
        """Report what the commit did with redirects, and close it."""
        for path in self._importer.tree.replaced_redirects:
            self.log.add(LineKind.REDIRECT_REMOVED, subject_of_page(path))
        self._importer.tree.replaced_redirects.clear()
        self.log.close(lines, touched=touched, commit=commit)

    def _skip(self, name: str, reason: str) -> None:
        self.log.add(LineKind.SKIPPED, name, reason)


def _withdrawal_reason(changes: PageChanges) -> Message:
    if changes.languages:
        return Message("the source does not publish its texts any more")
    if changes.other_format:
        return Message("its text became %(file)s, and only Markdown is imported", file=changes.other_format)
    return Message("its last text was deleted")


def _address_is_taken(path: str) -> Message:
    return Message(
        "old address /%(path)s/: there is a page at this address, or it redirects to another page.", path=path
    )


def _is_withheld(changes: PageChanges, at: datetime) -> bool:
    """Tell whether none of the page's languages is published at a time."""
    texts = [changes.texts.get(language) for language in changes.languages]
    return bool(texts) and all(text is not None and text.withholding.reason_at(at) for text in texts)


def _how_to_serve(language: str) -> Message:
    if language in settings.MODELTRANSLATION_LANGUAGES:
        return Message("add them to SITE_LANGUAGES")
    return Message("add them to MODELTRANSLATION_LANGUAGES, with a migration, and to SITE_LANGUAGES")


def _picture_extension(path: str, content: bytes) -> str:
    """Return the extension of a picture's name. A picture that was uploaded to a site like this one has none."""
    extension = path.rpartition(".")[2].lower()
    if extension in CONTENT_TYPES:
        return extension
    by_content = (name for start, name in _EXTENSIONS_BY_FIRST_BYTES.items() if content.startswith(start))
    return next(by_content, "webp")
