"""Two versions of a page beside each other, as a reader of a language sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

from pages.diff.comparison import Comparison, compare
from pages.history.version_spans import Span
from pages.languages import direction, text_for
from pages.models import Page, Version, VersionText
from pages.presentation.as_of import version_as_of
from pages.presentation.page_presentation import NothingToShow, page_at, require_not_withdrawn, spans_of
from pages.presentation.rendered_bodies import render_body
from pages.presentation.updates import Update, updates_of
from pages.text import source


@dataclass(frozen=True)
class Side:
    """A version, and what it says in the language that is compared; None where it says nothing in it."""

    version: Version
    span: Span
    text: VersionText | None

    @property
    def title(self) -> str:
        """Return the title, or nothing."""
        return self.text.revision.title if self.text else ""


@dataclass(frozen=True)
class VersionComparison:
    """What changed from one version of a page to another."""

    page: Page
    older: Side
    newer: Side
    # The language of the address, and that of the texts: the source's where the reader's has none on either side.
    language: str
    text_language: str

    @cached_property
    def comparison(self) -> Comparison:
        """Return the differences of the rendered texts."""
        return cached_comparison(self._html(self.older), self._html(self.newer))

    @property
    def has_two_versions(self) -> bool:
        """Tell whether there is something to compare with."""
        return self.older.version != self.newer.version

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the texts."""
        return direction(self.text_language)

    @property
    def has_same_title(self) -> bool:
        """Tell whether both sides have one title."""
        return self.older.title == self.newer.title

    @property
    def title(self) -> str:
        """Return the title of the newer text, or that of the older."""
        return self.newer.title or self.older.title

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the updates between the two, newest first."""
        low, high = sorted([self.older.version.number, self.newer.version.number])
        later = max(self.older.version, self.newer.version, key=lambda version: version.number)
        updates = updates_of(self.page, later, self.text_language)
        return tuple(update for update in updates if low < update.number <= high)

    def _html(self, side: Side) -> str:
        if side.text is None:
            return ""
        body = source.extract_body(bytes(side.text.revision.source))
        return render_body(body, side.text.pictures, base_url=self.page.url_in(self.language)).html


@lru_cache(maxsize=128)
def cached_comparison(before: str, after: str) -> Comparison:
    """Compare two rendered bodies; the results are remembered, for the same texts compare to the same."""
    return compare(before, after)


def compare_versions(page: Page, older: Version, newer: Version, language: str, at: datetime) -> VersionComparison:
    """Compare two versions that the reader may see, in their language if either has it."""
    spans, texts = spans_of(page, at), [_texts(older), _texts(newer)]
    chosen = text_for({**texts[0], **texts[1]}, language, page.source_language).language
    sides = [
        Side(version, spans[version.number], by_language.get(chosen))
        for version, by_language in zip((older, newer), texts, strict=True)
    ]
    return VersionComparison(page, *sides, language=language, text_language=chosen)


def read_comparison(path: str, older: str, newer: str, language: str, at: datetime) -> VersionComparison:
    """Compare two versions by their names: a number, or earliest, latest, live. Raises NothingToShow.

    A withdrawn page keeps its comparisons: `live` is then the version that would be in force.
    """
    page = page_at(path)
    return compare_versions(page, _named(page, older, at), _named(page, newer, at), language, at)


def read_upcoming(path: str, language: str, at: datetime) -> list[VersionComparison]:
    """Compare each announced version with the one before it, the next first. Raises Withdrawn, NothingToShow."""
    page = page_at(path)
    require_not_withdrawn(page, at)
    announced = list(page.versions.upcoming(at).order_by("number"))
    if not announced:
        raise NothingToShow
    in_force = page.versions.in_force(at).first()
    before = [in_force or announced[0], *announced]
    found = [compare_versions(page, old, new, language, at) for old, new in zip(before, announced, strict=False)]
    if in_force is None:
        # What comes first is compared with nothing: all of it is new.
        found[0] = replace(found[0], older=replace(found[0].older, text=None))
    return found


def read_changes(path: str, since: date, language: str, at: datetime) -> VersionComparison:
    """Compare the version in force at the end of a day with that in force now.

    Raises FutureDay, Withdrawn, NothingToShow.
    """
    page = page_at(path)
    require_not_withdrawn(page, at)
    live = page.versions.in_force(at).first()
    if live is None:
        raise NothingToShow
    return compare_versions(page, version_as_of(page, since, at), live, language, at)


def _named(page: Page, name: str, at: datetime) -> Version:
    known = page.versions.published(at)
    found = {
        "earliest": known.order_by("number"),
        "latest": known.order_by("-number"),
        "live": known.in_force(at),
    }.get(name)
    version = (known.filter(number=int(name)) if found is None else found).first()
    if version is None:
        raise NothingToShow
    return version


def _texts(version: Version) -> Mapping[str, VersionText]:
    return {text.language: text for text in version.texts.select_related("revision")}
