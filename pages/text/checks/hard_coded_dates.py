"""Dates of the last change that are typed into a text."""

import re
from collections.abc import Iterator

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import number_lines
from pages.text.messages import Message

# Phrases that introduce the date of the last change, each followed by a year on the same line. Instead of `\b`, the
# outer ends have lookarounds: `\b` treats underscores as letters, and Markdown uses them for emphasis.
_HARD_CODED_DATE = re.compile(
    r"^.{0,20}?(?<![^\W_])(?:last\s+(?:updated|modified|revised|changed)|effective\s+(?:date|as\s+of|from|since)|"
    r"(?:последнее|дата)\s+(?:последнего\s+)?(?:обновлени[ея]|изменени[ея])|"
    r"дата\s+вступления|вступает\s+в\s+силу|действует\s+с|"
    r"letzte\s+(?:aktualisierung|änderung)|zuletzt\s+(?:aktualisiert|geändert)|stand:|gültig\s+(?:ab|seit)|"
    r"(?:последн(?:ий|яя)\s+)?(?:обновлено|изменено|редакция\s+от))(?!\w).{0,40}?\b(?:19|20)\d\d(?![^\W_]).{0,10}$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"[*_#>]+")


def find_hard_coded_dates(body: str) -> Iterator[Finding]:
    """Yield the lines of a Markdown body that state when it last changed, without their markup.

    The site shows that date itself, and the one in the text becomes wrong with the next change.
    """
    for number, match in number_lines(body, _HARD_CODED_DATE.finditer(body)):
        line = _MARKUP.sub("", match[0]).strip(" -\t\n")
        message = Message(
            "The text contains a date typed by hand: “%(subject)s”. The site shows the date of the last update itself, "
            "and the two dates will differ. Remove the line from the text.",
            subject=line,
        )
        yield Finding(kind=FindingKind.HARD_CODED_DATE, line=number, subject=line, message=message)
