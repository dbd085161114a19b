"""What changed within a block that is on both sides: word by word, and by name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal

from pages.diff.blocks import Block, find_gaps
from pages.diff.tokens import MARK, Budget, Word, can_join, extract_text, find_matches, get_attribute, render_words

EXCERPT = 200


@dataclass(frozen=True)
class TextChange:
    """An entry of the summary. `before` and `after` hold addresses, levels or kinds of emphasis, `text` the words."""

    kind: Literal["addition", "removal", "move", "link target", "picture", "emphasis", "heading level"]
    anchor: str
    before: str = ""
    after: str = ""
    text: str = ""


def excerpt(text: str, length: int | None = None) -> str:
    """Return the beginning of a text, never cut within a grapheme."""
    text, length = text.strip(), length or EXCERPT
    if len(text) <= length:
        return text
    while length and can_join(text[length - 1], text[length]):
        length -= 1
    return f"{text[:length].rstrip()}…"


@dataclass
class _ChangedRun:
    """A change in the making: of which words, of the side before (0) or after (1), it tells."""

    kind: str
    values: tuple[str, str]
    side: int
    start: int
    end: int


class ChangedBlock:
    """Two blocks of which one became the other: the named changes, and both cells with marks."""

    def __init__(self, before: Block, after: Block, budget: Budget):
        self._blocks = (before, after)
        self.changes: list[TextChange] = []
        self._marks: tuple[list[str], list[str]] = ([], [])
        self._space_marks: tuple[list[str], list[str]] = ([], [])
        has_same_cells = len(before.cells) == len(after.cells)
        if before.tag != after.tag and before.is_heading:
            text = excerpt(extract_text(after.words))
            self.changes.append(TextChange("heading level", "", before.tag, after.tag, text))
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
            parts += (opening, render_words(words, self._marks[side][places], self._space_marks[side][places]), closing)
        return self._blocks[side].wrapped("".join(parts))


class _WordChanges:
    """What changed from one list of words to another, and the mark of each word and of the space before it."""

    def __init__(self, before: Sequence[Word], after: Sequence[Word], budget: Budget):
        self._words = (before, after)
        self.marks = ([""] * len(before), [""] * len(after))
        self.space_marks = ([""] * len(before), [""] * len(after))
        self._runs: list[_ChangedRun] = []
        pairs = find_matches([word.key for word in before], [word.key for word in after], budget)
        pairs = list(self._with_pictures(pairs))
        for gap, pair in zip(find_gaps(pairs, len(before), len(after)), [*pairs, None], strict=True):
            self._mark_gap(gap)
            if pair:
                self._mark_formats(*pair)
                self._mark_space(*pair)

    @property
    def changes(self) -> list[TextChange]:
        return [
            TextChange(
                run.kind, "", *run.values, excerpt(extract_text(self._words[run.side][run.start : run.end])) or " "
            )
            for run in self._runs
        ]

    def _with_pictures(self, pairs: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
        """Add the pictures that took the place of others between the same words."""
        if not all(any(word.is_picture for word in words) for words in self._words):
            yield from pairs
            return
        gaps = find_gaps(pairs, *map(len, self._words))
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
                self._runs.append(_ChangedRun(kind, ("", ""), side, start, end))

    def _mark_formats(self, old: int, new: int) -> None:
        for kind, *values in _format_changes(self._words[0][old], self._words[1][new]):
            self.marks[0][old] = self.marks[1][new] = MARK
            for run in self._runs[-2:]:
                # Words side by side that changed in the same way are one change; a word between has ended it.
                if (run.kind, run.values, run.side, run.end) == (kind, tuple(values), 1, new):
                    run.end += 1
                    break
            else:
                self._runs.append(_ChangedRun(kind, tuple(values), 1, new, new + 1))

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
        self._runs.append(_ChangedRun(kind, ("", ""), side, 0, 0))


def _format_changes(before: Word, after: Word) -> Iterable[tuple[str, str, str]]:
    """Tell how two equal words (or two pictures) are shown otherwise."""
    if before.fragments == after.fragments:
        return
    if before.key != after.key:
        names = ("src", "alt", "title")
        values = [tuple(get_attribute(word.key, name) for word in (before, after)) for name in names]
        yield "picture", *next((pair for pair in values if pair[0] != pair[1]), ("", ""))
    for kind, told in (("link target", _address), ("emphasis", _emphasis)):
        old, new = (_told_of_parts(word, told) for word in (before, after))
        if old != new:
            yield kind, *(next(filter(None, (value for _, value in parts)), "") for parts in (old, new))


def _told_of_parts(word: Word, told: Callable[[tuple[str, ...]], str]) -> list[tuple[str, str]]:
    """Return the parts of a word with what a function tells of their formats, as few parts as there can be."""
    parts = (("" if word.is_picture else html, told(formats)) for html, formats in word.fragments)
    return [("".join(html for html, _ in same), value) for value, same in groupby(parts, key=itemgetter(1))]


def _address(formats: tuple[str, ...]) -> str:
    links = [tag for tag in formats if tag.startswith("<a")]
    titles = (f' "{get_attribute(tag, "title")}"' if " title=" in tag else "" for tag in links)
    return " ".join(get_attribute(tag, "href") + title for tag, title in zip(links, titles, strict=True))


def _emphasis(formats: tuple[str, ...]) -> str:
    return " ".join(sorted({tag[1:-1].partition(" ")[0] for tag in formats if not tag.startswith("<a")}))
