"""Who waits for whom: texts that are ready or were sent back, and source texts that a translation has to follow.

One query for all pages; the rest follows from what `page_states` has read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pages.history.translation_status import PublishedText
from pages.models import Handover
from pages.models.compiled_query import CompiledQuery
from pages.models.handover import HandoverKind, HandoverQuerySet


class UpcomingVersion(NamedTuple):
    number: int
    effective_at: datetime


class AnnouncedText(NamedTuple):
    digest: str
    based_on: int | None


class HandedOver(NamedTuple):
    """Who marked a draft as ready, or sent it back; `marked_by` is the account that had marked it, if it is active.

    `has_other_source` tells whether the source text is another one than when it was marked. It `is_pending` if it is
    ready and publishing it would change something.
    """

    key: int
    language: str
    is_ready: bool
    source_digest: str
    by: str
    at: datetime
    message: str
    marked_by: int | None
    has_other_source: bool = False
    is_pending: bool = False

    @property
    def waits_for_publisher(self) -> bool:
        """Tell whether the translator has nothing to do: it is ready for the source text as it is."""
        return self.is_ready and not self.has_other_source


class NewSource(NamedTuple):
    """A source text that a translation does not follow yet, before it comes into force.

    It is that of the announced `version`, or a draft, which is ready or was changed after the translation was marked.
    """

    language: str
    version: UpcomingVersion | None = None
    is_ready: bool = False


@dataclass(frozen=True)
class PageTexts:
    """The digests of a page's texts by language: drafts, in force, and announced; "" is no text.

    `up_to_date` has the translations in force that are.
    """

    source: str
    drafts: Mapping[str, str]
    in_force: Mapping[str, PublishedText]
    announced: Mapping[UpcomingVersion, Mapping[str, AnnouncedText]]
    up_to_date: Collection[str]

    @property
    def announcement(self) -> UpcomingVersion | None:
        """Return the newest announced version, unless a newer one is in force."""
        # Tuples are compared by their first item, the number.
        newest = max(self.announced, default=None)
        numbers = {text.number for text in self.in_force.values()}
        return newest if newest and (not numbers or newest.number > max(numbers)) else None

    @property
    def base(self) -> Mapping[str, str]:
        """Return the digests in the newest version, announced or in force: the base of the next version."""
        if newest := self.announcement:
            return {language: text.digest for language, text in self.announced[newest].items()}
        return {language: text.digest for language, text in self.in_force.items()}

    @property
    def in_force_source(self) -> str:
        return self.in_force[self.source].digest if self.source in self.in_force else ""

    @property
    def draft_source(self) -> str:
        return self.drafts.get(self.source, "")

    def has_matching_translation(self, language: str) -> bool:
        """Tell whether the newest version says that its translation matches its source text."""
        newest = self.announcement
        if newest and newest.number == self.announced[newest].get(language, AnnouncedText("", None)).based_on:
            return True
        return self.base.get(self.source) == self.in_force_source and language in self.up_to_date

    def is_known_to_match(self, language: str, source_digest: str) -> bool:
        """Tell whether the newest version, or the one in force, says that its translation matches a source text."""
        if source_digest == self.in_force_source and language in self.up_to_date:
            return True
        return source_digest == self.base.get(self.source) and self.has_matching_translation(language)


def assess_handover(handover: HandedOver, texts: PageTexts) -> HandedOver:
    """Return the handover with what it means for the texts as they are."""
    language, base = handover.language, texts.base
    sources = {texts.draft_source, base.get(texts.source), texts.in_force_source}
    has_other_source = handover.source_digest not in sources
    is_changed = texts.drafts.get(language, "") != base.get(language, "")
    is_known = texts.is_known_to_match(language, handover.source_digest)
    is_news = language != texts.source and not has_other_source and not is_known
    is_pending = handover.is_ready and (is_changed or is_news)
    return handover._replace(has_other_source=has_other_source, is_pending=is_pending)


def find_new_sources(
    texts: PageTexts, handovers: Mapping[str, HandedOver], languages: Iterable[str]
) -> Iterator[NewSource]:
    """Yield the translations that do not follow an announced source text, or one that is ready as a draft."""
    base = texts.base
    translations = [code for code in languages if code != texts.source and (code in base or code in texts.drafts)]
    for language in translations:
        if new_source := _new_source(language, texts, base, handovers):
            yield new_source


def _new_source(
    language: str, texts: PageTexts, base: Mapping[str, str], handovers: Mapping[str, HandedOver]
) -> NewSource | None:
    mark, source_mark = handovers.get(language), handovers.get(texts.source)
    named = mark.source_digest if mark and mark.is_ready else ""
    is_announced = texts.announcement is not None and base.get(texts.source) != texts.in_force_source
    if (
        is_announced
        and not texts.has_matching_translation(language)
        and named not in (base.get(texts.source), texts.draft_source)
    ):
        return NewSource(language, version=texts.announcement)
    is_source_ready = source_mark is not None and source_mark.is_ready and texts.draft_source != base.get(texts.source)
    if is_source_ready and named != texts.draft_source:
        return NewSource(language, is_ready=True)
    return NewSource(language) if mark and mark.is_pending and mark.has_other_source else None


def _select_handovers(pages: Collection[int] | None = None) -> HandoverQuerySet:
    rows = Handover.objects.current().with_marked_by().order_by()
    rows = rows if pages is None else rows.filter(revision__page__in=pages)
    return rows.values_list(
        *("revision__page", "pk", "revision__language", "kind", "source_digest", "by", "at", "message", "marked_by")
    )


_handovers, _handovers_of_pages = CompiledQuery(_select_handovers), CompiledQuery(_select_handovers)


def read_handovers(pages: Collection[int] | None) -> dict[int, dict[str, HandedOver]]:
    """Return the handovers that count by page and language: of all pages, or of those with the keys."""
    rows = _handovers.rows() if pages is None else _handovers_of_pages.rows(tuple(pages))
    handovers: dict[int, dict[str, HandedOver]] = {}
    for page, key, language, kind, *values in rows:
        handovers.setdefault(page, {})[language] = HandedOver(key, language, kind == HandoverKind.READY, *values)
    return handovers
