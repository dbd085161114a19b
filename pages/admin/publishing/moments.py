"""When a version comes into force: the field for it, and buttons that say it."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language

from pages.admin.publishing.page_action_form import PageActionForm
from pages.presentation.as_of import format_day, format_moment
from pages.publishing.announcements import MAX_YEARS_AHEAD, find_date_error

FORMAT = "%Y-%m-%dT%H:%M"
# The hidden input with the time that the button of the form named.
PROMISED = "promised"
# Its name is written by the script in place of a date.
_SAMPLE = date(2345, 12, 27)


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's picker, with the site's time zone next to it and what the script needs to write dates."""

    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format=FORMAT)

    def render(self, name, value, attrs=None, renderer=None):
        data = {
            "data-zones": _zones(settings.TIME_ZONE, timezone.localdate().year),
            "data-dates": _date_patterns(get_language() or "en"),
        }
        field = super().render(name, value, {**(attrs or {}), **data}, renderer)
        return format_html('{} <span class="time-zone">{}</span>', field, settings.TIME_ZONE)


class LocalDateTimeField(forms.DateTimeField):
    """A date and time to the minute in the site's time zone, within the next years."""

    widget = LocalDateTimeInput

    def validate(self, value):
        super().validate(value)
        if value is not None and (error := find_date_error(value, timezone.now())):
            raise ValidationError(error)


class MomentForm(PageActionForm):
    """A form with a time at which a version comes into force. It acts only if its button named that time.

    With script the button follows the field. Without it, a form with another time is shown again, with the button that
    names it.
    """

    is_other_moment = False

    def immediate_label(self) -> str | Promise:
        """Return the label of the button if no time is given."""
        raise NotImplementedError

    def later_label(self) -> str | Promise:
        """Return the label of the button with `%(moment)s` for the time."""
        raise NotImplementedError

    def moment_value(self) -> str:
        """Return the time in the field, as the browser sends it."""
        value = self["effective_at"].value()
        return value.strftime(FORMAT) if isinstance(value, datetime) else str(value or "")

    def button_label(self) -> str | Promise:
        moment = self._moment()
        return self.later_label() % {"moment": format_moment(moment)} if moment else self.immediate_label()

    def later_pattern(self) -> str:
        """Return the label of the button for the script, which replaces the @."""
        return self.later_label() % {"moment": "@"}

    def _moment(self) -> datetime | None:
        """Return the time in the field if it can be announced."""
        try:
            moment = self.fields["effective_at"].clean(self.moment_value())
        except ValidationError:
            return None
        return moment if moment and moment > timezone.now() else None

    def save(self, **options) -> bool:
        # Requests that no button made name no time.
        promised = self.data.get(PROMISED)
        if promised is None or promised == self.moment_value() or self.fields["effective_at"].disabled:
            return super().save(**options)
        self.is_other_moment = True
        return False


@lru_cache(maxsize=8)
def _date_patterns(language: str) -> str:
    """Return how a day is written, by month, in JSON: the script replaces the day 27 and the year 2345."""
    return json.dumps([format_day(_SAMPLE.replace(month=month)) for month in range(1, 13)], ensure_ascii=False)


@lru_cache(maxsize=8)
def _zones(time_zone: str, year: int) -> str:
    """Return the local times from which a time zone has another name, and these names, in JSON."""
    return json.dumps(list(_name_changes(ZoneInfo(time_zone), year)))


def _name_changes(zone: ZoneInfo, year: int) -> Iterator[tuple[str, str]]:
    name, start = "", datetime(year, 1, 1, tzinfo=zone)
    for days in range((MAX_YEARS_AHEAD + 2) * 366):
        day = start + timedelta(days=days)
        if day.tzname() != name:
            # Arithmetic within a time zone is that of clocks on the wall.
            hours = (day - timedelta(hours=back) for back in range(24, -1, -1))
            yield next(hour for hour in hours if hour.tzname() != name).strftime(FORMAT), day.tzname() or ""
            name = day.tzname() or ""
