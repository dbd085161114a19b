"""Dates in front matter, in the formats that Hugo reads (github.com/spf13/cast, `StringToDate`)."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

# Dates that no calendar of a database reaches are as good as this one.
END = datetime(9000, 1, 1, tzinfo=UTC)
# Hugo writes the year 1 for "no date".
_FIRST_YEAR = 1000
NO_DATE = datetime.min.replace(tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?(?:\s+[A-Z]{1,5})?)?"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?")
_SECONDS = re.compile(r"-?\d{1,12}")
_DAY_FORMATS = ("%d %b %Y", "%d %B %Y")


def parse_date(value: str, zone: tzinfo) -> datetime | None:
    """Return a date of front matter with its time zone, None if it is not a date that Hugo can read.

    A date without time means midnight, one without a time zone is in the given one, a whole number is Unix time. A year
    before 1000 means that there is no date: the result is NO_DATE.
    """
    value = value.strip()
    with suppress(ValueError, OverflowError, OSError, TypeError):
        date = _parse(value, zone)
        if date is None or date.year >= END.year:
            return date and END
        return date if date.year >= _FIRST_YEAR else NO_DATE
    return None


def _parse(value: str, zone: tzinfo) -> datetime | None:
    if match := _ISO.fullmatch(value):
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(match[7], zone))
    if _SECONDS.fullmatch(value):
        return datetime.fromtimestamp(int(value), UTC)
    for day_format in _DAY_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(value, day_format).replace(tzinfo=zone)
    date = parsedate_to_datetime(value)
    return date if date.tzinfo else date.replace(tzinfo=zone)


def _zone(written: str | None, default: tzinfo) -> tzinfo:
    if not written:
        return default
    offset = _OFFSET.fullmatch(written)
    if offset is None:
        return UTC
    distance = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(-distance if offset[1] == "-" else distance)
