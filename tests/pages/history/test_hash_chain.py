"""The chain shows where it was tampered with, and a record has exactly one canonical form."""

from dataclasses import replace

import pytest

from pages.history import hash_chain
from pages.history.hash_chain import ChainBreak, ChainLink, first_broken_link
from pages.history.record_format import canonical_json

LENGTH = 5
HASH = "the record's hash does not match its content"
PREVIOUS = "the record does not contain the hash of the previous record"
END = "the chain does not end at the stored head: records are missing at its end"


def link(number, previous, **more):
    canonical = canonical_json({"record": number, "previous": previous, **more})
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
    canonical = canonical_json({"record": 7, "previous": chain[1].hash})
    chain[2] = ChainLink(3, canonical, hash_chain.record_hash(canonical))
    assert first_broken_link(chain) == ChainBreak(3, "the record's content has another number")


def test_swapped_records_break_the_chain(chain):
    chain[1], chain[2] = chain[2], chain[1]
    assert first_broken_link(chain) == ChainBreak(2, "the record is missing: record 3 is in its place")
    chain[1], chain[2] = replace(chain[1], number=2), replace(chain[2], number=3)
    assert first_broken_link(chain) == ChainBreak(2, PREVIOUS)
