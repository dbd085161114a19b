"""Spans: from when to when each version was in force, the same answer as asking at each moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.history.version_spans import Publication, Span, VersionState, version_spans

START = datetime(2024, 3, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def publications(*effective, cancelled=()):
    return [Publication(number, day(one), number in cancelled) for number, one in enumerate(effective, 1)]


def told(spans):
    """Write spans down as `state since-until`, in days."""

    def days(moment):
        return "" if moment is None else (moment - START).days

    return [f"{span.state} {days(span.since)}-{days(span.until)}" for _, span in sorted(spans.items())]


@pytest.mark.parametrize(
    ("known", "at", "expected"),
    [
        (publications(0), 0, ["in force 0-"]),
        (publications(0, 5), 4, ["in force 0-", "upcoming 5-"]),
        (publications(0, 5), 5, ["past 0-5", "in force 5-"]),
        (publications(0, 5, 9), 7, ["past 0-5", "in force 5-", "upcoming 9-"]),
        # At equal moments the higher number alone is in force.
        (publications(0, 0), 3, ["never in force -", "in force 0-"]),
        # A version that a higher number overtakes never comes into force.
        (publications(0, 9, 5), 3, ["in force 0-", "never in force -", "upcoming 5-"]),
        (publications(0, 9, 5), 12, ["past 0-5", "never in force -", "in force 5-"]),
        # A cancelled version overtakes nothing.
        (publications(0, 5, cancelled={2}), 9, ["in force 0-", "never in force -"]),
        (publications(0, 9, 5, cancelled={3}), 3, ["in force 0-", "upcoming 9-", "never in force -"]),
        (publications(5, cancelled={1}), 9, ["never in force -"]),
        ([], 0, []),
    ],
)
def test_span_of_each_version(known, at, expected):
    assert told(version_spans(known, day(at))) == expected


def test_order_of_the_rows_does_not_matter():
    known = publications(0, 9, 5, 7)
    assert version_spans(known, day(6)) == version_spans(reversed(known), day(6))


def test_span_without_a_stretch_has_no_moments():
    assert version_spans(publications(5, cancelled={1}), day(9)) == {1: Span(VersionState.NEVER)}


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=6),
    st.integers(-1, 7),
)
def test_spans_say_what_the_rule_says_at_every_moment(rows, last):
    known = [Publication(number, day(effective), gone) for number, (effective, gone) in enumerate(rows, 1)]
    spans = version_spans(known, day(last))
    for at in range(-1, last + 1):
        effective = [one.number for one in known if one.effective_at <= day(at) and not one.is_cancelled]
        holding = [
            number
            for number, span in spans.items()
            if span.since and span.since <= day(at) and (span.until is None or day(at) < span.until)
        ]
        assert holding == ([max(effective)] if effective else [])
