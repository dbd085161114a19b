"""Comparison of two rendered bodies: aligned rows of blocks with marked words, and a summary of the changes.

The stylesheet needs `ins, del, mark.format-change { unicode-bidi: isolate }`, so that a run in another direction does
not reorder the words next to it, and `li.continued { list-style: none }` for further blocks of a list item. The cells
contain no ids, and links within the page have no address.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape, unescape
from itertools import groupby
from typing import get_args

from pages.diff.blocks import Block, BlockPair, RowKind, align, split_blocks
from pages.diff.tokens import Budget
from pages.diff.word_changes import ChangedBlock, ChangeKind, TextChange, excerpt

# The limit of the work for aligning blocks and matching words, in steps of about 0.1 µs.
MAX_STEPS = 2_000_000
# The most characters of HTML and the most blocks that are compared on each side.
MAX_COMPARED, MAX_BLOCKS = 1_000_000, 2_500
# The most characters of HTML in all rows together.
MAX_SHOWN = 600_000
# The most entries of the summary for a row whose words are marked, and for all rows.
MAX_CHANGES_OF_ROW, MAX_CHANGES = 2_000, 5_000

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)


@dataclass(frozen=True)
class ComparisonCell:
    """One side of a row: clean HTML that is valid on its own."""

    html: str


@dataclass(frozen=True)
class ComparisonRow:
    """A block on both sides. An unchanged row has only `after`. `anchor` is empty in rows without changes."""

    kind: RowKind
    before: ComparisonCell | None
    after: ComparisonCell | None
    anchor: str = ""
    changes: tuple[TextChange, ...] = ()


@dataclass(frozen=True)
class RowGroup:
    """Consecutive rows. A folded group has no change in its rows or next to them."""

    is_folded: bool
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True)
class Comparison:
    """Rows in reading order, and the summary. A capped comparison reached a limit: it may be coarse or incomplete."""

    rows: tuple[ComparisonRow, ...]
    changes: tuple[TextChange, ...]
    is_capped: bool

    @property
    def is_same(self) -> bool:
        return not self.changes and not self.is_capped

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Return the number of changes of each kind that occurs, in the order of CHANGE_KINDS."""
        numbers = Counter(change.kind for change in self.changes)
        return {kind: numbers[kind] for kind in CHANGE_KINDS if numbers[kind]}

    @cached_property
    def groups(self) -> tuple[RowGroup, ...]:
        """Return the rows in groups. Long unchanged stretches are folded, except one row next to each change."""
        folded = _fold([row.kind for row in self.rows])
        grouped = groupby(zip(folded, self.rows, strict=True), key=lambda pair: pair[0])
        return tuple(RowGroup(is_folded, tuple(row for _, row in pairs)) for is_folded, pairs in grouped)


def compare(before: str, after: str) -> Comparison:
    """Compare two bodies from `pages.text.rendering.render`. Long bodies are compared in part: see `is_capped`."""
    budget = Budget(MAX_STEPS)
    windows = _cut_windows(before, after)
    sides = [split_blocks(window, MAX_BLOCKS) for window in windows]
    is_cut = MAX_BLOCKS in map(len, sides) or MAX_COMPARED in map(len, windows)
    pairs, is_shortened = _shorten(align(sides[0], sides[1], budget), is_cut=is_cut)
    is_capped = is_shortened or windows != (before, after)
    writer = _RowWriter(budget)
    for pair in pairs:
        if writer.is_full:
            break
        writer.write(pair)
    return Comparison(tuple(writer.rows), tuple(writer.changes), is_capped or writer.is_full or budget.is_spent)


def _extract_text(html: str) -> str:
    """Return the text of a cell, with the descriptions of its pictures."""
    text = re.sub(r'<img[^>]* alt="([^"]*)"[^>]*>', r"\1", html)
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"</t[hd]>", "\t", text.replace("<br>", " "))))


def _fold(kinds: Sequence[RowKind]) -> list[bool]:
    """Tell for each row whether it is folded: in an unchanged stretch of more than three, and not next to a change."""
    folded: list[bool] = []
    for is_unchanged, stretch in groupby(kinds, key="unchanged".__eq__):
        length, start = len(list(stretch)), len(folded)
        is_long = is_unchanged and length > 3
        folded += [is_long] * length
        if is_long and start:
            folded[start] = False
        if is_long and start + length < len(kinds):
            folded[-1] = False
    return folded


def _cut_windows(before: str, after: str) -> tuple[str, str]:
    """Return two bodies. If one is too long, return of each the part from the block with the first difference on."""
    if max(len(before), len(after)) <= MAX_COMPARED and max(before.count("\n<"), after.count("\n<")) < MAX_BLOCKS:
        return before, after
    start, end = 0, min(len(before), len(after))
    while start < end:
        middle = (start + end + 1) // 2
        start, end = (middle, end) if before[start:middle] == after[start:middle] else (start, middle - 1)
    # Go back to the start of the block. The list or table around it is not repeated.
    start = max(0, *(before.rfind(opening, 0, start) for opening in ("\n<h", "\n<p>", "\n<li", "\n<tr>")))
    return before[start : start + MAX_COMPARED], after[start : start + MAX_COMPARED]


def _shorten(pairs: list[BlockPair], *, is_cut: bool) -> tuple[list[BlockPair], bool]:
    """Return the pairs to show, and whether some are left out. If all are too long, the folded ones are left out."""
    if is_cut:
        # A block after the last one that both sides have may have its counterpart beyond the cut.
        last = max((number for number, pair in enumerate(pairs) if pair.before and pair.after), default=len(pairs))
        pairs = pairs[: last + 1]
    if sum(map(_measure, pairs)) <= MAX_SHOWN:
        return pairs, is_cut
    folded = _fold([pair.kind for pair in pairs])
    return [pair for pair, is_folded in zip(pairs, folded, strict=True) if not is_folded], is_cut or any(folded)


def _measure(pair: BlockPair) -> int:
    """Return the characters of HTML that a row will have, approximately."""
    blocks = (pair.after,) if pair.kind == "unchanged" else (pair.before, pair.after)
    return sum(len(block.wrap(block.inner_html)) for block in blocks if block)


class _RowWriter:
    """Makes rows and changes from pairs of blocks until a limit is reached."""

    def __init__(self, budget: Budget) -> None:
        self.rows: list[ComparisonRow] = []
        self.changes: list[TextChange] = []
        self.is_full = False
        self._budget, self._size, self._anchors = budget, 0, 0

    def write(self, pair: BlockPair) -> None:
        if pair.before and pair.after:
            if pair.kind == "unchanged":
                self._add("unchanged", None, pair.after.html)
            else:
                self._write_changed(pair.before, pair.after)
        elif pair.before:
            self._write_removed(pair.kind, pair.before)
        elif pair.after:
            self._write_added(pair.kind, pair.after)

    def _write_removed(self, kind: RowKind, block: Block) -> None:
        # A move is counted once, at the new place.
        changes = [] if kind == "moved away" else [_describe("removal", block)]
        self._add(kind, block.html, None, changes)

    def _write_added(self, kind: RowKind, block: Block) -> None:
        self._add(kind, None, block.html, [_describe("move" if kind == "moved" else "addition", block)])

    def _write_changed(self, before: Block, after: Block) -> None:
        block = ChangedBlock(before, after, self._budget)
        if block.is_unmarkable or len(block.changes) > MAX_CHANGES_OF_ROW:
            self._budget.is_spent |= not block.is_unmarkable
            self._write_removed("removed", before)
            self._write_added("added", after)
        elif block.changes:
            self._add("changed", block.html(0), block.html(1), block.changes)
        else:
            self._add("unchanged", None, after.html)

    def _add(self, kind: RowKind, before: str | None, after: str | None, changes: Sequence[TextChange] = ()) -> None:
        old, new = _cut(before), _cut(after)
        self._size += len(old or "") + len(new or "")
        self._budget.is_spent |= (old, new) != (before, after)
        self.is_full = self.is_full or self._size > MAX_SHOWN or len(self.changes) + len(changes) > MAX_CHANGES
        if self.is_full:
            return
        self._anchors += bool(changes)
        anchor = f"change-{self._anchors}" if changes else ""
        anchored = tuple(replace(change, anchor=anchor) for change in changes)
        self.rows.append(ComparisonRow(kind, _build_cell(old), _build_cell(new), anchor, anchored))
        self.changes += anchored


def _describe(kind: ChangeKind, block: Block) -> TextChange:
    """Return the change of a whole block."""
    return TextChange(kind, "", text=excerpt(" ".join(_extract_text(block.html).split())))


def _build_cell(html: str | None) -> ComparisonCell | None:
    return None if html is None else ComparisonCell(html)


def _cut(html: str | None) -> str | None:
    """Return the HTML of a cell, or an excerpt of its text if it is longer than half of the limit for all rows."""
    if html is None or len(html) <= MAX_SHOWN // 2:
        return html
    return f"<p>{escape(excerpt(_extract_text(html), MAX_SHOWN // 20))}</p>"
