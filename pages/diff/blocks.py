"""Leaf blocks of rendered HTML: paragraph, heading, table row, code, rule, and what a list item or a cell contains."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import escape, unescape
from itertools import groupby, islice, takewhile

from pages.diff.tokens import Word, drop_local_links, has_unspaced_script, is_punctuation, read_keys, split_words
from pages.diff.tree import Element, clean_inline, find_ids, parse
from pages.text.rendering import MAX_TABLE_NAME

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_LEAVES = _HEADINGS | {"p", "pre", "hr"}
_LISTS = frozenset({"ul", "ol", "li", "dl", "dt", "dd"})
_TABLES = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
_CONTAINERS = _LISTS | _TABLES | {"blockquote", "section", "details", "summary"}
# Boxes that only scroll or group what they contain.
_TRANSPARENT = frozenset({"div", ""})
_BLOCKS = _LEAVES | _CONTAINERS | {"div"}
_CELLS = frozenset({"td", "th"})
# Of these elements, a text has at most so many for each block that is compared.
_COUNTED = _BLOCKS - _CELLS
_MAX_ELEMENTS_OF_BLOCK = 3
_TAG = re.compile("<[^>]*>")
# Containers that have a style of their own: a task, an alert.
_STYLED = re.compile(r"task|alert-[a-z]+")
_OPENINGS = {
    "section": '<section class="footnotes">',
    # What can be folded on the page is always shown.
    "details": '<div class="details">',
    "summary": '<div class="summary">',
    # A term without its definition, or a definition without its term, would be no valid list.
    "dl": '<div class="dl">',
    "dt": '<div class="dt">',
    "dd": '<div class="dd">',
}
_CLOSINGS = {"table": "</table></div>"} | dict.fromkeys(("details", "summary", "dl", "dt", "dd"), "</div>")
_BLOCK_TAGS = {"pre": ("<pre><code>", "</code></pre>"), "hr": ("<hr>", ""), "": ("", "")}


class Container:
    """An element around blocks, while they are read. A list counts its items; each knows whether it has a block yet."""

    def __init__(self, element: Element, parent: "Container | None") -> None:
        self.tag, self.has_begun = element.tag, False
        self.element = element
        name = element.get("class") if element.attributes else ""
        self.style = f' class="{name}"' if _STYLED.fullmatch(name) else ""
        if element.tag == "details" and "open=" in element.attributes:
            self.style = " open"
        self.number = _read_start(element) - 1 if element.tag == "ol" else 0
        self.header = _find_header(element) if element.tag == "table" else None
        self._table_opening = _open_table(element) if element.tag == "table" else ""
        if element.tag == "li" and parent:
            parent.number += 1

    @property
    def opening(self) -> str:
        if self.tag == "li":
            return '<li class="continued">' if self.has_begun else f"<li{self.style}>"
        if self.tag == "ol" and self.number != 1:
            return f'<ol start="{self.number}">'
        if self.tag in _CELLS:
            return self.element.opening
        if self.tag == "table":
            return self._table_opening
        return _OPENINGS.get(self.tag, f"<{self.tag}{self.style}>")


def _read_start(element: Element) -> int:
    start = element.get("start") if element.attributes else ""
    return int(start) if re.fullmatch(r"-?[0-9]{1,9}", start) else 1


def _open_table(table: Element) -> str:
    """Return the opening tags of a table that can be scrolled with the keyboard, named by its first cells."""
    parts = (part for child in _elements(table) for part in (child, *_elements(child)))
    first = next((part for part in parts if part.tag in {"caption", "tr"}), table)
    cells = [first] if first.tag == "caption" else list(islice(_elements(first), MAX_TABLE_NAME))
    texts = (" ".join(_TAG.sub("", clean_inline(cell.children)).split()) for cell in cells)
    name = escape(unescape(", ".join(filter(None, texts)))[:MAX_TABLE_NAME])
    group = f' role="group" aria-label="{name}"' if name else ""
    return f'<div class="table-scroll" tabindex="0"{group}><table>'


def _find_header(table: Element) -> Element | None:
    """Return the first row of a table if it has only header cells."""
    rows = (row for part in _elements(table) for row in ([part] if part.tag == "tr" else _elements(part)))
    first = next((row for row in rows if row.tag == "tr"), None)
    return first if first and all(cell.tag == "th" for cell in _elements(first)) else None


def _elements(element: Element) -> Iterator[Element]:
    return (child for child in element.children if isinstance(child, Element))


class Block:
    """A leaf block: the containers around it, its tag, and what is in it, without ids.

    A table row has the tag "tr" and its cells; a text directly in a container has no tag.
    """

    def __init__(
        self, containers: Sequence[Container], tag: str, nodes: Sequence[Element | str], own_id: str = ""
    ) -> None:
        self.tag = tag
        self.containers = [(container.tag, container.opening) for container in containers]
        self._nodes = nodes
        begun = (container.element.get("id") for container in containers if not container.has_begun)
        self._own_ids = [name for name in (*begun, own_id) if name]
        self._elements = [container.element for container in containers]
        self._styles = tuple((container.tag, container.style) for container in containers)
        is_continued = bool(containers) and containers[-1].tag == "li" and containers[-1].has_begun
        # Only blocks of the same kind can be forms of each other.
        self.kind = "/".join((*(container.tag for container in containers), "continued" * is_continued, self._family))
        self.marker = _read_marker(containers)
        self._header = next((container.header for container in reversed(containers) if container.tag == "table"), None)

    @property
    def _family(self) -> str:
        if self.is_heading:
            return "heading"
        # Blank lines between list items decide whether their text is in a "p", which is a matter of spacing.
        return "" if self.tag == "p" else self.tag

    @property
    def is_heading(self) -> bool:
        return self.tag in _HEADINGS

    @cached_property
    def inner_html(self) -> str:
        """The clean HTML in the block, with the white space that readers see."""
        if self.tag == "tr":
            return "".join(f"{opening}{html}{closing}" for opening, html, closing in self.raw_cells)
        html = clean_inline(self._nodes)
        return html if self.tag == "pre" else html.strip(" \n")

    @cached_property
    def key(self) -> tuple[str, str, str]:
        """The key of the block: blocks with equal keys have the same words, formats and links."""
        if self.tag == "pre":
            return (self.kind, self.tag, self.inner_html)
        html = self.inner_html
        if self.tag == "tr":
            html = "".join(self.spans) + "\0".join(cell for _, cell, _ in self.raw_cells)
        return (self.kind, self.tag if self.is_heading else "", " ".join(html.split()))

    @cached_property
    def form(self) -> tuple[object, ...]:
        """What `key` leaves out: how the block and what is around it are spaced and aligned."""
        return (self._family or self.tag, self._styles, tuple(opening for opening, _, _ in self.raw_cells))

    def is_in(self, tag: str) -> bool:
        return any(container == tag for container, _opening in self.containers)

    def count_shared(self, other: "Block") -> int:
        """Return how many containers, from the outside, are around another block too."""
        pairs = zip(self._elements, other._elements, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))

    @cached_property
    def ids(self) -> list[str]:
        """The ids in the block, its own, and those of the containers that begin with it."""
        return self._own_ids + [name for node in self._nodes if isinstance(node, Element) for name in find_ids(node)]

    @cached_property
    def raw_cells(self) -> list[tuple[str, str, str]]:
        """Opening tag, clean HTML and closing tag of a table row's cells. Other blocks are one cell without tags."""
        return _clean_cells(self._nodes) if self.tag == "tr" else [("", self.inner_html, "")]

    @property
    def spans(self) -> list[str]:
        """The attributes of each cell that join it with its neighbours."""
        return [" ".join(re.findall(r'(?:col|row)span="\d+"', opening)) + ";" for opening, _, _ in self.raw_cells]

    @cached_property
    def cells(self) -> list[tuple[str, list[Word], str]]:
        """The same with the words of each cell."""
        if self.tag == "pre":
            return [("", split_words(self.inner_html, keep_space=True), "")]
        return [(opening, split_words(html.strip()), closing) for opening, html, closing in self.raw_cells]

    @property
    def is_split(self) -> bool:
        """Tell whether the block was split into words before."""
        return "cells" in vars(self)

    @property
    def table(self) -> Element | None:
        """The outermost table around the block."""
        return next((element for element in self._elements if element.tag == "table"), None)

    @property
    def html(self) -> str:
        """The block's clean HTML without marks."""
        return self.wrap(drop_local_links(self.inner_html))

    @property
    def html_with_header(self) -> str:
        """The same; a row of a table has the table's header row before it."""
        return self.wrap(drop_local_links(self.inner_html), has_header=True)

    @cached_property
    def words(self) -> list[Word]:
        return [word for _, words, _ in self.cells for word in words]

    @cached_property
    def similarity_keys(self) -> list[str]:
        """The keys of the words without punctuation, unless there is nothing else.

        All pictures have the same key, so that a replaced picture is a small change.
        """
        return self._keys or [key for key, _, _ in self.words]

    @property
    def length(self) -> int:
        """The number of words, without punctuation."""
        return len(self._keys)

    @cached_property
    def _keys(self) -> list[str]:
        if self.tag == "pre" or has_unspaced_script(self.inner_html):
            keys = ("<img>" if word.is_picture else word.key for word in self.words)
            return [key for key in keys if key == "<img>" or not is_punctuation(key)]
        return [key for _, html, _ in self.raw_cells for key in read_keys(html)]

    @property
    def cost(self) -> int:
        """The cost of splitting the block into words, in steps of a Budget; 0 if it was split before."""
        if "_keys" in vars(self):
            return 0
        # Measured. The text of some scripts has to be split into graphemes.
        separators = sum(map(self.inner_html.count, " \n<"))
        return 20 + 28 * separators + len(self.inner_html) * (8 if has_unspaced_script(self.inner_html) else 1)

    def wrap(self, inner_html: str, *, has_header: bool = False) -> str:
        """Return inner HTML in the block's own tags and the containers around it."""
        opening, closing = _BLOCK_TAGS.get(self.tag) or (f"<{self.tag}>", f"</{self.tag}>")
        header = self._header_html if has_header else ""
        openings = "".join(html + (header if tag == "table" else "") for tag, html in self.containers)
        closings = "".join(_CLOSINGS.get(tag, f"</{tag}>") for tag, _ in reversed(self.containers))
        return f"{openings}{opening}{inner_html}{closing}{closings}"

    @property
    def _header_html(self) -> str:
        if self.tag != "tr" or self._header is None or self._header.children is self._nodes:
            return ""
        cells = "".join(drop_local_links("".join(cell)) for cell in _clean_cells(self._header.children))
        return f'<thead class="repeated"><tr>{cells}</tr></thead>'


def join_table_rows(rows: Sequence[Block]) -> str:
    """Return the HTML of consecutive rows of one table."""
    # The containers up to the table are the same for all of them.
    depth = [tag for tag, _opening in rows[0].containers].index("table") + 1
    around, parts = rows[0].containers[:depth], []
    for is_header, group in groupby(rows, lambda row: row.is_in("thead")):
        tag = "thead" if is_header else "tbody"
        cells = (f"<tr>{drop_local_links(row.inner_html)}</tr>" for row in group)
        parts.append(f"<{tag}>{''.join(cells)}</{tag}>")
    openings = "".join(opening for _tag, opening in around)
    closings = "".join(_CLOSINGS.get(tag, f"</{tag}>") for tag, _opening in reversed(around))
    return f"{openings}{''.join(parts)}{closings}"


def _clean_cells(nodes: Sequence[Element | str]) -> list[tuple[str, str, str]]:
    """Return the opening tag, the clean HTML and the closing tag of a table row's cells."""
    cells = (node for node in nodes if isinstance(node, Element) and node.tag in _CELLS)
    return [(cell.opening, clean_inline(cell.children).strip(" \n"), f"</{cell.tag}>") for cell in cells]


def _read_marker(containers: Sequence[Container]) -> str:
    """Return the number of the list item that a block begins, or ""."""
    if len(containers) < 2 or containers[-1].tag != "li" or containers[-1].has_begun or containers[-2].tag != "ol":
        return ""
    return str(containers[-2].number)


def split_blocks(html: str, limit: int) -> tuple[list[Block], bool]:
    """Return the leaf blocks of HTML from `pages.text.rendering.render`, and whether the limit cut any off."""
    root, is_cut = parse(html.replace("&nbsp;", "\u00a0"), _COUNTED, _MAX_ELEMENTS_OF_BLOCK * limit)
    blocks = list(islice(_read_blocks(root, []), limit))
    return blocks, is_cut or len(blocks) == limit


def _read_blocks(element: Element, stack: list[Container]) -> Iterator[Block]:
    """Yield the blocks in an element; `stack` has the containers around them, the element among them."""
    inline: list[Element | str] = []
    for child in element.children:
        if isinstance(child, str) or child.tag not in _BLOCKS:
            inline.append(child)
            continue
        yield from _flush(inline, stack)
        inline = []
        yield from _read_block(child, stack)
    yield from _flush(inline, stack)


def _flush(inline: Sequence[Element | str], stack: Sequence[Container]) -> Iterator[Block]:
    if any(not isinstance(node, str) or node.strip() for node in inline):
        yield _begin_block(stack, "", inline)


def _read_block(element: Element, stack: list[Container]) -> Iterator[Block]:
    if element.tag in _TRANSPARENT:
        yield from _read_blocks(element, stack)
    elif element.tag == "tr" and _has_only_texts(element):
        yield _begin_block(stack, "tr", element.children)
    elif element.tag in _CONTAINERS:
        container = Container(element, stack[-1] if stack else None)
        stack.append(container)
        yield from _read_blocks(element, stack)
        if not container.has_begun and _is_shown_empty(container):
            yield _begin_block(stack, "", [])
        stack.pop()
    elif element.tag != "hr" or element.get("class") != "footnotes-sep":
        yield _begin_block(stack, element.tag, _leaf_nodes(element), element.get("id"))


def _is_shown_empty(container: Container) -> bool:
    return container.tag in {"li", "blockquote", "td", "th", "dd", "dt"}


def _has_only_texts(row: Element) -> bool:
    """Tell whether no cell of a table row contains blocks."""
    return not any(part.tag in _BLOCKS for cell in _elements(row) for part in _elements(cell))


def _leaf_nodes(element: Element) -> Sequence[Element | str]:
    """Return what is in a leaf: of a code block, what is in the `code` element that encloses its text."""
    if element.tag == "pre" and [child.tag for child in _elements(element)] == ["code"]:
        return next(_elements(element)).children
    return element.children


def _begin_block(stack: Sequence[Container], tag: str, nodes: Sequence[Element | str], own_id: str = "") -> Block:
    block = Block(stack, tag, nodes, own_id)
    for container in stack:
        container.has_begun = True
    return block
