"""The links and pictures of a body, with their lines."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import ParsedBody
from pages.text.messages import Message
from pages.text.rendering import URL_SCHEMES


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
