"""The states of all pages for the overview: version in force, upcoming versions, drafts, status of translations.

The number of queries does not grow with the number of pages, and no body is loaded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import TextChoices
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
# The named rows of `_draft_heads`, by language.
DraftHeads = Mapping[str, Any]

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


@dataclass(frozen=True)
class _PublishedStates:
    """The published states of all pages, by key of the page; `key` is what they depend on."""

    key: tuple[str, int, int]
    texts: Mapping[int, Mapping[str, PublishedText]]
    assessments: Assessments
    announced: Mapping[int, Mapping[UpcomingVersion, Mapping[str, AnnouncedText]]]
    withdrawn: Mapping[int, datetime]


# The last result of this process. The hash of the last record identifies the whole history, so it is a safe key.
_cache: list[_PublishedStates] = []


def tree_order() -> list[TreeNode]:
    """Return all pages depth-first, siblings in the order that readers see."""
    children: dict[int | None, list[int]] = {}
    for key, parent in Page.objects.in_sibling_order().values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    ordered, stack = [], [TreeNode(key, 0) for key in reversed(children.get(None, ()))]
    while stack:
        node = stack.pop()
        ordered.append(node)
        stack += [TreeNode(child, node.depth + 1) for child in reversed(children.get(node.key, ()))]
    return ordered


def page_states(languages: Iterable[str], at: datetime, pages: Collection[int] | None = None) -> dict[int, PageState]:
    """Return the states of pages at a time in some languages, by key: of all pages, or of those with the keys."""
    published, heads, codes = _published_states(at), _draft_heads(pages), tuple(languages)
    handovers = read_handovers(pages)
    rows = Page.objects.order_by() if pages is None else Page.objects.order_by().filter(pk__in=pages)
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
    texts, announced = published.texts.get(row.pk, {}), published.announced.get(row.pk, {})
    page_texts = _page_texts(row, published, heads, texts, announced)
    base = page_texts.base
    assessed = {code: assess_handover(handovers[code], page_texts) for code in languages if code in handovers}
    return PageState(
        key=row.pk,
        path=row.path,
        title=_title(heads, row.source_language),
        source_language=row.source_language,
        review_by=row.review_by,
        languages={code: _language_state(row.pk, code, texts, published.assessments) for code in languages},
        # All texts in force of a page are of one version.
        version=next(iter(texts.values())).version_id if texts else None,
        upcoming=tuple(sorted(announced, key=lambda version: version.effective_at)),
        drafts=tuple(
            [
                ChangedDraft(code, heads[code].pk)
                for code in languages
                # An empty draft of a language that was never published is no change.
                if code in heads and page_texts.drafts.get(code) != base.get(code)
            ]
        ),
        handovers=assessed,
        # Most pages have neither.
        new_sources=tuple(find_new_sources(page_texts, assessed, languages)) if announced or assessed else (),
        withdrawn_at=published.withdrawn.get(row.pk),
    )


def _page_texts(
    row: Any,
    published: _PublishedStates,
    heads: DraftHeads,
    texts: Mapping[str, PublishedText],
    announced: Mapping[UpcomingVersion, Mapping[str, AnnouncedText]],
) -> PageTexts:
    drafts = {code: head.blob for code, head in heads.items() if head.blob != _EMPTY}
    statuses = {code: published.assessments.get((row.pk, code)) for code in texts}
    up_to_date = {code for code, found in statuses.items() if found and found.status == TranslationStatus.UP_TO_DATE}
    return PageTexts(row.source_language, drafts, texts, announced, up_to_date)


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


def _draft_heads(pages: Collection[int] | None) -> dict[int, dict[str, Any]]:
    """Return the drafts of each page by language: digest, title and primary key of their revisions."""
    rows = Revision.objects.drafts() if pages is None else Revision.objects.drafts().filter(page__in=pages)
    heads: dict[int, dict[str, Any]] = {}
    for row in rows.order_by().values_list("page_id", "language", "blob", "title", "pk", named=True):
        heads.setdefault(row.page_id, {})[row.language] = row
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
