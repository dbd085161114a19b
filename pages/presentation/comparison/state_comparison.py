"""The states that a page's text in one language has been in, by name, and any two of them beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from pages.diff.comparison import Comparison
from pages.diff.source_comparison import SourceComparison, compare_sources
from pages.history.version_spans import Span
from pages.languages import direction, served_languages, served_or_default
from pages.models import Page, Revision, Version
from pages.presentation.comparison.version_comparison import cached_comparison
from pages.presentation.page_presentation import NothingToShow, spans_of
from pages.presentation.rendered_bodies import render_body
from pages.publishing.pictures.storage import published_pictures, revision_pictures
from pages.text import source
from pages.text.rendering import RenderedBody

DRAFT, LIVE = "draft", "live"


@dataclass(frozen=True)
class TextState:
    """A state of the text: of a revision, of a version, of the draft, or that in force; perhaps without any text."""

    page: Page
    language: str
    name: str
    revision: Revision | None
    version: Version | None = None
    span: Span | None = None
    pictures: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> Revision | None:
        """Return the revision, unless it says nothing."""
        return None if self.revision is None or self.revision.is_empty else self.revision

    @property
    def source(self) -> bytes:
        """Return the exact bytes."""
        return bytes(self.revision.source) if self.revision else b""

    @property
    def title(self) -> str:
        """Return the title, or nothing."""
        return self.revision.title if self.revision else ""

    @cached_property
    def rendered(self) -> RenderedBody:
        """Return the body as readers would see it."""
        base_url = self.page.url_in(served_or_default(self.language))
        return render_body(source.extract_body(self.source), dict(self.pictures), base_url=base_url)

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the text."""
        return direction(self.language)


@dataclass(frozen=True)
class ChangedField:
    """A field beside the text that differs, by its name."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class StateComparison:
    """What differs between two states of one language. The readers' templates show it."""

    older: TextState
    newer: TextState
    # The sentences about versions without a text are the readers' own.
    has_two_versions = False

    @cached_property
    def comparison(self) -> Comparison:
        """Return the differences of the rendered texts."""
        return cached_comparison(*(side.rendered.html if side.text else "" for side in (self.older, self.newer)))

    @cached_property
    def sources(self) -> SourceComparison:
        """Return the differences of the source bytes."""
        return compare_sources(self.older.source, self.newer.source)

    @property
    def is_same_source(self) -> bool:
        """Tell whether both are the same, byte for byte."""
        return self.older.source == self.newer.source

    @property
    def text_language(self) -> str:
        """Return the language of the texts."""
        return self.older.language

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the texts."""
        return self.older.text_direction

    @property
    def has_same_title(self) -> bool:
        """Tell whether both sides have one title."""
        return self.older.title == self.newer.title

    @cached_property
    def fields(self) -> tuple[ChangedField, ...]:
        """Return what differs beside title and text, where both sides have a text."""
        if not self.older.text or not self.newer.text:
            return ()
        names = ("link_title", "description")
        pairs = [(name, getattr(self.older.text, name), getattr(self.newer.text, name)) for name in names]
        return tuple(ChangedField(*pair) for pair in pairs if pair[1] != pair[2])


def read_state(page: Page, language: str, name: str, at: datetime) -> TextState:
    """Return a state by its name: r12 (a revision), v3 (a version), draft, or live. Raises NothingToShow.

    A version, or the draft, can be without a text in the language; a revision has to be the page's and of the language.
    """
    if name == LIVE or name.startswith("v"):
        return _of_version(page, language, name, at)
    if name == DRAFT:
        revision = page.revisions.drafts().filter(language=language).first()
    elif (revision := page.revisions.filter(language=language, pk=int(name[1:])).first()) is None:
        raise NothingToShow
    pictures = revision_pictures(revision, published_pictures(page, at)) if revision else {}
    return TextState(page, language, name, revision, pictures=pictures)


def compare_states(page: Page, language: str, older: str, newer: str, at: datetime) -> StateComparison:
    """Compare two states by their names. Raises NothingToShow."""
    if language not in languages_of(page):
        raise NothingToShow
    return StateComparison(read_state(page, language, older, at), read_state(page, language, newer, at))


def languages_of(page: Page) -> list[str]:
    """Return the served languages, and those that the page has had a text in."""
    served = served_languages()
    had = page.revisions.order_by().values_list("language", flat=True).distinct()
    return [*served, *sorted(set(had) - set(served))]


def _of_version(page: Page, language: str, name: str, at: datetime) -> TextState:
    versions = page.versions.in_force(at) if name == LIVE else page.versions.filter(number=int(name[1:]))
    if (version := versions.first()) is None:
        raise NothingToShow
    text = version.texts.filter(language=language).select_related("revision").first()
    # A clock that has stepped back can leave a version that is not known yet.
    span = spans_of(page, at).get(version.number)
    revision, pictures = (text.revision, text.pictures) if text else (None, {})
    return TextState(page, language, name, revision, version, span, pictures)
