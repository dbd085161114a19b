"""Calendar days, and the version that was in force on one."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import to_locale

from pages.languages import interface_language
from pages.models import Page, Version
from pages.presentation.page_presentation import first_shown, require_not_withdrawn


class FutureDay(Exception):
    """The day is in the future, so nobody can know which version will be in force."""

    def __init__(self, day: date):
        self.day = day
        super().__init__(f"{day} is in the future")


class BeforeFirstVersion(Exception):
    """No version was in force on the day yet: `first` is the first one."""

    def __init__(self, page: Page, first: Version):
        self.page, self.first = page, first
        super().__init__(f"the first version is of {first.effective_at}")


def parse_day(text: str) -> date | None:
    """Return the calendar day that a text in ISO 8601 names, or None: 2024-02-30 is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def format_day(day: date) -> str:
    """Format a day, or the day of a local time, in the interface's language."""
    day = day.date() if isinstance(day, datetime) else day
    return _format_day(day, interface_language())


def format_moment(timestamp: datetime) -> str:
    """Format a timestamp to the minute, with the site's time zone, in the interface's language."""
    local = timezone.localtime(timestamp)
    joined = str(_locale(interface_language()).datetime_formats["medium"])
    return joined.format(f"{local:%H:%M}\xa0({local:%Z})", format_day(local))


def format_effective_time(timestamp: datetime) -> str:
    """Format when an announced version comes into force: to the minute, unless that is the beginning of a day."""
    local = timezone.localtime(timestamp)
    return format_day(local) if (local.hour, local.minute) == (0, 0) else format_moment(timestamp)


@lru_cache(maxsize=1024)
def _format_day(day: date, language: str) -> str:
    # The CLDR's long format, because the date of a policy is quoted. A line must not end within it.
    return re.sub(r"\s", "\xa0", format_date(day, "long", _locale(language)))


def _locale(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def end_of_day(day: date, at: datetime) -> datetime:
    """Return the last microsecond of a day in the site's time zone, or `at` if the day has not ended yet.

    Raises FutureDay.
    """
    if day > timezone.localdate(at):
        raise FutureDay(day)
    # The day after would overflow.
    if day == date.max:
        return at
    next_midnight = datetime.combine(day + timedelta(days=1), time.min, timezone.get_current_timezone())
    return min(next_midnight - timedelta(microseconds=1), at)


def version_as_of(page: Page, day: date, at: datetime) -> Version:
    """Return the version that was in force at the end of a day.

    Raises FutureDay, BeforeFirstVersion, NothingToShow.
    """
    version = page.versions.in_force(end_of_day(day, at)).first()
    if version is None:
        raise BeforeFirstVersion(page, first_shown(page.versions.not_cancelled(at).order_by("effective_at", "number")))
    return version


def visible_version_as_of(page: Page, day: date, at: datetime) -> Version:
    """Return the version that readers could open at the end of a day.

    The state of the page at that time decides, not its present state. Raises Withdrawn, FutureDay, BeforeFirstVersion,
    NothingToShow.
    """
    require_not_withdrawn(page, end_of_day(day, at))
    return version_as_of(page, day, at)
