"""Two rendered bodies beside each other, for readers: which blocks and which words differ, and what changed by name.

The stylesheet must have `ins, del, mark.format-change { unicode-bidi: isolate }`, or a run in another direction
reorders the words beside it, and `li.continued { list-style: none }` for further blocks of a list item. What is shown
has no ids; links to places in the page are shown without an address.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape, unescape
from itertools import groupby
from operator import itemgetter
from typing import Literal

from pages.text.comparison_blocks import Block, Step, aligned, blocks_of, gaps_between
from pages.text.comparison_tokens import MARK, Budget, Word, attribute_of, html_of, joins, matches, text_of

# Spent on finding what became what, in steps of about 0.1 µs.
MAX_STEPS = 2_000_000
# Of each side: characters of HTML, and blocks.
MAX_COMPARED, MAX_BLOCKS = 1_000_000, 2_500
# Characters of HTML of all rows together.
MAX_SHOWN = 600_000
# Named changes: of a row that shows which of its words changed, and of all.
MAX_CHANGES_OF_ROW, MAX_CHANGES = 2_000, 5_000
_EXCERPT = 200

CHANGE_KINDS = ("addition", "removal", "move", "link target", "picture", "emphasis", "heading level")


@dataclass(frozen=True)
class ComparedHtml:
    """A cell of the comparison: clean HTML, valid by itself."""

    html: str


@dataclass(frozen=True)
class Change:
    """An entry of the summary. `before` and `after` hold addresses, levels or kinds of emphasis, `text` the words."""

    kind: Literal["addition", "removal", "move", "link target", "picture", "emphasis", "heading level"]
    anchor: str
    before: str = ""
    after: str = ""
    text: str = ""


@dataclass(frozen=True)
class Row:
    """A block on both sides. An unchanged one has only `after`; `anchor` is empty where no entry leads."""

    kind: Literal["unchanged", "added", "removed", "changed", "moved", "moved away"]
    before: ComparedHtml | None
    after: ComparedHtml | None
    anchor: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows that are shown together; folded, if nothing changed in or beside them."""

    is_folded: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """Rows in reading order and the summary. If capped, it is coarser than it could be, or does not show all rows."""

    rows: tuple[Row, ...]
    changes: tuple[Change, ...]
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
    def groups(self) -> tuple[Group, ...]:
        """The rows, with unchanged stretches of more than three folded but for one row beside each change."""
        folded = _folded([row.kind for row in self.rows])
        grouped = groupby(zip(folded, self.rows, strict=True), key=lambda pair: pair[0])
        return tuple(Group(is_folded, tuple(row for _, row in pairs)) for is_folded, pairs in grouped)


def compare(before: str, after: str) -> Comparison:
    """Compare two bodies as `pages.text.rendering.render` made them. Long ones are compared in part: `is_capped`."""
    budget = Budget(MAX_STEPS)
    windows = _windows(before, after)
    sides = [blocks_of(window, MAX_BLOCKS) for window in windows]
    is_cut = MAX_BLOCKS in map(len, sides) or MAX_COMPARED in map(len, windows)
    steps, is_short = _shortened(aligned(*sides, budget), is_cut=is_cut)
    is_capped = is_short or windows != (before, after)
    writer = _Writer(budget)
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


def _shortened(steps: list[Step], *, is_cut: bool) -> tuple[list[Step], bool]:
    """Leave out what would be folded if all rows together would be too long."""
    if is_cut:
        # What stands behind the last block found on both sides may have its other half behind the cut.
        last = max((place for place, step in enumerate(steps) if step.before and step.after), default=len(steps))
        steps = steps[: last + 1]
    if sum(_size(step) for step in steps) <= MAX_SHOWN:
        return steps, is_cut
    folded = _folded([step.kind for step in steps])
    return [step for step, is_folded in zip(steps, folded, strict=True) if not is_folded], is_cut or any(folded)


def _size(step: Step) -> int:
    shown = step[2:] if step.kind == "unchanged" else step[1:]
    return sum(len(block.wrapped(block.inside)) for block in shown if block)


class _Writer:
    """Makes rows and changes of steps, as long as there is room."""

    def __init__(self, budget: Budget):
        self.rows: list[Row] = []
        self.changes: list[Change] = []
        self.is_full = False
        self._budget, self._size, self._anchors = budget, 0, 0

    def write(self, step: Step) -> None:
        if step.kind == "unchanged":
            self._add("unchanged", None, step.after.html)
        elif step.kind == "changed":
            self._write_changed(step.before, step.after)
        elif step.kind == "moved away":
            self._add("moved away", step.before.html, None)
        else:
            self._write_whole(step)

    def _write_whole(self, step: Step) -> None:
        """Write a block that only one side has, or the new place of one that moved."""
        kind = {"added": "addition", "removed": "removal", "moved": "move"}[step.kind]
        block = step.before or step.after
        text = " ".join(_described(block.html).split())
        change = Change(kind, "", text=_excerpt(text))
        self._add(step.kind, step.before and step.before.html, step.after and step.after.html, [change])

    def _write_changed(self, before: Block, after: Block) -> None:
        pair = _MarkedPair(before, after, self._budget)
        if pair.is_whole or len(pair.changes) > MAX_CHANGES_OF_ROW:
            self._budget.is_spent |= not pair.is_whole
            self._write_whole(Step("removed", before, None))
            self._write_whole(Step("added", None, after))
        elif pair.changes:
            self._add("changed", pair.html(0), pair.html(1), pair.changes)
        else:
            self._add("unchanged", None, after.html)

    def _add(self, kind: str, before: str | None, after: str | None, changes: Sequence[Change] = ()) -> None:
        cells = [_cut(html) for html in (before, after)]
        self._size += sum(map(len, filter(None, cells)))
        self._budget.is_spent |= cells != [before, after]
        self.is_full = self.is_full or self._size > MAX_SHOWN or len(self.changes) + len(changes) > MAX_CHANGES
        if self.is_full:
            return
        self._anchors += bool(changes)
        anchor = f"change-{self._anchors}" if changes else ""
        named = tuple(replace(change, anchor=anchor) for change in changes)
        self.rows.append(Row(kind, *(None if cell is None else ComparedHtml(cell) for cell in cells), anchor, named))
        self.changes += named


def _cut(html: str | None) -> str | None:
    """Return a cell, or the beginning of its text if it would leave no room for others."""
    if html is None or len(html) <= MAX_SHOWN // 2:
        return html
    return f"<p>{escape(_excerpt(_described(html), MAX_SHOWN // 20))}</p>"


def _excerpt(text: str, length: int | None = None) -> str:
    """Return the beginning of a text, never cut within a grapheme."""
    text, length = text.strip(), length or _EXCERPT
    if len(text) <= length:
        return text
    while length and joins(text[length - 1], text[length]):
        length -= 1
    return f"{text[:length].rstrip()}…"


@dataclass
class _Run:
    """A change in the making: of which words, of the side before (0) or after (1), it tells."""

    kind: str
    values: tuple[str, str]
    side: int
    start: int
    end: int


class _MarkedPair:
    """Two blocks of which one became the other: the named changes, and both cells with marks."""

    def __init__(self, before: Block, after: Block, budget: Budget):
        self._blocks = (before, after)
        self.changes: list[Change] = []
        self._marks: tuple[list[str], list[str]] = ([], [])
        self._space_marks: tuple[list[str], list[str]] = ([], [])
        has_same_cells = len(before.cells) == len(after.cells)
        if before.tag != after.tag and before.is_heading:
            text = _excerpt(text_of(after.words))
            self.changes.append(Change("heading level", "", before.tag, after.tag, text))
        if has_same_cells:
            for (_, old, _), (_, new, _) in zip(before.cells, after.cells, strict=True):
                self._take(_WordChanges(old, new, budget))
        else:
            self._take(_WordChanges(before.words, after.words, budget))
        # Words that only went from one cell of a table to another.
        self.is_whole = not self.changes and not has_same_cells

    def _take(self, found: "_WordChanges") -> None:
        self.changes += found.changes
        has_new_level = bool(self.changes) and self.changes[0].kind == "heading level"
        for side in (0, 1):
            self._marks[side].extend(mark or MARK * has_new_level for mark in found.marks[side])
            self._space_marks[side].extend(found.space_marks[side])

    def html(self, side: int) -> str:
        """Return the cell of one side, 0 for before and 1 for after."""
        parts, start = [], 0
        for opening, words, closing in self._blocks[side].cells:
            places = slice(start, start := start + len(words))
            parts += (opening, html_of(words, self._marks[side][places], self._space_marks[side][places]), closing)
        return self._blocks[side].wrapped("".join(parts))


class _WordChanges:
    """What changed from one list of words to another, and the mark of each word and of the space before it."""

    def __init__(self, before: Sequence[Word], after: Sequence[Word], budget: Budget):
        self._words = (before, after)
        self.marks = ([""] * len(before), [""] * len(after))
        self.space_marks = ([""] * len(before), [""] * len(after))
        self._runs: list[_Run] = []
        pairs = matches([word.key for word in before], [word.key for word in after], budget)
        pairs = list(self._with_pictures(pairs))
        for gap, pair in zip(gaps_between(pairs, len(before), len(after)), [*pairs, None], strict=True):
            self._mark_gap(gap)
            if pair:
                self._mark_formats(*pair)
                self._mark_space(*pair)

    @property
    def changes(self) -> list[Change]:
        return [
            Change(run.kind, "", *run.values, _excerpt(text_of(self._words[run.side][run.start : run.end])) or " ")
            for run in self._runs
        ]

    def _with_pictures(self, pairs: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
        """Add the pictures that took the place of others between the same words."""
        if not all(any(word.is_picture for word in words) for words in self._words):
            yield from pairs
            return
        gaps = gaps_between(pairs, *map(len, self._words))
        for gap, pair in zip(gaps, [*pairs, None], strict=True):
            old, new = (
                [place for place in range(places.start, places.stop) if words[place].is_picture]
                for places, words in zip(gap, self._words, strict=True)
            )
            yield from zip(old, new, strict=False)
            if pair:
                yield pair

    def _mark_gap(self, gap: tuple[slice, slice]) -> None:
        for side, (kind, mark) in enumerate((("removal", "<del>"), ("addition", "<ins>"))):
            start, end = gap[side].start, gap[side].stop
            if start < end:
                self.marks[side][start:end] = [mark] * (end - start)
                self._runs.append(_Run(kind, ("", ""), side, start, end))

    def _mark_formats(self, old: int, new: int) -> None:
        for kind, *values in _format_changes(self._words[0][old], self._words[1][new]):
            self.marks[0][old] = self.marks[1][new] = MARK
            for run in self._runs[-2:]:
                # Words side by side that changed in the same way are one change; a word between has ended it.
                if (run.kind, run.values, run.side, run.end) == (kind, tuple(values), 1, new):
                    run.end += 1
                    break
            else:
                self._runs.append(_Run(kind, tuple(values), 1, new, new + 1))

    def _mark_space(self, old: int, new: int) -> None:
        """Mark a space that only one side has, between two words that both have."""
        has_space = bool(self._words[0][old].space), bool(self._words[1][new].space)
        if (
            not old
            or not new
            or has_space[0] == has_space[1]
            or {self.marks[0][old - 1], self.marks[1][new - 1]}
            & {
                "<del>",
                "<ins>",
            }
        ):
            return
        side, kind, mark = (0, "removal", "<del>") if has_space[0] else (1, "addition", "<ins>")
        self.space_marks[side][(old, new)[side]] = mark
        self._runs.append(_Run(kind, ("", ""), side, 0, 0))


def _format_changes(before: Word, after: Word) -> Iterable[tuple[str, str, str]]:
    """Tell how two equal words (or two pictures) are shown otherwise."""
    if before.pieces == after.pieces:
        return
    if before.key != after.key:
        names = ("src", "alt", "title")
        values = [tuple(attribute_of(word.key, name) for word in (before, after)) for name in names]
        yield "picture", *next((pair for pair in values if pair[0] != pair[1]), ("", ""))
    for kind, told in (("link target", _address), ("emphasis", _emphasis)):
        old, new = (_told_of_parts(word, told) for word in (before, after))
        if old != new:
            yield kind, *(next(filter(None, (value for _, value in parts)), "") for parts in (old, new))


def _told_of_parts(word: Word, told: Callable[[tuple[str, ...]], str]) -> list[tuple[str, str]]:
    """Return the parts of a word with what a function tells of their formats, as few parts as there can be."""
    parts = (("" if word.is_picture else html, told(formats)) for html, formats in word.pieces)
    return [("".join(html for html, _ in same), value) for value, same in groupby(parts, key=itemgetter(1))]


def _address(formats: tuple[str, ...]) -> str:
    links = [tag for tag in formats if tag.startswith("<a")]
    titles = (f' "{attribute_of(tag, "title")}"' if " title=" in tag else "" for tag in links)
    return " ".join(attribute_of(tag, "href") + title for tag, title in zip(links, titles, strict=True))


def _emphasis(formats: tuple[str, ...]) -> str:
    return " ".join(sorted({tag[1:-1].partition(" ")[0] for tag in formats if not tag.startswith("<a")}))
