"""Leaf blocks of rendered HTML (paragraph, heading, table row, code, rule) and the alignment of two lists of them.

The alignment tells which blocks are unchanged, added, removed, changed or moved.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice, product
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

from pages.diff.tokens import (
    PAIRS_PER_STEP,
    Budget,
    Word,
    clean_inline,
    clean_tag,
    find_matches,
    has_unspaced_script,
    split_words,
)

RowKind = Literal["unchanged", "added", "removed", "changed", "moved", "moved away"]

# A block counts as a changed form of another if at least this share of their words is common.
_MIN_SIMILARITY = 0.5
# A block of fewer words does not count as moved, because equal short blocks are often unrelated.
_MIN_MOVED_WORDS = 3
# Similar blocks are searched in stretches of at most this many blocks, because every pair is measured.
_MAX_STRETCH = 20
# Blocks whose positions in their stretches differ by more than this are not compared.
_BAND = 5

# Elements for navigation and scrolling that the renderer adds to the author's text. nh3 leaves no bare `<` or `>` in an
# attribute.
_NAVIGATION = re.compile(
    r'<a class="heading-link" href="[^"]*" aria-label="[^"]*">#</a>'
    r'| ?<a href="[^"]*" class="footnote-backref"[^>]*>[^<]*</a>|<hr class="footnotes-sep">|</?div[^>]*>'
    r'|<a id="[^"]*"></a>'
)
_HEADING_LINK = re.compile(r'<a class="heading-link" href="[^"]*">(.*?)</a>(?=</h[1-6]>)', re.DOTALL)
_REFERENCE = re.compile(r'<a href="#fn:[^"]*" id="[^"]*">([^<]*)</a>')
_ID = re.compile(r'(?<=<h[1-6]|<li) id="[^"]*"')
_BLOCK = re.compile(
    r"<(?P<leaf>h[1-6]|p|pre|tr)>(?P<inner_html>.*?)</(?P=leaf)>|<(?P<rule>hr)>"
    r"|<(?P<end>/?)(?P<container>ul|ol|li|blockquote|table|caption|thead|tbody|tfoot|section|dl|dt|dd|details|summary)"
    r"(?=[ >])(?P<attributes>[^>]*)>",
    re.DOTALL,
)
_START = re.compile(r' start="(\d{1,9})"')
_CELL = re.compile(r"(<t[hd][^>]*>)(.*?)(</t[hd]>)", re.DOTALL)
_ALIGNMENT = re.compile(r'(?<=<t[hd]) class="[^"]*"')
# A tag of a list item or of a quotation that has a style of its own.
_STYLED = re.compile(r' class="(?:task|alert-[a-z]+)"')
_SPANS = re.compile(r' (?:col|row)span="\d+"')
_OPENINGS = {
    "table": '<div class="table-scroll"><table>',
    "section": '<section class="footnotes">',
    # What can be folded on the page is always shown.
    "details": '<div class="details">',
    "summary": '<div class="summary">',
}
_CLOSINGS = {"table": "</table></div>", "details": "</div>", "summary": "</div>"}
_BLOCK_TAGS = {"pre": ("<pre><code>", "</code></pre>"), "hr": ("<hr>", ""), "": ("", "")}


class _Container:
    """An open container while blocks are read. A list counts its items; an item knows whether it has a block yet."""

    def __init__(self, tag: str, attributes: str, parent: "_Container | None") -> None:
        self.tag, self.has_begun = tag, False
        self._class = attributes if _STYLED.fullmatch(attributes) else ""
        start = _START.fullmatch(attributes)
        self.number = int(start[1]) - 1 if start else 0
        if tag == "li" and parent:
            parent.number += 1

    @property
    def opening(self) -> str:
        if self.tag == "li":
            return '<li class="continued">' if self.has_begun else f"<li{self._class}>"
        if self.tag == "ol" and self.number != 1:
            return f'<ol start="{self.number}">'
        return _OPENINGS.get(self.tag, f"<{self.tag}{self._class}>")


class Block:
    """A leaf block: the containers around it, its tag, and its inner HTML without ids."""

    def __init__(self, containers: Sequence[_Container], tag: str, inner_html: str) -> None:
        self.tag, self.inner_html = tag, inner_html
        self.containers = [(container.tag, container.opening) for container in containers]
        is_continued = bool(containers) and containers[-1].tag == "li" and containers[-1].has_begun
        # Only blocks of the same kind can be forms of each other.
        self.kind = "/".join((*(container.tag for container in containers), "continued" * is_continued, self._family))

    @property
    def _family(self) -> str:
        if self.is_heading:
            return "heading"
        # Blank lines between list items decide whether their text is in a "p"; readers see no difference.
        return "" if self.tag == "p" else self.tag

    @property
    def is_heading(self) -> bool:
        return self.tag[:1] == "h" and self.tag != "hr"

    @cached_property
    def key(self) -> tuple[str, str, str]:
        """Return the key of the block: blocks with equal keys are equal."""
        if self.tag == "pre":
            return (self.kind, self.tag, self.inner_html)
        inner_html = _ALIGNMENT.sub("", self.inner_html) if self.tag == "tr" else self.inner_html
        tag = self.tag if self.is_heading else ""
        return (self.kind, tag, " ".join(inner_html.replace("&nbsp;", " ").replace("<br>", " ").split()))

    @cached_property
    def cells(self) -> list[tuple[str, list[Word], str]]:
        """Return opening tag, words and closing tag of a table row's cells. Other blocks are one cell without tags."""
        if self.tag != "tr":
            return [("", split_words(self._text_html, keep_space=self.tag == "pre"), "")]
        return [(clean_tag(opening), split_words(cell), closing) for opening, cell, closing in self._raw_cells]

    @property
    def html(self) -> str:
        """Return the block's clean HTML without marks."""
        if self.tag == "tr":
            cells = (clean_tag(opening) + clean_inline(cell) + closing for opening, cell, closing in self._raw_cells)
            return self.wrap("".join(cells))
        return self.wrap(clean_inline(self._text_html))

    @property
    def spans(self) -> list[list[str]]:
        """Return the attributes of each cell that joins it with its neighbours."""
        return [_SPANS.findall(opening) for opening, _, _ in self._raw_cells]

    @property
    def _raw_cells(self) -> list[tuple[str, str, str]]:
        return _CELL.findall(self.inner_html)

    @property
    def _text_html(self) -> str:
        """Return the inner HTML, without the `code` element that encloses a code block's text."""
        return re.sub(r"\A<code[^>]*>|</code>\Z", "", self.inner_html) if self.tag == "pre" else self.inner_html

    @cached_property
    def words(self) -> list[Word]:
        return [word for _, words, _ in self.cells for word in words]

    @cached_property
    def similarity_keys(self) -> list[str]:
        """Return the keys of the words. All pictures have the same, so that a replaced picture is a small change."""
        return ["<img>" if key.startswith("<") else key for key, _, _ in self.words]

    @property
    def cost(self) -> int:
        """Return the cost of splitting the block into words, in steps of a Budget; 0 if it was split before."""
        if "words" in vars(self):
            return 0
        # Measured. The text of some scripts has to be split into graphemes.
        separators = sum(map(self.inner_html.count, " \n<"))
        return 20 + 28 * separators + len(self.inner_html) * (8 if has_unspaced_script(self.inner_html) else 1)

    def wrap(self, inner_html: str) -> str:
        """Return inner HTML in the block's own tags and the containers around it."""
        opening, closing = _BLOCK_TAGS.get(self.tag) or (f"<{self.tag}>", f"</{self.tag}>")
        openings = "".join(tag for _, tag in self.containers)
        closings = "".join(_CLOSINGS.get(tag, f"</{tag}>") for tag, _ in reversed(self.containers))
        return f"{openings}{opening}{inner_html}{closing}{closings}"


class BlockPair(NamedTuple):
    """A row of the alignment: a block of the old text, a block of the new text, or both."""

    kind: RowKind
    before: Block | None
    after: Block | None


def split_blocks(html: str, limit: int) -> list[Block]:
    """Return the leaf blocks of HTML from `pages.text.rendering.render`, in order, up to a limit."""
    html = _ID.sub("", _REFERENCE.sub(r"\1", _HEADING_LINK.sub(r"\1", _NAVIGATION.sub("", html))))
    return list(islice(_read_blocks(html), limit))


def _read_blocks(html: str) -> Iterable[Block]:
    stack: list[_Container] = []
    end = 0
    for match in _BLOCK.finditer(html):
        if text := html[end : match.start()].strip():
            yield _begin_block(stack, "", text)
        end = match.end()
        if match["leaf"] or match["rule"]:
            yield _begin_block(stack, match["leaf"] or "hr", match["inner_html"] or "")
        elif not match["end"]:
            stack.append(_Container(match["container"], match["attributes"], stack[-1] if stack else None))
        elif stack:
            if stack[-1].tag == "li" and not stack[-1].has_begun:
                # An empty item is shown too.
                yield _begin_block(stack, "", "")
            stack.pop()
    if text := html[end:].strip():
        yield _begin_block(stack, "", text)


def _begin_block(stack: Sequence[_Container], tag: str, inner_html: str) -> Block:
    block = Block(stack, tag, inner_html)
    for container in stack:
        container.has_begun = True
    return block


def align(before: Sequence[Block], after: Sequence[Block], budget: Budget) -> list[BlockPair]:
    """Return the rows of two lists of blocks in reading order.

    Equal blocks in the same order are matched first, then moved ones, then similar ones in the gaps between them.
    """
    pairs = find_matches([block.key for block in before], [block.key for block in after], budget)
    gaps = list(find_gaps(pairs, len(before), len(after)))
    moved = _find_moved(
        [block for old, _ in gaps for block in before[old]], [block for _, new in gaps for block in after[new]], budget
    )
    rows: list[BlockPair] = []
    for (old, new), pair in zip(gaps, [*pairs, None], strict=True):
        rows += _align_gap(before[old], after[new], moved, budget)
        if pair:
            rows.append(BlockPair("unchanged", before[pair[0]], after[pair[1]]))
    return rows


def find_gaps(pairs: Iterable[tuple[int, int]], before: int, after: int) -> Iterable[tuple[slice, slice]]:
    """Yield the gaps between pairs of positions, as slices of both sides, including those at the start and at the end.

    `before` and `after` are the lengths of the sides.
    """
    left, right = 0, 0
    for first, second in (*pairs, (before, after)):
        yield slice(left, first), slice(right, second)
        left, right = first + 1, second + 1


def _find_moved(before: Iterable[Block], after: Iterable[Block], budget: Budget) -> set[int]:
    """Return the `id()` of each block on either side that has moved: several blocks can have the same key."""
    removed: defaultdict[tuple[str, str, str], deque[Block]] = defaultdict(deque)
    for block in before:
        removed[block.key].append(block)
    moved: set[int] = set()
    for block in after:
        origins = removed.get(block.key)
        if origins and budget.spend(block.cost) and len(block.words) >= _MIN_MOVED_WORDS:
            moved |= {id(block), id(origins.popleft())}
    return moved


def _align_gap(before: Sequence[Block], after: Sequence[Block], moved: set[int], budget: Budget) -> list[BlockPair]:
    """Return the pairs of a gap between equal blocks. A long gap is aligned in stretches."""
    stretches = max(1, -(-max(len(before), len(after)) // _MAX_STRETCH))
    rows: list[BlockPair] = []
    for number in range(stretches):
        old = before[len(before) * number // stretches : len(before) * (number + 1) // stretches]
        new = after[len(after) * number // stretches : len(after) * (number + 1) // stretches]
        pairs = _pair_similar(old, new, moved, budget)
        for (left, right), pair in zip(find_gaps(pairs, len(old), len(new)), [*pairs, None], strict=True):
            rows += (BlockPair("moved away" if id(block) in moved else "removed", block, None) for block in old[left])
            rows += (BlockPair("moved" if id(block) in moved else "added", None, block) for block in new[right])
            if pair:
                rows.append(BlockPair("changed", old[pair[0]], new[pair[1]]))
    return rows


def _pair_similar(
    before: Sequence[Block], after: Sequence[Block], moved: set[int], budget: Budget
) -> list[tuple[int, int]]:
    """Return the pairs of positions, increasing on both sides, whose similarities have the greatest sum."""
    if not before or not after or not budget.spend(15 * len(before) * len(after)):
        return []
    similarities = {
        (left, right): _measure_similarity(before[left], after[right], budget)
        for left, right in product(range(len(before)), range(len(after)))
        if abs(left * len(after) - right * len(before)) <= _BAND * max(len(before), len(after))
        and id(before[left]) not in moved
        and id(after[right]) not in moved
    }
    # Dynamic programming: `best[left][right]` is the greatest sum that the blocks from these positions on can reach.
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for left, right in product(reversed(range(len(before))), reversed(range(len(after)))):
        both = best[left + 1][right + 1] + similarities.get((left, right), 0)
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


def _measure_similarity(before: Block, after: Block, budget: Budget) -> float:
    """Return the share of common words, or 0 if one block cannot be a changed form of the other."""
    if before.kind != after.kind or before.tag == "hr":
        return 0
    if not budget.spend(40 + before.cost + after.cost):
        return 0
    if not budget.spend(len(before.words) * len(after.words) // PAIRS_PER_STEP):
        return 0
    return Indel.normalized_similarity(before.similarity_keys, after.similarity_keys, score_cutoff=_MIN_SIMILARITY)
