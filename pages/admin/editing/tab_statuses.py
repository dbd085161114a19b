"""The status of each language in the form of a page: unpublished changes, translation status, missing permission."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from pages.admin.editing.conflicts import head_field
from pages.admin.editing.language_tabs import language_fieldset
from pages.admin.editing.page_form import (
    NEW_PAGE_FIELDS,
    POSITION_FIELDS,
    SHOWN_CREATION_FIELDS,
    opened_field,
)
from pages.admin.permissions import writable_languages
from pages.history.translation_status import TranslationStatus, assess_version
from pages.languages import served_languages
from pages.models import Handover, Page
from pages.models.page import text_fields
from pages.models.revision import EMPTY_DIGEST
from pages.publishing.actors import Actor
from pages.publishing.handovers import find_source_texts
from pages.publishing.version_writer import base_version
from pages.text.source import unify_newlines


@dataclass(frozen=True)
class TabStatus:
    """The status of one language: `differs` is that of the draft from the latest version.

    `is_changed` says whether a form that is shown again after an error differs from the draft. `translation` is the
    status of the published translation, None for the source.
    """

    language: str
    is_source: bool
    is_read_only: bool
    is_changed: bool
    is_published: bool
    differs: bool
    translation: TranslationStatus | None
    is_empty: bool
    handover: Handover | None
    # Of a text that is marked as ready: whether the source text is another one now.
    has_other_source: bool

    @property
    def can_mark_ready(self) -> bool:
        is_ready = self.handover is not None and self.handover.is_ready and not self.has_other_source
        return not (self.is_read_only or self.is_empty or is_ready)


def tab_statuses(page: Page | None, actor: Actor, now: datetime, posted=None) -> dict[str, TabStatus]:
    """Return the status of each served language; `posted` is the data of a form that is shown again after an error."""
    writable = writable_languages(actor)
    base = base_version(page) if page else None
    published = {text.language: text for text in base.texts.select_related("revision")} if base else {}
    assessments = assess_version(base, published, now) if base else {}
    heads = dict(page.revisions.drafts().values_list("language", "blob")) if page else {}
    handovers = Handover.objects.by_language(page) if page else {}
    is_marked = any(handover.is_ready for handover in handovers.values())
    sources = {text.digest for text in find_source_texts(page, now)} if page and is_marked else set()
    tabs = {}
    for language in served_languages():
        text, assessment = published.get(language), assessments.get(language)
        tabs[language] = TabStatus(
            language=language,
            is_source=page is not None and language == page.source_language,
            is_read_only=language not in writable,
            is_changed=bool(page and posted) and _differs(posted, page, language),
            is_published=text is not None,
            # A language that never had a text is the same as one whose text was emptied.
            differs=heads.get(language, EMPTY_DIGEST) != (text.revision.digest if text else EMPTY_DIGEST),
            translation=assessment.status if assessment else None,
            is_empty=heads.get(language, EMPTY_DIGEST) == EMPTY_DIGEST,
            handover=(handover := handovers.get(language)),
            has_other_source=bool(handover and handover.is_ready and handover.source_digest not in sources),
        )
    return tabs


def _differs(posted, page: Page, language: str) -> bool:
    stored = page.draft_text(language)
    # Browsers send CRLF newlines (HTML, form submission), and forms strip spaces at the ends.
    return any(
        unify_newlines(posted[column]).strip() != stored[name].strip()
        for name, column in text_fields(language).items()
        if column in posted
    )


def _tab_rows(language: str) -> list[str | tuple[str, ...]]:
    """Return the fields of a language's tab. Those of a tuple share a line, so that the text is near the top."""
    title, link_title, *others = text_fields(language).values()
    return [(title, link_title), *others, head_field(language)]


def page_fieldsets(page: Page | None, tabs: dict[str, TabStatus]) -> list[tuple]:
    """Return the fieldsets of a page's form: one for each language and one with the fields of the page itself."""
    language_fieldsets = [
        language_fieldset(language, _tab_rows(language), tab=tab, page=page) for language, tab in tabs.items()
    ]
    if page is None:
        position = (_("In all languages"), {"fields": (POSITION_FIELDS,)})
        return [(None, {"fields": NEW_PAGE_FIELDS}), *language_fieldsets, position]
    opened = [opened_field(name) for name in POSITION_FIELDS]
    page_fields = (SHOWN_CREATION_FIELDS, POSITION_FIELDS, *opened)
    return [*language_fieldsets, (_("In all languages"), {"fields": page_fields})]
