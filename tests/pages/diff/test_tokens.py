"""Splitting text into words (into graphemes in scripts without spaces), and matching two lists of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.diff.tokens import Budget, find_matches, is_punctuation, read_keys, split_words

MARKUP = ["&amp;", "&#39;", "<em>", "</em>", "<br>", '<img src="/a" alt="b. c">', " a ", " b. "]
MARKUP += ['<sup class="footnote-ref">', "</sup>"]

SPLIT = [
    ("we don't sell", ["we", "don't", "sell"]),
    ("never, «ever»?", ["never", ",", "«", "ever", "»", "?"]),
    ("(<code>x.x</code>).", ["(", "x.x", ")", "."]),
    ("a@b.c/d, &quot;x&quot;", ["a@b.c/d", ",", "&quot;", "x", "&quot;"]),
    ("-- a", ["-", "-", "a"]),
    ("un<strong>believ</strong>able", ["unbelievable"]),
    ("隐私 policy法", ["隐", "私", "policy", "法"]),
    ("か\u3099き", ["か\u3099", "き"]),
    ("葛\U000e0100法", ["葛\U000e0100", "法"]),
    ("ｶ\uff9eｷ", ["ｶ\uff9e", "ｷ"]),
    ("ที่นี่น้ำ", ["ที่", "นี่", "น้ำ"]),
    ("ຂໍ້ມູນ", ["ຂໍ້", "ມູ", "ນ"]),
    ("法👩‍👩‍👧‍👦私👍🏽", ["法", "👩‍👩‍👧‍👦", "私", "👍🏽"]),
    ("🇯🇵🇫🇷法", ["🇯🇵🇫🇷", "法"]),
    ("㊙️‍👩法", ["㊙️‍👩", "法"]),
    ("\u1112\u1161\u11ab法", ["\u1112\u1161\u11ab", "法"]),
    ("e\u0301法", ["e\u0301", "法"]),
    ("ក្ក", ["ក្ក"]),
    ("&amp;法&lt;", ["&amp;", "法", "&lt;"]),
]


@pytest.mark.parametrize(("html", "words"), SPLIT)
def test_words_are_not_split_within_a_grapheme(html, words):
    assert [word.text for word in split_words(html)] == words


def test_matches_are_a_longest_common_subsequence():
    assert find_matches("xabcyd", "abzcd", Budget(1000)) == [(1, 0), (2, 1), (3, 3), (5, 4)]


def test_matches_without_budget_are_the_common_ends():
    budget = Budget(0)
    assert find_matches("ab" + "cd" * 99 + "e", "ab" + "dc" * 98 + "e", budget) == [(0, 0), (1, 1), (200, 198)]
    assert budget.is_spent


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*"ab1 .,;«»\"'-\u200b\u00ad\u200d\u0301é\u00a0…\u2014\u212b", *MARKUP])).map("".join))
def test_keys_without_punctuation_are_those_of_the_words(html):
    keys = ["<img>" if word.is_picture else word.key for word in split_words(html)]
    assert read_keys(html) == [key for key in keys if key == "<img>" or not is_punctuation(key)]
