"""Emphasis next to scripts without spaces between words, and Korean, in which particles follow a word directly.

CommonMark takes `**「重要」**です` for text, because the closing asterisks are between punctuation and a letter. Here
such a letter counts like a space, and its punctuation like a letter.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import RuleFuncInlineType
from markdown_it.rules_inline import StateInline

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uffef\U0001b000-\U0001b2ff\U00020000-\U0003ffff]"
)


def relax_flanking(engine: MarkdownIt) -> MarkdownIt:
    """Make an engine recognise asterisks and tildes next to these scripts. Underscores stay as they are."""
    rules = {rule.name: rule.fn for rule in engine.inline.ruler.__rules__}
    for name in ("emphasis", "strikethrough"):
        engine.inline.ruler.at(name, _relax_rule(rules[name]))
    return engine


def _relax_rule(rule: RuleFuncInlineType) -> RuleFuncInlineType:

    def relaxed(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.delimiters)
        if not rule(state, silent):
            return False
        if len(state.delimiters) > count and state.src[start] != "_":
            _relax(state, start, count)
        return True

    return relaxed


def _relax(state: StateInline, start: int, count: int) -> None:
    before = state.src[start - 1] if start else " "
    after = state.src[state.pos] if state.pos < state.posMax else " "
    if not _UNSPACED.match(before) and not _UNSPACED.match(after):
        return
    can_open, can_close = _can_flank(after, before), _can_flank(before, after)
    for delimiter in state.delimiters[count:]:
        delimiter.open, delimiter.close = can_open, can_close


def _can_flank(inner: str, outer: str) -> bool:
    """Tell whether a mark may stand between two characters, the inner one being emphasised (CommonMark 0.31, 6.2)."""
    if isWhiteSpace(ord(inner)):
        return False
    is_free = isWhiteSpace(ord(outer)) or _is_punctuation(outer) or _UNSPACED.match(outer)
    return bool(is_free) or not _is_punctuation(inner) or bool(_UNSPACED.match(inner))


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)
