"""Checks before a text is published: pictures without a description, links, removed ids, hard-coded dates."""

import re
from collections.abc import Iterable
from html import unescape

# These patterns are enough for HTML from `pages.text.rendering.render`: nh3 puts every attribute in double quotes.
_PICTURE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r' (src|alt)="([^"]*)"')
_HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
_ID = re.compile(r' id="([^"]*)"')
# Phrases that introduce the date of the last change, each followed by a year on the same line. Instead of `\b`, the
# outer ends have lookarounds: `\b` treats underscores as letters, and Markdown uses them for emphasis.
_HARD_CODED_DATE = re.compile(
    r"^.{0,20}?(?<![^\W_])(?:last\s+(?:updated|modified|revised|changed)|effective\s+(?:date|as\s+of)|"
    r"(?:последнее|дата)\s+(?:последнего\s+)?(?:обновлени[ея]|изменени[ея])|"
    r"(?:последн(?:ий|яя)\s+)?(?:обновлено|изменено|редакция\s+от))\b.{0,40}?\b(?:19|20)\d\d(?![^\W_]).{0,10}$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"[*_#>]+")


def find_pictures_without_alt(html: str) -> tuple[str, ...]:
    """Return the distinct addresses of the pictures that have no alternative text."""
    pictures = [dict(_ATTRIBUTE.findall(picture)) for picture in _PICTURE.findall(html)]
    addresses = (picture.get("src", "") for picture in pictures if not picture.get("alt", "").strip())
    return tuple(dict.fromkeys(map(unescape, addresses)))


def find_links(html: str) -> tuple[str, ...]:
    """Return the distinct addresses that a text links to."""
    return tuple(dict.fromkeys(map(unescape, _HREF.findall(html))))


def find_ids(html: str) -> frozenset[str]:
    """Return the ids of headings and footnotes, which links can lead to."""
    return frozenset(map(unescape, _ID.findall(html)))


def find_removed_ids(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that a text no longer has, in order. Links to them are broken."""
    remaining = set(after)
    return tuple(identifier for identifier in before if identifier not in remaining)


def find_hard_coded_dates(body: str) -> tuple[str, ...]:
    """Return the lines of a Markdown body that state when it last changed, without their markup.

    The site shows that date itself, and the one in the text becomes wrong with the next change.
    """
    return tuple(_MARKUP.sub("", match[0]).strip(" -\t") for match in _HARD_CODED_DATE.finditer(body))
