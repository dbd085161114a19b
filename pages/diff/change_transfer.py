"""Applying the changes between two texts to a third one, for example the correction of a typo to an announced text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import Indel

# How many tokens on each side identify the position of a change. The longest context that matches is used, because the
# other text may differ close by.
CONTEXT_SIZES = (6, 4, 2)
_TOKEN = re.compile(r"\s|\w+|[^\w\s]")


@dataclass(frozen=True)
class TransferResult:
    """The other text with the changes that could be applied. It is complete if none is missing."""

    text: str
    is_complete: bool


class _Edit(NamedTuple):
    """The replacement of a range of old tokens by a range of new ones."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def transfer_changes(old: str, new: str, other: str) -> TransferResult:
    """Apply to `other` the changes from `old` to `new`, each of them only if its position is found exactly once."""
    before, after, tokens, is_complete = _split(old), _split(new), _split(other), True
    for edit in _find_edits(before, after):
        replaced, replacement = before[edit.old_start : edit.old_end], after[edit.new_start : edit.new_end]
        position = _locate(tokens, before, replaced, edit)
        if position is not None:
            tokens[position : position + len(replaced)] = replacement
        elif _locate(tokens, before, replacement, edit) is None:
            # The other text has neither the old words nor the new ones there, so a person has to check it.
            is_complete = False
    return TransferResult("".join(tokens), is_complete)


def _locate(tokens: list[str], before: list[str], wanted: list[str], edit: _Edit) -> int | None:
    """Return the only position of the wanted tokens between the tokens that surround an edit in the old text."""
    for size in CONTEXT_SIZES:
        left, right = before[max(0, edit.old_start - size) : edit.old_start], before[edit.old_end : edit.old_end + size]
        positions = _find_all(tokens, [*left, *wanted, *right])
        if len(positions) == 1:
            return positions[0] + len(left)
    return None


def _split(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _find_edits(before: Sequence[str], after: Sequence[str]) -> Iterator[_Edit]:
    """Yield the edits between two texts. Edits whose contexts would overlap are joined."""
    current: _Edit | None = None
    for code in Indel.opcodes(before, after):
        if code.tag == "equal":
            continue
        if current and code.src_start - current.old_end <= 2 * CONTEXT_SIZES[0]:
            current = current._replace(old_end=code.src_end, new_end=code.dest_end)
            continue
        if current:
            yield current
        current = _Edit(code.src_start, code.src_end, code.dest_start, code.dest_end)
    if current:
        yield current


def _find_all(tokens: list[str], wanted: list[str]) -> list[int]:
    length = len(wanted)
    if not length:
        return []
    return [
        position
        for position in range(len(tokens) - length + 1)
        if tokens[position] == wanted[0] and tokens[position : position + length] == wanted
    ]
