"""Appending to the publication log."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.models import Page, PublicationRecord
from pages.models.compiled_query import CompiledQuery
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.writer import writing

# How far clocks may differ: those of several servers, or one clock before and after it was adjusted.
CLOCK_TOLERANCE = timedelta(seconds=5)


class PublicationConflict(Exception):
    """The page was published, withdrawn, moved or confirmed after the person opened it; nothing was written."""


class ClockNotBehind(Exception):
    """The clock is not behind the last record, so there is nothing to accept."""

    def __init__(self) -> None:
        super().__init__("The clock is not behind the last record of the publication log: there is nothing to accept.")


class ClockBehind(ValidationError):
    """The clock is more than five seconds behind the last record; nothing was written."""

    def __init__(self, now: datetime, last: datetime):
        text = _(
            "The clock of this server shows %(now)s, but the last record of the publication log was written at "
            "%(last)s. Nothing was changed. Ask an administrator to correct the clock. If this clock is right and the "
            "earlier one was wrong, the administrator runs “manage.py accept_clock”."
        )
        super().__init__(text % {"now": format_time(now), "last": format_time(last)})


def format_time(time: datetime) -> str:
    """Return a time in the site's time zone, to the second and with the name of the zone."""
    return f"{timezone.localtime(time):%Y-%m-%d %H:%M:%S %Z}"


def is_ahead(time: datetime, now: datetime) -> bool:
    """Tell whether a recorded time can only come from a clock that was ahead, or from one that is behind now."""
    return time > now + CLOCK_TOLERANCE


_last_recorded = CompiledQuery(lambda: PublicationRecord.objects.order_by("-number").values_list("recorded_at")[:1])
_last_of_page = CompiledQuery(
    lambda page: PublicationRecord.objects.filter(page=page).order_by("-number").values_list("at")[:1]
)


def last_recorded_at() -> datetime | None:
    """Return when the last record was written, by number: this is what the clock showed then."""
    return next((at for (at,) in _last_recorded.rows()), None)


def require_clock(now: datetime) -> None:
    """Raise ClockBehind if the clock is more than five seconds behind the last record."""
    last = last_recorded_at()
    if last is not None and is_ahead(last, now):
        raise ClockBehind(now, last)


def event_time(at: datetime, last: datetime | None, now: datetime) -> datetime:
    """Return the time of an event: not before the page's last one, unless that is stamped ahead of the clock."""
    return at if last is None or is_ahead(last, now) else max(at, last)


def effective_now(page: Page, now: datetime, *, undone: datetime | None = None) -> datetime:
    """Return the time of an operation: now, or up to five seconds later if the page's last record is.

    `undone` is the time of what the operation undoes: if a clock that was ahead stamped it, the operation is possible
    at once. Raises ClockBehind.
    """
    if undone is not None and is_ahead(undone, now):
        return now
    require_clock(now)
    last = next((at for (at,) in _last_of_page.rows(page.pk)), None)
    return event_time(now, last, now)


def require_clock_behind(now: datetime) -> datetime:
    """Return when the last record was written. Raises ClockNotBehind."""
    last = last_recorded_at()
    if last is None or not is_ahead(last, now):
        raise ClockNotBehind
    return last


@transaction.atomic
def accept_clock(*, by: Actor, now: datetime) -> None:
    """Record that the clock is right although it is behind the last record. Changes are possible from then on.

    Raises ClockNotBehind.
    """
    require_clock_behind(now)
    append_record(RecordKind.CLOCK, at=now, now=now, by=by)


def last_record_number(page: Page) -> int:
    """Return the number of the page's last record, 0 without one. Forms send it back to detect a conflict."""
    return page.records.order_by("-number").values_list("number", flat=True).first() or 0


def require_last_record(page: Page, expected: int | None) -> None:
    """Raise PublicationConflict if the page's last record is not the expected one; None expects nothing."""
    if expected is not None and expected != last_record_number(page):
        raise PublicationConflict


def append_record(kind: str, *, by: Actor, now: datetime, **fields: Any) -> PublicationRecord:
    """Append a record with the fields of `Writer.record`, and advance the site counter.

    The caller's transaction has locked the page.
    """
    with writing(by, now) as writer:
        return writer.record(kind, **fields)
