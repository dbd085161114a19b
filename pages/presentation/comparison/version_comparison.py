"""Comparisons of two published versions of a page in a language."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from django.db.models import Q

from pages.history.translation_status import reflected_versions
from pages.history.version_spans import Span
from pages.languages import LocalizedText, served_languages, text_for
from pages.models import Page, Version, VersionText
from pages.models.version_text import IS_REDACTED, VersionTextQuerySet
from pages.presentation.as_of import version_as_of
from pages.presentation.comparison.text_comparison import ComparedText, TextComparison, compared_revision
from pages.presentation.page_events import PageEvents, read_events
from pages.presentation.page_presentation import (
    NothingToShow,
    find_not_withdrawn,
    find_public,
    find_published,
    read_spans,
)
from pages.presentation.public_tree import PublicStatus, read_tree
from pages.presentation.redactions import localized_title
from pages.presentation.rendered_bodies import public_picture_urls
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.presentation.updates import Update, read_updates

# In bytes: of all comparisons that a process keeps, and, roughly, of one without its bodies and differences.
MAX_SIZE = 4 * 1024 * 1024
COMPARISON_SIZE = 20_000


@dataclass(frozen=True)
class ComparedVersion:
    """One of two compared versions, and when it was in force."""

    version: Version
    span: Span


@dataclass(frozen=True)
class OtherLanguage:
    """A text in another language that differs between two versions; without a `url`, the language is not served."""

    language: str
    kind: Literal["changed", "added", "removed"]
    url: str


@dataclass(frozen=True)
class VersionComparison:
    """Two versions of a page, and what changed between their texts."""

    page: Page
    older: ComparedVersion
    newer: ComparedVersion
    # In another language than the reader's only if neither version has a text in that.
    texts: TextComparison
    # The reader's language.
    language: str
    at: datetime
    events: PageEvents
    # As in the address, if the reader named the versions.
    names: str = ""

    @property
    def has_two_versions(self) -> bool:
        return self.older.version != self.newer.version

    @property
    def title(self) -> str:
        """Return the title of the newer text, or else of the older one."""
        return self._localized_title.text

    @property
    def title_language(self) -> str:
        return self._localized_title.language

    @property
    def _localized_title(self) -> LocalizedText:
        return localized_title(self.texts.newer.title or self.texts.older.title, self.text_language)

    @property
    def text_language(self) -> str:
        return self.texts.language

    @property
    def is_same(self) -> bool:
        return self.texts.is_same

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the updates between the two versions, newest first."""
        # Readers can ask for a comparison in either direction.
        low, high = sorted([self.older.version.number, self.newer.version.number])
        newer = max(self.older.version, self.newer.version, key=lambda version: version.number)
        updates = read_updates(self.page, newer, self.text_language, self.events, self.at, limit=None).newest
        return tuple(update for update in updates if low < update.number <= high)

    @cached_property
    def source_updates(self) -> tuple[Update, ...]:
        """Return the updates of the source text between the two versions, if the compared text is another.

        Those that the text took up in the same version are left out: its own notes say what changed.
        """
        source_language = self.page.source_language
        if self.text_language == source_language:
            return ()
        newer = self.newer.version
        updates = read_updates(self.page, newer, source_language, self.events, self.at, limit=None).newest
        between = tuple(update for update in updates if self.older.version.number < update.number)
        own = {update.number for update in self.updates} & {update.number for update in between}
        reflected = self._reflected_version() if own else 0
        return tuple(update for update in between if update.number not in own or update.number > reflected)

    @cached_property
    def other_languages(self) -> tuple[OtherLanguage, ...]:
        """Return the texts in other languages that differ, because only one language is compared."""
        versions = [self.older.version, self.newer.version]
        rows = VersionText.objects.filter(version__in=versions).exclude(language=self.text_language)
        texts: defaultdict[str, dict[int, object]] = defaultdict(dict)
        columns = ("language", "version_id", "revision__blob", "pictures")
        for language, version, *content in rows.values_list(*columns).order_by("language"):
            texts[language][version] = content
        pairs = {code: [found.get(version.pk) for version in versions] for code, found in texts.items()}
        return tuple(self._other_language(code, *pair) for code, pair in pairs.items() if pair[0] != pair[1])

    def _other_language(self, language: str, before: object, after: object) -> OtherLanguage:
        names = self.names or f"{self.older.version.number}...{self.newer.version.number}"
        url = f"{self.page.url_in(language)}compare/{names}/" if language in served_languages() else ""
        return OtherLanguage(language, "added" if before is None else "removed" if after is None else "changed", url)

    @property
    def has_other_binding_language(self) -> bool:
        return self.older.version.binding_language != self.newer.version.binding_language

    @property
    def has_other_changes(self) -> bool:
        """Tell whether the versions differ in more than the compared texts."""
        return self.has_other_binding_language or bool(self.other_languages)

    def _reflected_version(self) -> int:
        """Return the number of the last version whose source text the newer text reflects, or 0."""
        text = self.newer.version.texts.filter(language=self.text_language).select_related("revision").first()
        return max(reflected_versions(self.newer.version, text, self.at), default=0) if text else 0

    @property
    def source_url(self) -> str:
        return self.page.url_in(self.page.source_language)


def compare_versions(
    page: Page, older: Version, newer: Version, language: str, at: datetime, events: PageEvents
) -> VersionComparison:
    """Compare two published versions in the reader's language, or else in one that either version has a text in."""
    texts = _read_texts(page, [older, newer], language)
    older_texts, newer_texts = texts.get(older.pk, {}), texts.get(newer.pk, {})
    text_language = text_for({**older_texts, **newer_texts}, language, page.source_language).language
    # The same for both sides, so that a link is not shown as changed because of its address.
    base_url = page.url_in(language)
    before, after = (version_text(texts.get(text_language), base_url) for texts in (older_texts, newer_texts))
    spans = read_spans([older, newer], events, at)
    return VersionComparison(
        page,
        older=ComparedVersion(older, spans[0]),
        newer=ComparedVersion(newer, spans[1]),
        texts=TextComparison(before, after, text_language),
        language=language,
        at=at,
        events=events,
    )


def read_comparison(path: str, older: str, newer: str, language: str, state: SiteState) -> VersionComparison:
    """Compare two versions by name: a number, `earliest`, `latest` or `live`. Raises NothingToShow.

    Comparisons of a withdrawn page stay available: `live` is then the version that would be in force.
    """
    page, status = find_published(path, state)
    key = (read_tree(state).stamp(page.pk), older, newer, language)
    return _comparisons.get(key, lambda: _read_named(page, status, older, newer, language, state))


# Until a record or the time changes the page. Their bodies and the differences have caches of their own.
_comparisons: SizedCache[VersionComparison] = SizedCache(MAX_SIZE, lambda _comparison: COMPARISON_SIZE)


def _read_named(
    page: Page, status: PublicStatus, older: str, newer: str, language: str, state: SiteState
) -> VersionComparison:
    keys = {"earliest": Q(number=1), "latest": Q(number=status.newest), "live": Q(pk=status.version)}
    chosen = [keys[name] if name in keys else Q(number=int(name)) for name in (older, newer)]
    versions = list(page.versions.filter(chosen[0] | chosen[1]))
    first, second = (_find(versions, name, status) for name in (older, newer))
    comparison = compare_versions(page, first, second, language, state.at, read_events(page.pk, state))
    return replace(comparison, names=f"{older}...{newer}")


def read_upcoming(path: str, language: str, state: SiteState) -> list[VersionComparison]:
    """Compare each upcoming version with the one before it, in order. Raises Withdrawn, NothingToShow."""
    page, status = find_not_withdrawn(path, state)
    if status.changes_at is None:
        raise NothingToShow
    announced = list(page.versions.upcoming(state.at).order_by("number"))
    in_force = page.versions.filter(pk=status.version).first() if status.version else None
    before = [in_force or announced[0], *announced]
    # `before` has one item more: the last announced version, which precedes none.
    pairs = zip(before, announced, strict=False)
    events = read_events(page.pk, state)
    comparisons = [compare_versions(page, old, new, language, state.at, events) for old, new in pairs]
    if in_force is None:
        # Nothing precedes the first version, so all of its text is new.
        comparisons[0] = replace(comparisons[0], texts=replace(comparisons[0].texts, older=ComparedText()))
    return comparisons


def read_changes(path: str, since: date, language: str, state: SiteState) -> VersionComparison:
    """Compare the version that was in force at the end of a day with the one in force now.

    Raises FutureDay, Withdrawn, NothingToShow.
    """
    page, key = find_public(path, state)
    in_force = page.versions.get(pk=key)
    older, events = version_as_of(page, since, state.at), read_events(page.pk, state)
    return compare_versions(page, older, in_force, language, state.at, events)


def _find(versions: Iterable[Version], name: str, status: PublicStatus) -> Version:
    """Return the version with a name. Raises NothingToShow."""
    numbers = {"earliest": 1, "latest": status.newest}
    for version in versions:
        if version.pk == status.version if name == "live" else version.number == (numbers.get(name) or int(name)):
            return version
    raise NothingToShow


def _read_texts(page: Page, versions: Sequence[Version], language: str) -> dict[int, dict[str, VersionText]]:
    """Return the texts of versions that a reader may get, by the key of the version and the language."""
    # The bodies are read if the comparison is not in the cache.
    texts = with_redaction(VersionText.objects.filter(version__in=versions).select_related("revision").order_by())
    by_version: dict[int, dict[str, VersionText]] = {}
    for text in texts.filter(language__in={language, page.source_language}) or texts:
        by_version.setdefault(text.version_id, {})[text.language] = text
    return by_version


def version_text(text: VersionText | None, base_url: str, root: str = "") -> ComparedText:
    """Return a text from `with_redaction` as it is compared, with the origin of the site for absolute addresses."""
    if text is None or text.is_redacted:
        return ComparedText(is_redacted=text is not None)
    urls = {reference: f"{root}{url}" for reference, url in public_picture_urls(text.pictures).items()}
    return compared_revision(text.revision, urls, base_url=base_url)


def with_redaction(texts: VersionTextQuerySet) -> VersionTextQuerySet:
    """Annotate whether a text was redacted as `is_redacted`, without reading it."""
    return texts.annotate(is_redacted=IS_REDACTED)
