"""What the publication log and the versions of a page say, as far as the answers at its addresses depend on it."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet

from pages.history.version_spans import Publication, Span, find_previous, version_spans
from pages.models import PublicationRecord, VersionText
from pages.models.publication_record import RecordKind
from pages.presentation.site_state import SiteState

# A database takes a limited number of parameters.
PAGES_PER_QUERY = 5000


@dataclass
class PageFacts:
    """The records of a page: hashes of publications by the number of the version, and of all other records.

    `passed` counts these others up to the time of the state, and `cancelled` has the time of each cancellation.
    `languages` are those of the texts of each version.
    """

    at: datetime
    publications: dict[int, str] = field(default_factory=dict)
    effective_at: dict[int, datetime] = field(default_factory=dict)
    cancelled: dict[int, datetime] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    passed: int = 0
    languages: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def spans(self) -> dict[int, Span]:
        """Return the state and period in force of each version."""
        versions = (Publication(number, at, number in self.cancelled) for number, at in self.effective_at.items())
        return version_spans(versions, self.at)

    @property
    def of_page(self) -> tuple:
        """Return what anything of the page can depend on."""
        return self.publications, self.others, self.passed, self.spans

    def of_version(self, number: int) -> tuple:
        """Return what a version and its comparison with the one before depend on.

        That is not what follows it, apart from its period in force and the next version. The hash of its record covers
        all records before.
        """
        newest = max(self.publications)
        following = next((after for after in range(number + 1, newest + 1) if not self._is_cancelled(after)), None)
        previous = find_previous(number, self.cancelled_numbers)
        spans = self.spans[number], previous, self.spans.get(previous or 0)
        return self.publications[number], self.others, self.passed, following, spans

    @cached_property
    def cancelled_numbers(self) -> frozenset[int]:
        """Return the numbers of the versions that are cancelled at the time of the state."""
        return frozenset(number for number in self.cancelled if self._is_cancelled(number))

    def _is_cancelled(self, number: int) -> bool:
        return number in self.cancelled and self.cancelled[number] <= self.at


def read_facts(pages: Collection[int], state: SiteState, *, is_all: bool) -> dict[int, PageFacts]:
    """Return the facts of published pages; `is_all` says that these are all of them."""
    facts = {key: PageFacts(state.at) for key in pages}
    for records in _parts(PublicationRecord.objects.exclude(page=None), "page", pages, is_all=is_all):
        columns = ("page", "kind", "hash", "at", "version__number", "version__effective_at")
        for page, kind, own_hash, at, number, effective_at in records.order_by("number").values_list(*columns):
            if page in facts:
                _add_record(facts[page], kind, own_hash, at, number, effective_at)
    for texts in _parts(VersionText.objects.all(), "version__page", pages, is_all=is_all):
        for page, number, language in texts.order_by().values_list("version__page", "version__number", "language"):
            if page in facts:
                facts[page].languages[number].add(language)
    return facts


def _add_record(facts: PageFacts, kind: str, own_hash: str, at: datetime, number: int, effective_at: datetime) -> None:
    if kind == RecordKind.PUBLISH:
        facts.publications[number], facts.effective_at[number] = own_hash, effective_at
        return
    facts.others.append(own_hash)
    facts.passed += at <= facts.at
    if kind == RecordKind.CANCEL:
        facts.cancelled[number] = at


def _parts(rows: QuerySet, column: str, pages: Collection[int], *, is_all: bool) -> Iterator[QuerySet]:
    if is_all:
        yield rows
        return
    keys = sorted(pages)
    for start in range(0, len(keys), PAGES_PER_QUERY):
        yield rows.filter(**{f"{column}__in": keys[start : start + PAGES_PER_QUERY]})
