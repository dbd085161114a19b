"""Days as readers name them, and the versions that were in force on them."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from pages.models import Page, Version
from pages.presentation.page_presentation import NothingToShow, require_not_withdrawn


class FutureDay(Exception):
    """The day has not come yet: nobody can know what will be in force."""

    def __init__(self, day: date):
        self.day = day
        super().__init__(f"{day} has not come yet")


def format_day(day: date) -> str:
    """Write a day in the language that is active."""
    day = day.date() if isinstance(day, datetime) else day
    return _day_in_words(day, get_language() or "")


@lru_cache(maxsize=1024)
def _day_in_words(day: date, language: str) -> str:
    # Django's English format shortens some months; a policy's date is read aloud, quoted and searched for.
    return date_format(day, "F j, Y" if language.startswith("en") else "DATE_FORMAT")


def end_of_day(day: date, at: datetime) -> datetime:
    """Return the last instant of a day in the site's time zone, or the moment itself if that is earlier.

    Raises FutureDay.
    """
    if day > timezone.localdate(at):
        raise FutureDay(day)
    if day == date.max:
        return at
    end = datetime.combine(day + timedelta(days=1), time.min, timezone.get_current_timezone())
    return min(end - timedelta(microseconds=1), at)


def version_as_of(page: Page, day: date, at: datetime) -> Version:
    """Return the version that was in force at the end of a day. Raises FutureDay, NothingToShow before the first."""
    instant = end_of_day(day, at)
    # Known today, in force then: an import brings versions that are older than their record.
    version = page.versions.published(at).in_force(instant).first()
    if version is None:
        raise NothingToShow
    return version


def visible_version_as_of(page: Page, day: date, at: datetime) -> Version:
    """Return the version that readers could open at the end of a day. Raises Withdrawn, and what `version_as_of` does.

    What was so then decides: a page that was withdrawn later could be read, one that came back later could not.
    """
    require_not_withdrawn(page, end_of_day(day, at))
    return version_as_of(page, day, at)
