"""A correction of one text, made in another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.diff.change_transfer import transfer_changes

OLD = "We keep adresses for a day. We keep names for a week.\n\nThe end is near.\n"
words = st.lists(st.sampled_from(["a", "b", " ", "\n", "word", ".", "é"]), max_size=30).map("".join)


def test_a_typo_is_mended_in_a_text_that_changed_elsewhere():
    new = OLD.replace("adresses", "addresses")
    other = OLD.replace("a week", "a month") + "\nMore.\n"
    assert transfer_changes(OLD, new, other) == (
        transfer_changes(OLD, new, other).__class__(other.replace("adr", "addr"), True)
    )


def test_a_typo_is_mended_close_to_what_changed():
    old, other = "We keep it brief, used plain words.", "We keep it brief, used words of one syllable."
    assert transfer_changes(old, old.replace("brief", "short"), other).text == other.replace("brief", "short")


def test_a_place_that_is_not_there_is_left_alone_and_said():
    new, other = OLD.replace("adresses", "addresses"), "Everything was written anew."
    assert (transfer_changes(OLD, new, other).text, transfer_changes(OLD, new, other).is_complete) == (other, False)


def test_a_place_that_is_there_twice_is_left_alone_and_said():
    other = OLD + OLD
    result = transfer_changes(OLD, OLD.replace("adresses", "addresses"), other)
    assert (result.text, result.is_complete) == (other, False)


def test_what_was_mended_there_already_is_no_trouble():
    new = OLD.replace("adresses", "addresses")
    assert transfer_changes(OLD, new, new + "More.\n").is_complete


@pytest.mark.parametrize("new", [OLD + "Added.\n", "Before. " + OLD, OLD.replace("The end is near.\n", "")])
def test_additions_and_removals_are_carried(new):
    assert transfer_changes(OLD, new, OLD).text == new


@given(words, words)
def test_the_same_text_becomes_the_new_one_or_it_is_said(old, new):
    result = transfer_changes(old, new, old)
    assert result.text == new or not result.is_complete


@given(words, words)
def test_nothing_changed_changes_nothing(old, other):
    assert transfer_changes(old, old, other).text == other
