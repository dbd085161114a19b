"""The status of each language in the form of a page: unpublished changes, translation status, missing permission."""

from collections.abc import Mapping
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
from pages.history.page_versions import version_in_force
from pages.history.translation_status import TranslationStatus, assess_version
from pages.languages import served_languages
from pages.models import Handover, Page, Version, VersionText
from pages.models.page import text_fields
from pages.models.revision import EMPTY_DIGEST
from pages.publishing.actors import Actor
from pages.publishing.handovers import find_source_texts
from pages.publishing.version_writer import base_version
from pages.text.source import unify_newlines

UP_TO_DATE = TranslationStatus.UP_TO_DATE


@dataclass(frozen=True)
class TabStatus:
    """The status of one language: `differs` is that of the draft from the latest version.

    `is_changed` says whether a form that is shown again after an error differs from the draft. `translation` is the
    status of the translation in force, or of the announced one of a page without a version in force; None for the
    source. `is_source_announced` tells whether it does not follow the source text of the announced version, and
    `is_followed_later` whether only the announced one matches its source text. `is_source_ready` tells whether somebody
    marked a new draft of the source as ready and nobody marked this translation as ready for it. A ready mark that says
    only what is published is no `handover`.
    """

    language: str
    is_source: bool
    is_read_only: bool
    is_changed: bool
    is_published: bool
    differs: bool
    translation: TranslationStatus | None
    is_source_announced: bool
    is_followed_later: bool
    is_source_ready: bool
    is_empty: bool
    handover: Handover | None
    # Of a text that is marked as ready: whether the source text is another one now.
    has_other_source: bool

    @property
    def can_mark_ready(self) -> bool:
        is_ready = self.handover is not None and self.handover.is_ready and not self.has_other_source
        return not (self.is_read_only or self.is_empty or is_ready)


@dataclass(frozen=True)
class _PublishedTexts:
    """The texts of a version by language, and the status of each translation."""

    texts: Mapping[str, VersionText]
    statuses: Mapping[str, TranslationStatus]
    source_language: str

    def digest(self, language: str) -> str:
        # A language that never had a text is the same as one whose text was emptied.
        return self.texts[language].revision.digest if language in self.texts else EMPTY_DIGEST

    @property
    def source_digest(self) -> str:
        return self.digest(self.source_language)

    def is_known_to_match(self, language: str, source_digest: str) -> bool:
        """Tell whether the version says that its translation matches a source text."""
        return source_digest == self.source_digest and self.statuses.get(language) == UP_TO_DATE


def tab_statuses(page: Page | None, actor: Actor, now: datetime, posted=None) -> dict[str, TabStatus]:
    """Return the status of each served language; `posted` is the data of a form that is shown again after an error."""
    writable = writable_languages(actor)
    newest, in_force = _read_published_texts(page, now)
    readable = in_force if in_force.texts else newest
    heads = dict(page.revisions.drafts().values_list("language", "blob")) if page else {}
    handovers = _unpublished_handovers(page, heads, newest, in_force) if page else {}
    is_marked = any(handover.is_ready for handover in handovers.values())
    sources = {text.digest for text in find_source_texts(page, now)} if page and is_marked else set()
    new_source = _ready_source_digest(page, heads, handovers) if page else ""
    tabs = {}
    for language in served_languages():
        tabs[language] = TabStatus(
            language=language,
            is_source=page is not None and language == page.source_language,
            is_read_only=language not in writable,
            is_changed=bool(page and posted) and _differs(posted, page, language),
            is_published=language in newest.texts,
            differs=heads.get(language, EMPTY_DIGEST) != newest.digest(language),
            translation=(translation := readable.statuses.get(language)),
            is_source_announced=_is_source_announced(language, newest, in_force),
            is_followed_later=translation not in (None, UP_TO_DATE) and newest.statuses.get(language) == UP_TO_DATE,
            is_source_ready=bool(new_source and language in heads)
            and not _is_ready_for(handovers.get(language), new_source),
            is_empty=heads.get(language, EMPTY_DIGEST) == EMPTY_DIGEST,
            handover=(handover := handovers.get(language)),
            has_other_source=bool(handover and handover.is_ready and handover.source_digest not in sources),
        )
    return tabs


def _read_published_texts(page: Page | None, now: datetime) -> tuple[_PublishedTexts, _PublishedTexts]:
    """Return the texts of the newest version, which can be announced, and those of the one in force."""
    base = base_version(page) if page else None
    newest = _texts_of(base, now)
    if page is None or base is None or base.effective_at <= now:
        return newest, newest
    return newest, _texts_of(version_in_force(page, now), now)


def _texts_of(version: Version | None, now: datetime) -> _PublishedTexts:
    if version is None:
        return _PublishedTexts({}, {}, "")
    texts = {text.language: text for text in version.texts.select_related("revision")}
    statuses = {language: found.status for language, found in assess_version(version, texts, now).items()}
    return _PublishedTexts(texts, statuses, version.page.source_language)


def _is_source_announced(language: str, newest: _PublishedTexts, in_force: _PublishedTexts) -> bool:
    is_followed = newest.statuses.get(language) == UP_TO_DATE
    is_other = newest.source_digest != in_force.source_digest
    return is_other and not is_followed and {language} <= newest.statuses.keys() & in_force.statuses.keys()


def _unpublished_handovers(
    page: Page, heads: Mapping[str, str], newest: _PublishedTexts, in_force: _PublishedTexts
) -> dict[str, Handover]:
    """Return the handovers that count by language, without the marks of texts that were published since."""

    def is_published(language: str, mark: Handover) -> bool:
        is_known = language == page.source_language or any(
            texts.is_known_to_match(language, mark.source_digest) for texts in (newest, in_force)
        )
        return mark.is_ready and is_known and heads.get(language) == newest.digest(language)

    handovers = Handover.objects.by_language(page)
    return {language: mark for language, mark in handovers.items() if not is_published(language, mark)}


def _ready_source_digest(page: Page, heads: Mapping[str, str], handovers: Mapping[str, Handover]) -> str:
    """Return the digest of the draft of the source if it is marked as ready and not published, else an empty string."""
    mark = handovers.get(page.source_language)
    return heads[page.source_language] if mark and mark.is_ready else ""


def _is_ready_for(mark: Handover | None, source_digest: str) -> bool:
    return mark is not None and mark.is_ready and mark.source_digest == source_digest


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
