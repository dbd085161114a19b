"""Two sources beside each other, line by line: every byte that differs shows, also where readers see no difference.

What has no shape of its own (ends of lines, tabs, marks of direction, bytes that are no UTF-8) is shown by a sign.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from pages.diff.tokens import Budget, find_matches

MAX_STEPS = 500_000
# Of each side, and of those that are shown.
MAX_COMPARED, MAX_LINES = 20_000, 2_000
CONTEXT = 3
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_WORD = re.compile(r"\w+|\s|[^\w\s]")
_SIGNS = {"\r": "␍", "\t": "⇥", "\u00a0": "⍽", "\0": "␀"}
# Control characters, soft hyphens, zero width and direction, byte order marks, and bytes that are no UTF-8.
_SHAPELESS = re.compile(
    "[\0-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\udc80-\udcff]"
)


@dataclass(frozen=True)
class LineFragment:
    """A run of a line; changed, if the other side lacks it."""

    text: str
    is_changed: bool


@dataclass(frozen=True)
class SourceLine:
    """A line of one side, or of both; the numbers are those of the sides that have it."""

    kind: Literal["same", "removed", "added", "gap"]
    before: int | None
    after: int | None
    fragments: tuple[LineFragment, ...] = ()
    # Of a gap: how many lines that are the same are left out.
    count: int = 0


@dataclass(frozen=True)
class SourceComparison:
    """The lines that differ with some around them. If capped, not all lines are shown."""

    lines: tuple[SourceLine, ...]
    is_capped: bool


@lru_cache(maxsize=64)
def compare_sources(before: bytes, after: bytes) -> SourceComparison:
    """Compare two sources, byte for byte."""
    budget = Budget(MAX_STEPS)
    sides = [_LINE.findall(_decoded(side)) for side in (before, after)]
    lines = _with_gaps(list(_steps(*(side[:MAX_COMPARED] for side in sides), budget)))
    is_cut = len(lines) > MAX_LINES or max(map(len, sides)) > MAX_COMPARED
    return SourceComparison(tuple(lines[:MAX_LINES]), is_cut or budget.is_spent)


def make_visible(text: str) -> str:
    """Return a text in which everything has a shape: ends of lines but LF, tabs, marks of direction, broken bytes."""
    return _SHAPELESS.sub(lambda found: _sign(found[0]), text.removesuffix("\n"))


def _sign(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02X}"
    return _SIGNS.get(character) or f"[U+{ord(character):04X}]"


def _decoded(side: bytes) -> str:
    return side.decode("utf-8", errors="surrogateescape")


def _steps(before: list[str], after: list[str], budget: Budget) -> Iterable[SourceLine]:
    """Yield every line: those of both sides, and in between those of one."""
    ends = (len(before), len(after))
    pairs = [(-1, -1), *find_matches(before, after, budget), ends]
    for (old, new), (next_old, next_new) in pairwise(pairs):
        yield from _changed(before, after, range(old + 1, next_old), range(new + 1, next_new), budget)
        if (next_old, next_new) != ends:
            yield SourceLine("same", next_old + 1, next_new + 1, (LineFragment(make_visible(before[next_old]), False),))


def _changed(before, after, olds: range, news: range, budget: Budget) -> Iterable[SourceLine]:
    """Yield the lines that one side lacks; those that stand opposite each other show which of their words differ."""
    marked = [_marked(before[old], after[new], budget) for old, new in zip(olds, news, strict=False)]
    for place, old in enumerate(olds):
        yield SourceLine("removed", old + 1, None, marked[place][0] if place < len(marked) else _whole(before[old]))
    for place, new in enumerate(news):
        yield SourceLine("added", None, new + 1, marked[place][1] if place < len(marked) else _whole(after[new]))


def _whole(line: str) -> tuple[LineFragment, ...]:
    return (LineFragment(make_visible(line), True),)


def _marked(before: str, after: str, budget: Budget) -> list[tuple[LineFragment, ...]]:
    sides = [_WORD.findall(line) for line in (before, after)]
    pairs = find_matches(*sides, budget)
    if sum(len(sides[0][old]) for old, _ in pairs) * 3 < max(len(before), len(after)):
        return [_whole(before), _whole(after)]
    return [_pieces(words, {pair[side] for pair in pairs}) for side, words in enumerate(sides)]


def _pieces(words: list[str], kept: set[int]) -> tuple[LineFragment, ...]:
    found: list[tuple[str, bool]] = []
    for place, word in enumerate(words):
        is_changed = place not in kept
        if found and found[-1][1] == is_changed:
            found[-1] = (found[-1][0] + word, is_changed)
        else:
            found.append((word, is_changed))
    # A newline at the end of the file that only one side has is a difference like any other.
    return tuple(
        LineFragment(make_visible(text.replace("\n", "↵") if is_changed else text), is_changed)
        for text, is_changed in found
    )


def _with_gaps(lines: list[SourceLine]) -> list[SourceLine]:
    """Leave out the stretches that are the same, but for some lines beside each change."""
    changed = [place for place, line in enumerate(lines) if line.kind != "same"]
    near = {around for place in changed for around in range(place - CONTEXT, place + CONTEXT + 1)}
    found: list[SourceLine] = []
    for place, line in enumerate(lines):
        if place in near:
            found.append(line)
        elif found and found[-1].kind == "gap":
            found[-1] = SourceLine("gap", None, None, count=found[-1].count + 1)
        else:
            found.append(SourceLine("gap", None, None, count=1))
    return found
