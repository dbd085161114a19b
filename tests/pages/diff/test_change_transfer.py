"""Transferring the changes of one text to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.diff.change_transfer import TransferResult, transfer_changes

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
