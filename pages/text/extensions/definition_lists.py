"""Definition lists: terms, each with its definitions in lines that begin with a colon, as in Goldmark."""

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

# The most terms that can share a definition.
_MAX_TERMS = 10


def use_definition_lists(engine: MarkdownIt) -> None:
    """Add the plugin to an engine, with two differences.

    It takes a tilde for a colon too, which in policies means "about". And it knows only one term for a definition.
    """
    engine.use(deflist_plugin)
    plugin_rule = next(rule.fn for rule in engine.block.ruler.__rules__ if rule.name == "deflist")

    def definition_list(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        if silent:
            return plugin_rule(state, start_line, end_line, True)
        last_term = _find_last_term(state, start_line, end_line)
        position = len(state.tokens)
        if last_term < 0 or not plugin_rule(state, last_term, end_line, False):
            return False
        state.tokens[position + 1 : position + 1] = [
            token for line in range(start_line, last_term) for token in _build_term(state, line, state.level + 1)
        ]
        return True

    engine.block.ruler.at("deflist", definition_list, {"alt": ["paragraph", "reference", "blockquote"]})


def _find_last_term(state: StateBlock, start_line: int, end_line: int) -> int:
    """Return the last line of a paragraph before a line that begins with a colon, or -1 if there is none."""
    if start_line + 2 < end_line and state.isEmpty(start_line + 1) and _has_colon(state, start_line + 2):
        return start_line
    for line in range(start_line + 1, min(end_line, start_line + _MAX_TERMS + 1)):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return -1
        if _has_colon(state, line):
            return line - 1 if _is_paragraph(state, start_line + 1, line, end_line) else -1
    return -1


def _has_colon(state: StateBlock, line: int) -> bool:
    return state.src.startswith((": ", ":\t"), state.bMarks[line] + state.tShift[line])


def _is_paragraph(state: StateBlock, start_line: int, stop_line: int, end_line: int) -> bool:
    """Tell whether no line of a range begins another block."""
    rules = state.md.block.ruler.getRules("paragraph")
    return not any(rule(state, line, end_line, True) for line in range(start_line, stop_line) for rule in rules)


def _build_term(state: StateBlock, line: int, level: int) -> list[Token]:
    content = state.getLines(line, line + 1, state.blkIndent, False).strip()
    opening = Token("dt_open", "dt", 1, level=level, map=[line, line], block=True)
    text = Token("inline", "", 0, level=level + 1, content=content, children=[], map=[line, line], block=True)
    return [opening, text, Token("dt_close", "dt", -1, level=level, block=True)]
