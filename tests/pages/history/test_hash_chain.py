"""The chain shows where it was tampered with, and a record has exactly one canonical form."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785

from pages.history import hash_chain
from pages.history.hash_chain import ChainBreak, ChainLink, first_broken_link

LENGTH = 5
HASH = "the record's hash does not match its content"
PREVIOUS = "the record does not contain the hash of the previous record"
END = "the chain does not end at the stored head: records are missing at its end"


def link(number, previous, **more):
    canonical = hash_chain.canonical_json({"record": number, "previous": previous, **more})
    return ChainLink(number, canonical, hash_chain.record_hash(canonical))


@pytest.fixture
def chain():
    links, previous = [], ""
    for number in range(1, LENGTH + 1):
        links.append(link(number, previous, name=f"event {number}"))
        previous = links[-1].hash
    return links


def test_whole_chain_has_no_break(chain):
    assert first_broken_link(chain) is None
    assert first_broken_link(chain, head=chain[-1].hash) is None
    assert first_broken_link([], head="") is None


@pytest.mark.parametrize("number", range(1, LENGTH + 1))
def test_changed_content_breaks_the_chain(chain, number):
    old = chain[number - 1]
    chain[number - 1] = replace(old, canonical=old.canonical.replace("event", "Event"))
    assert first_broken_link(chain) == ChainBreak(number, HASH)


@pytest.mark.parametrize("number", range(1, LENGTH + 1))
def test_changed_hash_breaks_the_chain(chain, number):
    chain[number - 1] = replace(chain[number - 1], hash="0" * 64)
    assert first_broken_link(chain) == ChainBreak(number, HASH)


@pytest.mark.parametrize("number", range(1, LENGTH))
def test_content_rewritten_with_its_hash_breaks_the_chain_at_the_next_record(chain, number):
    previous = chain[number - 2].hash if number > 1 else ""
    chain[number - 1] = link(number, previous, name="a forgery")
    assert first_broken_link(chain) == ChainBreak(number + 1, PREVIOUS)


def test_last_record_rewritten_with_its_hash_does_not_match_the_head(chain):
    head = chain[-1].hash
    chain[-1] = link(LENGTH, chain[-2].hash, name="a forgery")
    assert first_broken_link(chain) is None
    assert first_broken_link(chain, head=head) == ChainBreak(LENGTH, END)


@pytest.mark.parametrize("number", range(1, LENGTH))
def test_missing_record_breaks_the_chain(chain, number):
    del chain[number - 1]
    reason = f"the record is missing: record {number + 1} is in its place"
    assert first_broken_link(chain) == ChainBreak(number, reason)


@pytest.mark.parametrize("left", range(LENGTH))
def test_chain_cut_at_its_end_does_not_match_the_head(chain, left):
    assert first_broken_link(chain[:left]) is None
    assert first_broken_link(chain[:left], head=chain[-1].hash) == ChainBreak(left, END)


@pytest.mark.parametrize("number", range(1, LENGTH))
def test_missing_record_breaks_the_chain_even_if_later_ones_were_renumbered(chain, number):
    rest = [replace(later, number=later.number - 1) for later in chain[number:]]
    assert first_broken_link(chain[: number - 1] + rest) == ChainBreak(number, PREVIOUS)


def test_content_with_another_number_breaks_the_chain(chain):
    canonical = hash_chain.canonical_json({"record": 7, "previous": chain[1].hash})
    chain[2] = ChainLink(3, canonical, hash_chain.record_hash(canonical))
    assert first_broken_link(chain) == ChainBreak(3, "the record's content has another number")


def test_swapped_records_break_the_chain(chain):
    chain[1], chain[2] = chain[2], chain[1]
    assert first_broken_link(chain) == ChainBreak(2, "the record is missing: record 3 is in its place")
    chain[1], chain[2] = replace(chain[1], number=2), replace(chain[2], number=3)
    assert first_broken_link(chain) == ChainBreak(2, PREVIOUS)


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
    assert list(json.loads(hash_chain.canonical_json(SORTED)).values()) == [
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
    assert hash_chain.canonical_json(example) == (
        '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_canonical_form_has_no_spaces_and_no_needless_escapes():
    assert (
        hash_chain.canonical_json({"б": ["é", 1], "a": {"d": None, "c": {}}}) == '{"a":{"c":{},"d":null},"б":["é",1]}'
    )


def test_integer_that_a_float_cannot_hold_is_refused():
    with pytest.raises(rfc8785.IntegerDomainError):
        hash_chain.canonical_json({"number": 2**53})


def test_timestamp_is_formatted_in_utc_with_microseconds():
    east = timezone(timedelta(hours=3))
    assert hash_chain.format_timestamp(datetime(2024, 3, 1, 15, 0, 0, 7, tzinfo=east)) == "2024-03-01T12:00:00.000007Z"
    assert hash_chain.format_timestamp(datetime(2024, 3, 1, tzinfo=UTC)) == "2024-03-01T00:00:00.000000Z"
    assert hash_chain.format_timestamp(None) is None


def test_digest_is_of_the_bytes_and_none_for_nothing():
    assert hash_chain.text_digest("Ё") == hashlib.sha256("Ё".encode()).hexdigest()
    assert hash_chain.mapping_digest({"b": "2", "a": "1"}) == hash_chain.mapping_digest({"a": "1", "b": "2"})
    assert (hash_chain.text_digest(""), hash_chain.mapping_digest({})) == (None, None)
