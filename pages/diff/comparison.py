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

from pages.diff.alignment import BlockPair, RowKind, align
from pages.diff.blocks import Block, split_blocks
from pages.diff.common_ends import count_common_start
from pages.diff.form_changes import FormChange, find_form_change, is_continued
from pages.diff.tokens import Budget
from pages.diff.word_changes import ChangedBlock, ChangeKind, TextChange, excerpt
from pages.text.markup_work import pause_collector

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
    """A block on both sides. An unchanged row has only `after`.

    Rows with changes have an `anchor`, and so have those that `other` leads to: the other place of a moved block.
    """

    kind: RowKind
    before: ComparisonCell | None
    after: ComparisonCell | None
    anchor: str = ""
    changes: tuple[TextChange, ...] = ()
    other: str = ""

    @property
    def is_quiet(self) -> bool:
        """Tell whether the row has the same words on both sides, and no entry in the summary."""
        return self.kind in {"unchanged", "same text"} and not self.changes


@dataclass(frozen=True)
class RowGroup:
    """Consecutive rows. A folded group has rows of one kind, with no change in them or next to them."""

    is_folded: bool
    rows: tuple[ComparisonRow, ...]

    @property
    def kind(self) -> RowKind:
        return self.rows[0].kind


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
        folded = _fold([row.is_quiet for row in self.rows])
        grouped = groupby(zip(folded, self.rows, strict=True), key=lambda pair: pair[0] and pair[1].kind)
        return tuple(RowGroup(bool(kind), tuple(row for _, row in pairs)) for kind, pairs in grouped)


@pause_collector()
def compare(before: str, after: str) -> Comparison:
    """Compare two bodies from `pages.text.rendering.render`. Long bodies are compared in part: see `is_capped`."""
    budget = Budget(MAX_STEPS)
    windows = _cut_windows(before, after)
    (old, is_old_cut), (new, is_new_cut) = (split_blocks(window, MAX_BLOCKS) for window in windows)
    is_cut = is_old_cut or is_new_cut or MAX_COMPARED in map(len, windows)
    pairs, is_shortened = _shorten(align(old, new, budget), is_cut=is_cut)
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


def _fold(are_quiet: Sequence[bool]) -> list[bool]:
    """Tell for each row whether it is folded: in a stretch of more than three quiet ones, and not next to a change."""
    folded: list[bool] = []
    for is_stretch, stretch in groupby(are_quiet):
        length, start = len(list(stretch)), len(folded)
        is_long = is_stretch and length > 3
        folded += [is_long] * length
        if is_long and start:
            folded[start] = False
        if is_long and start + length < len(are_quiet):
            folded[-1] = False
    return folded


def _cut_windows(before: str, after: str) -> tuple[str, str]:
    """Return two bodies. If one is too long, return of each the part from the block with the first difference on."""
    if max(len(before), len(after)) <= MAX_COMPARED and max(before.count("\n<"), after.count("\n<")) < MAX_BLOCKS:
        return before, after
    start = count_common_start(before, after)
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
    folded = _fold([pair.kind == "unchanged" for pair in pairs])
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
        # What continues from row to row: a change of form, and a passage of several blocks that moved.
        self._form: FormChange | None = None
        self._move = 0
        self._previous: tuple[Block, Block] | None = None

    def write(self, pair: BlockPair) -> None:
        form, move = self._form, self._move
        self._form, self._move = None, pair.move if pair.kind == "moved" else 0
        if pair.kind == "unchanged" and pair.before and pair.after:
            self._write_unchanged(pair.before, pair.after, form)
        elif pair.kind == "moved" and pair.before and pair.after:
            self._write_moved(pair.before, pair.after, pair.move, is_continued=move == pair.move - 1 and move > 0)
        elif pair.before and pair.after:
            self._write_changed(pair.before, pair.after, form)
        elif pair.before:
            self._write_removed(pair.before, pair.move)
        elif pair.after:
            self._write_added(pair.after)
        if pair.before and pair.after and pair.kind != "moved":
            self._previous = (pair.before, pair.after)

    def _write_unchanged(self, before: Block, after: Block, previous: FormChange | None) -> None:
        """Write a block whose words, formats and links are the same on both sides."""
        if before.inner_html == after.inner_html or not self._write_marked("same text", before, after, previous):
            self._form = find_form_change(before, after, self._previous)
            if self._form is None:
                self._add("unchanged", None, after.html)
            else:
                changes = [] if is_continued(previous, self._form) else [self._form.change]
                self._add("same text", before.html, after.html, changes)

    def _write_moved(self, before: Block, after: Block, move: int, *, is_continued: bool) -> None:
        """Write a block that was elsewhere before. Of a passage, the first block has the entry in the summary."""
        other = f"origin-{move}"
        changes = [] if is_continued else [_describe("move", after)]
        block = None if before.key == after.key else ChangedBlock(before, after, self._budget)
        if block is None or block.is_unmarkable:
            self._add("moved", None, after.html_with_header, changes, anchor=f"moved-{move}", other=other)
        else:
            changes += block.changes
            self._add("moved", block.html(0), block.html(1), changes, anchor=f"moved-{move}", other=other)

    def _write_removed(self, block: Block, move: int) -> None:
        if move:
            # A move is counted once, at the new place.
            self._add("moved away", block.html_with_header, None, anchor=f"origin-{move}", other=f"moved-{move}")
        else:
            self._add("removed", block.html_with_header, None, [_describe("removal", block)])

    def _write_added(self, block: Block) -> None:
        self._add("added", None, block.html_with_header, [_describe("addition", block)])

    def _write_changed(self, before: Block, after: Block, previous: FormChange | None) -> None:
        if not self._write_marked("changed", before, after, previous):
            self._write_removed(before, 0)
            self._write_added(after)

    def _write_marked(self, kind: RowKind, before: Block, after: Block, previous: FormChange | None) -> bool:
        """Write both forms of a block with marks. Return False if marks cannot show what differs."""
        block = ChangedBlock(before, after, self._budget)
        if block.is_unmarkable or len(block.changes) > MAX_CHANGES_OF_ROW:
            self._budget.is_spent |= not block.is_unmarkable
            return False
        if kind == "same text" and not block.changes:
            return False
        form = find_form_change(before, after, self._previous)
        # A new column is one change of the table's layout.
        self._form = form if after.tag == "tr" else None
        changes = [*block.changes, *([form.change] if form and _is_named(form, block, self._form and previous) else [])]
        self._add(kind, block.html(0), block.html(1), changes)
        return True

    def _add(
        self,
        kind: RowKind,
        before: str | None,
        after: str | None,
        changes: Sequence[TextChange] = (),
        *,
        anchor: str = "",
        other: str = "",
    ) -> None:
        old, new = _cut(before), _cut(after)
        self._size += len(old or "") + len(new or "")
        self._budget.is_spent |= (old, new) != (before, after)
        self.is_full = self.is_full or self._size > MAX_SHOWN or len(self.changes) + len(changes) > MAX_CHANGES
        if self.is_full:
            return
        if changes and not anchor:
            self._anchors += 1
            anchor = f"change-{self._anchors}"
        anchored = tuple(replace(change, anchor=anchor) for change in changes)
        self.rows.append(ComparisonRow(kind, _build_cell(old), _build_cell(new), anchor, anchored, other))
        self.changes += anchored


def _is_named(form: FormChange, block: ChangedBlock, previous: FormChange | None) -> bool:
    """Tell whether a change of form has an entry of its own next to the changes of words."""
    if previous and is_continued(previous, form):
        return False
    # The address of a heading follows from its words.
    return form.change.kind != "address" or not block.changes


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
