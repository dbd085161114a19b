"""Rules that recognise raw HTML in Markdown, and drop comments, scripts and declarations.

The names of tags that HTML does not know, as in `<your name>`, are text.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import html_block as engine_html_block
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import html_inline as engine_html_inline

from pages.text.extensions.dropped_markup import DroppedKind, find_line, note_dropped
from pages.text.extensions.raw_html.tags import KNOWN, name_code, read_tag
from pages.text.markup_work import STEPS_OF_RAW_HTML, Work

_CODE_ENDS = {name: re.compile(f"</{name}(?![a-z0-9-])", re.IGNORECASE) for name in ("script", "style")}
# How far the end of a script within a paragraph is searched, in characters.
_MAX_CODE, _STEPS_OF_CODE = 10_000, 100


def html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: the engine's own, which tries seven patterns, with its work counted."""
    if not state.src.startswith("<", state.bMarks[start_line] + state.tShift[start_line]):
        return False
    work: Work = state.env["work"]
    work.spend(STEPS_OF_RAW_HTML, start_line)
    return engine_html_block(state, start_line, end_line, silent)


def html_inline(state: StateInline, silent: bool) -> bool:
    """Inline rule: drop comments, scripts and unknown declarations; make a token of each known tag."""
    if state.src[state.pos] != "<":
        return False
    work: Work = state.env["work"]
    work.spend(STEPS_OF_RAW_HTML, work.line)
    if state.src.startswith("<!--", state.pos):
        return _drop_comment(state, silent)
    start, level = state.pos, state.linkLevel
    pending, count = state.pending, len(state.tokens)
    line = 0 if silent else find_line(state)
    if not engine_html_inline(state, silent):
        return False
    # Whether a link is open is decided by the tags that are used.
    state.linkLevel = level
    if not silent:
        _replace_inline(state, start, pending, count, line)
    return True


def _drop_comment(state: StateInline, silent: bool) -> bool:
    """Drop a comment. One that is not closed in its paragraph takes the rest of it."""
    src, start = state.src, state.pos
    if short := next((text for text in ("<!-->", "<!--->") if src.startswith(text, start)), ""):
        end = start + len(short)
    else:
        end = src.find("-->", start + 4) + 3 if state.html_terminator_last("-->") >= start + 4 else 0
    if not silent:
        kind = DroppedKind.COMMENT if end else DroppedKind.UNCLOSED_COMMENT
        note_dropped(state.env, kind, "", find_line(state))
    state.pos = min(end, state.posMax) if end else state.posMax
    return True


def _replace_inline(state: StateInline, start: int, pending: str, count: int, line: int) -> None:
    """Keep the token of a known tag only. The text of an unknown one is text."""
    markup = state.src[start : state.pos]
    del state.tokens[count:]
    del state.tokens_meta[count:]
    state.pending = pending
    if markup[1] in "!?":
        text = markup[9:-3] if markup.startswith("<![CDATA[") else ""
        state.append_pending(text)
        if not text:
            note_dropped(state.env, DroppedKind.TAG, name_code(markup), line)
        return
    tag = read_tag(markup)
    if tag.name not in KNOWN:
        state.append_pending(markup)
        return
    token = state.push("html_inline", "", 0)
    token.content, token.meta = markup, {"line": line}
    if tag.name in _CODE_ENDS and not tag.is_end:
        _skip_code(state, tag.name)


def _skip_code(state: StateInline, name: str) -> None:
    """Go to the end of a script, if its paragraph has one."""
    work: Work = state.env["work"]
    work.spend(_STEPS_OF_CODE, work.line)
    if end := _CODE_ENDS[name].search(state.src, state.pos, min(state.posMax, state.pos + _MAX_CODE)):
        state.pos = end.start()
