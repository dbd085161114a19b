"""Comparison of two sources (Markdown with front matter, as stored), line by line, in which every byte counts.

Invisible characters (newlines, tabs, direction marks) and bytes that are not UTF-8 are shown as signs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal

from pages.diff.invisible import show_all_invisible
from pages.diff.tokens import Budget, find_matches

# The limit of the work for matching lines and words, in steps of about 0.1 µs.
MAX_STEPS = 500_000
# The most lines that are compared on each side, and the most that are shown.
MAX_COMPARED, MAX_LINES = 20_000, 2_000
# Unchanged lines that are shown before and after each change.
CONTEXT = 3
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_WORD = re.compile(r"\w+|\s|[^\w\s]")


@dataclass(frozen=True)
class LineFragment:
    """A part of a line. It is changed if the other side lacks it."""

    text: str
    is_changed: bool


@dataclass(frozen=True)
class SourceLine:
    """A line of one side or both, or a fold: unchanged lines that are not shown.

    `before` and `after` are the line's numbers, from 1, on the sides that have it.
    """

    kind: Literal["same", "removed", "added", "fold"]
    before: int | None
    after: int | None
    fragments: tuple[LineFragment, ...] = ()
    # The number of unchanged lines that a fold replaces.
    count: int = 0


@dataclass(frozen=True)
class SourceComparison:
    """The lines that differ, with some context. A capped comparison reached a limit: it may be coarse or incomplete."""

    lines: tuple[SourceLine, ...]
    is_capped: bool


@lru_cache(maxsize=64)
def compare_sources(before: bytes, after: bytes) -> SourceComparison:
    budget = Budget(MAX_STEPS)
    old, new = _split_lines(before), _split_lines(after)
    lines = _fold_unchanged(list(_compare_lines(old[:MAX_COMPARED], new[:MAX_COMPARED], budget)))
    is_cut = len(lines) > MAX_LINES or max(len(old), len(new)) > MAX_COMPARED
    return SourceComparison(tuple(lines[:MAX_LINES]), is_cut or budget.is_spent)


def make_visible(text: str) -> str:
    """Return a line with signs for invisible characters and invalid bytes, and without its final LF."""
    return show_all_invisible(text.removesuffix("\n"))


def _split_lines(source: bytes) -> list[str]:
    return _LINE.findall(source.decode("utf-8", errors="surrogateescape"))


def _compare_lines(before: list[str], after: list[str], budget: Budget) -> Iterator[SourceLine]:
    """Yield all lines in order: those of both sides, and between them those of one side."""
    ends = (len(before), len(after))
    pairs = [(-1, -1), *find_matches(before, after, budget), ends]
    for (old, new), (next_old, next_new) in pairwise(pairs):
        yield from _compare_gap(before, after, range(old + 1, next_old), range(new + 1, next_new), budget)
        if (next_old, next_new) != ends:
            fragment = LineFragment(make_visible(before[next_old]), False)
            yield SourceLine("same", next_old + 1, next_new + 1, (fragment,))


def _compare_gap(
    before: list[str], after: list[str], old_numbers: range, new_numbers: range, budget: Budget
) -> Iterator[SourceLine]:
    """Yield the lines of a gap between two common lines. Lines at the same position in it are compared by word."""
    marked = [_mark_words(before[old], after[new], budget) for old, new in zip(old_numbers, new_numbers, strict=False)]
    for number, old in enumerate(old_numbers):
        fragments = marked[number][0] if number < len(marked) else _mark_line(before[old])
        yield SourceLine("removed", old + 1, None, fragments)
    for number, new in enumerate(new_numbers):
        fragments = marked[number][1] if number < len(marked) else _mark_line(after[new])
        yield SourceLine("added", None, new + 1, fragments)


def _mark_line(line: str) -> tuple[LineFragment, ...]:
    # A blank line has nothing else to mark.
    return (LineFragment(make_visible(line) or "↵", True),)


def _mark_words(before: str, after: str, budget: Budget) -> tuple[tuple[LineFragment, ...], tuple[LineFragment, ...]]:
    """Return the fragments of two lines. Lines with less than a third in common are marked as a whole."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pairs = find_matches(old, new, budget)
    if sum(len(old[position]) for position, _ in pairs) * 3 < max(len(before), len(after)):
        return _mark_line(before), _mark_line(after)
    return _build_fragments(old, {pair[0] for pair in pairs}), _build_fragments(new, {pair[1] for pair in pairs})


def _build_fragments(words: list[str], common: set[int]) -> tuple[LineFragment, ...]:
    """Return the fragments of a line, given the positions of the words that both sides have."""
    runs = groupby(enumerate(words), key=lambda item: item[0] not in common)
    texts = (("".join(word for _, word in run), is_changed) for is_changed, run in runs)
    # A newline is visible only where it differs: at the end of a file that one side ends without it.
    return tuple(
        LineFragment(make_visible(text.replace("\n", "↵") if is_changed else text), is_changed)
        for text, is_changed in texts
    )


def _fold_unchanged(lines: list[SourceLine]) -> list[SourceLine]:
    """Replace unchanged lines with folds, except the lines near a change."""
    changed = [number for number, line in enumerate(lines) if line.kind != "same"]
    shown = {near for number in changed for near in range(number - CONTEXT, number + CONTEXT + 1)}
    folded: list[SourceLine] = []
    for number, line in enumerate(lines):
        if number in shown:
            folded.append(line)
        elif folded and folded[-1].kind == "fold":
            folded[-1] = SourceLine("fold", None, None, count=folded[-1].count + 1)
        else:
            folded.append(SourceLine("fold", None, None, count=1))
    return folded
