"""Tests of dates in front matter."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from pages.hugo.withholding.dates import END, NO_DATE, parse_date

ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=ZONE)),
        ("2024-5-1", datetime(2024, 5, 1, tzinfo=ZONE)),
        (" 2024-05-01 ", datetime(2024, 5, 1, tzinfo=ZONE)),
        ("2024-05-01T10:20", datetime(2024, 5, 1, 10, 20, tzinfo=ZONE)),
        ("2024-05-01 10:20:30", datetime(2024, 5, 1, 10, 20, 30, tzinfo=ZONE)),
        ("2024-05-01T10:20:30.5Z", datetime(2024, 5, 1, 10, 20, 30, tzinfo=UTC)),
        ("2024-05-01 10:20:30 -0700", datetime(2024, 5, 1, 10, 20, 30, tzinfo=timezone(timedelta(hours=-7)))),
        ("2024-05-01 10:20:30 +02:30 CEST", datetime(2024, 5, 1, 7, 50, 30, tzinfo=UTC)),
        ("01 May 2024", datetime(2024, 5, 1, tzinfo=ZONE)),
        ("Wed, 01 May 2024 10:20:30 GMT", datetime(2024, 5, 1, 10, 20, 30, tzinfo=UTC)),
        ("1714521600", datetime(2024, 5, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", NO_DATE),
        ("9999-12-31", END),
        ("9999-12-31T23:59:59-12:00", END),
        ("2024-02-30", None),
        ("May 1 2024", None),
        ("", None),
        ("99999999999999999", None),
        ("soon", None),
    ],
)
def test_date_is_read_as_hugo_does(value, expected):
    assert parse_date(value, ZONE) == expected
