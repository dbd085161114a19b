"""Comparisons of two published versions of a page in a language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from pages.history.version_spans import Span
from pages.languages import text_for
from pages.models import Page, Revision, Version, VersionText
from pages.presentation.as_of import version_as_of
from pages.presentation.comparison.rendered_comparison import TextComparison
from pages.presentation.page_presentation import (
    NothingToShow,
    first_shown,
    page_with_path,
    require_not_withdrawn,
    spans_of,
)
from pages.presentation.rendered_bodies import public_picture_urls, render_body
from pages.presentation.updates import Update, updates_of
from pages.publishing.version_writer import version_texts
from pages.text import source


@dataclass(frozen=True)
class Side:
    """One of two compared versions. `text` is None if the version has no text in the language of the comparison."""

    version: Version
    span: Span
    text: Revision | None
    pictures: Mapping[str, str]
    base_url: str

    @property
    def title(self) -> str:
        return self.text.title if self.text else ""

    @property
    def html(self) -> str:
        if self.text is None:
            return ""
        urls = public_picture_urls(self.pictures)
        return render_body(source.extract_body(self.text.source), urls, base_url=self.base_url).html


@dataclass(frozen=True)
class VersionComparison(TextComparison):
    """What changed from one version of a page to another."""

    page: Page
    older: Side
    newer: Side
    # The reader's language.
    language: str
    # The language of the texts; another one only if neither version has a text in the reader's language.
    text_language: str
    at: datetime

    @property
    def has_two_versions(self) -> bool:
        return self.older.version != self.newer.version

    @property
    def title(self) -> str:
        """Return the title of the newer text, or else of the older one."""
        return self.newer.title or self.older.title

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the updates between the two versions, newest first."""
        # Readers can ask for a comparison in either direction.
        low, high = sorted([self.older.version.number, self.newer.version.number])
        newer = max(self.older.version, self.newer.version, key=lambda version: version.number)
        updates = updates_of(self.page, newer, self.text_language, self.at)
        return tuple(update for update in updates if low < update.number <= high)


def compare_versions(page: Page, older: Version, newer: Version, language: str, at: datetime) -> VersionComparison:
    """Compare two published versions in the reader's language, or else in one that either version has a text in."""
    spans, older_texts, newer_texts = spans_of(page, at), version_texts(older), version_texts(newer)
    text_language = text_for({**older_texts, **newer_texts}, language, page.source_language).language
    # The same for both sides, so that a link is not shown as changed because of its address.
    base_url = page.url_in(language)
    return VersionComparison(
        page,
        older=_side(older, spans, older_texts.get(text_language), base_url),
        newer=_side(newer, spans, newer_texts.get(text_language), base_url),
        language=language,
        text_language=text_language,
        at=at,
    )


def read_comparison(path: str, older: str, newer: str, language: str, at: datetime) -> VersionComparison:
    """Compare two versions by name: a number, `earliest`, `latest` or `live`. Raises NothingToShow.

    Comparisons of a withdrawn page stay available: `live` is then the version that would be in force.
    """
    page = page_with_path(path)
    return compare_versions(page, _version_named(page, older, at), _version_named(page, newer, at), language, at)


def read_upcoming(path: str, language: str, at: datetime) -> list[VersionComparison]:
    """Compare each upcoming version with the one before it, in order. Raises Withdrawn, NothingToShow."""
    page = page_with_path(path)
    require_not_withdrawn(page, at)
    announced = list(page.versions.upcoming(at).order_by("number"))
    if not announced:
        raise NothingToShow
    in_force = page.versions.in_force(at).first()
    before = [in_force or announced[0], *announced]
    # `before` has one item more: the last announced version, which precedes none.
    comparisons = [compare_versions(page, old, new, language, at) for old, new in zip(before, announced, strict=False)]
    if in_force is None:
        # Nothing precedes the first version, so all of its text is new.
        comparisons[0] = replace(comparisons[0], older=replace(comparisons[0].older, text=None))
    return comparisons


def read_changes(path: str, since: date, language: str, at: datetime) -> VersionComparison:
    """Compare the version that was in force at the end of a day with the one in force now.

    Raises FutureDay, Withdrawn, NothingToShow.
    """
    page = page_with_path(path)
    require_not_withdrawn(page, at)
    in_force = first_shown(page.versions.in_force(at))
    return compare_versions(page, version_as_of(page, since, at), in_force, language, at)


def _version_named(page: Page, name: str, at: datetime) -> Version:
    named = {
        "earliest": page.versions.order_by("number"),
        "latest": page.versions.order_by("-number"),
        "live": page.versions.in_force(at),
    }
    return first_shown(named[name] if name in named else page.versions.filter(number=int(name)))


def _side(version: Version, spans: Mapping[int, Span], text: VersionText | None, base_url: str) -> Side:
    revision, pictures = (text.revision, text.pictures) if text else (None, {})
    return Side(version, spans[version.number], revision, pictures, base_url)
