"""Numbers that a text writes as words, also as several: thirty-five, «сто двадцать», one hundred and twenty."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pages.text.checks.parity.words import NUMBER_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_JOINTS = frozenset({" ", "\u00a0", " and "})


class WordNumber(NamedTuple):
    """A number in words, and where it is in the text."""

    start: int
    end: int
    value: float


def find_word_numbers(text: str) -> Iterator[WordNumber]:
    """Yield the numbers of a text that are words; words that belong together are one number."""
    last: WordNumber | None = None
    for match in _WORD.finditer(text):
        word = find_number_word(match[0].lower())
        if not word:
            continue
        value = NUMBER_WORDS[word]
        number = WordNumber(match.start(), match.start() + len(word), value)
        if last and text[last.end : number.start] in _JOINTS and (joined := join_numbers(last.value, value)):
            last = WordNumber(last.start, number.end, joined)
            continue
        if last:
            yield last
        last = number
    if last:
        yield last


def find_number_word(word: str) -> str:
    """Return a word if it is a number, or the number that it begins with, such as two of two-week; "" if neither."""
    if word in NUMBER_WORDS:
        return word
    head = word.partition("-")[0] if "-" in word else ""
    return head if head in NUMBER_WORDS else ""


def join_numbers(first: float, second: float) -> float | None:
    """Return the value of two words: one hundred, hundred twenty, twenty one. None if they are two numbers."""
    if first < 10 and second in {100, 1000}:
        return first * second
    is_tens_and_one = first % 100 >= 20 and first % 10 == 0 and second < 10
    is_hundreds_and_more = first >= 100 and first % 100 == 0 and second < 100
    return first + second if is_tens_and_one or is_hundreds_and_more else None


def write_as_digits(text: str, follows: re.Pattern[str]) -> str:
    """Return a text of the same length with the word numbers that `follows` matches after in digits."""
    parts, position = list[str](), 0
    for number in find_word_numbers(text):
        length = number.end - number.start
        digits = f"{number.value:g}".rjust(length, "0")
        if len(digits) == length and follows.match(text, number.end):
            parts += (text[position : number.start], digits)
            position = number.end
    return "".join([*parts, text[position:]])
