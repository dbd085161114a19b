"""The links and pictures of a body, with their lines."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import ParsedBody, PlacedToken
from pages.text.messages import Message
from pages.text.rendering import URL_SCHEMES

# Addresses that somebody wants to complete later.
_EMPTY_ADDRESS = re.compile(r"#?|(?:https?|mailto|tel):/*", re.IGNORECASE)


class PlacedLink(NamedTuple):
    """A link as the text has it, not resolved, and its line of the body from 1."""

    address: str
    line: int


def find_links(parsed: ParsedBody) -> list[PlacedLink]:
    """Return the distinct links, each with the line of the first one."""
    lines: dict[str, int] = {}
    for placed in parsed.inline_tokens:
        if placed.token.type == "link_open":
            lines.setdefault(str(placed.token.attrs["href"]), placed.line)
    return [PlacedLink(address, line) for address, line in lines.items()]


def find_unknown_schemes(parsed: ParsedBody) -> Iterator[Finding]:
    for link in find_links(parsed):
        scheme = _read_scheme(link.address)
        if scheme and scheme not in URL_SCHEMES:
            message = Message(
                "Readers get the text, but no link, because this site does not know its kind of address: %(subject)s",
                subject=link.address[:200],
            )
            yield Finding(kind=FindingKind.UNKNOWN_SCHEME, line=link.line, subject=link.address, message=message)


def find_empty_links(parsed: ParsedBody) -> Iterator[Finding]:
    """Yield the links that lead nowhere, and those that readers cannot see."""
    opened: PlacedToken | None = None
    is_visible = False
    for placed in parsed.inline_tokens:
        token = placed.token
        if token.type == "link_open":
            opened, is_visible = placed, False
        elif token.type == "link_close" and opened:
            yield from _check_link(opened, is_visible=is_visible)
            opened = None
        else:
            is_visible = is_visible or token.type == "image" or bool(token.content.strip())


def _check_link(placed: PlacedToken, *, is_visible: bool) -> Iterator[Finding]:
    address = str(placed.token.attrs["href"])
    if _EMPTY_ADDRESS.fullmatch(address):
        message = Message("A link has no address: “%(address)s” leads nowhere.", address=address)
    elif not is_visible:
        message = Message("A link has no text, and readers do not see it: %(address)s", address=address[:200])
    else:
        return
    yield Finding(kind=FindingKind.FAILED_MARKUP, line=placed.line, subject=address[:200], message=message)


def _read_scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def find_pictures_without_text(parsed: ParsedBody) -> Iterator[Finding]:
    seen = set()
    for placed in parsed.inline_tokens:
        token = placed.token
        if token.type == "image" and not token.content.strip() and (address := str(token.attrs["src"])) not in seen:
            seen.add(address)
            message = Message(
                "A picture has no alternative text: %(subject)s. Readers who cannot see it get no information from it. "
                "Write a text in the square brackets, unless the picture is only decoration.",
                subject=address,
            )
            yield Finding(kind=FindingKind.MISSING_ALTERNATIVE, line=placed.line, subject=address, message=message)


def find_missing_pictures(parsed: ParsedBody, known: frozenset[str]) -> Iterator[Finding]:
    """Yield the pictures whose references are not known."""
    seen = set(known)
    for placed in parsed.inline_tokens:
        if placed.token.type == "image" and (address := str(placed.token.attrs["src"])) not in seen:
            seen.add(address)
            message = Message(
                "A picture is missing: %(subject)s. Readers see its description in a frame instead. Upload the "
                "picture, or remove it from the text.",
                subject=address,
            )
            yield Finding(kind=FindingKind.MISSING_PICTURE, line=placed.line, subject=address, message=message)
