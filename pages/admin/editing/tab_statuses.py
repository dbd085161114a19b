"""The status of each language in the form of a page: unpublished changes, translation status, missing permission."""

from dataclasses import dataclass, field
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pages.admin.editing.conflicts import head_field
from pages.admin.editing.language_tabs import language_attributes, language_fieldset
from pages.admin.editing.page_form import (
    CREATION_FIELDS,
    POSITION_FIELDS,
    SHOWN_CREATION_FIELDS,
    opened_field,
)
from pages.admin.permissions import writable_languages
from pages.history.translation_status import TranslationStatus, assess_version
from pages.languages import served_languages
from pages.models import Page
from pages.models.page import text_fields
from pages.publishing.actors import Actor
from pages.publishing.version_writer import base_version
from pages.text.source import digest, unify_newlines


@dataclass
class TabStatus:
    """The status of one language: badges (a name and a label) for its tab, and messages for the panel below."""

    language: str
    is_source: bool
    is_read_only: bool
    badges: list[tuple[str, str]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    translation_source_url: str = ""

    def add_badge(self, name: str, label: str, message: str = "") -> None:
        """Add a badge to the tab and, if given, a message that explains it to the panel."""
        self.badges.append((name, label))
        if message:
            self.messages.append(message)

    @property
    def html(self) -> str:
        """Return the HTML for the fieldset's description."""
        return render_to_string("admin/pages/page/tab_status.html", {"tab": self, **language_attributes(self.language)})


def tab_statuses(page: Page | None, actor: Actor, now: datetime, posted=None) -> dict[str, TabStatus]:
    """Return the status of each served language; `posted` is the data of a form that is shown again after an error."""
    writable = writable_languages(actor)
    source_language = page.source_language if page else ""
    tabs = {
        language: TabStatus(language, language == source_language, language not in writable)
        for language in served_languages()
    }
    for tab in tabs.values():
        if tab.is_read_only:
            message = _("You may read this text, but not change it: you do not have permission to edit this language.")
            tab.add_badge("read-only", pgettext("mark of a language tab", "read only"), message)
        if page and posted and _differs(posted, page, tab.language):
            tab.add_badge("changed", pgettext("mark of a language tab", "changed here, not saved"))
    if page:
        _add_publication_status(page, tabs, now)
        for tab in tabs.values():
            if not tab.is_source:
                args = [page.pk, tab.language]
                tab.translation_source_url = reverse("admin:pages_page_translation_source", args=args)
    return tabs


def _add_publication_status(page: Page, tabs: dict[str, TabStatus], now: datetime) -> None:
    """Add for each language whether its draft differs from the latest version, and its translation status."""
    base = base_version(page, now)
    texts = base.texts.select_related("revision") if base else ()
    published = {text.language: text for text in texts}
    assessments = assess_version(base, published, now) if base else {}
    heads = dict(page.revisions.drafts().values_list("language", "blob"))
    # A language that never had a text is the same as one whose text was emptied.
    empty = digest(b"")
    for language, tab in tabs.items():
        text = published.get(language)
        if heads.get(language, empty) != (text.revision.digest if text else empty):
            label = pgettext("mark of a language tab", "draft differs from the published text")
            message = (
                _("The draft differs from the published text.") if text else _("This language is not published yet.")
            )
            tab.add_badge("differs", label, message)
        if assessment := assessments.get(language):
            _add_translation_status(tab, assessment.status)


def _add_translation_status(tab: TabStatus, status: TranslationStatus) -> None:
    if status == TranslationStatus.BEHIND:
        label = pgettext("mark of a language tab", "translation is behind")
        message = _("The published translation is behind: the source text has changed since.")
        tab.add_badge("behind", label, message)
    elif status == TranslationStatus.MINOR:
        tab.messages.append(_("The source text has changed in minor ways since this translation was made."))
    else:
        tab.messages.append(_("The published translation is up to date."))


def _differs(posted, page: Page, language: str) -> bool:
    stored = page.draft_text(language)
    # Browsers send CRLF newlines (HTML, form submission), and forms strip spaces at the ends.
    return any(
        unify_newlines(posted[column]).strip() != stored[name].strip()
        for name, column in text_fields(language).items()
        if column in posted
    )


def page_fieldsets(tabs: dict[str, TabStatus], *, is_new: bool) -> list[tuple]:
    """Return the fieldsets of a page's form: one for each language and one with the fields of the page itself."""
    language_fieldsets = [
        language_fieldset(
            language,
            [*text_fields(language).values(), head_field(language)],
            status_html=tab.html,
            is_read_only=tab.is_read_only,
        )
        for language, tab in tabs.items()
    ]
    if is_new:
        return [(None, {"fields": (*CREATION_FIELDS, *POSITION_FIELDS)}), *language_fieldsets]
    opened = [opened_field(name) for name in POSITION_FIELDS]
    # Inner tuples are shown in one line.
    page_fields = (SHOWN_CREATION_FIELDS, POSITION_FIELDS, *opened)
    return [*language_fieldsets, (_("In all languages"), {"fields": page_fields})]
