"""Lines that look like a heading, a list or a table in the editor, but that readers get as one paragraph or as code."""

import re
from collections.abc import Iterator

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import ParsedBody
from pages.text.messages import Message

# White space that Markdown does not take for a space.
_OTHER_SPACE = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff"
_HEADING = re.compile(
    rf"[ ]{{0,3}}(?:#{{1,6}}[{_OTHER_SPACE}]|#{{2,6}}(?=[^\W_])|#(?=[^\W\d_][^#]*$)|#{{7,}}[ ]|[\uff03\ufe5f]+\s*\S)"
)
# The bullets of word processors, also those of their symbol fonts.
_BULLET = re.compile(
    "[ \t]*(?:[\u2022\u2023\u2043\u204c\u204d\u2219\u25a0\u25a1\u25aa\u25ab\u25cb\u25cf\u25e6\u2713\u2714\u27a2\u27a4"
    rf"\uf0a7\uf0b7\uf0d8\uf0fc\uf076]\s*\S|\u00b7[ \t{_OTHER_SPACE}]|o\t\S)"
)
_SPACED_ITEM = re.compile(rf"[ ]{{0,3}}(?:[-*+]|\d{{1,9}}[.)])[{_OTHER_SPACE}]")
# Marks that begin an item only if the next line begins with one too.
_ENUMERATOR = re.compile(
    r"[ \t]*(?:"
    r"(?P<letter>\(?(?:[a-z]|[а-яё]|[ivxlc]{1,6})[).](?![a-zа-яё][.)]))|(?P<number>\(?\d{1,3}[).]|\(\d{1,3}\))"
    r"|(?P<levels>\d{1,3}(?:\.\d{1,3})+[.)]?)|(?P<section>§+[ \u00a0]?\d+[a-z]?|[Nn№][ \u00a0]?\d+)"
    r"|(?P<article>(?:art(?:icle|ikel|\.)?|section|sec\.|clause|стать[яи]|ст\.|пункт|п\.)[ \u00a0]?\d{1,3}[a-z]?[.):]?)"
    r"|(?P<brackets>\[\d{1,3}\])|(?P<arrow>[\u2190-\u21ff\u27f5-\u27ff])"
    r"|(?P<dash>[\u2010-\u2015\u2212])|(?P<circled>[\u2460-\u24ff\u2776-\u2793])"
    r")[ \t\u00a0]+\S",
    re.IGNORECASE,
)
_TIGHT_ITEM = re.compile(r"[ ]{0,3}(?:[-*+]|\d{1,3}[.)])(?=[^\W\d_])")
# Cells of a spreadsheet or of a table in a word processor, as they are pasted.
_CELLS = re.compile(r"[^\t]*\S\t+\S")
_HARD_BREAK = re.compile(r"(?: {2,}|\\|<br ?/?>)$")
_TABLE_RULE = re.compile(r"[ ]{0,3}\|?[ ]*:?-{2,}:?[ ]*(?:\|[ ]*:?-{2,}:?[ ]*)+\|?[ ]*")


def looks_like_markup(line: str) -> bool:
    """Tell whether a line of a paragraph begins as something else does."""
    patterns = (_HEADING, _BULLET, _SPACED_ITEM, _ENUMERATOR, _TIGHT_ITEM, _TABLE_RULE, _CELLS)
    return any(pattern.match(line) for pattern in patterns)


def find_lookalikes(parsed: ParsedBody) -> Iterator[Finding]:
    for token, inner in zip(parsed.tokens, parsed.tokens[1:], strict=False):
        if token.type == "paragraph_open" and inner.type == "inline" and token.map:
            yield from _check_paragraph(inner.content.split("\n"), token.map[0] + 1)
        elif token.type == "code_block" and token.map:
            yield from _check_code(token.content, token.map[0] + 1)
    if parsed.tokens and (last := parsed.tokens[-1]).type == "code_block" and last.map:
        yield from _check_code(last.content, last.map[0] + 1)


def _check_paragraph(lines: list[str], first: int) -> Iterator[Finding]:
    if (kind := _find_run(lines)) is not None:
        yield _build_list_finding(lines[kind], first + kind)
        return
    for number, line in enumerate(lines):
        if _HEADING.match(line):
            yield _build_finding(
                Message(
                    "This line looks like a heading, but is none: “%(line)s”. Write an ordinary space between the "
                    "marks and the words.",
                    line=_shorten(line),
                ),
                line,
                first + number,
            )
            return
        if _SPACED_ITEM.match(line) or _BULLET.match(line):
            yield _build_list_finding(line, first + number)
            return
    if (row := _find_table(lines)) is not None:
        message = Message("These lines look like a table, but are none: “%(line)s”.", line=_shorten(lines[row]))
        yield _build_finding(message, lines[row], first + row)


def _find_run(lines: list[str]) -> int | None:
    """Return the first line that begins with the mark of a list as the next one does, in the same paragraph."""
    if len(lines) < 2:
        return None
    kinds = [_name_mark(line) for line in lines]
    for number in range(len(lines) - 1):
        if kinds[number] and kinds[number] == kinds[number + 1] and not _HARD_BREAK.search(lines[number]):
            return number
    return None


def _name_mark(line: str) -> str:
    """Return the name of the mark that a line begins with, or ""."""
    if match := _ENUMERATOR.match(line):
        return match.lastgroup or ""
    return "tight" if _TIGHT_ITEM.match(line) else ""


def _find_table(lines: list[str]) -> int | None:
    if rules := [number for number, line in enumerate(lines) if _TABLE_RULE.fullmatch(line)]:
        return max(0, rules[0] - 1)
    rows = [
        number for number, line in enumerate(lines) if line.lstrip().startswith("|") and line.rstrip().endswith("|")
    ]
    if len(rows) > 1:
        return rows[0]
    cells = [number for number, line in enumerate(lines) if _CELLS.match(line)]
    return cells[0] if len(cells) > 1 else None


def _check_code(content: str, first: int) -> Iterator[Finding]:
    """Yield a finding if indented lines begin as those of a list or a heading do."""
    for number, line in enumerate(content.split("\n")):
        if _BULLET.match(line) or _HEADING.match(line) or re.match(r"[ ]{0,3}(?:[-*+]|\d{1,3}[.)]|#{1,6})[ ]+\S", line):
            message = Message(
                "Readers get this as code, because the line begins with four spaces or a tab: “%(line)s”.",
                line=_shorten(line),
            )
            yield _build_finding(message, line, first + number)
            return


def _build_list_finding(line: str, number: int) -> Finding:
    message = Message(
        "This looks like a list, but readers get it as running text: “%(line)s”. Begin each item with “- ” or “1. ”, "
        "or put an empty line between them.",
        line=_shorten(line),
    )
    return _build_finding(message, line, number)


def _build_finding(message: Message, line: str, number: int) -> Finding:
    return Finding(kind=FindingKind.LOOKALIKE, line=number, subject=_shorten(line), message=message)


def _shorten(line: str) -> str:
    text = " ".join(line.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
