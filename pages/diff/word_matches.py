"""The words that two forms of a passage have in common, in order."""

from collections.abc import Sequence
from typing import NamedTuple

from pages.diff.common_ends import find_common_ends
from pages.diff.rewritten_sentences import (
    MIN_CHANGES,
    Pairs,
    align_to_sentences,
    count_changes,
    drop_scattered_matches,
    has_sentence_of_one_side,
)
from pages.diff.tokens import Budget, Word, find_matches, split_words


class WordMatches(NamedTuple):
    """The words of two forms of a passage, and the pairs of positions of those in common.

    What both have at their start and at their end may be left out of the words: it is HTML then.
    """

    before: Sequence[Word]
    after: Sequence[Word]
    pairs: Pairs
    start: str = ""
    end: str = ""


def match_passages(before: str, after: str, budget: Budget) -> WordMatches:
    """Match two passages of clean HTML: only what is between the ends that they have in common is split into words."""
    before, after = before.strip(), after.strip()
    if before == after:
        return WordMatches([], [], [], before)
    start, end = find_common_ends(before, after)
    old, new = (split_words(html[start : len(html) - end]) for html in (before, after))
    matches = WordMatches(old, new, _match_keys(old, new, budget), before[:start], before[len(before) - end :])
    # Only whole sentences tell whether they were rewritten, added or removed.
    is_split = _may_be_rewritten(matches) or has_sentence_of_one_side(matches.before, matches.after, matches.pairs)
    return _match_sentences(_split_ends(matches)) if is_split else matches


def match_words(before: Sequence[Word], after: Sequence[Word], budget: Budget) -> WordMatches:
    return _match_sentences(WordMatches(before, after, _match_keys(before, after, budget)))


def match_code(before: Sequence[Word], after: Sequence[Word], budget: Budget) -> WordMatches:
    """Match two forms of code, which has no sentences."""
    return WordMatches(before, after, _match_keys(before, after, budget))


def _match_keys(before: Sequence[Word], after: Sequence[Word], budget: Budget) -> Pairs:
    return find_matches([word.key for word in before], [word.key for word in after], budget)


def _may_be_rewritten(matches: WordMatches) -> bool:
    before, after, pairs, _, _ = matches
    return count_changes(pairs, (0, len(before)), (0, len(after))) >= MIN_CHANGES


def _match_sentences(matches: WordMatches) -> WordMatches:
    before, after, pairs, _, _ = matches
    pairs = drop_scattered_matches(before, after, pairs)
    return matches._replace(pairs=align_to_sentences(before, after, pairs))


def _split_ends(matches: WordMatches) -> WordMatches:
    """Return the same matches with all words."""
    start, end = split_words(matches.start), split_words(matches.end)
    before, after = ([*start, *words, *end] for words in (matches.before, matches.after))
    pairs = [(position, position) for position in range(len(start))]
    pairs += ((old + len(start), new + len(start)) for old, new in matches.pairs)
    pairs += ((len(before) - distance, len(after) - distance) for distance in range(len(end), 0, -1))
    return WordMatches(before, after, pairs)
