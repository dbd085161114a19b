"""Where all pages stand, for those who look after them: what is in force, what waits, how far translations are.

One reading of everything, in a number of queries that does not grow with the pages; no body is loaded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone

from pages.history.bulk_translation_status import (
    EffectiveText,
    TranslationAssessment,
    assess_translations,
    texts_in_force,
)
from pages.history.translation_status import TranslationStatus
from pages.languages import LocalizedText, text_for
from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.text import source

REVIEW_AHEAD = timedelta(days=30)
_EMPTY = source.digest(b"")


class LanguageStatus(StrEnum):
    """How a language of a page stands with readers."""

    SOURCE = "source"
    CURRENT = "current"
    MINOR = "minor"
    OUTDATED = "outdated"
    MISSING = "missing"
    # There is a text, but no source text beside it that it could be measured against.
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


_LANGUAGE_STATUSES = {
    TranslationStatus.UP_TO_DATE: LanguageStatus.CURRENT,
    TranslationStatus.MINOR: LanguageStatus.MINOR,
    TranslationStatus.BEHIND: LanguageStatus.OUTDATED,
}


class LanguageState(NamedTuple):
    """A served language of a page; `superseded_by` is the key of the version whose source went ahead of it."""

    language: str
    status: LanguageStatus
    superseded_by: int | None = None

    @property
    def has_newer_source(self) -> bool:
        """Tell whether the source has changed since what the translation reflects."""
        return self.superseded_by is not None


class Draft(NamedTuple):
    """A working text that differs from what was last published or announced, and the key of its revision."""

    language: str
    revision: int


class Announced(NamedTuple):
    """A version that waits for its moment."""

    number: int
    effective_at: datetime


class TreeNode(NamedTuple):
    """A page in the tree; `depth` counts the pages above it."""

    key: int
    depth: int


class PageState(NamedTuple):
    """A page among all others. Moments are looked up for those that are shown: `version` is the one in force."""

    key: int
    path: str
    title: LocalizedText
    source_language: str
    review_by: date | None
    languages: Mapping[str, LanguageState]
    version: int | None
    upcoming: tuple[Announced, ...]
    drafts: tuple[Draft, ...]
    withdrawn_at: datetime | None

    @property
    def shown_path(self) -> str:
        """Return the path as readers see it."""
        return f"/{self.path}/" if self.path else "/"

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether readers are told that the page is gone."""
        return self.withdrawn_at is not None

    def is_to_review(self, at: datetime) -> bool:
        """Tell whether somebody should read it again: the day has passed, or comes soon."""
        return self.review_by is not None and self.review_by <= timezone.localdate(at) + REVIEW_AHEAD


class _Head(NamedTuple):
    """The newest working text of a page in a language."""

    page: int
    language: str
    digest: str
    title: str
    revision: int


class _Key(NamedTuple):
    """What the published part of the overview depends on: the log, and how much of it has come to pass."""

    head: str
    records: int
    versions: int


@dataclass(frozen=True)
class _Published:
    """What was published of all pages, by page."""

    key: _Key
    texts: Mapping[int, Mapping[str, EffectiveText]]
    judged: Mapping[tuple[int, str], TranslationAssessment]
    announced: Mapping[int, Mapping[Announced, Mapping[str, str]]]
    withdrawn: Mapping[int, datetime]


# The last result, kept in the process: history only grows, and the head of its log names all of it.
_last: list[_Published] = []


def tree_order() -> list[TreeNode]:
    """Return all pages, each before those below it, siblings in the readers' order."""
    children: dict[int | None, list[int]] = {}
    for key, parent in Page.objects.in_tree_order().values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    found, waiting = [], [TreeNode(key, 0) for key in reversed(children.get(None, ()))]
    while waiting:
        place = waiting.pop()
        found.append(place)
        waiting += [TreeNode(child, place.depth + 1) for child in reversed(children.get(place.key, ()))]
    return found


def page_states(languages: Iterable[str], at: datetime, pages: Collection[int] | None = None) -> dict[int, PageState]:
    """Return how pages stand at the moment in the languages that are served: all pages, or those that are named."""
    published, heads, names = _published(at), _heads(pages), tuple(languages)
    rows = Page.objects.order_by() if pages is None else Page.objects.order_by().filter(pk__in=pages)
    return {
        row[0]: _state(row, published, heads.get(row[0], {}), names)
        for row in rows.values_list("pk", "path", "source_language", "review_by")
    }


def _published(at: datetime) -> _Published:
    """Return what was published, read anew only where something happened since."""
    key = _Key(
        head=SiteCounter.objects.values_list("head", flat=True).first() or "",
        records=PublicationRecord.objects.filter(at__lte=at).count(),
        versions=Version.objects.filter(effective_at__lte=at).count(),
    )
    last = next(iter(_last), None)
    if last is None or last.key != key:
        texts = texts_in_force(at)
        withdrawn = dict(PublicationRecord.objects.active_withdrawals(at).values_list("page_id", "at"))
        last = _Published(key, texts, assess_translations(texts, at), _announced(at), withdrawn)
        _last[:] = [last]
    return last


def _state(row: tuple, published: _Published, heads: Mapping[str, _Head], languages: tuple[str, ...]) -> PageState:
    key, path, source_language, review_by = row
    texts, announced = published.texts.get(key, {}), published.announced.get(key, {})
    base = _newest_digests(texts, announced)
    return PageState(
        key=key,
        path=path,
        title=_title(heads, source_language),
        source_language=source_language,
        review_by=review_by,
        languages={name: _language(key, name, texts, published.judged) for name in languages},
        version=next(iter(texts.values())).version if texts else None,
        upcoming=tuple(sorted(announced, key=lambda one: one.effective_at)),
        drafts=tuple(
            [
                Draft(name, heads[name].revision)
                for name in languages
                if name in heads and heads[name].digest != base.get(name, _EMPTY)
            ]
        ),
        withdrawn_at=published.withdrawn.get(key),
    )


def _newest_digests(
    texts: Mapping[str, EffectiveText], announced: Mapping[Announced, Mapping[str, str]]
) -> Mapping[str, str]:
    """Return what a new version will be measured against: an announced text is no draft."""
    newest = max(announced, default=None)
    if newest and (not texts or newest.number > next(iter(texts.values())).number):
        return announced[newest]
    return {name: text.digest for name, text in texts.items()}


def _language(key: int, name: str, texts: Mapping[str, EffectiveText], judged) -> LanguageState:
    if not texts:
        return LanguageState(name, LanguageStatus.UNPUBLISHED)
    if name not in texts:
        return LanguageState(name, LanguageStatus.MISSING)
    if name == texts[name].source_language:
        return LanguageState(name, LanguageStatus.SOURCE)
    judgement = judged.get((key, name))
    if judgement is None:
        return LanguageState(name, LanguageStatus.PUBLISHED)
    return LanguageState(name, _LANGUAGE_STATUSES[judgement.status], judgement.behind_since)


def _title(heads: Mapping[str, _Head], source_language: str) -> LocalizedText:
    """Return the working title in the page's source language, else in any."""
    if (head := heads.get(source_language)) and head.title:
        return LocalizedText(head.title, source_language)
    titles = {name: head.title for name, head in heads.items() if head.title}
    if not titles:
        return LocalizedText("", source_language)
    found = text_for({name: name for name in titles}, source_language, source_language)
    return LocalizedText(titles[found], found)


def _heads(pages: Collection[int] | None) -> dict[int, dict[str, _Head]]:
    rows = Revision.objects.drafts() if pages is None else Revision.objects.drafts().filter(page__in=pages)
    found: dict[int, dict[str, _Head]] = {}
    for row in rows.order_by().values_list("page_id", "language", "digest", "title", "pk"):
        found.setdefault(row[0], {})[row[1]] = _Head._make(row)
    return found


def _announced(at: datetime) -> dict[int, dict[Announced, dict[str, str]]]:
    """Return the digests of announced texts by page, version and language."""
    rows = VersionText.objects.filter(version__in=Version.objects.upcoming(at)).values_list(
        "version__page_id", "version__number", "version__effective_at", "language", "revision__digest"
    )
    found: dict[int, dict[Announced, dict[str, str]]] = {}
    for page, number, effective_at, language, digest in rows:
        found.setdefault(page, {}).setdefault(Announced(number, effective_at), {})[language] = digest
    return found
