"""Blocks that no check of tokens finds anything in: most of what people write. They need not be parsed."""

import re
from functools import lru_cache

from pages.text.checks.lookalikes import looks_like_markup

# What can be in a plain line: a link with an ordinary address, emphasis around words, and code, each complete.
_INLINE = re.compile(
    r"(?<![!\]\\\w])\[\w[^\[\]\n*_`~<>!\\|^]*\]\((?:https?://\w|mailto:\w|tel:[+\d]|/|#\w)[^\s()<>\\\[\]*_`]*\)(?![\w(\[:])"
    r"|(?<![\w*\\])\*{1,2}\w(?:[^*_`~<>\[\]\\\n|]*\w)?\*{1,2}(?![\w*])"
    r"|(?<![`\\])`[^`\n\\|]+`(?!`)"
)
# Text without anything that can be markup, beginning as a paragraph does.
_PLAIN = re.compile(r"(?:[^\W_]|[\"“«„])[^*_`~<>\[\]\\{}|#&!^=\n\u00a0\u2000-\u200f\u2028-\u202f\u2060\ufeff]*")
_PREFIX = re.compile(r"(?:[-*+]|\d{1,9}[.)]|>|#{1,6}) (?=\S)")
_PICTURE = re.compile(r"!\[\w[^\[\]\n*_`~<>!\\|^]*\]\((?:https?://|/)?[^\s()<>\\\[\]*_`:]+\)")
_CELLS = re.compile(r"\|(?: [^|*_`~<>\[\]\\{}#&!^\n]+ \|)+")
_RULE = re.compile(r"\|(?::?-+:?\|)+")


def blank_plain_blocks(section: str) -> str:
    """Return a section in which each plain block is replaced by one letter, on the same lines.

    What begins or encloses the block stays, so that the blocks next to it mean the same.
    """
    if "```" in section or "~~~" in section:
        return section
    return "\n\n".join(map(_blank, section.split("\n\n")))


# Most blocks of a long text are the same as in its previous revision.
@lru_cache(maxsize=16_384)
def _blank(block: str) -> str:
    lines = block.strip("\n").split("\n")
    if not _is_plain_table(lines) and not _is_plain_text(lines):
        return block
    leading = len(block) - len(block.lstrip("\n"))
    prefix = _PREFIX.match(lines[0])
    return "\n" * leading + (prefix[0] if prefix else "") + "x" + "\n" * (block.count("\n") - leading)


def _is_plain_text(lines: list[str]) -> bool:
    if len(lines) == 1 and _PICTURE.fullmatch(lines[0]):
        return True
    prefixes = [_PREFIX.match(line) for line in lines]
    # A line of a paragraph can look like an item of a list, and be none.
    if any(prefixes) and not all(prefixes):
        return False
    texts = (line[prefix.end() :] if prefix else line for line, prefix in zip(lines, prefixes, strict=True))
    return all(_PLAIN.fullmatch(_INLINE.sub("x", text)) and not looks_like_markup(text) for text in texts)


def _is_plain_table(lines: list[str]) -> bool:
    if len(lines) < 2 or not _RULE.fullmatch(lines[1]):
        return False
    columns = lines[1].count("|")
    rows = [lines[0], *lines[2:]]
    return all(_CELLS.fullmatch(line) and line.count("|") == columns for line in rows)
