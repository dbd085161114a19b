"""The versions of a page that are or were in force, as Memento (RFC 7089) counts past states of a page."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pages.history.version_spans import Publication, version_spans
from pages.models import Page
from pages.presentation.page_events import read_events
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache

# In bytes: of all lists that a process keeps, and, roughly, of a list and of a version in it.
MAX_SIZE = 4 * 1024 * 1024
LIST_SIZE, MEMENTO_SIZE = 500, 250


class Memento(NamedTuple):
    """A version, and since when it was in force, to the second, as HTTP writes times."""

    number: int
    since: datetime


def read_mementos(page: Page, state: SiteState) -> Sequence[Memento]:
    """Return the versions of a published page that are or were in force, the oldest first."""
    return _mementos.get(read_tree(state).stamp(page.pk), lambda: _read(page, state))


def find_memento(mementos: Sequence[Memento], at: datetime | None) -> Memento:
    """Return the one that was in force at a time: the first one before there was any, the last one without a time."""
    earlier = [memento for memento in mementos if at is None or memento.since <= at]
    return earlier[-1] if earlier else mementos[0]


def _read(page: Page, state: SiteState) -> tuple[Memento, ...]:
    cancelled = read_events(page.pk, state).cancelled
    rows = page.versions.order_by("number").values_list("number", "effective_at")
    spans = version_spans((Publication(number, at, number in cancelled) for number, at in rows), state.at)
    return tuple(
        Memento(number, span.since.replace(microsecond=0))
        for number, span in sorted(spans.items())
        if span.since and span.has_begun
    )


# Until a record or the time changes the page.
_mementos: SizedCache[tuple[Memento, ...]] = SizedCache(
    MAX_SIZE, lambda mementos: LIST_SIZE + MEMENTO_SIZE * len(mementos)
)
