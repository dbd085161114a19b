"""Applying the changes between two texts to a third one, for example the correction of a typo to an announced text."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from pages.diff.alignment import find_gaps
from pages.diff.tokens import Budget, find_matches

# The limit of the work, in steps of about 0.1 µs, and the work of searching.
MAX_STEPS, TOKENS_PER_STEP, STEPS_OF_CANDIDATE = 5_000_000, 10, 5
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
    """Apply to `other` the changes from `old` to `new`, each of them only if its position is found exactly once.

    Of too many changes some are left out.
    """
    before, after, tokens, is_complete = _split(old), _split(new), _split(other), True
    budget = Budget(MAX_STEPS)
    for edit in _find_edits(before, after, budget):
        replaced, replacement = before[edit.old_start : edit.old_end], after[edit.new_start : edit.new_end]
        position = _locate(tokens, before, replaced, edit, budget)
        if position is not None:
            tokens[position : position + len(replaced)] = replacement
        elif _locate(tokens, before, replacement, edit, budget) is None:
            # The other text has neither the old words nor the new ones there, so a person has to check it.
            is_complete = False
    return TransferResult("".join(tokens), is_complete)


def _locate(tokens: list[str], before: list[str], wanted: list[str], edit: _Edit, budget: Budget) -> int | None:
    """Return the only position of the wanted tokens between the tokens that surround an edit in the old text."""
    for size in CONTEXT_SIZES:
        left, right = before[max(0, edit.old_start - size) : edit.old_start], before[edit.old_end : edit.old_end + size]
        positions = _find_all(tokens, [*left, *wanted, *right], budget)
        if len(positions) == 1:
            return positions[0] + len(left)
    return None


def _split(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _find_edits(before: Sequence[str], after: Sequence[str], budget: Budget) -> Iterator[_Edit]:
    """Yield the edits between two texts. Edits whose contexts would overlap are joined."""
    current: _Edit | None = None
    for edit in _find_differences(before, after, budget):
        if current and edit.old_start - current.old_end <= 2 * CONTEXT_SIZES[0]:
            current = current._replace(old_end=edit.old_end, new_end=edit.new_end)
            continue
        if current:
            yield current
        current = edit
    if current:
        yield current


def _find_differences(before: Sequence[str], after: Sequence[str], budget: Budget) -> Iterator[_Edit]:
    """Yield the edits within the lines that differ."""
    old_starts, new_starts = _find_lines(before), _find_lines(after)
    old_tokens, new_tokens = _split_at(before, old_starts), _split_at(after, new_starts)
    pairs = find_matches(old_tokens, new_tokens, budget)
    for old_lines, new_lines in find_gaps(pairs, len(old_tokens), len(new_tokens)):
        start, new_start = old_starts[old_lines.start], new_starts[new_lines.start]
        old = before[start : old_starts[old_lines.stop]]
        new = after[new_start : new_starts[new_lines.stop]]
        for part, new_part in find_gaps(find_matches(old, new, budget), len(old), len(new)):
            if part.start < part.stop or new_part.start < new_part.stop:
                old_range = (start + part.start, start + part.stop)
                yield _Edit(*old_range, new_start + new_part.start, new_start + new_part.stop)


def _find_lines(tokens: Sequence[str]) -> list[int]:
    """Return where each line starts, and the end."""
    return [0, *(position for position, previous in enumerate(tokens, 1) if previous == "\n"), len(tokens)]


def _split_at(tokens: Sequence[str], starts: Sequence[int]) -> list[tuple[str, ...]]:
    return [tuple(tokens[start:end]) for start, end in pairwise(starts)]


def _find_all(tokens: list[str], wanted: list[str], budget: Budget) -> list[int]:
    """Return the positions of the wanted tokens, at most two; none if the budget is spent."""
    if not wanted or not budget.spend(len(tokens) // TOKENS_PER_STEP):
        return []
    # Spaces are everywhere, long words are rare.
    offset = max(range(len(wanted)), key=lambda position: len(wanted[position]))
    positions: list[int] = []
    candidate, end = offset - 1, len(tokens) - len(wanted) + offset + 1
    with suppress(ValueError):
        while len(positions) < 2 and budget.spend(STEPS_OF_CANDIDATE + len(wanted) // TOKENS_PER_STEP):
            candidate = tokens.index(wanted[offset], candidate + 1, max(end, 0))
            start = candidate - offset
            if tokens[start : start + len(wanted)] == wanted:
                positions.append(start)
    return positions if not budget.is_spent else []
