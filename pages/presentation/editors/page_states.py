"""The states of all pages for the overview: version in force, upcoming versions, drafts, status of translations.

The number of queries does not grow with the number of pages, and no body is loaded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from pages.history.translation_status import (
    PublishedText,
    TranslationAssessment,
    TranslationStatus,
    assess_translations,
    texts_in_force,
)
from pages.languages import LocalizedText, text_for
from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.compiled_query import CompiledQuery
from pages.models.page import PageQuerySet
from pages.presentation.editors.handover_states import (
    AnnouncedText,
    HandedOver,
    NewSource,
    PageTexts,
    UpcomingVersion,
    assess_handover,
    find_new_sources,
    read_handovers,
)
from pages.text import source

# By primary key of the page and language.
Assessments = Mapping[tuple[int, str], TranslationAssessment]

# How long before its review date a page needs attention.
REVIEW_AHEAD = timedelta(days=30)
_EMPTY = source.digest(b"")


class LanguageStatus(TextChoices):
    """The status of a language of a page. The values are in URLs and CSS classes."""

    SOURCE = "source", pgettext_lazy("status of a language", "Source")
    UP_TO_DATE = "up-to-date", pgettext_lazy("status of a language", "Up to date")
    MINOR = "minor", pgettext_lazy("status of a language", "Minor differences")
    BEHIND = "behind", pgettext_lazy("status of a language", "Behind")
    MISSING = "missing", pgettext_lazy("status of a language", "Missing")
    # It has a text, but there is no text in the source language to compare it with.
    PUBLISHED = "published", pgettext_lazy("status of a language", "Published")
    UNPUBLISHED = "unpublished", pgettext_lazy("status of a language", "Not published")


class LanguageState(NamedTuple):
    """A language of a page. `behind_since` is the primary key of the version since which it is not up to date."""

    language: str
    status: LanguageStatus
    behind_since: int | None = None

    @property
    def has_newer_source(self) -> bool:
        """Tell whether the source changed, in a major way or not, since the version that the translation reflects."""
        return self.behind_since is not None


class ChangedDraft(NamedTuple):
    """A draft that differs from the text last published or announced, with the primary key of its revision."""

    language: str
    revision: int


class TreeNode(NamedTuple):
    """A page in the tree. `depth` is the number of its ancestors."""

    key: int
    depth: int


class _DraftHead(NamedTuple):
    """The revision that is the draft of a language, without its source."""

    language: str
    blob: str
    title: str
    pk: int


# By language.
DraftHeads = Mapping[str, _DraftHead]


class PageState(NamedTuple):
    """The state of a page. `version` is the primary key of the version in force."""

    key: int
    path: str
    title: LocalizedText
    source_language: str
    review_by: date | None
    languages: Mapping[str, LanguageState]
    version: int | None
    upcoming: tuple[UpcomingVersion, ...]
    drafts: tuple[ChangedDraft, ...]
    handovers: Mapping[str, HandedOver]
    new_sources: tuple[NewSource, ...]
    withdrawn_at: datetime | None

    @property
    def shown_path(self) -> str:
        """Return the path with slashes at both ends."""
        return f"/{self.path}/" if self.path else "/"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def has_handovers(self, *, is_ready: bool) -> bool:
        """Tell whether a text waits for a publisher, or else was sent back."""
        handovers = self.handovers.values()
        return any(handover.is_pending if is_ready else not handover.is_ready for handover in handovers)

    def is_due_for_review(self, at: datetime) -> bool:
        """Tell whether the review date has passed or is at most REVIEW_AHEAD away."""
        return self.review_by is not None and self.review_by <= timezone.localdate(at) + REVIEW_AHEAD


class _PublishedPage(NamedTuple):
    """What is published of a page, whatever its drafts are. `base` has the digests in the newest version."""

    texts: Mapping[str, PublishedText]
    announced: Mapping[UpcomingVersion, Mapping[str, AnnouncedText]]
    up_to_date: frozenset[str]
    base: Mapping[str, str]
    languages: Mapping[str, LanguageState]
    version: int | None
    upcoming: tuple[UpcomingVersion, ...]


@dataclass(frozen=True)
class _PublishedStates:
    """The published states of all pages, by key of the page; `key` is what they depend on."""

    key: tuple[str, int, int]
    texts: Mapping[int, Mapping[str, PublishedText]]
    assessments: Assessments
    announced: Mapping[int, Mapping[UpcomingVersion, Mapping[str, AnnouncedText]]]
    withdrawn: Mapping[int, datetime]
    # Made when they are first needed, by key of the page, source language and languages.
    _pages: dict[tuple[int, str, tuple[str, ...]], _PublishedPage] = field(default_factory=dict)

    def page(self, key: int, source_language: str, languages: tuple[str, ...]) -> _PublishedPage:
        name = (key, source_language, languages)
        if (page := self._pages.get(name)) is None:
            page = self._pages[name] = self._make_page(*name)
        return page

    def _make_page(self, key: int, source_language: str, languages: tuple[str, ...]) -> _PublishedPage:
        texts, announced = self.texts.get(key, {}), self.announced.get(key, {})
        assessed = {code: self.assessments.get((key, code)) for code in texts}
        matching = TranslationStatus.UP_TO_DATE
        up_to_date = {code for code, found in assessed.items() if found and found.status == matching}
        return _PublishedPage(
            texts=texts,
            announced=announced,
            up_to_date=frozenset(up_to_date),
            base=PageTexts(source_language, {}, texts, announced, up_to_date).base,
            languages={code: _language_state(key, code, texts, self.assessments) for code in languages},
            # All texts in force of a page are of one version.
            version=next(iter(texts.values())).version_id if texts else None,
            upcoming=tuple(sorted(announced, key=lambda version: version.effective_at)),
        )


# The last result of this process. The hash of the last record identifies the whole history, so it is a safe key.
_cache: list[_PublishedStates] = []


def tree_order() -> list[TreeNode]:
    """Return all pages depth-first, siblings in the order that readers see."""
    children: dict[int | None, list[int]] = {}
    # Not through the manager: for each row, modeltranslation takes longer than the query.
    for key, parent in PageQuerySet(Page).in_sibling_order().values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    ordered, stack = [], [TreeNode(key, 0) for key in reversed(children.get(None, ()))]
    while stack:
        node = stack.pop()
        ordered.append(node)
        stack += [TreeNode(child, node.depth + 1) for child in reversed(children.get(node.key, ()))]
    return ordered


def page_states(languages: Iterable[str], at: datetime, pages: Collection[int] | None = None) -> dict[int, PageState]:
    """Return the states of pages at a time in some languages, by key: of all pages, or of those with the keys."""
    if pages is not None and not pages:
        return {}
    published, heads, codes = _published_states(at), _draft_heads(pages), tuple(languages)
    handovers = read_handovers(pages)
    rows = PageQuerySet(Page).order_by()
    rows = rows if pages is None else rows.filter(pk__in=pages)
    return {
        row.pk: _page_state(row, published, heads.get(row.pk, {}), handovers.get(row.pk, {}), codes)
        for row in rows.values_list("pk", "path", "source_language", "review_by", named=True)
    }


def _published_states(at: datetime) -> _PublishedStates:
    """Return the published states, from the cache if nothing has changed since."""
    head = SiteCounter.objects.values_list("head", flat=True).first() or ""
    # States also change without a new record, when the time of a record or of a version is reached.
    records = PublicationRecord.objects.filter(at__lte=at).count()
    key = (head, records, Version.objects.filter(effective_at__lte=at).count())
    states = next(iter(_cache), None)
    if states is None or states.key != key:
        texts = texts_in_force(at)
        withdrawn = dict(PublicationRecord.objects.active_withdrawals(at).values_list("page_id", "at"))
        states = _PublishedStates(key, texts, assess_translations(texts, at), _announced(at), withdrawn)
        # In one step, because the requests of several threads share it.
        _cache[:] = [states]
    return states


def _page_state(
    row: Any,
    published: _PublishedStates,
    heads: DraftHeads,
    handovers: Mapping[str, HandedOver],
    languages: tuple[str, ...],
) -> PageState:
    page = published.page(row.pk, row.source_language, languages)
    drafts = {code: head.blob for code, head in heads.items() if head.blob != _EMPTY}
    assessed: dict[str, HandedOver] = {}
    new_sources: tuple[NewSource, ...] = ()
    # Most pages have neither.
    if handovers or page.announced:
        texts = PageTexts(row.source_language, drafts, page.texts, page.announced, page.up_to_date)
        assessed = {code: assess_handover(handovers[code], texts) for code in languages if code in handovers}
        new_sources = tuple(find_new_sources(texts, assessed, languages))
    return PageState(
        key=row.pk,
        path=row.path,
        title=_title(heads, row.source_language),
        source_language=row.source_language,
        review_by=row.review_by,
        languages=page.languages,
        version=page.version,
        upcoming=page.upcoming,
        drafts=tuple(
            [
                ChangedDraft(code, heads[code].pk)
                for code in languages
                # An empty draft of a language that was never published is no change.
                if code in heads and drafts.get(code) != page.base.get(code)
            ]
        ),
        handovers=assessed,
        new_sources=new_sources,
        withdrawn_at=published.withdrawn.get(row.pk),
    )


def _language_state(
    key: int, language: str, texts: Mapping[str, PublishedText], assessments: Assessments
) -> LanguageState:
    if not texts:
        return LanguageState(language, LanguageStatus.UNPUBLISHED)
    if language not in texts:
        return LanguageState(language, LanguageStatus.MISSING)
    if language == texts[language].source_language:
        return LanguageState(language, LanguageStatus.SOURCE)
    assessment = assessments.get((key, language))
    if assessment is None:
        return LanguageState(language, LanguageStatus.PUBLISHED)
    return LanguageState(language, LanguageStatus[assessment.status.name], assessment.behind_since)


def _title(heads: DraftHeads, source_language: str) -> LocalizedText:
    """Return the title of the draft in the source language, or else in any language."""
    titles = {language: LocalizedText(head.title, language) for language, head in heads.items() if head.title}
    return text_for(titles, source_language, source_language) if titles else LocalizedText("", source_language)


def _select_heads(pages: Collection[int] | None = None) -> QuerySet:
    rows = Revision.objects.drafts() if pages is None else Revision.objects.drafts().filter(page__in=pages)
    return rows.order_by().values_list("page_id", *_DraftHead._fields)


_heads, _heads_of_pages = CompiledQuery(_select_heads), CompiledQuery(_select_heads)


def _draft_heads(pages: Collection[int] | None) -> dict[int, dict[str, _DraftHead]]:
    """Return the drafts of each page by language: digest, title and primary key of their revisions."""
    heads: dict[int, dict[str, _DraftHead]] = {}
    for page, *values in _heads.rows() if pages is None else _heads_of_pages.rows(tuple(pages)):
        head = _DraftHead._make(values)
        heads.setdefault(page, {})[head.language] = head
    return heads


def _announced(at: datetime) -> dict[int, dict[UpcomingVersion, dict[str, AnnouncedText]]]:
    """Return the announced texts by page, version and language."""
    rows = VersionText.objects.filter(version__in=Version.objects.upcoming(at)).values_list(
        *("version__page_id", "version__number", "version__effective_at", "language", "revision__blob", "based_on")
    )
    announced: dict[int, dict[UpcomingVersion, dict[str, AnnouncedText]]] = {}
    for page, number, effective_at, language, digest, based_on in rows:
        version = UpcomingVersion(number, effective_at)
        announced.setdefault(page, {}).setdefault(version, {})[language] = AnnouncedText(digest, based_on)
    return announced
