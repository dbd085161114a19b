"""Two rendered bodies beside each other, for readers: which blocks and which words differ, and what changed by name.

The stylesheet must have `ins, del, mark.format-change { unicode-bidi: isolate }`, or a run in another direction
reorders the words beside it, and `li.continued { list-style: none }` for further blocks of a list item. What is shown
has no ids; links to places in the page are shown without an address.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape, unescape
from itertools import groupby
from typing import Literal

from pages.diff.blocks import Block, BlockPair, align, split_blocks
from pages.diff.tokens import Budget
from pages.diff.word_changes import ChangedBlock, TextChange, excerpt

# Spent on finding what became what, in steps of about 0.1 µs.
MAX_STEPS = 2_000_000
# Of each side: characters of HTML, and blocks.
MAX_COMPARED, MAX_BLOCKS = 1_000_000, 2_500
# Characters of HTML of all rows together.
MAX_SHOWN = 600_000
# Named changes: of a row that shows which of its words changed, and of all.
MAX_CHANGES_OF_ROW, MAX_CHANGES = 2_000, 5_000

CHANGE_KINDS = ("addition", "removal", "move", "link target", "picture", "emphasis", "heading level")


@dataclass(frozen=True)
class ComparisonCell:
    """A cell of the comparison: clean HTML, valid by itself."""

    html: str


@dataclass(frozen=True)
class ComparisonRow:
    """A block on both sides. An unchanged one has only `after`; `anchor` is empty where no entry leads."""

    kind: Literal["unchanged", "added", "removed", "changed", "moved", "moved away"]
    before: ComparisonCell | None
    after: ComparisonCell | None
    anchor: str = ""
    changes: tuple[TextChange, ...] = ()


@dataclass(frozen=True)
class RowGroup:
    """Rows that are shown together; folded, if nothing changed in or beside them."""

    is_folded: bool
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True)
class Comparison:
    """Rows in reading order and the summary. If capped, it is coarser than it could be, or does not show all rows."""

    rows: tuple[ComparisonRow, ...]
    changes: tuple[TextChange, ...]
    is_capped: bool

    @property
    def is_same(self) -> bool:
        return not self.changes and not self.is_capped

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many changes there are of each kind that there is, in the order of CHANGE_KINDS."""
        numbers = Counter(change.kind for change in self.changes)
        return {kind: numbers[kind] for kind in CHANGE_KINDS if numbers[kind]}

    @cached_property
    def groups(self) -> tuple[RowGroup, ...]:
        """The rows, with unchanged stretches of more than three folded but for one row beside each change."""
        folded = _folded([row.kind for row in self.rows])
        grouped = groupby(zip(folded, self.rows, strict=True), key=lambda pair: pair[0])
        return tuple(RowGroup(is_folded, tuple(row for _, row in pairs)) for is_folded, pairs in grouped)


def compare(before: str, after: str) -> Comparison:
    """Compare two bodies as `pages.text.rendering.render` made them. Long ones are compared in part: `is_capped`."""
    budget = Budget(MAX_STEPS)
    windows = _windows(before, after)
    sides = [split_blocks(window, MAX_BLOCKS) for window in windows]
    is_cut = MAX_BLOCKS in map(len, sides) or MAX_COMPARED in map(len, windows)
    steps, is_short = _shortened(align(*sides, budget), is_cut=is_cut)
    is_capped = is_short or windows != (before, after)
    writer = _RowWriter(budget)
    for step in steps:
        if writer.is_full:
            break
        writer.write(step)
    return Comparison(tuple(writer.rows), tuple(writer.changes), is_capped or writer.is_full or budget.is_spent)


def side_text(comparison: Comparison, side: Literal["before", "after"]) -> str:
    """Put one side's text together again from the rows: a line for each block, a tab after each cell of a table."""
    cells = [getattr(row, side) or (row.after if row.kind == "unchanged" else None) for row in comparison.rows]
    return "\n".join(_plain(cell.html) for cell in cells if cell)


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"</t[hd]>", "\t", html.replace("<br>", " "))))


def _described(html: str) -> str:
    """Return the text of a cell, with the descriptions of its pictures."""
    return _plain(re.sub(r'<img[^>]* alt="([^"]*)"[^>]*>', r"\1", html))


def _folded(kinds: Sequence[str]) -> list[bool]:
    """Tell of each row whether it lies in an unchanged stretch and not beside a change."""
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


def _windows(before: str, after: str) -> tuple[str, str]:
    """Return what is compared of two bodies: of too long ones, so much from the first difference on."""
    if max(len(before), len(after)) <= MAX_COMPARED and max(before.count("\n<"), after.count("\n<")) < MAX_BLOCKS:
        return before, after
    start, end = 0, min(len(before), len(after))
    while start < end:
        middle = (start + end + 1) // 2
        start, end = (middle, end) if before[start:middle] == after[start:middle] else (start, middle - 1)
    # Blocks begin on lines of their own; the list or table that this one lies in is not repeated.
    start = max(0, *(before.rfind(opening, 0, start) for opening in ("\n<h", "\n<p>", "\n<li", "\n<tr>")))
    return before[start : start + MAX_COMPARED], after[start : start + MAX_COMPARED]


def _shortened(steps: list[BlockPair], *, is_cut: bool) -> tuple[list[BlockPair], bool]:
    """Leave out what would be folded if all rows together would be too long."""
    if is_cut:
        # What stands behind the last block found on both sides may have its other half behind the cut.
        last = max((place for place, step in enumerate(steps) if step.before and step.after), default=len(steps))
        steps = steps[: last + 1]
    if sum(_size(step) for step in steps) <= MAX_SHOWN:
        return steps, is_cut
    folded = _folded([step.kind for step in steps])
    return [step for step, is_folded in zip(steps, folded, strict=True) if not is_folded], is_cut or any(folded)


def _size(step: BlockPair) -> int:
    shown = step[2:] if step.kind == "unchanged" else step[1:]
    return sum(len(block.wrapped(block.inside)) for block in shown if block)


class _RowWriter:
    """Makes rows and changes of steps, as long as there is room."""

    def __init__(self, budget: Budget):
        self.rows: list[ComparisonRow] = []
        self.changes: list[TextChange] = []
        self.is_full = False
        self._budget, self._size, self._anchors = budget, 0, 0

    def write(self, step: BlockPair) -> None:
        if step.kind == "unchanged":
            self._add("unchanged", None, step.after.html)
        elif step.kind == "changed":
            self._write_changed(step.before, step.after)
        elif step.kind == "moved away":
            self._add("moved away", step.before.html, None)
        else:
            self._write_whole(step)

    def _write_whole(self, step: BlockPair) -> None:
        """Write a block that only one side has, or the new place of one that moved."""
        kind = {"added": "addition", "removed": "removal", "moved": "move"}[step.kind]
        block = step.before or step.after
        text = " ".join(_described(block.html).split())
        change = TextChange(kind, "", text=excerpt(text))
        self._add(step.kind, step.before and step.before.html, step.after and step.after.html, [change])

    def _write_changed(self, before: Block, after: Block) -> None:
        pair = ChangedBlock(before, after, self._budget)
        if pair.is_whole or len(pair.changes) > MAX_CHANGES_OF_ROW:
            self._budget.is_spent |= not pair.is_whole
            self._write_whole(BlockPair("removed", before, None))
            self._write_whole(BlockPair("added", None, after))
        elif pair.changes:
            self._add("changed", pair.html(0), pair.html(1), pair.changes)
        else:
            self._add("unchanged", None, after.html)

    def _add(self, kind: str, before: str | None, after: str | None, changes: Sequence[TextChange] = ()) -> None:
        cells = [_cut(html) for html in (before, after)]
        self._size += sum(map(len, filter(None, cells)))
        self._budget.is_spent |= cells != [before, after]
        self.is_full = self.is_full or self._size > MAX_SHOWN or len(self.changes) + len(changes) > MAX_CHANGES
        if self.is_full:
            return
        self._anchors += bool(changes)
        anchor = f"change-{self._anchors}" if changes else ""
        named = tuple(replace(change, anchor=anchor) for change in changes)
        self.rows.append(
            ComparisonRow(kind, *(None if cell is None else ComparisonCell(cell) for cell in cells), anchor, named)
        )
        self.changes += named


def _cut(html: str | None) -> str | None:
    """Return a cell, or the beginning of its text if it would leave no room for others."""
    if html is None or len(html) <= MAX_SHOWN // 2:
        return html
    return f"<p>{escape(excerpt(_described(html), MAX_SHOWN // 20))}</p>"
