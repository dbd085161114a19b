"""HTML comments that go on after the paragraph they begin in.

CommonMark ends them there and would show the rest. Authors who look at another renderer's output, or at none, take it
for hidden.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_CODE_SPAN = re.compile(r"(?<!`)(`{1,50}+)(?!`).{1,2000}?(?<!`)\1(?!`)", re.DOTALL)
_END = "-->"


def hide_comments(state: StateCore) -> None:
    """Core rule, after blocks are parsed: remove everything from an open `<!--` to the `-->` in a later block."""
    if "<!--" not in state.src or _END not in state.src:
        return
    tokens = state.tokens
    ends = [number for number, token in enumerate(tokens) if token.type in _TEXTS and _END in token.content]
    hidden: set[int] = set()
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.type in _TEXTS and _is_open(token):
            next_end = bisect_left(ends, position)
            if next_end == len(ends):
                break
            end = ends[next_end]
            tokens[end].content = tokens[end].content.partition(_END)[2]
            hidden |= _find_whole(tokens, position, end)
            position = end
    state.tokens = [token for number, token in enumerate(tokens) if number not in hidden]


_TEXTS = {"inline", "html_block"}


def _is_open(token: Token) -> bool:
    start = token.content.rfind("<!--")
    if start < 0 or token.content.find(_END, start) >= 0:
        return False
    text = _CODE_SPAN.sub("", token.content) if token.type == "inline" else token.content
    start = text.rfind("<!--")
    return start >= 0 and text.find(_END, start) < 0


def _find_whole(tokens: Sequence[Token], start: int, end: int) -> set[int]:
    """Return the positions of the blocks that are between two positions as a whole."""
    return set(_iterate_whole(tokens, start, end))


def _iterate_whole(tokens: Sequence[Token], start: int, end: int) -> Iterator[int]:
    opened: list[int] = []
    for position in range(start, end):
        token = tokens[position]
        if token.nesting > 0:
            opened.append(position)
        elif token.nesting < 0 and opened:
            yield from range(opened.pop(), position + 1)
        elif token.nesting == 0 and not opened:
            yield position
