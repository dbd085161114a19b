"""Two texts in different languages side by side, in rows that belong together.

Their words cannot be compared. Headings of the same level are paired first, and between them blocks of the same kind.
What both languages write alike tells which belong together: numbers, addresses, names and code. If it is known which
texts in one language the two were made from, those are compared: a section can be elsewhere in a newer one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import groupby, takewhile
from typing import TypeVar

from pages.diff.alignment import align, find_best, find_gaps
from pages.diff.blocks import Block, join_table_rows, split_blocks
from pages.diff.comparison import MAX_STEPS, ComparisonCell
from pages.diff.tokens import Budget

Item = TypeVar("Item")

# More than any policy has. Longer texts are cut off.
MAX_BLOCKS = 5_000
# Every pair in a stretch of so many sections or blocks is measured; the stretches of very long texts are shorter, so
# that at most so many pairs are measured.
_MAX_STRETCH, _MAX_PAIRS = 60, 200_000
# In words: that a heading is the same tells as much as so much text.
_HEADING_LENGTH = 100
_TAG = re.compile(r"<[^>]*>")
# Before the name of a section, such as "§ 1.3 ".
_NUMBERING = re.compile(r"^[\W\d]+")
_ADDRESS = re.compile(r'(?:href|src)="(?:/[a-z]{2,3}(?:-[a-z]+)?(?=/))?([^"]+)"')
# Numbers in any script, and words in Latin letters, which other scripts keep in names.
_SIGN = re.compile(r"\d+|[a-z]{2,}")


class Passage:
    """What a row shows of a text: a block, or all rows of a table."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.is_heading = blocks[0].is_heading
        self.kind = "table" if len(blocks) > 1 else f"{blocks[0].kind} {blocks[0].tag if self.is_heading else ''}"

    @property
    def cell(self) -> ComparisonCell:
        return ComparisonCell(join_table_rows(self.blocks) if len(self.blocks) > 1 else self.blocks[0].html)

    @property
    def anchor(self) -> str:
        """The id that the block has on its page, or ""."""
        return next(iter(self.blocks[0].ids), "")

    @cached_property
    def key(self) -> tuple[tuple[str, str, str], ...]:
        """What the passage says: passages of one language with equal keys are the same."""
        return tuple(block.key for block in self.blocks)

    @cached_property
    def length(self) -> int:
        return 1 + sum(len(_TAG.sub("", block.inner_html)) for block in self.blocks)

    @cached_property
    def signs(self) -> frozenset[str]:
        """What does not depend on the language."""
        html = "".join(block.inner_html for block in self.blocks)
        words = _SIGN.findall(unescape(_TAG.sub(" ", html)).lower())
        numbers = (str(int(word)) if word.isdigit() else word for word in words)
        return frozenset([*numbers, *_ADDRESS.findall(html)])


class TextSection:
    """A heading, if there is one, and what follows it up to the next heading."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.heading = passages[0] if passages and passages[0].is_heading else None

    @property
    def blocks(self) -> Iterator[Block]:
        return (block for passage in self.passages for block in passage.blocks)

    @cached_property
    def key(self) -> tuple[object, ...]:
        return tuple(passage.key for passage in self.passages)

    @cached_property
    def length(self) -> int:
        """In words."""
        return sum(block.length for block in self.blocks)

    @cached_property
    def signs(self) -> frozenset[str]:
        kinds = Counter(passage.kind for passage in self.passages)
        numbered = (f"{kind} {number}" for kind in kinds for number in range(kinds[kind]))
        return frozenset(numbered).union(*(passage.signs for passage in self.passages))


@dataclass(frozen=True)
class SideBySideRow:
    """A passage of the first text, of the second, or of both, with the numbers of their sections.

    `starts` says that a section begins. `anchor` is the id that a heading has on the page of the first text.
    """

    first: ComparisonCell | None
    second: ComparisonCell | None
    first_section: int | None
    second_section: int | None
    anchor: str = ""
    starts: bool = False
    is_heading: bool = False


def split_text(html: str) -> tuple[list[TextSection], bool]:
    """Return the sections of a rendered body, and whether the limit cut any off. The first one has no heading."""
    blocks, is_cut = split_blocks(html, MAX_BLOCKS)
    passages = [Passage(list(group)) for _key, group in groupby(blocks, _table_of)]
    sections: list[list[Passage]] = [[]]
    for passage in passages:
        if passage.is_heading:
            sections.append([])
        sections[-1].append(passage)
    return [TextSection(section) for section in sections], is_cut


def _table_of(block: Block) -> int:
    """Return a key that the rows of a table have in common, and no other blocks."""
    return id(block.table if block.tag == "tr" and block.table else block)


def pair_sections(first: Sequence[TextSection], second: Sequence[TextSection]) -> list[tuple[int, int]]:
    """Return the positions of the sections that belong together, increasing on both sides."""
    # What is before all headings.
    pairs = _pair(first[1:], second[1:], _measure_sections)
    return [(0, 0), *((left + 1, right + 1) for left, right in pairs)]


def match_sections(before: Sequence[TextSection], after: Sequence[TextSection]) -> list[tuple[int, int]]:
    """Return the positions of the sections that belong together in two texts in one language; they can have moved."""
    texts = [
        [(number, block) for number, section in enumerate(text) for block in section.blocks] for text in (before, after)
    ]
    numbers = {id(block): number for text in texts for number, block in text}
    old, new = ([block for _number, block in text] for text in texts)
    common: Counter[tuple[int, int]] = Counter()
    for row in align(old, new, Budget(MAX_STEPS)):
        if row.before and row.after:
            weight = row.after.length + (_HEADING_LENGTH if _have_same_name(row.before, row.after) else 0)
            common[numbers[id(row.before)], numbers[id(row.after)]] += weight
    return _best_pairs(
        Counter(
            {
                (left, right): weight
                for (left, right), weight in common.items()
                if weight >= min(_HEADING_LENGTH, before[left].length / 2, after[right].length / 2)
            }
        )
    )


def _have_same_name(before: Block, after: Block) -> bool:
    """Tell whether two blocks are headings that differ in their number at most."""
    names = [_NUMBERING.sub("", _TAG.sub("", block.inner_html)) for block in (before, after) if block.is_heading]
    return len(names) == 2 and names[0] == names[1] != ""


def _best_pairs(common: Counter[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return pairs of sections with the most in common; what precedes all headings is paired with itself."""
    pairs, taken = {0: 0}, {0}
    for (left, right), _weight in sorted(common.items(), key=lambda entry: (-entry[1], entry[0])):
        if left not in pairs and right not in taken:
            pairs[left] = right
            taken.add(right)
    return sorted(pairs.items())


def align_texts(
    first: Sequence[TextSection], second: Sequence[TextSection], pairs: Sequence[tuple[int, int]]
) -> Iterator[SideBySideRow]:
    """Yield the rows of two texts, with these pairs of sections next to each other, in the order of the first text.

    The first sections are a pair. Sections that only the second text has follow the one before them, after what only
    the first text has there.
    """
    counterparts, paired = dict(pairs), {right for _left, right in pairs}
    waiting: Iterable[int] = ()
    for left, section in enumerate(first):
        if left not in counterparts:
            yield from _align(section, None, left, None)
            continue
        for number in waiting:
            yield from _align(None, second[number], None, number)
        right = counterparts[left]
        yield from _align(section, second[right], left, right)
        waiting = takewhile(lambda number: number not in paired, range(right + 1, len(second)))
    for number in waiting:
        yield from _align(None, second[number], None, number)


def _align(
    first: TextSection | None, second: TextSection | None, first_number: int | None, second_number: int | None
) -> Iterator[SideBySideRow]:
    """Yield the rows of one section, or of two that belong together."""
    left, right = first.passages if first else (), second.passages if second else ()
    pairs = _pair(left, right, _measure_passages)
    shown: list[tuple[Passage | None, Passage | None]] = []
    for (before, after), pair in zip(find_gaps(pairs, len(left), len(right)), [*pairs, None], strict=True):
        shown += [(passage, None) for passage in left[before]]
        shown += [(None, passage) for passage in right[after]]
        shown += [(left[pair[0]], right[pair[1]])] if pair else []
    for position, (old, new) in enumerate(shown):
        yield SideBySideRow(
            first=old.cell if old else None,
            second=new.cell if new else None,
            first_section=first_number,
            second_section=second_number,
            anchor=old.anchor if old and old.is_heading else "",
            starts=position == 0,
            is_heading=any(passage.is_heading for passage in (old, new) if passage),
        )


def _pair(
    first: Sequence[Item], second: Sequence[Item], measure: Callable[[Item, Item], float]
) -> list[tuple[int, int]]:
    """Return pairs of positions, increasing on both sides, with the greatest sum of measures in each stretch."""
    length = max(len(first), len(second), 1)
    stretches = -(-length // min(_MAX_STRETCH, max(1, _MAX_PAIRS // length)))
    pairs: list[tuple[int, int]] = []
    for number in range(stretches):
        bounds = [
            (len(items) * number // stretches, len(items) * (number + 1) // stretches) for items in (first, second)
        ]
        (left, left_end), (right, right_end) = bounds
        measures = {
            (row, column): value
            for row, before in enumerate(first[left:left_end])
            for column, after in enumerate(second[right:right_end])
            if (value := measure(before, after))
        }
        best = find_best(measures, left_end - left, right_end - right)
        pairs += [(left + row, right + column) for row, column in best]
    return pairs


def _measure_sections(first: TextSection, second: TextSection) -> float:
    """Return how likely two sections belong together, 0 if they cannot."""
    if first.heading is None or second.heading is None or first.heading.kind != second.heading.kind:
        return 0
    has_same_id = bool(first.heading.anchor) and first.heading.anchor == second.heading.anchor
    return 1 + has_same_id + _share(first.heading.signs, second.heading.signs) + _share(first.signs, second.signs)


def _measure_passages(first: Passage, second: Passage) -> float:
    if first.kind != second.kind:
        return 0
    ratio = min(first.length, second.length) / max(first.length, second.length)
    return 1 + _share(first.signs, second.signs) + ratio / 2


def _share(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the share of common signs, of the side that has fewer."""
    fewest = min(len(first), len(second))
    return len(first & second) / fewest if fewest else 0
