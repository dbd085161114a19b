"""From when to when each version of a page was in force: the same rule as `in_force(at)`, for all versions at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class VersionState(StrEnum):
    """What a version is at a moment."""

    UPCOMING = "upcoming"
    IN_FORCE = "in force"
    PAST = "past"
    NEVER = "never in force"


@dataclass(frozen=True)
class Publication:
    """What the rule needs to know of a version."""

    number: int
    effective_at: datetime
    is_cancelled: bool


@dataclass(frozen=True)
class Span:
    """A version's state at a moment, and the stretch in which it is or was in force (`until` only once it is over)."""

    state: VersionState
    since: datetime | None = None
    until: datetime | None = None


def version_spans(publications: Iterable[Publication], at: datetime) -> dict[int, Span]:
    """Return the span of each version by number; the publications are those known at the moment."""
    spans: dict[int, Span] = {}
    # The earliest moment at which a higher-numbered version takes over from all below it.
    superseded_at: datetime | None = None
    for publication in sorted(publications, key=lambda one: -one.number):
        spans[publication.number] = _span(publication, superseded_at, at)
        if not publication.is_cancelled:
            moments = [publication.effective_at, superseded_at]
            superseded_at = min(moment for moment in moments if moment is not None)
    return spans


def _span(publication: Publication, superseded_at: datetime | None, at: datetime) -> Span:
    since = publication.effective_at
    if publication.is_cancelled or (superseded_at is not None and superseded_at <= since):
        return Span(VersionState.NEVER)
    if since > at:
        return Span(VersionState.UPCOMING, since)
    if superseded_at is not None and superseded_at <= at:
        return Span(VersionState.PAST, since, superseded_at)
    return Span(VersionState.IN_FORCE, since)
