"""The importer: changed texts become versions, or only revisions if newer work was done on this site."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any
from unicodedata import normalize

from django.utils.translation import gettext as _
from django.utils.translation import override

from pages.languages import served_languages
from pages.models import Blob, Page, Revision, Version
from pages.models.permissions import MOVE, PUBLISH, change_text_permission, publish_text_permission
from pages.models.publication_record import RecordKind
from pages.models.significance import Significance
from pages.publishing.importing.merging import find_source_basis, plan_merge
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome, PageUpdate
from pages.publishing.importing.stored_pages import StoredPage, read_stored_pages
from pages.publishing.site_tree import PageMove, SiteTree, record_moves
from pages.publishing.version_plan import THIS_VERSION, TextToPublish, VersionPlan, changed_texts, plan_texts
from pages.publishing.writer import Place, Writer
from pages.text import source
from pages.text.fields import Fields
from pages.text.sections import strip_common_ends

_NOT_LETTERS = re.compile(r"[\W_]+")


class Importer:
    """Imports the changes of pages, one page at a time. `writer` and `tree` are written at the end of the batch."""

    def __init__(self, writer: Writer, tree: SiteTree, stored_pages: dict[int, StoredPage]):
        self.writer, self.tree, self.stored_pages = writer, tree, stored_pages

    @cached_property
    def _redacted(self) -> Collection[str]:
        return set(Blob.objects.filter(content=None).values_list("pk", flat=True))

    def prepare(self, pages: Collection[Page]) -> None:
        """Read the stored state of many pages together. The caller's transaction has locked all pages."""
        missing = [page for page in pages if page.pk not in self.stored_pages]
        if missing:
            self.stored_pages |= read_stored_pages(missing, self.writer.now, self.writer.by)

    def create_page(self, path: str, **options: Any) -> Page:
        """Create a page with the options of `SiteTree.create_page`. Its state is known without a query."""
        page = self.tree.create_page(path, **options)
        self.stored_pages[page.pk] = StoredPage(page)
        return page

    def import_commit(self, page: Page, update: PageUpdate) -> ImportOutcome:
        """Import what a commit did to a page, at the commit's time, but not before the last record or in the future.

        On a page that was edited on this site, only texts change that are here as they were before the commit; the
        others are stored next to the draft. A page without any text left is withdrawn.
        """
        stored = self._stored_page(page, update.texts)
        changed = {
            language: text for language, text in update.texts.items() if _is_changed_by_commit(stored, language, text)
        }
        if stored.is_edited_here or update.is_draft_only:
            return self._import_beside_edits(stored, changed, update)
        at = stored.event_time(update.at, self.writer.now)
        published_at = _published_before(stored, changed, at) if update.is_due else at
        texts, drafts = self._store_texts(stored, changed, update.author, at, is_minor=update.is_minor)
        # A withdrawn page comes back only with the texts of this commit: its other files may be drafts by now.
        present = update.texts if stored.is_withdrawn else update.present
        removed = {language for language in stored.base if language not in present or language in drafts}
        remaining = (set(stored.base) - removed) | set(texts)
        if not remaining:
            is_withdrawn = stored.is_public
            if is_withdrawn:
                self._withdraw(stored, at, update)
            return ImportOutcome(drafts=drafts, is_withdrawn=is_withdrawn)
        if update.source_language and page.source_language not in update.present:
            texts |= self._change_source_language(stored, update.source_language, texts, removed, at)
        texts |= _with_bases(stored, texts, update.bases)
        # What becomes due without a new text has no note of its own.
        note = update.note if texts or not update.is_due else ""
        versions = self._add_version(
            *(stored, texts, published_at, note, frozenset(removed)),
            note_language=update.note_language,
            effective_at=at,
        )
        is_brought_back = stored.is_withdrawn
        if is_brought_back:
            self._bring_back(stored, at)
        return ImportOutcome(versions, drafts, is_brought_back=is_brought_back)

    def _import_beside_edits(
        self, stored: StoredPage, changed: Mapping[str, ImportedText], update: PageUpdate
    ) -> ImportOutcome:
        merge = plan_merge(stored, changed, update, self.writer.now)
        stored_only = self._store_only(stored, merge.other_texts, update.author).stored_only
        at, not_removed = stored.event_time(update.at, self.writer.now), tuple(sorted(merge.not_removed))
        if update.is_draft_only:
            for language, text in merge.texts.items():
                self._add_revision(stored, language, text, update.author, at=at)
            return ImportOutcome(drafts=tuple(merge.texts), stored_only=stored_only, not_removed=not_removed)
        texts, drafts = self._store_texts(stored, merge.texts, update.author, at, is_minor=update.is_minor)
        basis = find_source_basis(stored, merge, update)
        texts = {language: replace(text, based_on=basis) for language, text in texts.items()}
        texts |= _with_bases(stored, texts, update.bases)
        removed = merge.removed | (frozenset(drafts) & frozenset(stored.base))
        if not set(stored.base) - removed | set(texts):
            # The page would have no text left. It is withdrawn by a person only.
            removed, not_removed = frozenset(), tuple(sorted({*not_removed, *removed}))
        versions = self._add_version(stored, texts, at, update.note, removed, note_language=update.note_language)
        return ImportOutcome(versions, drafts, stored_only, not_removed=not_removed)

    def import_tree(self, page: Page, texts: Mapping[str, ImportedText], notes: Mapping[str, str]) -> ImportOutcome:
        """Import the current files of a page; texts with different dates become successive versions.

        Only files that differ from the last import count, whatever has happened to the page on this site, and drafts
        that are published now. If the page was edited here, the texts are only stored. Nothing is withdrawn.
        """
        stored = self._stored_page(page, texts)
        still_public = tuple(language for language, text in texts.items() if text.is_draft and stored.shows(language))
        changed = {
            language: text for language, text in texts.items() if _differs_from_last_import(stored, language, text)
        }
        if changed and stored.is_edited_here:
            new = {
                language: text for language, text in changed.items() if not stored.has_imported(language, text.digest)
            }
            return replace(self._store_only(stored, new, self.writer.by.name), still_public=still_public)
        to_publish, drafts = self._store_texts(stored, changed, self.writer.by.name, None)
        dated = {language: changed[language] for language in to_publish}
        versions: list[Version] = []
        for at, languages in _group_by_time(stored, dated, self.writer.now):
            group = {language: to_publish[language] for language in languages}
            versions += self._add_version(stored, group, stored.event_time(at, self.writer.now), notes, frozenset())
        return ImportOutcome(tuple(versions), drafts, still_public=still_public)

    def move(self, wanted: Mapping[Page, str], *, fixed: Collection[int], at: datetime) -> list[PageMove]:
        """Move pages; published old paths redirect to the new ones. Raises what `SiteTree.move_pages` raises."""
        self.writer.by.require(MOVE)
        moves = self.tree.move_pages({page.pk: path for page, path in wanted.items()}, fixed)
        self.prepare([move.page for move in moves])
        stored_pages = [self.stored_pages[move.page.pk] for move in moves]
        times = {
            stored.page.pk: stored.event_time(at, self.writer.now) for stored in stored_pages if stored.last_number
        }
        record_moves(self.writer, self.tree, moves, times)
        for key, event_time in times.items():
            self.stored_pages[key].last_at = event_time
        return [move for move in moves if move.is_wanted]

    def _stored_page(self, page: Page, texts: Mapping[str, ImportedText]) -> StoredPage:
        self.writer.by.require(PUBLISH, *map(change_text_permission, texts), *map(publish_text_permission, texts))
        self.prepare([page])
        # The object from an earlier batch may have another source language.
        self.stored_pages[page.pk].page = page
        return self.stored_pages[page.pk]

    def _store_only(self, stored: StoredPage, texts: Mapping[str, ImportedText], author: str) -> ImportOutcome:
        for language, text in texts.items():
            self._add_revision(stored, language, text, author, is_draft_head=False)
        return ImportOutcome(stored_only=tuple(texts))

    def _store_texts(
        self,
        stored: StoredPage,
        texts: Mapping[str, ImportedText],
        author: str,
        at: datetime | None,
        *,
        is_minor: bool = False,
    ) -> tuple[dict[str, TextToPublish], tuple[str, ...]]:
        """Store the texts as revisions; return those to publish, and the languages of drafts."""
        to_publish = {}
        for language, text in texts.items():
            revision = self._store_revision(stored, language, text, author, at)
            if not text.is_draft:
                to_publish[language] = _text_to_publish(stored, language, revision, text)
                if is_minor:
                    to_publish[language] = replace(to_publish[language], significance=Significance.MINOR)
        return to_publish, tuple(language for language, text in texts.items() if text.is_draft)

    def _store_revision(
        self, stored: StoredPage, language: str, text: ImportedText, author: str, at: datetime | None
    ) -> Revision:
        base = stored.base.get(language)
        is_stored = base and (base.revision.digest, base.revision.file_name) == (text.digest, text.file_name)
        if base and is_stored and not text.is_draft:
            # Only the pictures have changed.
            return base.revision
        return self._add_revision(stored, language, text, author, at=at)

    def _add_revision(
        self, stored: StoredPage, language: str, text: ImportedText, author: str, **options: Any
    ) -> Revision:
        stored.imported_digests[language] = text.digest
        if options.get("is_draft_head", True):
            stored.new_heads[language] = text.digest
        stored.imported_at[language] = options.get("at") or self.writer.now
        blob, fields = Blob(digest=text.digest, content=text.content), source.normalise(text.fields)
        if text.digest in self._redacted:
            # Its blob is there already, without a content.
            fields = Fields()
        options |= {"author": author, "file_name": text.file_name}
        return self.writer.add_revision(stored.page, language, blob, fields, **options)

    def _change_source_language(
        self,
        stored: StoredPage,
        language: str,
        texts: Mapping[str, TextToPublish],
        removed: Collection[str],
        at: datetime,
    ) -> dict[str, TextToPublish]:
        """Give the page another source language; return the carried-over translations with their new basis.

        Those that reflected the latest source text still do if it is the same text under another code. Nobody said
        anything about the others and the new source text: it can be an older translation.
        """
        before, after = stored.base.get(stored.page.source_language), texts.get(language)
        if stored.last_number:
            old, new = (Place(stored.page.path, code) for code in (stored.page.source_language, language))
            self.writer.add_place(stored.page, old, new, at=at)
        self.tree.set_source_language(stored.page, language)
        source_since, stored.source_since = stored.source_since, stored.last_number + 1
        is_same_text = before is not None and after is not None and before.revision.digest == after.revision.digest
        carried_over = [text for key, text in stored.base.items() if key not in texts and key not in removed]
        return {
            text.language: TextToPublish(
                text.revision,
                based_on=THIS_VERSION if is_same_text and text.based_on >= source_since else None,
                pictures=text.pictures,
            )
            for text in carried_over
            if text.based_on is not None
        }

    def _add_version(
        self,
        stored: StoredPage,
        texts: Mapping[str, TextToPublish],
        at: datetime,
        note: str | Mapping[str, str],
        removed: frozenset[str],
        *,
        note_language: str = "",
        effective_at: datetime | None = None,
    ) -> tuple[Version, ...]:
        """Add the next version, unless nothing would change. A note without languages applies to the changed texts."""
        changed = list(changed_texts(stored.base, texts))
        if not changed and not removed:
            return ()
        if isinstance(note, str):
            noted = changed or sorted(set(stored.base) - removed)[:1]
            note = dict.fromkeys(noted, note) if note else {}
        source_language, base_number = stored.page.source_language, stored.base_number
        plan = VersionPlan(stored.last_number + 1, effective_at or at, source_language, stored.base, base_number, note)
        plan = replace(plan, note_language=note_language)
        rows = plan_texts(plan, texts, removed)
        version = self.writer.add_version(stored.page, plan, rows, published_at=at)
        if plan.source_language in changed:
            stored.source_since = plan.number
        stored.base, stored.base_number, stored.last_number = rows, plan.number, plan.number
        stored.last_published = stored.last_at = at
        return (version,)

    def _withdraw(self, stored: StoredPage, at: datetime, update: PageUpdate) -> None:
        if update.note and not update.is_due:
            reasons = {update.note_language: update.note}
        else:
            reasons = _default_reasons(is_deleted=not update.present)
        self.writer.record(RecordKind.WITHDRAW, page=stored.page, at=at, reasons=reasons)
        stored.is_withdrawn, stored.last_at = True, at

    def _bring_back(self, stored: StoredPage, at: datetime) -> None:
        self.writer.record(RecordKind.BRING_BACK, page=stored.page, at=at)
        stored.is_withdrawn, stored.last_at = False, at


def _published_before(stored: StoredPage, texts: Mapping[str, ImportedText], at: datetime) -> datetime:
    """Return when the last of the texts was imported, as drafts that come into force at a time."""
    times = [stored.imported_at.get(language, at) for language, text in texts.items() if not text.is_draft]
    return min(stored.event_time(max(times), at), at) if times else at


def _default_reasons(*, is_deleted: bool) -> dict[str, str]:
    """Return the reason for a withdrawal that has none of its own, in each served language."""
    reasons = {}
    for language in served_languages():
        with override(language):
            if is_deleted:
                reasons[language] = _("The text was deleted in the repository.")
            else:
                reasons[language] = _("The text is not published in the repository any more.")
    return reasons


def _with_bases(
    stored: StoredPage, texts: Mapping[str, TextToPublish], bases: Mapping[str, int | None]
) -> dict[str, TextToPublish]:
    """Return the translations whose files name the source that they reflect, with that version."""
    named = {language: bases[language] for language in texts if language in bases}
    return {
        language: replace(
            texts[language], based_on=THIS_VERSION if number is not None and number > stored.last_number else number
        )
        for language, number in named.items()
    }


def _has_base_text(stored: StoredPage, language: str, text: ImportedText) -> bool:
    base = stored.base.get(language)
    return base is not None and base.revision.digest == text.digest


def _is_changed_by_commit(stored: StoredPage, language: str, text: ImportedText) -> bool:
    """Tell whether a text differs from the newest version, or, if it is a draft, from the last imported draft."""
    if text.is_draft:
        return stored.imported_digests.get(language) != text.digest or language in stored.base
    return not _has_base_text(stored, language, text) or dict(text.pictures) != stored.base[language].pictures


def _differs_from_last_import(stored: StoredPage, language: str, text: ImportedText) -> bool:
    if not stored.has_imported(language, text.digest):
        return True
    if language in stored.never_published and not text.is_draft:
        return True
    # The same text shows another picture if the picture's file was replaced.
    return _has_base_text(stored, language, text) and dict(text.pictures) != stored.base[language].pictures


def _text_to_publish(stored: StoredPage, language: str, revision: Revision, text: ImportedText) -> TextToPublish:
    """Return the text with major significance; the version plan makes it minor if readers see no difference."""
    body = text.fields.body
    # If letters or digits differ, readers see a difference. This is much faster to find out than by rendering both.
    is_visibly_changed = language in stored.base and _have_different_letters(stored.body(language), body)
    stored.bodies[language] = body
    return TextToPublish(
        revision, Significance.MAJOR, THIS_VERSION, text.pictures, is_visibly_changed=is_visibly_changed
    )


def _have_different_letters(before: str, after: str) -> bool:
    # Readers get each letter and its accents as one character.
    old, new = (_NOT_LETTERS.sub("", normalize("NFC", text)) for text in strip_common_ends(before, after))
    return old != new


def _group_by_time(
    stored: StoredPage, texts: Mapping[str, ImportedText], now: datetime
) -> Iterator[tuple[datetime, list[str]]]:
    """Yield the times of publication in ascending order, each with its languages.

    A text without a date is published now, and so is one whose date is not after the page's last version.
    """
    last = stored.last_published
    times = {language: min(text.modified_at or now, now) for language, text in texts.items()}
    if last is not None:
        times = {language: now if at <= last else at for language, at in times.items()}
    ordered = sorted(times, key=lambda language: (times[language], language))
    for at, languages in groupby(ordered, key=lambda language: times[language]):
        yield at, list(languages)
