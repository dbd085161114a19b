"""Version spans agree with asking at each time which version is in force."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.history.version_spans import Publication, Span, VersionState, find_previous, version_spans

START = datetime(2024, 3, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def publications(*effective, cancelled=()):
    return [Publication(number, day(start), number in cancelled) for number, start in enumerate(effective, 1)]


def format_spans(spans):
    """Return each span as `state since-until`, in days."""

    def days(value):
        return "" if value is None else (value - START).days

    return [f"{span.state} {days(span.since)}-{days(span.until)}" for _, span in sorted(spans.items())]


@pytest.mark.parametrize(
    ("versions", "at", "expected"),
    [
        (publications(0), 0, ["in force 0-"]),
        (publications(0, 5), 4, ["in force 0-", "upcoming 5-"]),
        (publications(0, 5), 5, ["past 0-5", "in force 5-"]),
        (publications(0, 5, 9), 7, ["past 0-5", "in force 5-", "upcoming 9-"]),
        # Of two versions with the same effective date only the higher number comes into force.
        (publications(0, 0), 3, ["never in force -", "in force 0-"]),
        # A version that a higher number supersedes never comes into force.
        (publications(0, 9, 5), 3, ["in force 0-", "never in force -", "upcoming 5-"]),
        (publications(0, 9, 5), 12, ["past 0-5", "never in force -", "in force 5-"]),
        # A cancelled version supersedes nothing.
        (publications(0, 5, cancelled={2}), 9, ["in force 0-", "never in force -"]),
        (publications(0, 9, 5, cancelled={3}), 3, ["in force 0-", "upcoming 9-", "never in force -"]),
        (publications(5, cancelled={1}), 9, ["never in force -"]),
        ([], 0, []),
    ],
)
def test_each_version_has_the_expected_span(versions, at, expected):
    assert format_spans(version_spans(versions, day(at))) == expected


def test_spans_do_not_depend_on_the_order_of_versions():
    versions = publications(0, 9, 5, 7)
    assert version_spans(versions, day(6)) == version_spans(reversed(versions), day(6))


def test_span_of_a_version_that_was_never_in_force_has_no_period():
    assert version_spans(publications(5, cancelled={1}), day(9)) == {1: Span(VersionState.NEVER)}


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=6),
    st.integers(-1, 7),
)
def test_spans_agree_with_the_version_in_force_at_every_time(rows, last):
    versions = [Publication(number, day(start), cancelled) for number, (start, cancelled) in enumerate(rows, 1)]
    spans = version_spans(versions, day(last))
    for at in range(-1, last + 1):
        effective = [row.number for row in versions if row.effective_at <= day(at) and not row.is_cancelled]
        in_force = [
            number
            for number, span in spans.items()
            if span.since and span.since <= day(at) and (span.until is None or day(at) < span.until)
        ]
        assert in_force == ([max(effective)] if effective else [])


@pytest.mark.parametrize(
    ("number", "cancelled", "previous"),
    [(5, {4}, 3), (5, {3, 4}, 2), (4, {2}, 3), (2, {1}, None), (3, {1, 2}, None), (1, set(), None), (6, {6}, 5)],
)
def test_version_is_compared_with_the_last_one_before_it_that_was_not_cancelled(number, cancelled, previous):
    assert find_previous(number, cancelled) == previous
