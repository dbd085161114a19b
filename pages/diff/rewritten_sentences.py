"""Sentences that were rewritten: shown as one replacement, not as the few words that both happen to contain."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pages.diff.tokens import Word

_ENDS = frozenset(".!?…。！？؟।")
# A sentence counts as rewritten if it has at least so many changes, and less than this share of its words in common.
MIN_CHANGES, _MAX_COMMON = 3, 0.6

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
