"""Changes of sentences as people see them.

A rewritten sentence is one replacement, not the few words that both happen to contain. An added or removed sentence is
marked from its first word to its end, not from the second word to the first one of the next sentence.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from pages.diff.tokens import Word

_ENDS = frozenset(".!?…。！？؟।")
# A sentence counts as rewritten if it has at least so many changes, and less than this share of its words in common.
MIN_CHANGES, _MAX_COMMON = 3, 0.6

# By so many words, at most, the marks of an added or removed sentence are moved.
_MAX_SHIFT = 30

Pairs = list[tuple[int, int]]


def drop_scattered_matches(before: Sequence[Word], after: Sequence[Word], pairs: Pairs) -> Pairs:
    """Return the pairs of equal words without those in the middle of rewritten sentences.

    What a rewritten sentence has in common at its beginning and at its end stays matched.
    """
    if len(pairs) == len(before) == len(after):
        return pairs
    kept: Pairs = []
    first, old_start = 0, 0
    for start, end in _find_sentences(after):
        last = bisect_left(pairs, end, lo=first, key=lambda pair: pair[1])
        matches = pairs[first:last]
        old_end = pairs[last][0] if last < len(pairs) else len(before)
        kept += _drop_scattered(matches, (old_start, old_end), (start, end))
        first, old_start = last, matches[-1][0] + 1 if matches else old_start
    return kept


def has_sentence_of_one_side(before: Sequence[Word], after: Sequence[Word], pairs: Pairs) -> bool:
    """Tell whether one side has words that the other lacks, and a sentence ends among them."""
    sides = (before, after)
    return any(
        any(word.key in _ENDS for word in sides[gap.side][gap.start : gap.end])
        for gap in _find_gaps_of_one_side(pairs, len(before), len(after))
    )


def align_to_sentences(before: Sequence[Word], after: Sequence[Word], pairs: Pairs) -> Pairs:
    """Return the pairs of equal words so that words of one side only are whole sentences, where that is possible.

    If "We b." is added between "We a." and "We c.", a comparison can also find "b. We" after "We a. We".
    """
    sides, shifted = (before, after), list(pairs)
    for gap in _find_gaps_of_one_side(pairs, len(before), len(after)):
        words = sides[gap.side]
        if any(word.key in _ENDS for word in words[gap.start : gap.end]) and not _is_whole(words, gap.start, gap.end):
            _shift(shifted, gap, sides)
    return shifted


class _Gap(NamedTuple):
    """Words of one side only, before the pair at a position."""

    position: int
    side: Literal[0, 1]
    start: int
    end: int


def _find_gaps_of_one_side(pairs: Pairs, before: int, after: int) -> Iterator[_Gap]:
    left, right = 0, 0
    for position, (old, new) in enumerate((*pairs, (before, after))):
        if left < old and right == new:
            yield _Gap(position, 0, left, old)
        elif right < new and left == old:
            yield _Gap(position, 1, right, new)
        left, right = old + 1, new + 1


def _shift(pairs: Pairs, gap: _Gap, sides: tuple[Sequence[Word], Sequence[Word]]) -> None:
    """Move a gap to the left or to the right if that makes it whole sentences: change the pairs that it passes."""
    words, others, length = sides[gap.side], sides[1 - gap.side], gap.end - gap.start
    for step in (-1, 1):
        for distance in range(1, _MAX_SHIFT + 1):
            position = gap.position - distance if step < 0 else gap.position + distance - 1
            passed = gap.start - distance if step < 0 else gap.end + distance - 1
            # The words that the pair of the passed one gets instead is at the other end of the gap.
            if not 0 <= position < len(pairs) or pairs[position][gap.side] != passed:
                break
            word, old = words[passed - step * length], words[passed]
            if word.key != old.key or word.fragments not in (
                old.fragments,
                others[pairs[position][1 - gap.side]].fragments,
            ):
                break
            if _is_whole(words, gap.start + step * distance, gap.end + step * distance):
                first = min(position, gap.position)
                for number in range(first, first + distance):
                    moved = pairs[number][gap.side] - step * length
                    pairs[number] = (moved, pairs[number][1]) if gap.side == 0 else (pairs[number][0], moved)
                return


def _is_whole(words: Sequence[Word], start: int, end: int) -> bool:
    """Tell whether words begin where a sentence begins, and end where one ends."""
    return (start == 0 or words[start - 1].key in _ENDS) and words[end - 1].key in _ENDS


def _find_sentences(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield where each sentence starts and ends. A mark within a word, or before one without a space, ends none."""
    start = 0
    for position, (key, _, _) in enumerate(words):
        if key in _ENDS and (position + 1 == len(words) or words[position + 1].space or key in "。！？"):
            yield start, position + 1
            start = position + 1
    if start < len(words):
        yield start, len(words)


def _drop_scattered(matches: Pairs, old: tuple[int, int], new: tuple[int, int]) -> Pairs:
    words = max(old[1] - old[0], new[1] - new[0])
    if len(matches) >= _MAX_COMMON * words or count_changes(matches, old, new) < MIN_CHANGES:
        return matches
    head, tail = 0, 0
    while head < len(matches) and matches[head] == (old[0] + head, new[0] + head):
        head += 1
    while tail < len(matches) - head and matches[-1 - tail] == (old[1] - 1 - tail, new[1] - 1 - tail):
        tail += 1
    return matches[:head] + matches[len(matches) - tail :]


def count_changes(matches: Pairs, old: tuple[int, int], new: tuple[int, int]) -> int:
    """Return the number of gaps between matches, and before and after them."""
    edges = [(old[0] - 1, new[0] - 1), *matches, (old[1], new[1])]
    return sum(
        1
        for (left, right), (next_left, next_right) in pairwise(edges)
        if (next_left, next_right) != (left + 1, right + 1)
    )
