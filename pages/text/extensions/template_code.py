"""Shortcodes and template code. Hugo or Jekyll would execute them; readers never see their source.

Shortcodes are removed before Markdown is parsed, as Hugo does, also in code. `ref` and `relref` become the path that
they name. Template code outside code is removed by an inline rule. Comments are removed with what they enclose.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from markdown_it.rules_inline import StateInline

from pages.text.extensions.dropped_markup import DroppedKind, find_line, note_dropped
from pages.text.markup_work import Work

# A piece of template code of more characters is text.
_MAX_LENGTH = 500
# Comments of MDX, `{/* … */}`, are often longer.
_MAX_COMMENT = 5_000
_COMMENT_START, _COMMENT_END = "{/*", "*/}"
_STEPS_OF_CODE = 10
_CLOSINGS = {"{{<": ">}}", "{{%": "%}}"}
_LIQUID_COMMENT = re.compile(r"\{%-?[ ]*(?:comment|endcomment)[ ]*-?%\}|\{::comment ?/?\}|\{:/(?:comment)?\}")
_NAME = re.compile(r"\s*(/?)\s*([^\s/\"'`]+)")
_REFERENCE = re.compile(r"\s*(?:rel)?ref\s+(?:path\s*=\s*)?(?:\"([^\"]*)\"|`([^`]*)`|([^\s\"'`]+))")
_TEMPLATE = re.compile(r"\{\{-?\s*[.$A-Za-z/\"(]|\{%-?\s*[A-Za-z]")
# As kramdown writes attributes after a link or an emphasis.
_SPAN_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,300}\}")


class _Piece(NamedTuple):
    """A piece of template code in a body. A comment's name is `comment`, that of its end `/comment`."""

    start: int
    end: int
    name: str
    replacement: str


def strip_shortcodes(body: str) -> tuple[str, list[tuple[DroppedKind, str, int]]]:
    """Return a body without shortcodes and template comments, and what was dropped: kind, name, line from 0.

    The body keeps its number of lines.
    """
    dropped: list[tuple[DroppedKind, str, int]] = []
    parts: list[str] = []
    position = line = 0
    for piece in _join_comments(_find_pieces(body)):
        before = body[position : piece.start]
        line += before.count("\n")
        newlines = body.count("\n", piece.start, piece.end)
        parts += (before, piece.replacement, "\n" * newlines)
        if not piece.replacement and not piece.name.startswith("/"):
            is_comment = piece.name == "comment"
            dropped.append((DroppedKind.COMMENT if is_comment else DroppedKind.SHORTCODE, piece.name, line))
        position, line = piece.end, line + newlines
    return "".join([*parts, body[position:]]), dropped


def _find_pieces(body: str) -> Iterable[_Piece]:
    """Return the shortcodes and the beginnings and ends of template comments, in order."""
    pieces = list(_find_shortcodes(body)) if "{{<" in body or "{{%" in body else []
    if "comment" in body and ("{%" in body or "{::" in body):
        # Within a shortcode they are part of it.
        starts = {position for piece in pieces for position in range(piece.start, piece.end)}
        pieces += (
            _Piece(*match.span(), "/comment" if "/" in match[0][:3] or "end" in match[0] else "comment", "")
            for match in _LIQUID_COMMENT.finditer(body)
            if match.start() not in starts
        )
    return sorted(pieces)


def _find_shortcodes(body: str) -> Iterator[_Piece]:
    last = {opening: body.rfind(closing) for opening, closing in _CLOSINGS.items()}
    position = body.find("{{")
    while position >= 0:
        opening = body[position : position + 3]
        # Without an end after this one, there is none after the next one either.
        end = body.find(_CLOSINGS[opening], position + 3) if last.get(opening, -1) > position else -1
        if end < 0:
            position = body.find("{{", position + 2)
            continue
        yield _build_shortcode(body, position, end)
        position = body.find("{{", end + 3)


def _build_shortcode(body: str, start: int, end: int) -> _Piece:
    content = body[start + 3 : end]
    if content.startswith("/*") and content.rstrip().endswith("*/"):
        # An escaped shortcode: Hugo shows it.
        return _Piece(start, end + 3, "", body[start : start + 3] + content[2:].rstrip()[:-2] + body[end : end + 3])
    reference = _REFERENCE.match(content)
    path = (reference[1] or reference[2] or reference[3] or "") if reference else ""
    name = _NAME.match(content)
    return _Piece(start, end + 3, name[1] + name[2] if name else "", path.strip().replace(" ", "%20"))


def _join_comments(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces, and each comment as one piece with everything in it. One without an end is dropped itself."""
    pending: list[_Piece] = []
    for piece in pieces:
        if pending and piece.name == "/comment":
            yield _Piece(pending[0].start, piece.end, "comment", "")
            pending = []
        elif pending or piece.name == "comment":
            pending.append(piece)
        elif piece.name != "/comment" or piece.replacement:
            yield piece
    yield from pending


def drop_template_code(state: StateInline, silent: bool) -> bool:
    """Inline rule: drop `{{ … }}`, `{% … %}`, comments of MDX, and kramdown's attributes of a link or an emphasis."""
    if state.src[state.pos] != "{":
        return False
    end = _find_end(state)
    if end and not silent:
        work: Work = state.env["work"]
        work.spend(_STEPS_OF_CODE, work.line)
        code = state.src[state.pos : end]
        if code.startswith(_COMMENT_START):
            note_dropped(state.env, DroppedKind.COMMENT, "comment", find_line(state))
        else:
            kind = DroppedKind.ATTRIBUTES if code[1] == ":" else DroppedKind.TEMPLATE_CODE
            note_dropped(state.env, kind, code, find_line(state))
    state.pos = end or state.pos
    return bool(end)


def _find_end(state: StateInline) -> int:
    """Return where the template code at the position ends, or 0 if it is none."""
    if state.src.startswith(_COMMENT_START, state.pos):
        end = state.src.find(_COMMENT_END, state.pos + len(_COMMENT_START), state.pos + _MAX_COMMENT)
        return end + len(_COMMENT_END) if end >= 0 else 0
    if state.src.startswith("{:", state.pos):
        match = _SPAN_ATTRIBUTES.match(state.src, state.pos)
        return match.end() if match and state.pos and state.src[state.pos - 1] in ")]*_`>" else 0
    # Within `{{% … %}}` it is the shortcode that Hugo shows for an escaped one.
    if not _TEMPLATE.match(state.src, state.pos) or state.src.startswith("{{%", state.pos - 1):
        return 0
    closing = "%}" if state.src[state.pos + 1] == "%" else "}}"
    end = state.src.find(closing, state.pos + 2, state.pos + _MAX_LENGTH)
    return end + 2 if end >= 0 else 0
