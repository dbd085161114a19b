"""Tests of when a text is withheld."""

from datetime import UTC, datetime

from pages.hugo.withholding.withheld import NOT_WITHHELD, Withholding
from pages.text.messages import Message

JANUARY, FEBRUARY, MARCH = (datetime(2024, month, 1, tzinfo=UTC) for month in (1, 2, 3))
PERIOD = Withholding(until=JANUARY, until_reason=Message("too early"), since=MARCH, since_reason=Message("too late"))


def test_text_is_published_from_one_date_until_another():
    times = [JANUARY.replace(year=2023), JANUARY, FEBRUARY, MARCH]
    assert [PERIOD.reason_at(at) for at in times] == ["too early", "", "", "too late"]


def test_changes_are_the_dates_after_the_start():
    assert PERIOD.changes_between(JANUARY, MARCH) == [MARCH]
    assert PERIOD.changes_between(JANUARY.replace(year=2023), MARCH) == [JANUARY, MARCH]
    assert PERIOD.changes_between(JANUARY.replace(year=2023), FEBRUARY) == [JANUARY]
    assert Withholding(reason=Message("draft"), until=JANUARY).changes_between(JANUARY.replace(year=2023), MARCH) == []


def test_stricter_dates_and_the_first_reason_count():
    shorter = Withholding(
        until=FEBRUARY, until_reason=Message("later"), since=FEBRUARY, since_reason=Message("earlier")
    )
    combined = Withholding(
        until=FEBRUARY, until_reason=Message("later"), since=FEBRUARY, since_reason=Message("earlier")
    )
    assert PERIOD.combine(shorter) == shorter.combine(PERIOD) == combined
    assert PERIOD.combine(NOT_WITHHELD) == NOT_WITHHELD.combine(PERIOD) == PERIOD
    draft = Withholding(reason=Message("draft"))
    assert draft.combine(Withholding(reason=Message("hidden"))).reason == "draft"
    assert PERIOD.combine(draft).reason_at(FEBRUARY) == "draft"


def test_text_that_ends_before_it_begins_is_never_published():
    never = Withholding(until=MARCH, until_reason=Message("too early"), since=JANUARY, since_reason=Message("too late"))
    assert all(never.reason_at(at) for at in (JANUARY, FEBRUARY, MARCH))
    assert never.changes_between(JANUARY.replace(year=2023), MARCH) == []
