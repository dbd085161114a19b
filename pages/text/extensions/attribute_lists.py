"""Attribute lists in lines of their own, as kramdown writes them: `{: #id .class }` below a block, or `{:toc}`.

An id is applied; everything else has no effect and is hidden.
"""

import re
from collections.abc import Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from pages.text.extensions.dropped_markup import DroppedKind, note_dropped
from pages.text.heading_ids import find_id, split_attributes

_KRAMDOWN = re.compile(r"[ \t]*\{::?([^{}\n]*)\}[ \t]*\Z")


def apply_attribute_lists(state: StateCore) -> None:
    """Core rule, after blocks are parsed and before heading ids: remove attribute lists, and note the ids in them."""
    if "{" not in state.src:
        return
    tokens, kept = state.tokens, list[Token]()
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "paragraph_open" and "{" in tokens[position + 1].content:
            is_kept = _strip_paragraph(state, kept, token, tokens[position + 1])
            position += 0 if is_kept else 3
            if not is_kept:
                continue
        if token.type == "tr_open" and (length := _measure_attribute_row(tokens, position)):
            _note(state, _read(tokens[position + 2].content) or "", token.map[0] if token.map else 0)
            position += length
            continue
        kept.append(token)
        position += 1
    state.tokens = kept


def _strip_paragraph(state: StateCore, before: Sequence[Token], opening: Token, inline: Token) -> bool:
    """Remove the attribute lists in the first and the last line. Return False if nothing else is in the paragraph."""
    lines, identifier = inline.content.split("\n"), ""
    line = opening.map[0] if opening.map else 0
    if (first := _read(lines[0])) is not None:
        del lines[0]
        _note(state, first, line)
        line += 1
        heading = _find_heading_above(before, opening)
        if heading and find_id(first):
            heading.meta["id"] = find_id(first)
        else:
            identifier = find_id(first)
    if lines and (last := _read(lines[-1])) is not None:
        del lines[-1]
        _note(state, last, line + len(lines))
        identifier = find_id(last) or identifier
    # `convert_raw_html` makes an id of the name.
    inline.content = (f'<a name="{identifier}"></a>' if identifier else "") + "\n".join(lines)
    return bool(lines)


def _read(line: str) -> str | None:
    """Return the attributes in a line that contains nothing else, or None."""
    if match := _KRAMDOWN.match(line):
        return match[1].strip()
    text, attributes, _ = split_attributes(line)
    return attributes if attributes and not text.strip() else None


def _note(state: StateCore, attributes: str, line: int) -> None:
    if attributes != f"#{find_id(attributes)}":
        note_dropped(state.env, DroppedKind.ATTRIBUTES, attributes, line)


def _find_heading_above(before: Sequence[Token], opening: Token) -> Token | None:
    if len(before) < 3 or before[-1].type != "heading_close":
        return None
    heading = before[-3]
    return heading if heading.map and opening.map and heading.map[1] == opening.map[0] else None


def _measure_attribute_row(tokens: Sequence[Token], position: int) -> int:
    """Return the number of tokens of a table row whose first cell is an attribute list and whose others are empty."""
    if tokens[position + 1].type != "td_open" or _read(tokens[position + 2].content) is None:
        return 0
    end = position + 4
    while tokens[end].type == "td_open" and not tokens[end + 1].content:
        end += 3
    return end + 1 - position if tokens[end].type == "tr_close" else 0
