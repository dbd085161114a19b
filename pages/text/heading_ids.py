"""The ids of headings, as Hugo makes them: outside links rely on them.

Hugo's `github` style: letters and digits of any script in lower case, underscores, a hyphen for each space or hyphen;
everything else is left out, and a repeated id gets a number.
"""

import re
import unicodedata

_EXPLICIT = re.compile(r"[ \t]*(?<!\\)\{:?[ \t]*#([^\s{}\"'<>]+)(?:[ \t]+[^{}\n]*)?\}[ \t]*\Z")


def split_explicit_id(heading: str) -> tuple[str, str]:
    """Return a heading's Markdown without its `{#id}` (in other dialects `{: #id }`), and the id, "" if it has none."""
    # Only the last brace can begin it: without this look, a heading of many braces would be searched from each.
    start = heading.rfind("{")
    found = _EXPLICIT.match(heading, len(heading[:start].rstrip(" \t"))) if start >= 0 else None
    return (heading[: found.start()], found[1]) if found else (heading, "")


def derive_id(heading: str) -> str:
    """Return the id that Hugo derives from the last line of a heading's Markdown, before repetitions are numbered."""
    line = heading.rpartition("\n")[2].strip()
    return "".join(_kept(character) for character in line)


def _kept(character: str) -> str:
    if character in " -":
        return "-"
    if character == "_" or unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}:
        return character.lower()
    return ""


class HeadingIds:
    """The ids of one document; each is given out once."""

    def __init__(self):
        self._taken: set[str] = set()
        self._next_number: dict[str, int] = {}

    def generate(self, heading: str) -> str:
        """Return an id made from a heading's Markdown."""
        return self.claim(derive_id(heading) or "heading")

    def claim(self, wanted: str) -> str:
        """Return the id that was asked for, with a number if it is taken already."""
        identifier, number = wanted, self._next_number.get(wanted, 1)
        while identifier in self._taken:
            identifier, number = f"{wanted}-{number}", number + 1
        self._next_number[wanted] = number
        self._taken.add(identifier)
        return identifier
