"""When each version of a page was in force: the same rule as `in_force(at)`, for all versions at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class VersionState(StrEnum):
    UPCOMING = "upcoming"
    IN_FORCE = "in force"
    PAST = "past"
    NEVER = "never in force"


class Publication(NamedTuple):
    """The facts about a version that decide when it is in force."""

    number: int
    effective_at: datetime
    is_cancelled: bool


@dataclass(frozen=True)
class Span:
    """A version's state at a time, and the period in which it is or was in force; `until` is set once it has ended."""

    state: VersionState
    since: datetime | None = None
    until: datetime | None = None

    @property
    def has_begun(self) -> bool:
        """Tell whether the version is or was in force."""
        return self.state in {VersionState.IN_FORCE, VersionState.PAST}


def version_spans(
    publications: Iterable[Publication], at: datetime, superseded_at: datetime | None = None
) -> dict[int, Span]:
    """Return the span of each version by number.

    `publications` are all versions of a page, or consecutive ones; then `superseded_at` is the earliest time at which
    a version with a higher number supersedes them.
    """
    spans: dict[int, Span] = {}
    for publication in sorted(publications, key=lambda publication: -publication.number):
        spans[publication.number] = span_of(publication, superseded_at, at)
        if not publication.is_cancelled:
            superseded_at = min(publication.effective_at, superseded_at or publication.effective_at)
    return spans


def span_of(publication: Publication, superseded_at: datetime | None, at: datetime) -> Span:
    """Return the span of a version, given the earliest time at which a higher number supersedes it."""
    since = publication.effective_at
    if publication.is_cancelled or (superseded_at is not None and superseded_at <= since):
        return Span(VersionState.NEVER)
    if since > at:
        return Span(VersionState.UPCOMING, since)
    if superseded_at is not None and superseded_at <= at:
        return Span(VersionState.PAST, since, superseded_at)
    return Span(VersionState.IN_FORCE, since)


def find_previous(number: int, cancelled: Collection[int]) -> int | None:
    """Return the number of the version that one is compared with: the last before it that was not cancelled."""
    before = number - 1
    while before in cancelled:
        before -= 1
    return before or None
