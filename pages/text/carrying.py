"""Doing to another text what was done to one: a typo that was mended in one state of a policy, mended in the next."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

# So many words and spaces on each side tell a place from others.
CONTEXT = 6
_TOKEN = re.compile(r"\s|\w+|[^\w\s]")


@dataclass(frozen=True)
class Carried:
    """The other text with what could be done to it, and whether that was all."""

    text: str
    is_whole: bool


def carried(old: str, new: str, other: str) -> Carried:
    """Return `other` with the changes that lead from `old` to `new`, each where its place is found exactly once."""
    before, after, tokens, is_whole = _tokens(old), _tokens(new), _tokens(other), True
    for i_start, i_end, j_start, j_end in _changes(before, after):
        left, right = before[max(0, i_start - CONTEXT) : i_start], before[i_end : i_end + CONTEXT]
        wanted = [*left, *before[i_start:i_end], *right]
        places = _places(tokens, wanted)
        if len(places) == 1:
            start = places[0] + len(left)
            tokens[start : start + i_end - i_start] = after[j_start:j_end]
        elif len(_places(tokens, [*left, *after[j_start:j_end], *right])) != 1:
            # Neither the old words nor the new ones are there once: somebody has to look.
            is_whole = False
    return Carried("".join(tokens), is_whole)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the changed stretches, those taken together whose surroundings would overlap."""
    current: list[int] = []
    for code in Indel.opcodes(before, after):
        if code.tag == "equal":
            continue
        if current and code.src_start - current[1] <= 2 * CONTEXT:
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
