"""Heading ids that match Hugo's, because links on other sites rely on them.

Hugo's `github` style keeps letters and digits of any script, in lower case, and underscores. Each space or hyphen
becomes a hyphen, everything else is dropped, and a repeated id gets a number.
"""

import re
import unicodedata

_ITEM = r"(?:[#.][^\s{}\"'<>,#=]++|[A-Za-z_:][\w:.-]*+=(?:\"[^\"\n]*+\"|'[^'\n]*+'|[^\s{}\"'<>,]++))[ \t,]*+"
# Attributes in braces, as Goldmark and kramdown write them. What follows an id in first place is not checked.
_ATTRIBUTES = re.compile(rf"(?<!\\)\{{:?[ \t]*((?:{_ITEM})*+|#[^\s{{}}\"'<>]+(?:[ \t]+[^{{}}\n]*)?)\}}[ \t]*\Z")
_ID = re.compile(r"(?<![^\s,}])#([^\s{}\"'<>,]+)")
_CLOSING_MARKS = re.compile(r"[ \t]#+[ \t]*\Z")


def split_attributes(heading: str) -> tuple[str, str, str]:
    """Split a heading's Markdown into its text, its attributes as written, and the id among them.

    The attributes are `{#id}`, `{.class #id key=value}`, or `{: #id }` in other dialects. Both are empty if the heading
    has none.
    """
    # Only the last brace can begin attributes. Searching from every brace would take quadratic time.
    start = heading.rfind("{")
    match = _ATTRIBUTES.match(heading, start) if start >= 0 else None
    if not match:
        return heading, "", ""
    text = _CLOSING_MARKS.sub("", heading[:start]) if heading[:start].endswith((" ", "\t")) else heading[:start]
    return text.rstrip(" \t"), match[1].strip(), find_id(match[1])


def find_id(attributes: str) -> str:
    """Return the id in attributes without their braces: the last one, as in Goldmark."""
    return (_ID.findall(attributes) or [""])[-1]


def derive_id(heading: str) -> str:
    """Return the id that Hugo derives from the last line of a heading's Markdown, before repeated ids are numbered."""
    line = heading.rpartition("\n")[2].strip()
    return "".join(map(_convert, line))


def _convert(character: str) -> str:
    if character in " -":
        return "-"
    if character == "_" or unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}:
        return character.lower()
    return ""


class HeadingIds:
    """Makes the heading ids of one document unique."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next_number: dict[str, int] = {}

    def generate(self, heading: str) -> str:
        """Return an unused id derived from a heading's Markdown."""
        return self.claim(derive_id(heading) or "heading")

    def is_used(self, identifier: str) -> bool:
        return identifier in self._used

    def claim(self, wanted: str) -> str:
        """Return the wanted id, with a number appended if it is used already."""
        identifier, number = wanted, self._next_number.get(wanted, 1)
        while identifier in self._used:
            identifier, number = f"{wanted}-{number}", number + 1
        # Without this number, a document of equal headings would take quadratic time.
        self._next_number[wanted] = number
        self._used.add(identifier)
        return identifier
