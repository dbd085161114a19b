"""Transferring the changes of one text to another."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.diff.change_transfer import TransferResult, transfer_changes
from tests.timing import is_faster_than

OLD = "We keep adresses for a day. We keep names for a week.\n\nThe end is near.\n"
texts = st.lists(st.sampled_from(["a", "b", " ", "\n", "word", ".", "é"]), max_size=30).map("".join)


def test_correction_is_transferred_to_a_text_that_differs_elsewhere():
    new = OLD.replace("adresses", "addresses")
    other = OLD.replace("a week", "a month") + "\nMore.\n"
    assert transfer_changes(OLD, new, other) == TransferResult(other.replace("adr", "addr"), True)


def test_correction_is_transferred_close_to_a_difference():
    old, other = "We keep it brief, used plain words.", "We keep it brief, used words of one syllable."
    assert transfer_changes(old, old.replace("brief", "short"), other).text == other.replace("brief", "short")


def test_change_whose_position_is_missing_is_not_applied_and_reported():
    new, other = OLD.replace("adresses", "addresses"), "Everything was rewritten."
    assert transfer_changes(OLD, new, other) == TransferResult(other, False)


def test_change_whose_position_is_ambiguous_is_not_applied_and_reported():
    other = OLD + OLD
    assert transfer_changes(OLD, OLD.replace("adresses", "addresses"), other) == TransferResult(other, False)


def test_change_that_is_already_applied_counts_as_complete():
    new = OLD.replace("adresses", "addresses")
    assert transfer_changes(OLD, new, new + "More.\n").is_complete


@pytest.mark.parametrize("new", [OLD + "Added.\n", "Before. " + OLD, OLD.replace("The end is near.\n", "")])
def test_additions_and_removals_are_transferred(new):
    assert transfer_changes(OLD, new, OLD).text == new


@given(texts, texts)
def test_transfer_to_the_old_text_gives_the_new_one_or_is_incomplete(old, new):
    result = transfer_changes(old, new, old)
    assert result.text == new or not result.is_complete


@given(texts, texts)
def test_transfer_of_no_changes_returns_the_same_text(old, other):
    assert transfer_changes(old, old, other).text == other


@pytest.mark.timing
@pytest.mark.parametrize("letters", ["abcdefgh", "ab", "abcdefgh\n"])
def test_transfer_of_too_many_changes_ends_within_a_second(letters):
    random = Random(1)
    old, new, other = (" ".join(random.choices(letters, k=131_000)) for _ in range(3))
    assert is_faster_than(1, lambda: transfer_changes(old, new, other))
    assert not transfer_changes(old, new, other).is_complete


def test_corrections_at_both_ends_of_a_long_text_are_transferred():
    lines = [f"Line {number} keeps names, and for how long.\n" for number in range(4000)]
    old = "".join(lines)
    new = "".join(line.replace("keeps", "stores") if number in {3, 3990} else line for number, line in enumerate(lines))
    other = "Announced.\n" + old.replace("Line 2000", "Line two thousand")
    assert transfer_changes(old, new, other) == TransferResult(
        "Announced.\n" + new.replace("Line 2000", "Line two thousand"), True
    )
