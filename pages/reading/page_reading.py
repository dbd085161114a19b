"""One version of a page as a person reads it in a language."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Q

from pages.history.translation_status import SourceStep, TranslationStatus, translation_status
from pages.history.version_spans import Publication, Span, version_spans
from pages.models import Page, Version, VersionText
from pages.models.version_text import Significance
from pages.reading.directions import direction
from pages.reading.rendered import rendered
from pages.reading.texts import text_for
from pages.reading.updates import Update, updates_of
from pages.text import source
from pages.text.rendering import Rendered

WORDS_A_MINUTE = 213


class NothingToRead(Exception):
    """At that moment a reader may see nothing here."""


@dataclass(frozen=True)
class PageReading:
    """What a page shows: a version, in the reader's language or in the one that stands in for it."""

    page: Page
    version: Version
    span: Span
    language: str
    text: VersionText
    languages: tuple[str, ...]
    first_published_at: datetime
    status: TranslationStatus | None
    reflects: Version | None

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
    def rendered(self) -> Rendered:
        """Return the body as HTML, its links resolved against the page's own address."""
        return self.rendered_with("")

    def rendered_with(self, id_prefix: str) -> Rendered:
        """Return the body with a prefix before its ids, for several bodies on one page."""
        body = source.body_of(bytes(self.text.revision.source))
        return rendered(body, self.text.pictures, base_url=self.page.url_in(self.language), id_prefix=id_prefix)

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the changes that readers of the text had to know of, newest first."""
        return updates_of(self.page, self.version, self.text.language)

    @cached_property
    def source_updates(self) -> tuple[Update, ...]:
        """Return the changes of the source text since the version that a translation reflects, newest first."""
        since = self.text.based_on or 0
        updates = updates_of(self.page, self.version, self.page.source_language)
        return tuple(update for update in updates if update.number > since)

    @property
    def minutes(self) -> int:
        """Return how long the text takes to read: 213 words a minute, rounded up, as Docsy counts it."""
        return max(1, -(-self.rendered.word_count // WORDS_A_MINUTE))

    @property
    def text_url(self) -> str:
        """Return the page's address in the language of the text shown, or in the default one if it is not served."""
        served = dict(settings.LANGUAGES)
        return self.page.url_in(self.text.language if self.text.language in served else settings.LANGUAGE_CODE)

    @property
    def source_url(self) -> str:
        """Return the page's address in its source language."""
        served = dict(settings.LANGUAGES)
        source_language = self.page.source_language
        return self.page.url_in(source_language if source_language in served else settings.LANGUAGE_CODE)

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


def read_in_force(path: str, language: str, at: datetime) -> PageReading:
    """Read the version in force. Raises NothingToRead."""
    page = page_at(path)
    version = page.versions.in_force(at).first()
    if version is None:
        raise NothingToRead
    return read_version(page, version, language, at)


def read_numbered(path: str, number: int, language: str, at: datetime) -> PageReading:
    """Read a version by its number: past, in force, announced or cancelled. Raises NothingToRead."""
    page = page_at(path)
    version = page.versions.published(at).filter(number=number).first()
    if version is None:
        raise NothingToRead
    return read_version(page, version, language, at)


def read_version(page: Page, version: Version, language: str, at: datetime) -> PageReading:
    """Read a version that the reader may see."""
    texts = {text.language: text for text in version.texts.select_related("revision")}
    text = text_for(texts, language, page.source_language)
    status, reflects = status_of(page, version, text, texts)
    return PageReading(
        page=page,
        version=version,
        span=spans_of(page, at)[version.number],
        language=language,
        text=text,
        languages=tuple(texts),
        first_published_at=_first_published_at(page, version, text.language),
        status=status,
        reflects=reflects,
    )


def status_of(page: Page, version: Version, text: VersionText, texts: dict[str, VersionText]):
    """Return a translation's status in a version, and the version whose source it reflects; None for a source text."""
    if text.language == page.source_language or page.source_language not in texts:
        return None, None
    reflects = page.versions.filter(number=text.based_on).first() if text.based_on else None
    return translation_status(text.based_on, _source_steps(page, version, text.based_on)), reflects


def _source_steps(page: Page, version: Version, based_on: int | None) -> list[SourceStep]:
    """Return the source's steps up to a version, and that of a cancelled version if the translation reflects it."""
    standing = page.versions.standing(version.published_at).filter(number__lt=version.number)
    shown = Q(version__in=standing) | Q(version=version) | Q(version__page=page, version__number=based_on)
    steps = (
        VersionText.objects.filter(shown, language=page.source_language)
        .annotate(stands=Q(version__in=standing))
        .order_by("version__number")
        .values_list("version__number", "revision__digest", "significance", "stands")
    )
    known: list[SourceStep] = []
    after_cancelled = False
    for number, digest, significance, stands in steps:
        # What follows a cancelled text was measured against another one: how much they differ was never said.
        known.append(SourceStep(number, digest, significance == Significance.MAJOR or after_cancelled))
        after_cancelled = not stands
    return known


def page_at(path: str) -> Page:
    """Return the page at a path, without the working copy of thirty languages. Raises NothingToRead."""
    columns = ("path", "uuid", "slug", "weight", "parent", "source_language")
    page = Page.objects.only(*columns).filter(path=path).first()
    if page is None:
        raise NothingToRead
    return page


def _first_published_at(page: Page, version: Version, language: str) -> datetime:
    first = (
        VersionText.objects.filter(
            version__in=page.versions.standing(version.published_at).filter(number__lte=version.number),
            language=language,
        )
        .order_by("version__number")
        .values_list("version__effective_at", flat=True)
        .first()
    )
    return first or version.effective_at
