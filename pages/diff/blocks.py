"""The leaf blocks of rendered HTML (paragraph, heading, list item, table row, code, rule), and how two lists of them
align: which are equal, which have moved, which became which.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice, product
from typing import NamedTuple

from rapidfuzz.distance import Indel

from pages.diff.tokens import Budget, Word, clean_inline, clean_tag, find_matches, split_words

_SIMILAR = 0.5
# A block of fewer words than this has not moved: there are just two alike.
_MOVED_WORDS = 3
# The greatest side of a square of blocks that are compared each with each.
_SQUARE = 20
# How many places from the diagonal of that square blocks are still compared.
_BAND = 5

# What the renderer adds for finding one's way and for scrolling, none of it the author's words. nh3 leaves no bare `<`
# or `>` in an attribute.
_NAVIGATION = re.compile(
    r'<a class="heading-link" href="[^"]*" aria-label="[^"]*">#</a>'
    r'| ?<a href="[^"]*" class="footnote-backref"[^>]*>[^<]*</a>|<hr class="footnotes-sep">|</?div[^>]*>'
)
_HEADING_LINK = re.compile(r'<a class="heading-link" href="[^"]*">(.*?)</a>(?=</h[1-6]>)', re.DOTALL)
_REFERENCE = re.compile(r'<a href="#fn:[^"]*" id="[^"]*">([^<]*)</a>')
_ID = re.compile(r'(?<=<h[1-6]|<li) id="[^"]*"')
_BLOCK = re.compile(
    r"<(?P<leaf>h[1-6]|p|pre|tr)>(?P<inside>.*?)</(?P=leaf)>|<(?P<rule>hr)>"
    r"|<(?P<end>/?)(?P<container>ul|ol|li|blockquote|table|thead|tbody|section)(?P<attributes>[^>]*)>",
    re.DOTALL,
)
_START = re.compile(r' start="(\d{1,9})"')
_CELL = re.compile(r"(<t[hd][^>]*>)(.*?)(</t[hd]>)", re.DOTALL)
_ALIGNMENT = re.compile(r'(?<=<t[hd]) class="[^"]*"')
_OPENINGS = {
    "table": '<div class="table-scroll"><table>',
    "section": '<section class="footnotes">',
}
_CLOSINGS = {"table": "</table></div>"}
_ADDED_TAGS = {"pre": ("<pre><code>", "</code></pre>"), "hr": ("<hr>", ""), "": ("", "")}


class _Container:
    """An open container while blocks are read: a list counts its items, an item knows whether it has begun."""

    def __init__(self, tag: str, attributes: str, parent: "_Container | None"):
        self.tag, self.has_begun = tag, False
        start = _START.fullmatch(attributes)
        self.number = int(start[1]) - 1 if start else 0
        if tag == "li" and parent:
            parent.number += 1

    @property
    def opening(self) -> str:
        if self.tag == "li":
            return '<li class="continued">' if self.has_begun else "<li>"
        if self.tag == "ol" and self.number != 1:
            return f'<ol start="{self.number}">'
        return _OPENINGS.get(self.tag, f"<{self.tag}>")


class Block:
    """A leaf block: the containers it lies in, its own tag, and its inside as HTML without ids."""

    def __init__(self, containers: Sequence[_Container], tag: str, inside: str):
        self.tag, self.inside = tag, inside
        self.containers = [(container.tag, container.opening) for container in containers]
        is_continued = bool(containers) and containers[-1].tag == "li" and containers[-1].has_begun
        # Where it lies: a list is tight or loose by its author's blank lines, so "p" says nothing.
        self.kind = "/".join((*(container.tag for container in containers), "continued" * is_continued, self.family))

    @property
    def family(self) -> str:
        if self.is_heading:
            return "heading"
        return "" if self.tag == "p" else self.tag

    @property
    def is_heading(self) -> bool:
        return self.tag[:1] == "h" and self.tag != "hr"

    @cached_property
    def key(self) -> tuple[str, str, str]:
        """What equal blocks have in common."""
        if self.tag == "pre":
            return (self.kind, self.tag, self.inside)
        inside = _ALIGNMENT.sub("", self.inside) if self.tag == "tr" else self.inside
        tag = self.tag if self.is_heading else ""
        return (self.kind, tag, " ".join(inside.replace("&nbsp;", " ").replace("<br>", " ").split()))

    @cached_property
    def cells(self) -> list[tuple[str, list[Word], str]]:
        """Opening tag, words and closing tag of each cell of a table's row; of another block, just its words."""
        if self.tag != "tr":
            return [
                ("", split_words(self.code if self.tag == "pre" else self.inside, keeps_space=self.tag == "pre"), "")
            ]
        return [(clean_tag(opening), split_words(cell), closing) for opening, cell, closing in self._raw_cells]

    @property
    def html(self) -> str:
        """The block as it stands, clean."""
        if self.tag == "tr":
            cells = (clean_tag(opening) + clean_inline(cell) + closing for opening, cell, closing in self._raw_cells)
            return self.wrapped("".join(cells))
        return self.wrapped(clean_inline(self.code if self.tag == "pre" else self.inside))

    @property
    def _raw_cells(self) -> list[tuple[str, str, str]]:
        return _CELL.findall(self.inside)

    @property
    def code(self) -> str:
        return re.sub(r"\A<code[^>]*>|</code>\Z", "", self.inside)

    @cached_property
    def words(self) -> list[Word]:
        return [word for _, words, _ in self.cells for word in words]

    @cached_property
    def likeness(self) -> list[str]:
        """The words, with all pictures alike: one that took another's place is a changed picture."""
        return ["<img>" if word.is_picture else word.key for word in self.words]

    @property
    def cost(self) -> int:
        """What it costs to split it into words, if it has not been done, in steps of a Budget."""
        if "words" in vars(self):
            return 0
        parts = sum(map(self.inside.count, " \n<"))
        return 20 + 40 * parts + len(self.inside) * (1 if self.inside.isascii() else 14)

    def wrapped(self, inside: str) -> str:
        """Put the inside of a cell of the comparison into the block's own tags and the containers it lies in."""
        opening, closing = _ADDED_TAGS.get(self.tag) or (f"<{self.tag}>", f"</{self.tag}>")
        outer = "".join(opened for _, opened in self.containers)
        ends = "".join(_CLOSINGS.get(tag, f"</{tag}>") for tag, _ in reversed(self.containers))
        return f"{outer}{opening}{inside}{closing}{ends}"


class BlockPair(NamedTuple):
    """A row to be: a block before, a block after, or both."""

    kind: str
    before: Block | None
    after: Block | None


def split_blocks(html: str, limit: int) -> list[Block]:
    """Return the first leaf blocks of HTML that `pages.text.rendering.render` made, in their order."""
    html = _ID.sub("", _REFERENCE.sub(r"\1", _HEADING_LINK.sub(r"\1", _NAVIGATION.sub("", html))))
    return list(islice(_leaves(html), limit))


def _leaves(html: str) -> Iterable[Block]:
    stack: list[_Container] = []
    end = 0
    for found in _BLOCK.finditer(html):
        if text := html[end : found.start()].strip():
            yield _leaf(stack, "", text)
        end = found.end()
        if found["leaf"] or found["rule"]:
            yield _leaf(stack, found["leaf"] or "hr", found["inside"] or "")
        elif not found["end"]:
            stack.append(_Container(found["container"], found["attributes"], stack[-1] if stack else None))
        elif stack:
            if stack[-1].tag == "li" and not stack[-1].has_begun:
                yield _leaf(stack, "", "")
            stack.pop()
    if text := html[end:].strip():
        yield _leaf(stack, "", text)


def _leaf(stack: Sequence[_Container], tag: str, inside: str) -> Block:
    block = Block(stack, tag, inside)
    for container in stack:
        container.has_begun = True
    return block


def align(before: Sequence[Block], after: Sequence[Block], budget: Budget) -> list[BlockPair]:
    """Return the rows of the comparison: equal blocks first, then moved ones, then those that are alike."""
    pairs = find_matches([block.key for block in before], [block.key for block in after], budget)
    gaps = list(find_gaps(pairs, len(before), len(after)))
    moved = _moves(
        [block for old, _ in gaps for block in before[old]], [block for _, new in gaps for block in after[new]], budget
    )
    steps: list[BlockPair] = []
    for (old, new), pair in zip(gaps, [*pairs, None], strict=True):
        steps += _paired(before[old], after[new], moved, budget)
        if pair:
            steps.append(BlockPair("unchanged", before[pair[0]], after[pair[1]]))
    return steps


def find_gaps(pairs: Iterable[tuple[int, int]], before: int, after: int) -> Iterable[tuple[slice, slice]]:
    """Return the stretches on both sides before each pair and after the last; one more than there are pairs."""
    left, right = 0, 0
    for first, second in (*pairs, (before, after)):
        yield slice(left, first), slice(right, second)
        left, right = first + 1, second + 1


def _moves(before: Iterable[Block], after: Iterable[Block], budget: Budget) -> dict[int, Block]:
    """Return what moved: identities of blocks, on either side, with the block of the other side."""
    gone: defaultdict[tuple, deque[Block]] = defaultdict(deque)
    for block in before:
        gone[block.key].append(block)
    moved = {}
    for block in after:
        if (same := gone.get(block.key)) and budget.has(block.cost) and len(block.words) >= _MOVED_WORDS:
            origin = same.popleft()
            moved |= {id(block): origin, id(origin): block}
    return moved


def _paired(
    before: Sequence[Block], after: Sequence[Block], moved: dict[int, Block], budget: Budget
) -> list[BlockPair]:
    """Return the rows of a gap between equal blocks; a long gap is compared in stretches."""
    stretches = max(1, -(-max(len(before), len(after)) // _SQUARE))
    steps: list[BlockPair] = []
    for number in range(stretches):
        old = before[len(before) * number // stretches : len(before) * (number + 1) // stretches]
        new = after[len(after) * number // stretches : len(after) * (number + 1) // stretches]
        pairs = _most_alike(old, new, moved, budget)
        for (left, right), pair in zip(find_gaps(pairs, len(old), len(new)), [*pairs, None], strict=True):
            steps += (BlockPair("moved away" if id(block) in moved else "removed", block, None) for block in old[left])
            steps += (BlockPair("moved" if id(block) in moved else "added", None, block) for block in new[right])
            if pair:
                steps.append(BlockPair("changed", old[pair[0]], new[pair[1]]))
    return steps


def _most_alike(
    before: Sequence[Block], after: Sequence[Block], moved: dict[int, Block], budget: Budget
) -> list[tuple[int, int]]:
    """Return the pairs, in order on both sides, whose similarities have the greatest sum."""
    if not before or not after or not budget.has(15 * len(before) * len(after)):
        return []
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    alike = {
        (left, right): _similarity(before[left], after[right], budget)
        for left, right in product(range(len(before)), range(len(after)))
        if abs(left * len(after) - right * len(before)) <= _BAND * max(len(before), len(after))
        and id(before[left]) not in moved
        and id(after[right]) not in moved
    }
    for left, right in product(reversed(range(len(before))), reversed(range(len(after)))):
        both = best[left + 1][right + 1] + alike.get((left, right), 0)
        best[left][right] = max(both, best[left + 1][right], best[left][right + 1])
    pairs, left, right = [], 0, 0
    while left < len(before) and right < len(after):
        if best[left][right] == best[left + 1][right]:
            left += 1
        elif best[left][right] == best[left][right + 1]:
            right += 1
        else:
            pairs.append((left, right))
            left, right = left + 1, right + 1
    return pairs


def _similarity(before: Block, after: Block, budget: Budget) -> float:
    """Return the share of words that two blocks have in common, or 0 if one cannot have become the other."""
    if before.kind != after.kind or before.tag == "hr":
        return 0
    if not budget.has(40 + before.cost + after.cost) or not budget.has(len(before.words) * len(after.words) // 400):
        return 0
    return Indel.normalized_similarity(before.likeness, after.likeness, score_cutoff=_SIMILAR)
