"""Doing to another text what was done to one: a typo that was mended in one state of a policy, mended in the next."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

# So many words, signs and spaces on each side tell a place from others; fewer, where the other text differs close by.
CONTEXT_SIZES = (6, 4, 2)
_TOKEN = re.compile(r"\s|\w+|[^\w\s]")


@dataclass(frozen=True)
class TransferResult:
    """The other text with what could be done to it, and whether that was all."""

    text: str
    is_complete: bool


def transfer_changes(old: str, new: str, other: str) -> TransferResult:
    """Return `other` with the changes that lead from `old` to `new`, each where its place is found exactly once."""
    before, after, tokens, is_complete = _tokens(old), _tokens(new), _tokens(other), True
    for i_start, i_end, j_start, j_end in _changes(before, after):
        place = _place(tokens, before, before[i_start:i_end], i_start, i_end)
        if place is not None:
            tokens[place : place + i_end - i_start] = after[j_start:j_end]
        elif _place(tokens, before, after[j_start:j_end], i_start, i_end) is None:
            # Neither the old words nor the new ones are there once: somebody has to look.
            is_complete = False
    return TransferResult("".join(tokens), is_complete)


def _place(tokens: list[str], before: list[str], words: list[str], start: int, end: int) -> int | None:
    """Return where words stand in the tokens, between those that stand around a stretch of the old text."""
    for context in CONTEXT_SIZES:
        left, right = before[max(0, start - context) : start], before[end : end + context]
        places = _places(tokens, [*left, *words, *right])
        if len(places) == 1:
            return places[0] + len(left)
    return None


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the changed stretches, those taken together whose surroundings would overlap."""
    current: list[int] = []
    for code in Indel.opcodes(before, after):
        if code.tag == "equal":
            continue
        if current and code.src_start - current[1] <= 2 * CONTEXT_SIZES[0]:
            current[1], current[3] = code.src_end, code.dest_end
            continue
        if current:
            yield tuple(current)
        current = [code.src_start, code.src_end, code.dest_start, code.dest_end]
    if current:
        yield tuple(current)


def _places(tokens: list[str], wanted: list[str]) -> list[int]:
    length = len(wanted)
    if not length:
        return []
    return [
        place
        for place in range(len(tokens) - length + 1)
        if tokens[place] == wanted[0] and tokens[place : place + length] == wanted
    ]
