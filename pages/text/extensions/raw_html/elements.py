"""Raw HTML in Markdown: an allow-list that turns tags into the tokens of the Markdown engine.

No raw HTML reaches the output: tags outside the list are dropped and their text is kept. Elements are closed where
their paragraph, list item or other container ends, so that the result is well-formed whatever the author wrote.
"""

import re
from collections.abc import Sequence
from html import unescape

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from pages.text.extensions.dropped_markup import DroppedKind, note_dropped
from pages.text.extensions.raw_html.hidden import drop_hidden
from pages.text.extensions.raw_html.tags import (
    BLOCK,
    CELLS,
    KNOWN,
    LEAVES,
    PARENTS,
    PIECE,
    SEPARATING,
    TABLE_PARTS,
    TEXTLESS,
    Tag,
    name_code,
    read_tag,
)
from pages.text.extensions.raw_html.text import MAX_DEPTH, Open, TextConverter, strip_tokens
from pages.text.markup_work import STEPS_OF_RAW_HTML, Work

_SPAN = re.compile(r"[1-9]\d{0,2}\Z")


def convert_raw_html(state: StateCore) -> None:
    """Core rule, after inline parsing: replace all tokens of raw HTML with those of the elements."""
    if any(token.type == "html_block" or _has_raw_html(token) for token in state.tokens):
        state.tokens = _BlockConverter(state).convert(drop_hidden(state.tokens, state.env))


def _has_raw_html(token: Token) -> bool:
    return any(child.type == "html_inline" for child in token.children or ())


class _BlockConverter:
    """Converts the tokens of a document. Raw elements may contain Markdown blocks, and Markdown blocks raw elements."""

    def __init__(self, state: StateCore):
        self._environment, self._state = state.env, state
        self._tokens: list[Token] = []
        self._open: list[Open] = []
        # The open tables within another one, whose tags are dropped.
        self._line, self._dropped_tables = 0, 0
        self._text = TextConverter(state, 0)

    def convert(self, tokens: Sequence[Token]) -> list[Token]:
        for token in tokens:
            self._line = token.map[0] if token.map else self._line
            if token.type == "html_block":
                self._add_html(token.content)
            elif token.type == "inline":
                token.children = TextConverter(self._state, self._line).add_all(token.children or [])
                self._tokens.append(token)
            else:
                self._add_markdown(token)
        self._flush()
        self._close_above(-1)
        return self._tokens

    def _add_markdown(self, token: Token) -> None:
        self._flush()
        if token.nesting < 0:
            self._close_above(-1)
            self._open.pop()
        else:
            self._open_for_text()
            if token.nesting > 0:
                self._open.append(Open(token.tag, False))
        self._tokens.append(token)

    def _add_html(self, content: str) -> None:
        work: Work = self._environment["work"]
        position = 0
        for match in PIECE.finditer(content):
            work.spend(STEPS_OF_RAW_HTML, self._line)
            self._add_text(content[position : match.start()])
            self._add_piece(match)
            position = match.end()
        self._add_text(content[position:])
        self._flush()

    def _add_text(self, text: str) -> None:
        self._text.add_text(unescape(text))
        self._line += text.count("\n")

    def _add_piece(self, match: re.Match[str]) -> None:
        line, markup = self._line, match[0]
        self._line += markup.count("\n")
        if match["tag"]:
            self._add_tag(markup, line)
        elif match["comment"]:
            is_closed = markup.endswith("-->") or markup in {"<!-->", "<!--->"}
            kind = DroppedKind.COMMENT if is_closed else DroppedKind.UNCLOSED_COMMENT
            note_dropped(self._environment, kind, "", line)
        elif match["code"]:
            note_dropped(self._environment, DroppedKind.TAG, name_code(markup), line)
        else:
            self._text.add_text(match["text"])

    def _add_tag(self, markup: str, line: int) -> None:
        tag = read_tag(markup)
        if tag.name not in KNOWN:
            self._text.add_text(markup)
        elif self._is_in_dropped_table(tag):
            self._text.add_break()
            if not tag.is_end:
                note_dropped(self._environment, DroppedKind.TAG, tag.name, line)
        elif tag.name in BLOCK:
            self._flush()
            if tag.is_end:
                self._close(tag.name)
            elif not self._open_element(tag):
                note_dropped(self._environment, DroppedKind.TAG, tag.name, line)
        elif tag.name in SEPARATING and not self._is_in_cell:
            self._flush()
            if not tag.is_end:
                note_dropped(self._environment, DroppedKind.TAG, tag.name, line)
        else:
            self._text.add_tag(tag, line)

    def _is_in_dropped_table(self, tag: Tag) -> bool:
        """Tell whether a tag belongs to a table within another one: then it is dropped."""
        is_inside = self._dropped_tables > 0 and tag.name in TABLE_PARTS
        if tag.name == "table":
            is_nested = any(entry.name == "table" for entry in self._open)
            is_inside = is_inside or (is_nested and not tag.is_end)
            self._dropped_tables = max(0, self._dropped_tables + (-1 if tag.is_end else is_nested))
        return is_inside

    @property
    def _is_in_cell(self) -> bool:
        return bool(self._open) and self._open[-1].is_raw and self._open[-1].name in CELLS

    def _flush(self) -> None:
        """Add the collected text: in a paragraph, or as it is in a cell."""
        if not self._text.tokens:
            return
        text, self._text = self._text, TextConverter(self._state, self._line)
        if text.is_blank:
            return
        children = strip_tokens(text.finish())
        self._open_for_text()
        inline = Token("inline", "", 0, children=children, content="")
        if self._is_in_cell:
            self._tokens.append(inline)
        else:
            opening, closing = (
                Token("paragraph_open", "p", 1, block=True),
                Token("paragraph_close", "p", -1, block=True),
            )
            self._tokens += (opening, inline, closing)

    def _open_for_text(self) -> None:
        """Open a cell or a definition where text cannot be, as in a table outside its rows."""
        while self._open and self._open[-1].is_raw and (name := TEXTLESS.get(self._open[-1].name)):
            self._push(name, {})

    def _open_element(self, tag: Tag) -> bool:
        """Open a block element where it may be; close what ends there. Return False if it is dropped."""
        parents = PARENTS.get(tag.name)
        if parents:
            position = self._find(*parents)
            if position < 0 and tag.name in {"td", "th"} and self._find("table") >= 0:
                self._open_element(Tag("tr", False, {}))
                position = self._find("tr")
            if position < 0:
                return False
            self._close_above(position)
        if len(self._open) >= MAX_DEPTH or (self._open and self._open[-1].name in LEAVES):
            return False
        if not parents:
            self._open_for_text()
        self._push(tag.name, _block_attributes(tag))
        return True

    def _find(self, *names: str) -> int:
        """Return the position of the innermost of some open elements, or -1 if a barrier comes first."""
        for position in reversed(range(len(self._open))):
            if not self._open[position].is_raw:
                return -1
            if self._open[position].name in names:
                return position
        return -1

    def _close(self, name: str) -> None:
        position = self._find(name)
        if position >= 0:
            self._close_above(position - 1)

    def _push(self, name: str, attributes: dict[str, str | int | float]) -> None:
        self._open.append(Open(name, True))
        self._tokens.append(Token(f"{name}_open", name, 1, attrs=attributes, block=True))

    def _close_above(self, position: int) -> None:
        while len(self._open) - 1 > position and self._open[-1].is_raw:
            name = self._open.pop().name
            self._tokens.append(Token(f"{name}_close", name, -1, block=True))


def _block_attributes(tag: Tag) -> dict[str, str | int | float]:
    attributes: dict[str, str | int | float] = {}
    if tag.name in {"td", "th"}:
        attributes |= {
            name: value for name in ("colspan", "rowspan") if _SPAN.match(value := tag.attributes.get(name, ""))
        }
        alignment = tag.attributes.get("align", "").lower()
        if alignment in {"left", "center", "right"}:
            # As the engine writes the alignment of a Markdown table.
            attributes["style"] = f"text-align:{alignment}"
    if tag.name == "details" and "open" in tag.attributes:
        attributes["open"] = ""
    return attributes
