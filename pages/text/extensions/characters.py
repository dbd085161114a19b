"""Characters that HTML forbids, and letters that consist of several characters: readers get neither."""

import re
import unicodedata
from collections.abc import Iterable

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Word processors write a vertical tab for a new line, and old files a form feed for a new page.
_SEPARATORS = "\x0b\x0c\x1c\x1d\x1e\x1f\x85"
_OTHERS = "\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff"
_PLANE_ENDS = "".join(chr(plane * 0x10000 + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
_SEPARATOR = re.compile(f"[{_SEPARATORS}]")
FORBIDDEN = re.compile(f"[{_SEPARATORS}{_OTHERS}{_PLANE_ENDS}]")
# The search for one range is ten times as fast as that for the ends of all planes.
_CANDIDATE = re.compile(f"[{_SEPARATORS}{_OTHERS}\U0001fffe-\U0010ffff]")


def has_forbidden(text: str) -> bool:
    return bool(_CANDIDATE.search(text) and FORBIDDEN.search(text))


def remove_forbidden(body: str) -> str:
    """Return a body without the characters that HTML forbids. Those that separate words become spaces."""
    return FORBIDDEN.sub("", _SEPARATOR.sub(" ", body)) if has_forbidden(body) else body


def is_composed(text: str) -> bool:
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def compose_letters(state: StateCore) -> None:
    """Core rule, at the end: write each letter with its accents as one character, but keep addresses."""
    if not is_composed(state.src):
        _compose(state.tokens)


def _compose(tokens: Iterable[Token]) -> None:
    for token in tokens:
        token.content = unicodedata.normalize("NFC", token.content)
        if "title" in token.attrs:
            token.attrs["title"] = unicodedata.normalize("NFC", str(token.attrs["title"]))
        _compose(token.children or ())
