import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785

from pages.history.record_format import canonical_json, format_timestamp, mapping_digest

# RFC 8785, section 3.2.3: keys are sorted by UTF-16 code units, not by code points.
SORTED = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}


def test_canonical_form_sorts_keys_as_the_standard_says():
    assert list(json.loads(canonical_json(SORTED)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_canonical_form_of_the_standards_example_is_the_standards():
    # RFC 8785, sections 3.2.2 to 3.2.4, without the numbers that are not integers.
    example = {"string": '\u20ac$\u000f\nA\'B"\\\\"/', "literals": [None, True, False]}
    assert canonical_json(example) == ('{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}')


def test_canonical_form_has_no_spaces_and_no_needless_escapes():
    assert canonical_json({"б": ["é", 1], "a": {"d": None, "c": {}}}) == '{"a":{"c":{},"d":null},"б":["é",1]}'


def test_integer_that_a_float_cannot_hold_is_refused():
    with pytest.raises(rfc8785.IntegerDomainError):
        canonical_json({"number": 2**53})


def test_timestamp_is_formatted_in_utc_with_microseconds():
    east = timezone(timedelta(hours=3))
    assert format_timestamp(datetime(2024, 3, 1, 15, 0, 0, 7, tzinfo=east)) == "2024-03-01T12:00:00.000007Z"
    assert format_timestamp(datetime(2024, 3, 1, tzinfo=UTC)) == "2024-03-01T00:00:00.000000Z"
    assert format_timestamp(None) is None


def test_digest_of_a_mapping_does_not_depend_on_its_order_and_is_none_for_an_empty_one():
    assert mapping_digest({"b": "2", "a": "1"}) == mapping_digest({"a": "1", "b": "2"})
    assert mapping_digest({}) is None
