"""One version of a page as a person reads it in a language."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pages.history.translation_basis import status_with_basis
from pages.history.translation_status import TranslationStatus
from pages.history.version_spans import Publication, Span, version_spans
from pages.languages import direction, served_or_default, text_for
from pages.models import Page, PublicationRecord, Version, VersionText
from pages.presentation.rendered_bodies import render_body
from pages.presentation.updates import Update, updates_of
from pages.text import source
from pages.text.rendering import RenderedBody, remove_title_heading

WORDS_A_MINUTE = 213


class NothingToShow(Exception):
    """At that moment a reader may see nothing here."""


class Withdrawn(NothingToShow):
    """The page was taken away from readers; the record of it holds the reasons."""

    def __init__(self, page: Page, record: PublicationRecord):
        self.page, self.record = page, record
        super().__init__(f"{page} is withdrawn")


@dataclass(frozen=True)
class PagePresentation:
    """What a page shows: a version, in the reader's language or in the one that stands in for it."""

    page: Page
    version: Version
    span: Span
    language: str
    text: VersionText
    languages: tuple[str, ...]
    first_published_at: datetime
    status: TranslationStatus | None
    reflected_version: Version | None

    @property
    def title(self) -> str:
        """Return the title of the text shown."""
        return self.text.revision.title

    @property
    def is_fallback(self) -> bool:
        """Tell whether the text is in another language than the one asked for."""
        return self.text.language != self.language

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the text shown."""
        return direction(self.text.language)

    @cached_property
    def rendered(self) -> RenderedBody:
        """Return the body as HTML, its links resolved against the page's own address."""
        return self.rendered_with("")

    @cached_property
    def below_title(self) -> RenderedBody:
        """Return the body as it stands below the title: without a heading that says the same."""
        return remove_title_heading(self.rendered, self.title)

    def rendered_with(self, id_prefix: str) -> RenderedBody:
        """Return the body with a prefix before its ids, for several bodies on one page."""
        body = source.extract_body(bytes(self.text.revision.source))
        return render_body(body, self.text.pictures, base_url=self.page.url_in(self.language), id_prefix=id_prefix)

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the changes that readers of the text had to know of, newest first."""
        return updates_of(self.page, self.version, self.text.language)

    @cached_property
    def source_updates(self) -> tuple[Update, ...]:
        """Return the changes of the source text since the version that a translation reflects, newest first."""
        since = self.reflected_version.number if self.reflected_version else 0
        updates = updates_of(self.page, self.version, self.page.source_language)
        return tuple(update for update in updates if update.number > since)

    @property
    def minutes(self) -> int:
        """Return how long the text takes to read: 213 words a minute, rounded up, as Docsy counts it."""
        return max(1, -(-self.rendered.word_count // WORDS_A_MINUTE))

    @property
    def text_url(self) -> str:
        """Return the page's address in the language of the text shown, or in the default one if it is not served."""
        return self.page.url_in(served_or_default(self.text.language))

    @property
    def source_url(self) -> str:
        """Return the page's address in its source language."""
        return self.page.url_in(served_or_default(self.page.source_language))

    @property
    def source_file_url(self) -> str:
        """Return the address of the Markdown of the text shown."""
        return f"{self.text_url}index.md"

    @property
    def was_updated(self) -> bool:
        """Tell whether the text has changed for readers since it was first published."""
        return self.text.modified_at != self.first_published_at


def spans_of(page: Page, at: datetime) -> dict[int, Span]:
    """Return the span of each of a page's versions that are known at the moment."""
    known = page.versions.published(at)
    cancelled = set(known.cancelled(at).values_list("number", flat=True))
    rows = known.values_list("number", "effective_at")
    return version_spans([Publication(number, moment, number in cancelled) for number, moment in rows], at)


def read_in_force(path: str, language: str, at: datetime) -> PagePresentation:
    """Read the version in force. Raises Withdrawn, NothingToShow."""
    page = page_at(path)
    require_not_withdrawn(page, at)
    version = page.versions.in_force(at).first()
    if version is None:
        raise NothingToShow
    return read_version(page, version, language, at)


def require_not_withdrawn(page: Page, at: datetime) -> None:
    """Raise Withdrawn where the page was taken away from readers by the moment."""
    if record := page.records.active_withdrawals(at).first():
        raise Withdrawn(page, record)


def read_numbered(path: str, number: int, language: str, at: datetime) -> PagePresentation:
    """Read a version by its number: past, in force, announced or cancelled. Raises NothingToShow."""
    page = page_at(path)
    version = page.versions.published(at).filter(number=number).first()
    if version is None:
        raise NothingToShow
    return read_version(page, version, language, at)


def read_version(page: Page, version: Version, language: str, at: datetime) -> PagePresentation:
    """Read a version that the reader may see."""
    texts = {text.language: text for text in version.texts.select_related("revision")}
    text = text_for(texts, language, page.source_language)
    status, reflected = status_with_basis(page, version, text, texts, at)
    return PagePresentation(
        page=page,
        version=version,
        span=spans_of(page, at)[version.number],
        language=language,
        text=text,
        languages=tuple(texts),
        first_published_at=_first_published_at(page, version, text.language),
        status=status,
        reflected_version=page.versions.filter(number=reflected).first() if reflected else None,
    )


def page_at(path: str) -> Page:
    """Return the page at a path, without the working copy of thirty languages. Raises NothingToShow."""
    columns = ("path", "uuid", "slug", "weight", "parent", "source_language")
    page = Page.objects.only(*columns).filter(path=path).first()
    if page is None:
        raise NothingToShow
    return page


def _first_published_at(page: Page, version: Version, language: str) -> datetime:
    first = (
        VersionText.objects.filter(
            version__in=page.versions.not_cancelled(version.published_at).filter(number__lte=version.number),
            language=language,
        )
        .order_by("version__number")
        .values_list("version__effective_at", flat=True)
        .first()
    )
    return first or version.effective_at
