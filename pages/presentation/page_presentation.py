"""A version of a page as a person sees it in a language."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Self, TypeVar

from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, When
from django.utils.safestring import SafeString

from pages.history.translation_status import TranslationStatus
from pages.history.version_spans import Publication, Span, span_of, version_spans
from pages.languages import served_languages, served_or_default, text_for
from pages.models import Blob, Page, PublicationRecord, Version, VersionText
from pages.models.publication_record import END_OF_TIME
from pages.presentation.file_links import read_file_links
from pages.presentation.page_events import PageEvents, read_events, read_recorded_events
from pages.presentation.public_tree import PublicStatus, read_tree
from pages.presentation.redactions import shown_title
from pages.presentation.rendered_bodies import public_picture_urls, render_revision
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.presentation.translations import NO_TRANSLATION, Translation, read_translation
from pages.presentation.updates import TextUpdates, Update, read_updates
from pages.text import source
from pages.text.rendering import RenderedBody, find_file_links, remove_title_heading

Row = TypeVar("Row", bound=Model)

# Hugo and its Docsy theme count with this number.
WORDS_PER_MINUTE = 213

# In bytes: of all presentations that a process keeps, and, roughly, of one without its source.
MAX_SIZE = 16 * 1024 * 1024
PRESENTATION_SIZE = 40_000


class NothingToShow(Exception):
    """There is nothing that may be shown at that time."""


# Subclasses, because most callers treat them in the same way.
class Redacted(NothingToShow):
    """Nothing is left of the text but its digest."""


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
class Removal:
    """The version that removed a language, from when on, and the last version with a text in that language."""

    number: int
    effective_at: datetime
    last: int


@dataclass(frozen=True)
class PagePresentation:
    """A version of a page for a reader of `language`. The text is in another language if the version has none in it.

    `languages` are those that the version has a text in. `at` is the time of the reader.
    """

    page: Page
    version: Version
    span: Span
    language: str
    text: VersionText
    languages: tuple[str, ...]
    text_updates: TextUpdates
    translation: Translation
    at: datetime
    events: PageEvents
    # If there was a text in the reader's language before.
    removal: Removal | None = None
    # The addresses of pages by the links to their files in the imported source.
    link_urls: Mapping[str, str] = field(default_factory=dict)
    # HTML that templates made of this.
    fragments: dict[Hashable, SafeString] = field(default_factory=dict, compare=False, repr=False)

    @property
    def title(self) -> str:
        return shown_title(self.text.revision.title)

    @property
    def is_redacted(self) -> bool:
        return self.text.revision.is_redacted

    @property
    def is_fallback(self) -> bool:
        return self.text.language != self.language

    @property
    def is_unserved(self) -> bool:
        """Tell whether the text is shown in a language that the site no longer serves, at a permanent URL."""
        return self.language not in served_languages()

    @property
    def side_by_side_languages(self) -> list[str]:
        """Return the served languages whose texts can be read next to this one."""
        if self.is_fallback or self.is_unserved:
            return []
        return [code for code in served_languages() if code != self.language and code in self.languages]

    @cached_property
    def rendered(self) -> RenderedBody:
        return self.render()

    @cached_property
    def body_below_title(self) -> RenderedBody:
        """Return the body without a first heading that repeats the title."""
        return remove_title_heading(self.rendered, self.title)

    def render(self, id_prefix: str = "", anchors: tuple[tuple[str, str], ...] = ()) -> RenderedBody:
        """Render the body. The prefix keeps ids unique if several bodies are on one page.

        `anchors` are their addresses with the ids that links to them lead to.
        """
        # Relative links stay in the reader's language, even in a fallback text.
        base_url = self.page.url_in(served_or_default(self.language))
        options = {"base_url": base_url, "id_prefix": id_prefix}
        return render_revision(
            self.text.revision, self.picture_urls, link_urls=self.link_urls, anchors=anchors, **options
        )

    @cached_property
    def has_file_links(self) -> bool:
        """Tell whether the text has links that can mean files of an imported source."""
        return bool(find_file_links(source.extract_body(self.text.revision.source)))

    def with_links(self) -> Self:
        """Return the same with links that lead to pages, as far as these are public."""
        urls = read_file_links(self.text.revision, served_or_default(self.language), self.at)
        return replace(self, link_urls=urls, fragments={})

    @property
    def picture_urls(self) -> dict[str, str]:
        """Return the URLs of the text's pictures by their reference in it."""
        return public_picture_urls(self.text.pictures)

    @property
    def updates(self) -> tuple[Update, ...]:
        """Return the newest updates of the text shown, newest first."""
        return self.text_updates.newest

    @property
    def has_dates(self) -> bool:
        """Tell whether the version is or was in force, so that what it says about its dates came true."""
        return self.span.has_begun

    @property
    def first_published_at(self) -> datetime:
        return self.text_updates.first_published_at

    @property
    def reviewed_at(self) -> datetime | None:
        """Return when this version was last reviewed without a change; None if it was not."""
        return self.events.reviewed_at(self.version.number, self.at)

    @property
    def cancelled_at(self) -> datetime | None:
        """Return when this version was cancelled; None if it was not."""
        number = self.version.number
        return self.events.cancelled[number] if self.events.is_cancelled(number, self.at) else None

    @property
    def corrected_at(self) -> datetime | None:
        """Return when the significance or the change note of the text shown was last corrected; None if it was not."""
        return self.events.corrected_at(self.version.pk, self.text.language, self.at)

    @property
    def status(self) -> TranslationStatus | None:
        """Return whether a translation is up to date; None for a source text."""
        return self.translation.status

    @property
    def reflected_version(self) -> Version | None:
        """Return the version whose source text a translation reflects."""
        return self.translation.reflected

    @property
    def source_update(self) -> Update | None:
        """Return the newest update of the source text since that version."""
        return self.translation.source_update

    @cached_property
    def source_updates(self) -> tuple[Update, ...]:
        """Return all updates of the source text since that version, newest first."""
        # Without a known version, the translation may lack every update.
        since = self.reflected_version.number if self.reflected_version else 0
        updates = read_updates(self.page, self.version, self.page.source_language, self.events, self.at, limit=None)
        return tuple(update for update in updates.newest if update.number > since)

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


def read_in_force(path: str, language: str, state: SiteState) -> PagePresentation:
    """Return the version in force of the page at a path. Raises Withdrawn, NothingToShow."""
    page, version = find_public(path, state)
    texts = VersionText.objects.filter(version=version)

    def read() -> PagePresentation:
        return _read_texts(page, texts, language, state.at, read_events(page.pk, state), is_in_force=True)

    key = _in_force_key(page, language, state)
    return _with_links(_presentations.get(key, read), key, state)


def _in_force_key(page: Page, language: str, state: SiteState) -> tuple[Hashable, ...]:
    return read_tree(state).stamp(page.pk), "in force", language


def read_numbered(path: str, number: int, language: str, state: SiteState) -> PagePresentation:
    """Return a version by its number, in whatever state. Raises NothingToShow if there is none."""
    page, status = find_published(path, state)
    if status.is_public and status.newest == number and status.changes_at is None:
        # The newest version is in force, unless it was cancelled.
        presentation = read_in_force(path, language, state)
        if presentation.version.number == number:
            return presentation
    texts = VersionText.objects.filter(version__page=page, version__number=number)
    key = (read_tree(state).stamp(page.pk), number, language)

    def read() -> PagePresentation:
        return _read_texts(page, texts, language, state.at, read_events(page.pk, state))

    return _with_links(_presentations.get(key, read), key, state)


def _with_links(presentation: PagePresentation, key: tuple[Hashable, ...], state: SiteState) -> PagePresentation:
    """Return a presentation whose links to files lead to pages. These depend on the addresses of all pages."""
    if not presentation.has_file_links:
        return presentation
    key = (*key, read_tree(state).address_stamp)
    return _presentations.get(key, presentation.with_links)


def read_source(path: str, number: int | None, language: str, state: SiteState) -> bytes | None:
    """Return the source bytes of the version in force, or of the version with a number, in a language.

    None if the version has no text in it. Raises Redacted, NothingToShow, and Withdrawn without a number.
    """
    page, in_force = find_public(path, state) if number is None else (find_published(path, state)[0], None)
    presentation = _presentations.known(_in_force_key(page, language, state))
    if presentation and number in (None, presentation.version.number) and not presentation.is_redacted:
        return presentation.text.revision.source if presentation.text.language == language else None
    versions = page.versions.filter(Q(number=number) if number is not None else Q(pk=in_force))
    texts = VersionText.objects.filter(version=OuterRef("pk"), language=language)
    columns = {"blob": texts.values("revision__blob")[:1], "content": texts.values("revision__blob__content")[:1]}
    row = first_shown(versions.annotate(**{name: Subquery(column) for name, column in columns.items()}))
    if row.blob and row.content is None:
        raise Redacted
    return bytes(row.content) if row.blob else None


def read_version(page: Page, version: Version, language: str, at: datetime) -> PagePresentation:
    """Return a version of a page. The caller has checked that the reader may see it."""
    return _read_texts(page, version.texts.all(), language, at, read_recorded_events(page.pk))


def _size(presentation: PagePresentation) -> int:
    # Of the source, the body, and the body without its title, with room for markup.
    return 5 * len(presentation.text.revision.source) + 200 * len(presentation.languages) + PRESENTATION_SIZE


# What a page shows, until one of its own records or the time changes it: the publication of another page does not.
_presentations = SizedCache(MAX_SIZE, _size)


def find_published(path: str, state: SiteState) -> tuple[Page, PublicStatus]:
    """Return the page with a path and its status. Raises NothingToShow if it has no version."""
    tree = read_tree(state)
    key = tree.by_path.get(path)
    if key is None:
        raise NothingToShow
    return tree.page(key), tree.statuses[key]


def find_public(path: str, state: SiteState) -> tuple[Page, int]:
    """Return the page with a path and the key of its version in force. Raises Withdrawn, NothingToShow."""
    page, status = find_not_withdrawn(path, state)
    if status.version is None:
        raise NothingToShow
    return page, status.version


def find_not_withdrawn(path: str, state: SiteState) -> tuple[Page, PublicStatus]:
    """Return the page with a path and its status. Raises Withdrawn, and NothingToShow if it has no version."""
    page, status = find_published(path, state)
    if status.is_withdrawn:
        raise Withdrawn(page, page.records.active_withdrawals(state.at).get())
    return page, status


def require_not_withdrawn(page: Page, at: datetime) -> None:
    """Raise Withdrawn if the page is withdrawn at a time."""
    if record := page.records.active_withdrawals(at).first():
        raise Withdrawn(page, record)


def _read_texts(
    page: Page,
    texts: QuerySet[VersionText],
    language: str,
    at: datetime,
    events: PageEvents,
    *,
    is_in_force: bool = False,
) -> PagePresentation:
    """Present a version with these texts."""
    by_language = _with_source_in(texts, language)
    if not by_language:
        raise NothingToShow
    text = text_for(by_language, language, page.source_language)
    version = text.version
    version.page = page
    updates = read_updates(page, version, text.language, events, at)
    text.modified_at = updates.modified_at
    is_translation = text.language != page.source_language and page.source_language in by_language
    translation = read_translation(version, text, events, at) if is_translation else NO_TRANSLATION
    # A version that is in force is not superseded yet.
    span = span_of(_publication(version, events), None, at) if is_in_force else read_spans([version], events, at)[0]
    return PagePresentation(
        page=page,
        version=version,
        span=span,
        language=language,
        text=text,
        languages=tuple(by_language),
        text_updates=updates,
        translation=translation,
        at=at,
        events=events,
        removal=_read_removal(version, language, events, at) if text.language != language else None,
    )


def _read_removal(version: Version, language: str, events: PageEvents, at: datetime) -> Removal | None:
    """Return how a language was removed before a version; None if it never had a text, or is still to be removed."""
    versions = version.page.versions.filter(number__lte=version.number).exclude(number__in=events.cancelled)
    last = versions.filter(texts__language=language).order_by("-number").values_list("number", flat=True).first()
    first_without = last and versions.filter(number__gt=last).order_by("number").first()
    if not last or not first_without or first_without.effective_at > at:
        return None
    return Removal(first_without.number, first_without.effective_at, last)


def _with_source_in(texts: QuerySet[VersionText], language: str) -> dict[str, VersionText]:
    """Return the texts by language. Only that in one language is read with its source, which can be long."""
    content = Case(When(language=language, then=F("revision__blob__content")), default=None)
    by_language: dict[str, VersionText] = {}
    for text in texts.select_related("revision", "version").annotate(content=content).order_by("language"):
        if text.language == language:
            text.revision.blob = Blob(digest=text.revision.digest, content=text.content)
        by_language[text.language] = text
    return by_language


def read_spans(versions: Sequence[Version], events: PageEvents, at: datetime) -> list[Span]:
    """Return the state and period in force of versions of one page, with one query."""
    higher = Version.objects.filter(page=OuterRef("page"), number__gt=OuterRef("number"))
    first = higher.exclude(number__in=events.cancelled).order_by("effective_at").values("effective_at")[:1]
    rows = Version.objects.filter(pk__in=[version.pk for version in versions]).order_by()
    superseded_at = dict(rows.values_list("pk", Subquery(first)))
    return [span_of(_publication(version, events), superseded_at[version.pk], at) for version in versions]


def _publication(version: Version, events: PageEvents) -> Publication:
    return Publication(version.number, version.effective_at, version.number in events.cancelled)
