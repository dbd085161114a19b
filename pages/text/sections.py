"""Splitting a Markdown body at its headings into sections that can be rendered on their own.

Only the sections that differ between two long texts have to be rendered or searched.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pages.text.extensions.dropped_markup import DroppedKind
from pages.text.extensions.template_code import strip_shortcodes

_HEADING = re.compile(r"#{1,6}(?=[ \t\n]|\Z)")
# Raw HTML except addresses, and template code. An element or a comment may end in another section.
_MARKUP = re.compile(r"<(?!https?:|mailto:)[A-Za-z/!?]|\{[{%:]")
# A heading after which a definition begins: in a list of definitions, it is a term.
_TERM = re.compile(r"\n#[^\n]*\n(?:[ \t]*\n)?[ \t]*[:~][ \t]")
_FENCE = re.compile(r"`{3,}|~{3,}")
# Spaces at the end of a block, after what cannot be markup.
_END_OF_BLOCK = re.compile(r"(?<=[\w.,;!?\u3002]) +(?=\n\n|\n?\Z)")
# How far a closing fence may be indented (CommonMark 0.31, section 4.5).
_INDENTS = ("", " ", "  ", "   ")


class StrippedBody(NamedTuple):
    """A body without shortcodes, what `strip_shortcodes` dropped, and the sections of `split_sections`."""

    body: str
    dropped: tuple[tuple[DroppedKind, str, int], ...]
    sections: tuple[str, ...] | None


# Several checks of one text need its sections.
@lru_cache(maxsize=4)
def split_stripped(body: str) -> StrippedBody:
    """Remove the shortcodes, which readers do not see and which can span sections, and split what remains."""
    stripped, dropped = strip_shortcodes(body)
    sections = split_sections(stripped)
    return StrippedBody(stripped, tuple(dropped), None if sections is None else tuple(sections))


def split_sections(body: str) -> list[str] | None:
    """Split a body before each heading.

    Return None if one section may depend on another.
    """
    return None if has_markup_across_sections(body) else list(split_at_headings(body))


def has_markup_across_sections(body: str) -> bool:
    """Tell whether a body has footnotes, link reference definitions, raw HTML, template code, or headings as terms."""
    # The search for a character is ten times as fast as one for a pattern.
    is_possible = "<" in body or "{" in body
    has_markup = is_possible and bool(_MARKUP.search(body))
    return "[^" in body or "]:" in body or has_markup or bool(_TERM.search(body))


def split_at_headings(body: str) -> Iterator[str]:
    """Yield the sections, which can depend on each other.

    A heading at the start of a line ends every open block except a code fence.

    A fence that does not start its line may be inside a list or a quotation. Everything from its section on is then one
    section.
    """
    start, fence = 0, ""
    for mark in _find_marks(body):
        if mark[0][0] == "#":
            if not fence and mark.start():
                yield body[start : mark.start()]
                start = mark.start()
            continue
        before, after = _split_line(body, mark)
        if not fence and (before or "`" in after):
            break
        if not fence:
            fence = mark[0]
        elif mark[0].startswith(fence) and before in _INDENTS and not after.strip(" \t"):
            fence = ""
    yield body[start:]


def _find_marks(body: str) -> list[re.Match[str]]:
    """Return the headings at the start of a line and everything that may be a code fence, in order."""
    # `str.find` is ten times as fast as a regular expression that is tried at every character.
    line_starts = [0, *(position + 1 for position in _find_all("\n#", body))]
    headings = [match for position in line_starts if (match := _HEADING.match(body, position))]
    fences: list[re.Match[str]] = []
    for position in sorted([*_find_all("```", body), *_find_all("~~~", body)]):
        is_new = not fences or position >= fences[-1].end()
        if is_new and (match := _FENCE.match(body, position)):
            fences.append(match)
    return sorted([*headings, *fences], key=re.Match.start)


def _find_all(string: str, body: str) -> Iterator[int]:
    position = body.find(string)
    while position >= 0:
        yield position
        position = body.find(string, position + len(string))


def _split_line(body: str, mark: re.Match[str]) -> tuple[str, str]:
    """Return what precedes and what follows a mark in its line."""
    begin, end = body.rfind("\n", 0, mark.start()) + 1, body.find("\n", mark.end())
    return body[begin : mark.start()], body[mark.end() : end if end >= 0 else len(body)]


def find_differing_sections(before: str, after: str) -> list[tuple[str, str]]:
    """Return the pairs of sections that differ, or one pair of the whole bodies if the sections cannot be paired.

    The sections have no shortcodes, which readers do not see and which can span sections, and no spaces at the ends of
    their blocks.
    """
    old, new = (split_stripped(body).sections for body in (before, after))
    if old is None or new is None or len(old) != len(new):
        return [(before, after)]
    pairs = (tuple(map(_strip_blocks, pair)) for pair in zip(old, new, strict=True) if pair[0] != pair[1])
    return [(left, right) for left, right in pairs if left != right]


def _strip_blocks(section: str) -> str:
    """Return a section without the spaces at the ends of its blocks, unless it may have code."""
    has_code = any(mark in section for mark in ("```", "~~~", "    ", "\t"))
    return section if has_code else _END_OF_BLOCK.sub("", section)


def strip_common_ends(before: str, after: str) -> tuple[str, str]:
    """Return two texts without their common beginning, and then without their common end."""
    shortest = min(len(before), len(after))
    start = _find_longest(shortest, lambda length: before[:length] == after[:length])
    end = _find_longest(shortest - start, lambda length: before[len(before) - length :] == after[len(after) - length :])
    return before[start : len(before) - end], after[start : len(after) - end]


def _find_longest(limit: int, is_common: Callable[[int], bool]) -> int:
    """Return the greatest common length up to a limit, by bisection: every shorter length is common too."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if is_common(middle):
            low = middle
        else:
            high = middle - 1
    return low
