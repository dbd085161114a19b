"""Where a front matter begins and ends in a text, and in which language it is written."""

import re
from dataclasses import dataclass
from types import ModuleType

from pages.text.front_matter import toml_format, yaml_format
from pages.text.front_matter.values import InvalidFrontMatter

BYTE_ORDER_MARK = "\ufeff"
_LANGUAGES = {"---": yaml_format, "+++": toml_format}
_FENCE = re.compile(r"(---|\+\+\+)[ \t]*+(?:\r\n|\r|\n|\Z)")
# Not `^`, which knows no CR alone. As in Hugo, a fence closes even within a string of several lines.
_CLOSING = {fence: re.compile(rf"(?<=[\r\n]){re.escape(fence)}[ \t]*+(?:\r\n|\r|\n|\Z)") for fence in _LANGUAGES}
_BLANK_LINES = re.compile(r"(?:[ \t]*+(?:\r\n|\r|\n))*+")


@dataclass(frozen=True)
class SplitText:
    """A text in three: up to the front matter, the front matter, and from its closing fence on.

    `fence` is empty where the text has none. The three make the text again.
    """

    head: str
    front: str
    tail: str
    fence: str = ""

    @property
    def language(self) -> ModuleType:
        """Return what reads the front matter; where there is none yet, what would read it."""
        return _LANGUAGES[self.fence or "---"]


def split_front_matter(text: str) -> SplitText:
    """Find a text's front matter. Raises InvalidFrontMatter where no line closes it."""
    start = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    opening = _FENCE.match(text, start)
    if not opening:
        return SplitText(text[:start], "", text[start:])
    fence = opening[1]
    closing = _CLOSING[fence].search(text, opening.end())
    if not closing:
        raise InvalidFrontMatter(f"The front matter begins with {fence} in line 1, but no line closes it.")
    return SplitText(text[: opening.end()], text[opening.end() : closing.start()], text[closing.start() :], fence)


def split_body(tail: str) -> tuple[str, str, str]:
    """Return what follows the front matter in three: fence and blank lines, the body, the white space at its end."""
    fence = _FENCE.match(tail)
    # Blank lines go to the frame; the first line's own indentation is the body's: it may be a code block.
    start = _BLANK_LINES.match(tail, fence.end() if fence else 0).end()
    core = tail[start:].rstrip()
    return tail[:start], core, tail[start + len(core) :]


def strip_leading_blank_lines(text: str) -> str:
    """Return a text from its first line on that is not blank."""
    return text[_BLANK_LINES.match(text).end() :]
