"""What stands above the fields of a language's tab: where its text has got to, and why it cannot be written."""

from dataclasses import dataclass, field
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pages.admin.editing.language_tabs import language_attributes, language_fieldset
from pages.admin.editing.page_form import CREATION_FIELDS, ORDER_FIELDS, head_field, opened_field
from pages.admin.permissions import writable_languages
from pages.history.translation_basis import statuses_of
from pages.history.translation_status import TranslationStatus
from pages.languages import served_languages
from pages.models import Page
from pages.models.page import TEXT_FIELDS, text_field
from pages.publishing.actors import Actor
from pages.publishing.version_writer import base_version
from pages.text.source import digest, unify_newlines


@dataclass
class TabNote:
    """What is known of one language; the marks are shown on its tab, each with words."""

    language: str
    is_source: bool
    is_read_only: bool
    marks: list[tuple[str, str]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    translation_source_url: str = ""

    def mark(self, name: str, words: str, sentence: str = "") -> None:
        """Put a mark on the tab, and the sentence that explains it into the panel."""
        self.marks.append((name, words))
        if sentence:
            self.sentences.append(sentence)

    @property
    def html(self) -> str:
        """Return the note for the fieldset's description."""
        return render_to_string(
            "admin/pages/page/tab_status.html", {"note": self, **language_attributes(self.language)}
        )


def tab_notes(page: Page | None, actor: Actor, now: datetime, posted=None) -> dict[str, TabNote]:
    """Return the note of each served language; `posted` is what was sent and has come back."""
    writable = writable_languages(actor)
    source_language = page.source_language if page else ""
    notes = {one: TabNote(one, one == source_language, one not in writable) for one in served_languages()}
    for note in notes.values():
        if note.is_read_only:
            words = _("You may read this text, but not change it: your account has no right to write this language.")
            note.mark("read-only", pgettext("mark of a language tab", "read only"), words)
        if page and posted and _differs(posted, page, note.language):
            note.mark("changed", pgettext("mark of a language tab", "changed here, not saved"))
    if page:
        _note_published(page, notes, now)
        for note in notes.values():
            if not note.is_source:
                note.translation_source_url = reverse(
                    "admin:pages_page_translation_source", args=[page.pk, note.language]
                )
    return notes


def _note_published(page: Page, notes: dict[str, TabNote], now: datetime) -> None:
    """Say of each language whether its draft differs from what was last published, and whether it fell behind."""
    base = base_version(page, now)
    texts = base.texts.select_related("revision").defer("revision__source") if base else ()
    published = {text.language: text for text in texts}
    statuses = statuses_of(page, base, published, now) if base else {}
    heads = dict(page.revisions.working().values_list("language", "digest"))
    for language, note in notes.items():
        text, head = published.get(language), heads.get(language, digest(b""))
        if head != (text.revision.digest if text else digest(b"")):
            words = pgettext("mark of a language tab", "draft differs from what is published")
            note.mark("differs", words, _("The draft differs from what is published."))
        if status := statuses.get(language):
            _note_status(note, status)


def _note_status(note: TabNote, status: TranslationStatus) -> None:
    if status == TranslationStatus.OUTDATED:
        words = pgettext("mark of a language tab", "translation is outdated")
        note.mark("outdated", words, _("The published translation is outdated: the source text has changed since."))
    elif status == TranslationStatus.MINOR:
        note.sentences.append(_("The source text has had small corrections since this translation was made."))
    else:
        note.sentences.append(_("The published translation is up to date with the source text."))


def _differs(posted, page: Page, language: str) -> bool:
    stored = page.working_text(language)
    names = {name: text_field(name, language) for name in TEXT_FIELDS}
    return any(
        unify_newlines(posted[column]).strip() != stored[name].strip()
        for name, column in names.items()
        if column in posted
    )


def page_fieldsets(notes: dict[str, TabNote], *, is_new: bool) -> list[tuple]:
    """Return the fieldsets of a page's form: a tab for each language, and what is the same in all of them."""
    tabs = [
        language_fieldset(
            language,
            [*(text_field(name, language) for name in TEXT_FIELDS), head_field(language)],
            notes=note.html,
            is_read_only=note.is_read_only,
        )
        for language, note in notes.items()
    ]
    if is_new:
        return [(None, {"fields": (*CREATION_FIELDS, *ORDER_FIELDS)}), *tabs]
    opened = [opened_field(name) for name in ORDER_FIELDS]
    return [*tabs, (_("In all languages"), {"fields": (CREATION_FIELDS, ORDER_FIELDS, *opened)})]
