"""Text that vanishes or becomes something else: cells that a table has no column for, code that does not end."""

import re
from collections.abc import Iterator

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import ParsedBody
from pages.text.messages import Message

# What encloses the lines of a table or of code.
_PREFIX = " \t>"
_KEY = re.compile(r"[\"']?[A-Za-z][\w.-]{0,60}[\"']?[ \t]*[:=](?:[\s'\"\[]|$)")
# The most lines of front matter that are searched for its end.
_MAX_FRONT_MATTER = 60


def find_unclosed_code(parsed: ParsedBody) -> Iterator[Finding]:
    for token in parsed.tokens:
        if token.type == "fence" and token.map and not _is_closed(parsed, token):
            message = Message("This code has no end (%(mark)s): readers get what follows as code.", mark=token.markup)
            yield _build(message, token.map[0] + 1, token.markup)


def _is_closed(parsed: ParsedBody, token: Token) -> bool:
    start, end = token.map or (0, 0)
    last = parsed.lines[end - 1].strip(_PREFIX)
    return end - 1 > start and last.startswith(token.markup) and not last.strip(token.markup[0])


def find_lost_cells(parsed: ParsedBody) -> Iterator[Finding]:
    """Yield the rows that have more cells than the first row of their table. Readers do not get the last ones."""
    columns = 0
    for token in parsed.tokens:
        if token.type == "table_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and token.map and columns:
            lost = [cell for cell in _split_row(parsed.lines[token.map[0]])[columns:] if cell]
            if lost:
                text = " | ".join(lost)[:60]
                message = Message(
                    "This row of a table has more cells than its first row. Readers do not get “%(text)s”.", text=text
                )
                yield _build(message, token.map[0] + 1, text)


def _split_row(line: str) -> list[str]:
    # `escapedSplit` leaves what a quotation or a list writes before the row.
    row = line.strip(_PREFIX)
    return [cell.strip() for cell in escapedSplit(row[row.startswith("|") :])]


def find_front_matter(body: str) -> Iterator[Finding]:
    """Yield the front matter of a file at the start of a body, where it was pasted with the text."""
    lines = body.lstrip("\ufeff\n").split("\n", _MAX_FRONT_MATTER)
    fence = lines[0].rstrip()
    if fence not in {"---", "+++"} or len(lines) < 3 or not _KEY.match(lines[1]):
        return
    if any(line.rstrip() == fence for line in lines[2:_MAX_FRONT_MATTER]):
        message = Message(
            "The text begins with the front matter of a file, and readers see it: “%(line)s”. Only what follows it is "
            "the text.",
            line=lines[1].strip()[:60],
        )
        yield _build(message, 1, lines[1].strip()[:60])


def _build(message: Message, line: int, subject: str) -> Finding:
    return Finding(kind=FindingKind.FAILED_MARKUP, line=line, subject=subject, message=message)
