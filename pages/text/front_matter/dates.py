"""Dates in front matter."""

from contextlib import suppress
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime


def parse_timestamp(value: str, zone: ZoneInfo) -> datetime | None:
    """Return the time that a value means, None if it is not a date. A date without a time means midnight in `zone`."""
    parsed = None
    with suppress(ValueError):
        date = parse_date(value)
        parsed = datetime.combine(date, time.min) if date else parse_datetime(value)
    # Hugo writes the year 1 for "no date"; converting it to UTC can be out of range.
    if parsed is None or parsed.year < 1000:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
