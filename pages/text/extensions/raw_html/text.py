"""Raw HTML in text: line breaks, links, underlined, raised and lowered text."""

import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType

from pages.text.extensions.dropped_markup import DroppedKind, note_dropped
from pages.text.extensions.raw_html.tags import INLINE, SEPARATING, Tag, read_tag
from pages.text.heading_ids import HeadingIds

# The most elements within each other. Tags of more are dropped.
MAX_DEPTH = 16
_ID = re.compile(r"[^\s\"'<>`]{1,200}\Z")


class Open(NamedTuple):
    """An open element. Those of Markdown are barriers: raw tags within them cannot close what is outside."""

    name: str
    is_raw: bool


class TextConverter:
    """The inline tokens of one paragraph or of one stretch of text in raw HTML."""

    def __init__(self, state: StateCore, line: int):
        self.tokens: list[Token] = []
        self.is_blank, self._is_after_break = True, False
        self._state, self._line = state, line
        self._open: list[Open] = []

    def add_all(self, children: Sequence[Token]) -> list[Token]:
        for token in children:
            if token.type == "html_inline":
                self._line = token.meta.get("line", self._line)
                self.add_tag(read_tag(token.content), self._line)
            else:
                self._add_markdown(token)
        return self.finish()

    def _add_markdown(self, token: Token) -> None:
        if token.nesting < 0:
            self._close_above(-1)
            self._open.pop()
        elif token.nesting > 0:
            self._open.append(Open("a" if token.type == "link_open" else "", False))
        self.tokens.append(token)

    def add_text(self, text: str) -> None:
        if text:
            self.tokens.append(Token("text", "", 0, content=text))
            if text.strip():
                self.is_blank = self._is_after_break = False

    def add_break(self) -> None:
        """Begin a new line, except at the start."""
        if not self.is_blank and not self._is_after_break:
            self.tokens.append(Token("hardbreak", "br", 0, markup="<br>"))
            self._is_after_break = True

    def add_tag(self, tag: Tag, line: int) -> None:
        if tag.name == "br":
            self.tokens.append(Token("hardbreak", "br", 0, markup="<br>"))
        elif tag.name not in INLINE:
            if tag.name in SEPARATING:
                self.add_break()
            if not tag.is_end:
                note_dropped(self._state.env, DroppedKind.TAG, tag.name, line)
        elif tag.is_end:
            self._close(tag.name)
        elif opening := self._build_opening(tag):
            self.tokens.append(opening)
            self._open.append(Open(tag.name, True))
            self.is_blank = self.is_blank and "id" not in opening.attrs
        else:
            note_dropped(self._state.env, DroppedKind.TAG, tag.name, line)

    def _build_opening(self, tag: Tag) -> Token | None:
        is_in_link = tag.name == "a" and any(entry.name == "a" for entry in self._open)
        if is_in_link or len(self._open) >= MAX_DEPTH:
            return None
        if tag.name != "a":
            return Token(f"{tag.name}_open", tag.name, 1)
        attributes = _link_attributes(tag, self._state)
        kind = "link_open" if "href" in attributes else "anchor_open"
        return Token(kind, "a", 1, attrs=attributes) if attributes else None

    def _close(self, name: str) -> None:
        for position in reversed(range(len(self._open))):
            if not self._open[position].is_raw:
                return
            if self._open[position].name == name:
                self._close_above(position - 1)
                return

    def _close_above(self, position: int) -> None:
        while len(self._open) - 1 > position and self._open[-1].is_raw:
            name = self._open.pop().name
            self.tokens.append(Token("link_close" if name == "a" else f"{name}_close", name, -1))

    def finish(self) -> list[Token]:
        self._close_above(-1)
        return self.tokens


def _is_blank_text(token: Token) -> bool:
    return token.type == "text" and not token.content.strip()


def _link_attributes(tag: Tag, state: StateCore) -> dict[str, str | int | float]:
    """Return the address and the id of a link. A name that is an id already, for example of a heading, is left out."""
    attributes: dict[str, str | int | float] = {}
    href = state.md.normalizeLink(unescape(tag.attributes.get("href", "")).strip())
    if href and state.md.validateLink(href):
        attributes["href"] = href
    name = unescape(tag.attributes.get("name", ""))
    if _ID.match(name) and not name.startswith(("fn:", "fnref:")) and claim_id(state.env, name):
        attributes["id"] = state.env["id_prefix"] + name
    return attributes


def claim_id(environment: EnvType, identifier: str) -> bool:
    """Take an id of the document. Return False if it is used already."""
    ids: HeadingIds = environment["ids"]
    return not ids.is_used(identifier) and bool(ids.claim(identifier))


def strip_tokens(tokens: list[Token]) -> list[Token]:
    """Return inline tokens without line breaks and white space at both ends."""
    start, end = 0, len(tokens)
    while start < end and (tokens[start].type in {"softbreak", "hardbreak"} or _is_blank_text(tokens[start])):
        start += 1
    while end > start and (tokens[end - 1].type in {"softbreak", "hardbreak"} or _is_blank_text(tokens[end - 1])):
        end -= 1
    tokens = tokens[start:end]
    if tokens and tokens[0].type == "text":
        tokens[0].content = tokens[0].content.lstrip()
    if tokens and tokens[-1].type == "text":
        tokens[-1].content = tokens[-1].content.rstrip()
    return tokens
