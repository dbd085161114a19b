"""Heading ids that match Hugo's, because links on other sites rely on them.

Hugo's `github` style keeps letters and digits of any script, in lower case, and underscores. Each space or hyphen
becomes a hyphen, everything else is dropped, and a repeated id gets a number.
"""

import re
import unicodedata

_EXPLICIT_ID = re.compile(r"[ \t]*(?<!\\)\{:?[ \t]*#([^\s{}\"'<>]+)(?:[ \t]+[^{}\n]*)?\}[ \t]*\Z")


def split_explicit_id(heading: str) -> tuple[str, str]:
    """Split a heading's Markdown into its text and its explicit id: `{#id}`, or `{: #id }` in other dialects.

    The id is empty if the heading has none.
    """
    # Only the last brace can begin an id. Searching from every brace would take quadratic time.
    start = heading.rfind("{")
    match = _EXPLICIT_ID.match(heading, len(heading[:start].rstrip(" \t"))) if start >= 0 else None
    return (heading[: match.start()], match[1]) if match else (heading, "")


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

    def claim(self, wanted: str) -> str:
        """Return the wanted id, with a number appended if it is used already."""
        identifier, number = wanted, self._next_number.get(wanted, 1)
        while identifier in self._used:
            identifier, number = f"{wanted}-{number}", number + 1
        # Without this number, a document of equal headings would take quadratic time.
        self._next_number[wanted] = number
        self._used.add(identifier)
        return identifier
