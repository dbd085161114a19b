"""Comparisons of two published versions of a page in a language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

from pages.diff.comparison import Comparison, compare
from pages.history.version_spans import Span
from pages.languages import text_for
from pages.models import Page, Version, VersionText
from pages.presentation.as_of import version_as_of
from pages.presentation.page_presentation import NothingToShow, page_with_path, require_not_withdrawn, spans_of
from pages.presentation.rendered_bodies import public_picture_urls, render_body
from pages.presentation.updates import Update, updates_of
from pages.text import source
from pages.text.fields import ChangedField, find_changed_fields


@dataclass(frozen=True)
class Side:
    """One of two compared versions. `text` is None if the version has no text in the language of the comparison."""

    version: Version
    span: Span
    text: VersionText | None

    @property
    def title(self) -> str:
        return self.text.revision.title if self.text else ""


@dataclass(frozen=True)
class VersionComparison:
    """What changed from one version of a page to another."""

    page: Page
    older: Side
    newer: Side
    # The reader's language.
    language: str
    # The language of the texts; another one only if neither version has a text in the reader's language.
    text_language: str
    at: datetime

    @cached_property
    def comparison(self) -> Comparison:
        return cached_comparison(self._html(self.older), self._html(self.newer))

    @property
    def has_two_versions(self) -> bool:
        return self.older.version != self.newer.version

    @property
    def is_same(self) -> bool:
        """Tell whether readers see no difference."""
        has_same_sides = bool(self.older.text) == bool(self.newer.text)
        return has_same_sides and self.comparison.is_same and not self.changed_fields

    @property
    def changed_fields(self) -> tuple[ChangedField, ...]:
        """Return the changed fields, if both sides have a text."""
        if not self.older.text or not self.newer.text:
            return ()
        return find_changed_fields(self.older.text.revision, self.newer.text.revision)

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

    def _html(self, side: Side) -> str:
        if side.text is None:
            return ""
        body = source.extract_body(side.text.revision.source)
        # Both sides have the same base URL, so that a link is not shown as changed because of its address.
        urls = public_picture_urls(side.text.pictures)
        return render_body(body, urls, base_url=self.page.url_in(self.language)).html


@lru_cache(maxsize=128)
def cached_comparison(before: str, after: str) -> Comparison:
    """Compare two rendered bodies. Comparisons are slow, and the same texts are often compared again."""
    return compare(before, after)


def compare_versions(page: Page, older: Version, newer: Version, language: str, at: datetime) -> VersionComparison:
    """Compare two published versions in the reader's language, or else in one that either version has a text in."""
    spans, older_texts, newer_texts = spans_of(page, at), _texts(older), _texts(newer)
    text_language = text_for({**older_texts, **newer_texts}, language, page.source_language).language
    return VersionComparison(
        page,
        older=Side(older, spans[older.number], older_texts.get(text_language)),
        newer=Side(newer, spans[newer.number], newer_texts.get(text_language)),
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
    in_force = page.versions.in_force(at).first()
    if in_force is None:
        raise NothingToShow
    return compare_versions(page, version_as_of(page, since, at), in_force, language, at)


def _version_named(page: Page, name: str, at: datetime) -> Version:
    published = page.versions.published(at)
    named = {
        "earliest": published.order_by("number"),
        "latest": published.order_by("-number"),
        "live": published.in_force(at),
    }
    version = (named[name] if name in named else published.filter(number=int(name))).first()
    if version is None:
        raise NothingToShow
    return version


def _texts(version: Version) -> Mapping[str, VersionText]:
    return {text.language: text for text in version.texts.select_related("revision__blob")}
