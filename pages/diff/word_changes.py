"""The differences between two forms of a block, word by word: entries of the summary, and both sides with marks."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, dropwhile, groupby, pairwise
from operator import itemgetter
from typing import Literal

from pages.diff.alignment import find_gaps
from pages.diff.blocks import Block
from pages.diff.invisible import drop_unseen, name_invisible, show_space, strip_invisible
from pages.diff.tokens import (
    MARK,
    REFERENCE,
    Budget,
    Word,
    can_join,
    drop_local_links,
    extract_text,
    is_punctuation,
    render_words,
    split_words,
)
from pages.diff.tree import get_attribute
from pages.diff.word_matches import WordMatches, match_code, match_passages, match_words

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
_WORDS_BEFORE_NOTE = 5
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
        self._has_new_level = before.tag != after.tag and before.is_heading
        self._has_same_cells = len(before.raw_cells) == len(after.raw_cells)
        # None for a row of a table with other cells.
        block = before if self._has_same_cells else None
        self._parts = [_WordChanges(matches, block) for matches in self._match(budget)]
        self.changes = [change for part in self._parts for change in part.changes]
        if self._has_new_level:
            text = excerpt(extract_text(after.words))
            self.changes.insert(0, TextChange("heading level", "", before.tag, after.tag, text))
        # The same words are in other cells of a table row, which marks on words cannot show.
        self.is_unmarkable = not self.changes and not (self._has_same_cells and before.spans == after.spans)

    def _match(self, budget: Budget) -> Iterator[WordMatches]:
        """Yield the words in common of each cell, or of the whole row of a table that has other cells."""
        before, after = self._blocks
        match = match_code if before.tag == "pre" else match_words
        if not self._has_same_cells:
            yield match(before.words, after.words, budget)
        # Of a heading with another level, all words are marked.
        elif self._has_new_level or before.tag == "pre" or (before.is_split and after.is_split):
            for (_, old_words, _), (_, new_words, _) in zip(before.cells, after.cells, strict=True):
                yield match(old_words, new_words, budget)
        else:
            for (_, old, _), (_, new, _) in zip(before.raw_cells, after.raw_cells, strict=True):
                yield match_passages(old, new, budget)

    def html(self, side: Side) -> str:
        """Return the HTML of one side with marks."""
        block, mark = self._blocks[side], MARK * self._has_new_level
        if self._has_same_cells:
            cells = [part.html(side, mark) for part in self._parts]
        else:
            ends = list(accumulate((len(words) for _, words, _ in block.cells), initial=0))
            cells = [self._parts[0].html(side, mark, slice(*bounds)) for bounds in pairwise(ends)]
        tags = ((opening, closing) for opening, _, closing in block.raw_cells)
        inner_html = "".join(opening + html + closing for (opening, closing), html in zip(tags, cells, strict=True))
        return block.wrap(inner_html, has_header=True)


class _WordChanges:
    """The changes between two forms of a passage, and the marks of the words and of the spaces before them."""

    def __init__(self, matches: WordMatches, block: Block | None) -> None:
        self._matches = matches
        before, after = self._words = (matches.before, matches.after)
        self._marks = ([""] * len(before), [""] * len(after))
        self._space_marks = ([""] * len(before), [""] * len(after))
        self._runs: list[_ChangedRun] = []
        self._block = block
        left, right = 0, 0
        for old, new in (*self._pair_pictures(matches.pairs), (len(before), len(after))):
            if left < old or right < new:
                self._mark_gap((slice(left, old), slice(right, new)))
            left, right = old + 1, new + 1
            # The same object has the same formats and the same space.
            if old < len(before) and before[old] is not after[new]:
                self._mark_formats(old, new)
                self._mark_space(old, new)

    def html(self, side: Side, mark: str = "", part: slice = slice(None)) -> str:
        """Return the HTML of one side, or of a part of its words, with marks; `mark` is that of unchanged words."""
        words, marks = self._words[side][part], self._marks[side][part]
        marked = render_words(words, [own or mark for own in marks] if mark else marks, self._space_marks[side][part])
        return drop_local_links(self._matches.start) + marked + drop_local_links(self._matches.end)

    @property
    def changes(self) -> list[TextChange]:
        return [TextChange(run.kind, "", *run.values, self._excerpt(run)) for run in self._runs]

    def _excerpt(self, run: _ChangedRun) -> str:
        if run.kind == "replacement":
            return ""
        if run.kind == "numbering" and _is_reference(self._words[1][run.start : run.end]):
            # A footnote is about what is before its number.
            preceding = [*split_words(self._matches.start), *self._words[1][: run.start]]
            return self._extract([word for word in preceding if not _is_reference([word])][-_WORDS_BEFORE_NOTE:])
        if run.kind == "numbering":
            following = [*self._words[1][run.end :], *split_words(self._matches.end)]
            return excerpt(extract_text(dropwhile(lambda word: is_punctuation(word.key), following)))
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
            self._marks[side][part] = [mark] * (part.stop - part.start)
        if names := self._name_invisible(old, new):
            part = gap[1 if new else 0]
            self._runs.append(_ChangedRun("invisible characters", names, 1 if new else 0, part.start, part.stop))
        elif old and new:
            values = (self._extract(old), self._extract(new))
            if _is_reference([*old, *new]):
                # A bracket can be part of the word in scripts without spaces.
                values = (values[0].strip("[]"), values[1].strip("[]"))
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
        """Tell whether a gap has the number of a clause or a footnote on both sides, not a number in its text."""
        if _is_reference([*self._words[0][gap[0]], *self._words[1][gap[1]]]):
            return True
        if self._block is None or self._block.tag in {"pre", "tr"} or self._matches.start:
            return False
        return all(
            _is_clause_number(words, part, is_heading=self._block.is_heading)
            for words, part in zip(self._words, gap, strict=True)
        )

    def _mark_formats(self, old: int, new: int) -> None:
        for kind, values in _find_format_changes(self._words[0][old], self._words[1][new]):
            self._marks[0][old] = self._marks[1][new] = MARK
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
        if not old or not new or {self._marks[0][old - 1], self._marks[1][new - 1]} & {"<del>", "<ins>"}:
            return
        before, after = self._words[0][old].space, self._words[1][new].space
        has_space = bool(before), bool(after)
        # The run contains no word; its excerpt is a space.
        if has_space == (True, False):
            self._space_marks[0][old] = "<del>"
            self._runs.append(_ChangedRun("removal", ("", ""), 0, 0, 0))
        elif has_space == (False, True):
            self._space_marks[1][new] = "<ins>"
            self._runs.append(_ChangedRun("addition", ("", ""), 1, 0, 0))
        elif before != after:
            self._mark_kind_of_space(old, new)

    def _mark_kind_of_space(self, old: int, new: int) -> None:
        htmls = [[html for html, _ in self._words[side][key].space] for side, key in enumerate((old, new))]
        breaks, names = ([parts.count("<br>") for parts in htmls], [name_invisible("".join(parts)) for parts in htmls])
        if breaks[0] == breaks[1] and names[0] == names[1]:
            return
        kind: ChangeKind = "line break" if breaks[0] != breaks[1] else "invisible characters"
        self._marks[0][old] = self._marks[0][old] or MARK
        self._marks[1][new] = self._marks[1][new] or MARK
        self._extend(kind, ("", "") if kind == "line break" else (names[0], names[1]), new)


def _is_reference(words: Sequence[Word]) -> bool:
    """Tell whether all words are the number of a footnote."""
    return all(REFERENCE in formats for word in words for _html, formats in word.fragments)


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
