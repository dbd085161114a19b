"""Comparisons of two states of a page's text in one language, for editors.

URLs name a state: `r12` is the revision with that primary key, `v3` a version, `draft` the draft, and `live` the text
in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from pages.diff.source_comparison import SourceComparison, compare_sources
from pages.history.version_spans import Span
from pages.languages import served_languages, served_or_default
from pages.models import Page, Revision, Version
from pages.presentation.comparison.text_comparison import ComparedText, TextComparison, compared_revision
from pages.presentation.page_presentation import NothingToShow, first_shown, spans_of
from pages.presentation.rendered_bodies import editor_picture_urls, render_body
from pages.publishing.pictures.storage import published_pictures, revision_pictures
from pages.text import source
from pages.text.rendering import RenderedBody

DRAFT, LIVE = "draft", "live"


@dataclass(frozen=True)
class TextState:
    """A state of a page's text in a language. `revision` is None if there is no text.

    `version` and `span` (when the version was in force) are None for a revision and for the draft.
    """

    page: Page
    language: str
    name: str
    revision: Revision | None
    version: Version | None = None
    span: Span | None = None
    pictures: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> Revision | None:
        """Return the revision, or None if there is none or it is empty."""
        return None if self.revision is None or self.revision.is_empty else self.revision

    @property
    def is_redacted(self) -> bool:
        return self.revision is not None and self.revision.is_redacted

    @property
    def picture_digests(self) -> list[str]:
        return sorted(set(self.pictures.values()))

    @property
    def source(self) -> bytes:
        return self.revision.source if self.revision else b""

    @cached_property
    def rendered(self) -> RenderedBody:
        body, urls = source.extract_body(self.source), editor_picture_urls(self.pictures)
        return render_body(body, urls, language=self.language, base_url=self._base_url)

    @property
    def compared(self) -> ComparedText:
        if self.text is None:
            return ComparedText()
        # Also for a version: in a comparison with a draft, the URLs of the same picture have to be equal.
        return compared_revision(self.text, editor_picture_urls(self.pictures), base_url=self._base_url)

    @property
    def _base_url(self) -> str:
        return self.page.url_in(served_or_default(self.language))


@dataclass(frozen=True)
class StateComparison:
    """Two states, and what changed between their texts and their sources."""

    older: TextState
    newer: TextState

    @cached_property
    def texts(self) -> TextComparison:
        return TextComparison(self.older.compared, self.newer.compared, self.older.language)

    @cached_property
    def sources(self) -> SourceComparison:
        return compare_sources(self.older.source, self.newer.source)

    @property
    def is_same_source(self) -> bool:
        return self.older.source == self.newer.source

    @property
    def text_language(self) -> str:
        return self.older.language


def read_state(page: Page, language: str, name: str, at: datetime) -> TextState:
    """Return a state by its name. Raises NothingToShow if there is no such version or revision.

    A version or the draft without a text in the language is returned without a revision.
    """
    if name == LIVE or name.startswith("v"):
        return _version_state(page, language, name, at)
    if name == DRAFT:
        revision = page.revisions.drafts().filter(language=language).first()
    else:
        revision = first_shown(page.revisions.filter(language=language, pk=int(name[1:])))
    # Only versions store pictures; those of a revision are looked up among the published ones.
    pictures = revision_pictures(revision, published_pictures(page, at)) if revision else {}
    return TextState(page, language, name, revision, pictures=pictures)


def compare_states(page: Page, language: str, older: str, newer: str, at: datetime) -> StateComparison:
    """Compare two states by name. Raises NothingToShow."""
    if language not in languages_of(page):
        raise NothingToShow
    return StateComparison(read_state(page, language, older, at), read_state(page, language, newer, at))


def languages_of(page: Page) -> list[str]:
    """Return the served languages, and then the other languages that the page has ever had a text in."""
    served = served_languages()
    # Without the default ordering, whose column would take part in DISTINCT.
    used = page.revisions.order_by().values_list("language", flat=True).distinct()
    return [*served, *sorted(set(used) - set(served))]


def _version_state(page: Page, language: str, name: str, at: datetime) -> TextState:
    versions = page.versions.in_force(at) if name == LIVE else page.versions.filter(number=int(name[1:]))
    version = first_shown(versions)
    text = version.texts.filter(language=language).select_related("revision__blob").first()
    # After the clock was set back, the version is dated in the future and has no span.
    span = spans_of(page, at).get(version.number)
    revision, pictures = (text.revision, text.pictures) if text else (None, {})
    return TextState(page, language, name, revision, version, span, pictures)
