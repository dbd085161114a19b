"""The tokens of a body, and in which line each piece of text is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from markdown_it.token import Token
from markdown_it.utils import EnvType

from pages.text.markup_work import pause_collector
from pages.text.parsing import MAX_WORK, create_environment, parse

_BREAKS = {"softbreak", "hardbreak"}
_ESCAPED = re.compile(r"\\[*~\[\]`^{}<_!]|&(?:#\d|ast|lt|lsqb|lbrack|grave|lcub|lowbar)")
# Lines of more characters are not searched, because many findings can be in one.
_LONG_LINE = 1_000
# The tokens of a text of more characters take too much memory to be kept.
_SHORT = 64 * 1024


class PlacedToken(NamedTuple):
    """An inline token, its line of the body from 1, and whether its block has escaped marks, which are meant."""

    line: int
    token: Token
    has_escapes: bool


@dataclass(frozen=True)
class ParsedBody:
    """A body and its tokens, which nothing may change."""

    body: str
    tokens: Sequence[Token]
    environment: EnvType

    @cached_property
    def lines(self) -> list[str]:
        return self.body.split("\n")

    @cached_property
    def inline_tokens(self) -> list[PlacedToken]:
        return list(self._place_inline_tokens())

    def _place_inline_tokens(self) -> Iterator[PlacedToken]:
        line = 1
        for token in self.tokens:
            line = token.map[0] + 1 if token.map else line
            if token.type != "inline":
                continue
            current, has_escapes = line, bool(_ESCAPED.search(token.content))
            for child in token.children or ():
                yield PlacedToken(current, child, has_escapes)
                # A break of raw HTML is within a line.
                current += child.type in _BREAKS and child.markup != "<br>"

    def find_line(self, text: str, line: int, length: int = 50) -> int:
        """Return the first line, from one on, that contains a text; that line itself if none near it does.

        What is hidden in a paragraph, such as a comment of several lines, moves the lines of its tokens.
        """
        if len(self.lines[line - 1]) > _LONG_LINE:
            return line
        candidates = range(line, min(line + length, len(self.lines) + 1))
        return next((number for number in candidates if text in self.lines[number - 1]), line)


def parse_body(body: str) -> ParsedBody:
    """Parse a body to check it. Raises TooMuchMarkup."""
    return _parse_short(body) if len(body) <= _SHORT else _parse(body)


# A text is compared with its last version and with its translations.
@lru_cache(maxsize=8)
def _parse_short(body: str) -> ParsedBody:
    return _parse(body)


@pause_collector()
def _parse(body: str) -> ParsedBody:
    environment = create_environment(MAX_WORK)
    return ParsedBody(body, parse(body, environment), environment)


def number_lines(body: str, matches: Iterable[re.Match[str]]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield matches, which are in order, with their lines from 1."""
    line, position = 1, 0
    for match in matches:
        line += body.count("\n", position, match.start())
        position = match.start()
        yield line, match
