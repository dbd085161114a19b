"""The differences between two forms of a block, word by word: entries of the summary, and both sides with marks."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, groupby
from operator import itemgetter
from typing import Literal

from pages.diff.alignment import find_gaps
from pages.diff.blocks import Block
from pages.diff.invisible import drop_unseen, name_invisible, show_space, strip_invisible
from pages.diff.rewritten_sentences import drop_scattered_matches
from pages.diff.tokens import MARK, Budget, Word, can_join, extract_text, find_matches, is_punctuation, render_words
from pages.diff.tree import get_attribute

ChangeKind = Literal[
    "addition",
    "removal",
    "replacement",
    "move",
    "numbering",
    "link target",
    "picture",
    "emphasis",
    "heading level",
    "line break",
    "structure",
    "address",
    "invisible characters",
]
# The side before is 0 and the side after is 1, as in pairs.
Side = Literal[0, 1]
# A function that describes the formats of a part of a word.
_Describer = Callable[[tuple[str, ...]], str]

EXCERPT_LENGTH = 200
# The number of a clause: 1.3, § 4, (a), IV.
_CLAUSE_NUMBER = re.compile(r"(?:[0-9]{1,4}(?:\.[0-9]{1,4})*|[a-zа-я]|[IVXLC]{1,7})[.)]?", re.IGNORECASE)
_BEFORE_NUMBERS = frozenset({"", "§", "(", "§§"})


@dataclass(frozen=True)
class TextChange:
    """An entry of the summary.

    `before` and `after` are words, numbers, addresses, heading levels or kinds of emphasis, depending on `kind`; `text`
    is an excerpt.
    """

    kind: ChangeKind
    anchor: str
    before: str = ""
    after: str = ""
    text: str = ""


def excerpt(text: str, length: int | None = None) -> str:
    """Return the beginning of a text, never cut within a grapheme."""
    text, length = text.strip(), length or EXCERPT_LENGTH
    if len(text) <= length:
        return text
    while length and can_join(text[length - 1], text[length]):
        length -= 1
    return f"{text[:length].rstrip()}…"


@dataclass
class _ChangedRun:
    """A change and the words of one side that it covers, while more words may be added."""

    kind: ChangeKind
    values: tuple[str, str]
    side: Side
    start: int
    end: int


class ChangedBlock:
    """Two forms of a block: the entries of the summary, and the HTML of both with marks."""

    def __init__(self, before: Block, after: Block, budget: Budget) -> None:
        self._blocks = (before, after)
        self.changes: list[TextChange] = []
        self._marks: tuple[list[str], list[str]] = ([], [])
        self._space_marks: tuple[list[str], list[str]] = ([], [])
        has_same_cells = len(before.cells) == len(after.cells) and before.spans == after.spans
        if before.tag != after.tag and before.is_heading:
            text = excerpt(extract_text(after.words))
            self.changes.append(TextChange("heading level", "", before.tag, after.tag, text))
        if len(before.cells) == len(after.cells):
            for (_, old, _), (_, new, _) in zip(before.cells, after.cells, strict=True):
                self._add(_WordChanges(old, new, budget, before))
        else:
            self._add(_WordChanges(before.words, after.words, budget))
        # The same words are in other cells of a table row, which marks on words cannot show.
        self.is_unmarkable = not self.changes and not has_same_cells

    def _add(self, word_changes: "_WordChanges") -> None:
        self.changes += word_changes.changes
        has_new_level = bool(self.changes) and self.changes[0].kind == "heading level"
        for side in (0, 1):
            self._marks[side].extend(mark or MARK * has_new_level for mark in word_changes.marks[side])
            self._space_marks[side].extend(word_changes.space_marks[side])

    def html(self, side: Side) -> str:
        """Return the HTML of one side with marks."""
        parts: list[str] = []
        start = 0
        for opening, words, closing in self._blocks[side].cells:
            cell = slice(start, start := start + len(words))
            parts += (opening, render_words(words, self._marks[side][cell], self._space_marks[side][cell]), closing)
        return self._blocks[side].wrap("".join(parts), has_header=True)


class _WordChanges:
    """The changes between two lists of words, and the marks of the words and of the spaces before them."""

    def __init__(
        self, before: Sequence[Word], after: Sequence[Word], budget: Budget, block: Block | None = None
    ) -> None:
        self._words = (before, after)
        self.marks = ([""] * len(before), [""] * len(after))
        self.space_marks = ([""] * len(before), [""] * len(after))
        self._runs: list[_ChangedRun] = []
        # None for a row of a table with other cells.
        self._block = block
        pairs = find_matches([word.key for word in before], [word.key for word in after], budget)
        if block is None or block.tag != "pre":
            pairs = drop_scattered_matches(before, after, pairs)
        pairs = list(self._pair_pictures(pairs))
        left, right = 0, 0
        for old, new in (*pairs, (len(before), len(after))):
            if left < old or right < new:
                self._mark_gap((slice(left, old), slice(right, new)))
            left, right = old + 1, new + 1
            # The same object has the same formats and the same space.
            if old < len(before) and before[old] is not after[new]:
                self._mark_formats(old, new)
                self._mark_space(old, new)

    @property
    def changes(self) -> list[TextChange]:
        return [TextChange(run.kind, "", *run.values, self._excerpt(run)) for run in self._runs]

    def _excerpt(self, run: _ChangedRun) -> str:
        if run.kind == "replacement":
            return ""
        if run.kind == "numbering":
            words = dropwhile(lambda word: is_punctuation(word.key), self._words[1][run.end :])
            return excerpt(extract_text(words))
        return self._extract(self._words[run.side][run.start : run.end]) or " "

    def _extract(self, words: Sequence[Word]) -> str:
        """Return the text of words; of white space in code, signs."""
        return excerpt(extract_text(words) or show_space("".join(word.text for word in words if not word.is_picture)))

    def _pair_pictures(self, pairs: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
        """Yield the pairs, and pairs of the pictures that replaced others between the same words."""
        if not all(any(key.startswith("<") for key, _, _ in words) for words in self._words):
            yield from pairs
            return
        gaps = find_gaps(pairs, *map(len, self._words))
        for gap, pair in zip(gaps, [*pairs, None], strict=True):
            old, new = (
                [position for position in range(part.start, part.stop) if words[position].is_picture]
                for part, words in zip(gap, self._words, strict=True)
            )
            yield from zip(old, new, strict=False)
            if pair:
                yield pair

    def _mark_gap(self, gap: tuple[slice, slice]) -> None:
        old, new = self._words[0][gap[0]], self._words[1][gap[1]]
        for side, mark in ((0, "<del>"), (1, "<ins>")):
            part = gap[side]
            self.marks[side][part] = [mark] * (part.stop - part.start)
        if names := self._name_invisible(old, new):
            part = gap[1 if new else 0]
            self._runs.append(_ChangedRun("invisible characters", names, 1 if new else 0, part.start, part.stop))
        elif old and new:
            values = (self._extract(old), self._extract(new))
            kind: ChangeKind = "numbering" if self._is_renumbered(gap) else "replacement"
            self._runs.append(_ChangedRun(kind, values, 1, gap[1].start, gap[1].stop))
        elif old:
            self._runs.append(_ChangedRun("removal", ("", ""), 0, gap[0].start, gap[0].stop))
        elif new:
            self._runs.append(_ChangedRun("addition", ("", ""), 1, gap[1].start, gap[1].stop))

    def _name_invisible(self, old: Sequence[Word], new: Sequence[Word]) -> tuple[str, str] | None:
        """Name the invisible characters on both sides if nothing else differs."""
        if (self._block and self._block.tag == "pre") or any(word.is_picture for word in (*old, *new)):
            return None
        if drop_unseen(extract_text(old)) != drop_unseen(extract_text(new)):
            return None
        before, after = (name_invisible("".join(word.text for word in words)) for words in (old, new))
        return (before, after) if before != after else None

    def _is_renumbered(self, gap: tuple[slice, slice]) -> bool:
        """Tell whether a gap has the number of a clause on both sides, not a number that belongs to its text."""
        if self._block is None or self._block.tag in {"pre", "tr"}:
            return False
        return all(
            _is_clause_number(words, part, is_heading=self._block.is_heading)
            for words, part in zip(self._words, gap, strict=True)
        )

    def _mark_formats(self, old: int, new: int) -> None:
        for kind, values in _find_format_changes(self._words[0][old], self._words[1][new]):
            self.marks[0][old] = self.marks[1][new] = MARK
            self._extend(kind, values, new)

    def _extend(self, kind: ChangeKind, values: tuple[str, str], new: int) -> None:
        """Add a change of one word, or extend the run of the same change to it."""
        for run in self._runs[-2:]:
            # The run continues if the preceding word changed in the same way. Two runs may end at that word: a link
            # target and an emphasis.
            if (run.kind, run.values, run.side, run.end) == (kind, values, 1, new):
                run.end += 1
                return
        self._runs.append(_ChangedRun(kind, values, 1, new, new + 1))

    def _mark_space(self, old: int, new: int) -> None:
        """Mark the white space between two words that are on both sides, if it differs."""
        if not old or not new or {self.marks[0][old - 1], self.marks[1][new - 1]} & {"<del>", "<ins>"}:
            return
        before, after = self._words[0][old].space, self._words[1][new].space
        has_space = bool(before), bool(after)
        # The run contains no word; its excerpt is a space.
        if has_space == (True, False):
            self.space_marks[0][old] = "<del>"
            self._runs.append(_ChangedRun("removal", ("", ""), 0, 0, 0))
        elif has_space == (False, True):
            self.space_marks[1][new] = "<ins>"
            self._runs.append(_ChangedRun("addition", ("", ""), 1, 0, 0))
        elif before != after:
            self._mark_kind_of_space(old, new)

    def _mark_kind_of_space(self, old: int, new: int) -> None:
        htmls = [[html for html, _ in self._words[side][key].space] for side, key in enumerate((old, new))]
        breaks, names = ([parts.count("<br>") for parts in htmls], [name_invisible("".join(parts)) for parts in htmls])
        if breaks[0] == breaks[1] and names[0] == names[1]:
            return
        kind: ChangeKind = "line break" if breaks[0] != breaks[1] else "invisible characters"
        self.marks[0][old] = self.marks[0][old] or MARK
        self.marks[1][new] = self.marks[1][new] or MARK
        self._extend(kind, ("", "") if kind == "line break" else (names[0], names[1]), new)


def _is_clause_number(words: Sequence[Word], part: slice, *, is_heading: bool) -> bool:
    """Tell whether a part of words is the number at the beginning of a clause, and not "30" in "30 days"."""
    before, number = (extract_text(words[: part.start]), extract_text(words[part]))
    if before not in _BEFORE_NUMBERS or part.stop == len(words) or not _CLAUSE_NUMBER.fullmatch(number):
        return False
    following = words[part.stop].key
    is_marked = bool(before) or following in {")", "."} or number.endswith((")", "."))
    is_level = "." in number and following.istitle() and len(following) > 1
    return is_marked or (is_level and number.isascii()) or (is_heading and number[0].isdigit())


def _find_format_changes(before: Word, after: Word) -> Iterator[tuple[ChangeKind, tuple[str, str]]]:
    """Yield the differences in form between two equal words or two pictures: the kind, and the value on each side."""
    if before.fragments == after.fragments:
        return
    if before.key != after.key:
        values = ((get_attribute(before.key, name), get_attribute(after.key, name)) for name in ("src", "alt", "title"))
        yield "picture", next((pair for pair in values if pair[0] != pair[1]), ("", ""))
    elif before.text != after.text:
        yield "invisible characters", (name_invisible(before.text), name_invisible(after.text))
    describers: tuple[tuple[ChangeKind, _Describer], ...] = (
        ("link target", _describe_links),
        ("emphasis", _describe_emphasis),
    )
    for kind, describe in describers:
        old, new = _describe_parts(before, describe), _describe_parts(after, describe)
        if old != new:
            yield kind, (_first_value(old), _first_value(new))


def _describe_parts(word: Word, describe: _Describer) -> list[tuple[str, str]]:
    """Return the text and the described formats of each part of a word. Parts with equal formats are joined."""
    parts = (("" if word.is_picture else html, describe(formats)) for html, formats in word.fragments)
    texts = [("".join(html for html, _ in group), value) for value, group in groupby(parts, key=itemgetter(1))]
    return [(strip_invisible(text), value) for text, value in texts]


def _first_value(parts: Iterable[tuple[str, str]]) -> str:
    return next((value for _, value in parts if value), "")


def _describe_links(formats: tuple[str, ...]) -> str:
    links = [tag for tag in formats if tag.startswith("<a")]
    titles = (f' "{get_attribute(tag, "title")}"' if " title=" in tag else "" for tag in links)
    return " ".join(get_attribute(tag, "href") + title for tag, title in zip(links, titles, strict=True))


def _describe_emphasis(formats: tuple[str, ...]) -> str:
    return " ".join(sorted({tag[1:-1].partition(" ")[0] for tag in formats if not tag.startswith("<a")}))
