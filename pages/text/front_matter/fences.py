"""Splitting a text at the fences of its front matter: `---` for YAML, `+++` for TOML."""

import re
from dataclasses import dataclass
from typing import Protocol

from pages.text.front_matter import toml_format, yaml_format
from pages.text.front_matter.values import FrontMatterValues, InvalidFrontMatter
from pages.text.messages import Message


class FrontMatterFormat(Protocol):
    """The names of the modules `yaml_format` and `toml_format`. `front` is the front matter without its fences."""

    SEPARATOR: str

    def read(self, front: str) -> FrontMatterValues: ...

    def find_value(self, front: str, key: str) -> tuple[int, int, bool]: ...

    def is_bare(self, value: str) -> bool: ...


BYTE_ORDER_MARK = "\ufeff"
_FORMATS: dict[str, FrontMatterFormat] = {"---": yaml_format, "+++": toml_format}
# Possessive quantifiers (`*+`) keep the search linear in long runs of white space.
_FENCE = re.compile(r"(---|\+\+\+)[ \t]*+(?:\r\n|\r|\n|\Z)")
# `^` does not match after a lone CR. As in Hugo, a fence closes the front matter even within a multi-line string.
_CLOSING = {fence: re.compile(rf"(?<=[\r\n]){re.escape(fence)}[ \t]*+(?:\r\n|\r|\n|\Z)") for fence in _FORMATS}
_BLANK_LINES = re.compile(r"(?:[ \t]*+(?:\r\n|\r|\n))*+")


@dataclass(frozen=True)
class SplitText:
    """A text in three parts. Joined, they are the text again."""

    # The byte order mark, if there is one, and the opening fence.
    head: str
    # The front matter without its fences.
    front: str
    # The closing fence and everything after it.
    tail: str
    # `---`, `+++`, or "" for a text without front matter.
    fence: str = ""

    @property
    def format(self) -> FrontMatterFormat:
        """Return the front matter's format, YAML for a text that has none yet."""
        return _FORMATS[self.fence or "---"]


def split_front_matter(text: str) -> SplitText:
    """Split a text at its front matter. Raises InvalidFrontMatter if the closing fence is missing."""
    start = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    opening = _FENCE.match(text, start)
    if not opening:
        return SplitText(text[:start], "", text[start:])
    fence = opening[1]
    closing = _CLOSING[fence].search(text, opening.end())
    if not closing:
        raise InvalidFrontMatter(
            Message("The front matter begins with %(fence)s in line 1, but no line closes it.", fence=fence)
        )
    return SplitText(text[: opening.end()], text[opening.end() : closing.start()], text[closing.start() :], fence)


def split_body(tail: str) -> tuple[str, str, str]:
    """Split what follows the front matter into closing fence and blank lines, body, and trailing white space."""
    fence = _FENCE.match(tail)
    # The first line's indentation belongs to the body: the line may be an indented code block.
    start = _skip_blank_lines(tail, fence.end() if fence else 0)
    body = tail[start:].rstrip()
    return tail[:start], body, tail[start + len(body) :]


def strip_leading_blank_lines(text: str) -> str:
    return text[_skip_blank_lines(text, 0) :]


def _skip_blank_lines(text: str, start: int) -> int:
    match = _BLANK_LINES.match(text, start)
    return match.end() if match else start
