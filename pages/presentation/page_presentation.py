"""A version of a page as a person sees it in a language."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from pages.history.translation_status import TranslationStatus, assess_version
from pages.history.version_spans import Publication, Span, version_spans
from pages.languages import served_languages, served_or_default, text_for
from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.publication_record import END_OF_TIME
from pages.presentation.rendered_bodies import public_picture_urls, render_body
from pages.presentation.updates import Update, updates_of
from pages.text import source
from pages.text.rendering import RenderedBody, remove_title_heading

Row = TypeVar("Row", bound=Model)

# Hugo and its Docsy theme count with this number.
WORDS_PER_MINUTE = 213


class NothingToShow(Exception):
    """There is nothing that may be shown at that time."""


# A subclass, because most callers treat both in the same way.
class Withdrawn(NothingToShow):
    """The page is withdrawn. `record` holds the reasons."""

    def __init__(self, page: Page, record: PublicationRecord):
        self.page, self.record = page, record
        super().__init__(f"{page} is withdrawn")


def first_shown(rows: QuerySet[Row]) -> Row:
    """Return the first row. Raises NothingToShow if there is none."""
    row = rows.first()
    if row is None:
        raise NothingToShow
    return row


@dataclass(frozen=True)
class PagePresentation:
    """A version of a page for a reader of `language`. The text is in another language if the version has none in it.

    `languages` are those that the version has a text in. `status` and `reflected_version` are those of a translation:
    whether it is up to date, and the version whose source text it reflects. `at` is the time of the reader.
    """

    page: Page
    version: Version
    span: Span
    language: str
    text: VersionText
    languages: tuple[str, ...]
    first_published_at: datetime
    status: TranslationStatus | None
    reflected_version: Version | None
    at: datetime

    @property
    def title(self) -> str:
        return self.text.revision.title

    @property
    def is_fallback(self) -> bool:
        return self.text.language != self.language

    @property
    def is_unserved(self) -> bool:
        """Tell whether the text is shown in a language that the site no longer serves, at a permanent URL."""
        return self.language not in served_languages()

    @cached_property
    def rendered(self) -> RenderedBody:
        return self.render()

    @cached_property
    def body_below_title(self) -> RenderedBody:
        """Return the body without a first heading that repeats the title."""
        return remove_title_heading(self.rendered, self.title)

    def render(self, id_prefix: str = "") -> RenderedBody:
        """Render the body. The prefix keeps ids unique if several bodies are on one page."""
        body = source.extract_body(self.text.revision.source)
        # Relative links stay in the reader's language, even in a fallback text.
        base_url = self.page.url_in(served_or_default(self.language))
        return render_body(body, self.picture_urls, base_url=base_url, id_prefix=id_prefix)

    @property
    def picture_urls(self) -> dict[str, str]:
        """Return the URLs of the text's pictures by their reference in it."""
        return public_picture_urls(self.text.pictures)

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the updates of the text shown, newest first."""
        return updates_of(self.page, self.version, self.text.language, self.at)

    @cached_property
    def source_updates(self) -> tuple[Update, ...]:
        """Return the updates of the source text since the version that the translation reflects, newest first."""
        # Without a known version, the translation may lack every update.
        since = self.reflected_version.number if self.reflected_version else 0
        updates = updates_of(self.page, self.version, self.page.source_language, self.at)
        return tuple(update for update in updates if update.number > since)

    @property
    def reading_minutes(self) -> int:
        """Return the reading time, rounded up."""
        return max(1, -(-self.rendered.word_count // WORDS_PER_MINUTE))

    @property
    def text_url(self) -> str:
        """Return the URL of the page in the language of the text shown, or in the default language if not served."""
        return self.page.url_in(served_or_default(self.text.language))

    @property
    def source_language_url(self) -> str:
        """Return the URL of the page in its source language, or in the default language if not served."""
        return self.page.url_in(served_or_default(self.page.source_language))

    @property
    def markdown_url(self) -> str:
        """Return the URL of the source bytes in force; if the language is not served, of those of this version."""
        is_served = self.text.language in served_languages()
        return f"{self.text_url}index.md" if is_served else self.version_markdown_url

    @property
    def version_markdown_url(self) -> str:
        """Return the permanent URL of the source bytes of this version."""
        return f"{self.page.version_url(self.version.number, self.text.language)}index.md"

    @property
    def was_updated(self) -> bool:
        """Tell whether the text had a major change after its first publication."""
        return self.text.modified_at != self.first_published_at


def spans_of(page: Page, at: datetime) -> dict[int, Span]:
    """Return the state and period in force of each published version of a page, by number."""
    is_cancelled = Exists(Version.objects.cancelled(END_OF_TIME).filter(pk=OuterRef("pk")))
    rows = page.versions.values_list("number", "effective_at", is_cancelled)
    return version_spans(map(Publication._make, rows), at)


def read_in_force(path: str, language: str, at: datetime) -> PagePresentation:
    """Return the version in force of the page at a path. Raises Withdrawn, NothingToShow."""
    page = page_with_path(path)
    require_not_withdrawn(page, at)
    return read_version(page, first_shown(page.versions.in_force(at)), language, at)


def require_not_withdrawn(page: Page, at: datetime) -> None:
    """Raise Withdrawn if the page is withdrawn at a time."""
    if record := page.records.active_withdrawals(at).first():
        raise Withdrawn(page, record)


def read_numbered(path: str, number: int, language: str, at: datetime) -> PagePresentation:
    """Return a version by its number, in whatever state. Raises NothingToShow if there is none."""
    page = page_with_path(path)
    version = first_shown(page.versions.filter(number=number))
    return read_version(page, version, language, at)


def read_version(page: Page, version: Version, language: str, at: datetime) -> PagePresentation:
    """Return a version of a page. The caller has checked that the reader may see it."""
    texts = {text.language: text for text in version.texts.with_modified_at(at).select_related("revision__blob")}
    text = text_for(texts, language, page.source_language)
    # Only the text shown, because a page can have many languages.
    shown = {code: texts[code] for code in (text.language, page.source_language) if code in texts}
    assessment = assess_version(version, shown, at).get(text.language)
    reflects = assessment.reflects if assessment else None
    return PagePresentation(
        page=page,
        version=version,
        span=spans_of(page, at)[version.number],
        language=language,
        text=text,
        languages=tuple(texts),
        first_published_at=_first_published_at(page, version, text.language),
        status=assessment and assessment.status,
        reflected_version=page.versions.filter(number=reflects).first() if reflects else None,
        at=at,
    )


def page_with_path(path: str) -> Page:
    """Return the page with a path. Its draft is deferred: it has columns for every language. Raises NothingToShow."""
    columns = ("path", "uuid", "slug", "weight", "parent", "source_language")
    return first_shown(Page.objects.only(*columns).filter(path=path))


def _first_published_at(page: Page, version: Version, language: str) -> datetime:
    # Versions cancelled after this one was published still count, so that the page of an old version does not change.
    versions = page.versions.not_cancelled(version.published_at).filter(number__lte=version.number)
    texts = VersionText.objects.filter(version__in=versions, language=language).order_by("version__number")
    # There is none if the version was cancelled at the very time of its publication.
    return texts.values_list("version__effective_at", flat=True).first() or version.effective_at
