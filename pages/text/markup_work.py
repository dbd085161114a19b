"""The work that the Markdown engine does for one text, counted in steps of about a microsecond.

Some texts cost the engine a thousand times as much as policies of the same length: two million table cells from 100 KB,
or a list in which every letter is an item. The count depends only on the text, not on the machine, so a text that was
accepted once is always accepted.
"""

import gc
import string
from collections.abc import Iterator
from contextlib import contextmanager

from markdown_it import MarkdownIt
from markdown_it.parser_inline import RuleFuncInlineType
from markdown_it.rules_block import StateBlock, fence, table
from markdown_it.rules_inline import StateInline, autolink, emphasis, image, link, strikethrough
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote.index import footnote_ref

# Measured with texts that consist of little else.
_STEPS_OF_LINE = 5
_STEPS_OF_CELL = 7
_STEPS_OF_HEADING = 20
_STEPS_OF_BLOCK_TOKEN = 2
_STEPS_OF_MARK = 3
_STEPS_OF_INLINE_TOKEN = 3
_STEPS_OF_LINK = 15
_STEPS_OF_SEARCH = 8
STEPS_OF_RAW_HTML = 20
# What can be markup: only ASCII can. Spaces count from two on, where they can indent a block. Control characters can
# become spaces.
_MARKS = string.punctuation.encode() + bytes(range(32)) + b"\x7f"
# All that does not make lines and cells.
_NOT_IN_TABLES = bytes(set(range(256)) - set(b"|\n"))
# The most that a mark takes, with everything in up to 20 quotations: `test_markup_work` tries many texts.
_MOST_STEPS_OF_MARK = 250
_MOST_STEPS_OF_CELL = 25


class TooMuchMarkup(ValueError):
    """The markup of a text takes too much work. `line` is the line of the body, from 1, where the limit was reached."""

    def __init__(self, line: int):
        self.line = line
        super().__init__(f"the text has too much markup: the limit is reached in line {line}")


class Work:
    """The steps that are left for a text. It is the value of `work` in the engine's environment."""

    def __init__(self, limit: float):
        self.steps = limit
        # The first line of the block whose text is parsed, from 0.
        self.line = 0
        # Of the table whose rows are read.
        self.columns = 0
        self.footnote_label_lengths: frozenset[int] | None = None

    def spend(self, steps: int, line: int) -> None:
        """Take some steps for a line, counted from 0. Raises TooMuchMarkup."""
        self.steps -= steps
        if self.steps < 0:
            raise TooMuchMarkup(line + 1)

    def begin_block(self, token: Token) -> None:
        """Take the steps of a block token. Raises TooMuchMarkup."""
        self.line = token.map[0] if token.map else self.line
        self.spend(_STEPS_OF_HEADING if token.type == "heading_open" else _STEPS_OF_BLOCK_TOKEN, self.line)


def bound_work(body: str) -> int:
    """Return more steps than a body can take, counted by its characters: a hundred times as fast as parsing it.

    What is between two marks is text, and costs the engine nothing more however long it is.
    """
    content = body.encode("utf-8", errors="replace")
    marks = len(content) - len(content.translate(None, _MARKS)) + content.count(b"  ")
    return (marks + 1) * _MOST_STEPS_OF_MARK + _count_cells(content) * _MOST_STEPS_OF_CELL


def _count_cells(content: bytes) -> int:
    """Return the most cells that the tables of a text can have: each row has as many as the first one."""
    if b"|" not in content:
        return 0
    lines = content.translate(None, _NOT_IN_TABLES).split(b"\n")
    return len(lines) * (max(map(len, lines)) + 1)


def count_work(engine: MarkdownIt) -> MarkdownIt:
    """Make an engine with tables and footnotes count its work, which its environment must have as `work`.

    Each line is tried by one of the two block rules, each mark in a line by the inline rule for text.
    """
    engine.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    engine.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    engine.inline.ruler.at("text", _text)
    engine.inline.ruler.at("strikethrough", _count_tokens("~", strikethrough.tokenize))
    engine.inline.ruler.at("emphasis", _count_tokens("*_", emphasis.tokenize))
    engine.inline.ruler.at("link", _count_tokens("[", _link, _STEPS_OF_LINK))
    engine.inline.ruler.at("image", _count_tokens("!", _image, _STEPS_OF_LINK))
    engine.inline.ruler.at("autolink", _count_tokens("<", autolink, _STEPS_OF_LINK))
    engine.inline.ruler.at("footnote_ref", _count_tokens("[", _footnote_ref))
    return engine


@contextmanager
def pause_collector() -> Iterator[None]:
    """Pause the cyclic garbage collector: the tokens of a text have no cycles.

    Of a long text it would walk through all tokens again and again, which takes longer than parsing, and stops all
    threads for up to half a second.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    work: Work = state.env["work"]
    work.spend(_STEPS_OF_LINE, start_line)
    work.columns = state.src.count("|", state.bMarks[start_line], state.eMarks[start_line]) + 1
    return table(state, start_line, end_line, silent)


def _fence(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    work: Work = state.env["work"]
    # A row of one character has as many cells as the first one.
    cells = work.columns if state.parentType == "table" else 0
    work.spend(_STEPS_OF_LINE + _STEPS_OF_CELL * cells, start_line)
    return fence(state, start_line, end_line, silent)


def _text(state: StateInline, silent: bool) -> bool:
    """Take the text up to the next character that may be a mark, as the engine's own rule does."""
    work: Work = state.env["work"]
    work.steps -= _STEPS_OF_MARK
    if work.steps < 0:
        raise TooMuchMarkup(work.line + 1)
    mark = state.md.inline.terminator_re.search(state.src, state.pos)
    end = mark.start() if mark else state.posMax
    if end == state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _count_tokens(marks: str, rule: RuleFuncInlineType, steps: int = 0) -> RuleFuncInlineType:
    """Make the inline rule of some marks count the tokens that it adds, and some steps more if it adds any."""

    def counted(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in marks:
            return False
        tokens = len(state.tokens)
        is_match = rule(state, silent)
        if added := len(state.tokens) - tokens:
            work: Work = state.env["work"]
            work.spend(steps + added * _STEPS_OF_INLINE_TOKEN, work.line)
        return is_match

    return counted


def _link(state: StateInline, silent: bool) -> bool:
    # Without a bracket that closes it, the engine would search through the rest of the text.
    return _has_end(state) and link(state, silent)


def _image(state: StateInline, silent: bool) -> bool:
    return _has_end(state) and image(state, silent)


def _has_end(state: StateInline) -> bool:
    """Tell whether a bracket follows that may close the one at the position; take the steps of searching it."""
    is_possible = state.html_terminator_last("]") > state.pos
    if is_possible:
        work: Work = state.env["work"]
        work.spend(_STEPS_OF_SEARCH, work.line)
    return is_possible


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    # The engine would search a closing bracket for each opening one, however far away it is.
    if not state.src.startswith("[^", state.pos):
        return False
    lengths = _footnote_label_lengths(state.env)
    start = state.pos + 2
    end = state.src.find("]", start, start + max(lengths) + 1) if lengths else -1
    return end - start in lengths and footnote_ref(state, silent)


def _footnote_label_lengths(environment: EnvType) -> frozenset[int]:
    """Return the lengths of the labels of all footnotes. They are known before any text is parsed."""
    work: Work = environment["work"]
    if work.footnote_label_lengths is None:
        # A key is a colon and the label.
        labels = environment.get("footnotes", {}).get("refs", {})
        work.footnote_label_lengths = frozenset(len(key) - 1 for key in labels)
    return work.footnote_label_lengths
