"""Raw HTML that browsers do not show: elements that are hidden by an attribute or by a style, and templates.

Readers must not see their text here either. It is removed before the other tags are dropped.
"""

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token
from markdown_it.utils import EnvType

from pages.text.extensions.dropped_markup import DroppedKind, note_dropped
from pages.text.extensions.raw_html.tags import KNOWN, PIECE, VOID, Tag, read_tag

# The text in these elements is for other programs, or for browsers without frames.
_NAMES = frozenset({"datalist", "dialog", "iframe", "noembed", "noframes", "template"})
_WITHOUT_END = frozenset({"dd", "dt", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr"})
_PARENTS = frozenset({"dl", "ol", "select", "table", "tbody", "tfoot", "thead", "tr", "ul"})
_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# In a text without any of these nothing is hidden.
_MARKS = re.compile(rf"hidden|{_STYLE.pattern}|<(?:{'|'.join(sorted(_NAMES))})", re.IGNORECASE)


def drop_hidden(tokens: list[Token], environment: EnvType) -> list[Token]:
    """Return the tokens of a document without the elements that are hidden."""
    contents = (child.content for token in tokens for child in (token, *(token.children or ())) if "<" in child.content)
    if not any(map(_MARKS.search, contents)):
        return tokens
    return list(_HiddenElements(environment).filter_blocks(tokens))


def strip_hidden(line: str) -> str:
    """Return the Markdown of one line without hidden elements. One that is not closed in it stays."""
    if not _MARKS.search(line):
        return line
    return _HiddenElements({"dropped": []}).filter_line(line)


class _HiddenElements:
    """Follows the tags of a document. An element that is not closed ends with its paragraph or other container."""

    def __init__(self, environment: EnvType):
        self._environment = environment
        # The hidden element that is open, the number of open elements of that name, and of Markdown's within it.
        self._name, self._depth, self._containers = "", 0, 0

    def filter_blocks(self, tokens: Iterable[Token]) -> Iterator[Token]:
        line = 0
        for token in tokens:
            line = token.map[0] if token.map else line
            if token.type == "html_block":
                token.content = self._filter_html(token.content, line)
                yield token
            elif token.type == "inline" and not self._name:
                token.children = list(self._filter_inline(token.children or [], line))
                self._name = ""
                yield token
            elif self._shows(token):
                yield token
            elif token.type == "inline":
                self._close_within(token.children or [])

    def filter_line(self, content: str) -> str:
        shown = self._filter_html(content, 0)
        return content if self._name else shown

    def _filter_inline(self, children: Iterable[Token], line: int) -> Iterator[Token]:
        for token in children:
            if token.type == "html_inline":
                if self._shows_tag(read_tag(token.content), token.meta.get("line", line)):
                    yield token
            elif self._shows(token):
                yield token

    def _close_within(self, children: Iterable[Token]) -> None:
        """Follow the tags in a paragraph that is hidden. If it closes the element, all of it stays hidden."""
        for token in children:
            if token.type == "html_inline" and self._name:
                self._shows_tag(read_tag(token.content), 0)

    def _filter_html(self, content: str, line: int) -> str:
        kept, position = [], 0
        for match in PIECE.finditer(content):
            text = content[position : match.start()]
            line += text.count("\n")
            # Blank lines keep the number of each line.
            kept.append("\n" * text.count("\n") if self._name else text)
            is_shown = self._shows_tag(read_tag(match[0]), line) if match["tag"] else not self._name
            kept.append(match[0] if is_shown else "\n" * match[0].count("\n"))
            line += match[0].count("\n")
            position = match.end()
        return "".join([*kept, "" if self._name else content[position:]])

    def _shows_tag(self, tag: Tag, line: int) -> bool:
        """Follow a tag, and tell whether it is shown."""
        if self._name and _ends(self._name, tag):
            self._name = ""
        if self._name:
            if tag.name == self._name:
                self._depth += -1 if tag.is_end else 1
            if not self._depth:
                self._name = ""
            return False
        if not _is_hidden(tag):
            return True
        note_dropped(self._environment, DroppedKind.HIDDEN, tag.name, line)
        if tag.name not in VOID:
            self._name, self._depth, self._containers = tag.name, 1, 0
        return False

    def _shows(self, token: Token) -> bool:
        """Follow a token of Markdown, and tell whether it is shown."""
        is_outside = token.nesting < 0 and not self._containers
        if self._name and (is_outside or (self._name == "p" and token.block)):
            self._name = ""
        if not self._name and not self._containers:
            return True
        self._containers += token.nesting
        return False


def _ends(name: str, tag: Tag) -> bool:
    """Tell whether a tag ends an element that needs no end tag: another of its kind, or the end of its parent."""
    if name not in _WITHOUT_END:
        return False
    return tag.name in _PARENTS - {name} if tag.is_end else tag.name == name


def _is_hidden(tag: Tag) -> bool:
    if tag.is_end or tag.name not in KNOWN:
        return False
    is_closed = tag.name in _NAMES and not (tag.name == "dialog" and "open" in tag.attributes)
    return is_closed or "hidden" in tag.attributes or bool(_STYLE.search(tag.attributes.get("style", "")))
