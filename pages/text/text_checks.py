"""What a rendered text should not go out with: pictures that say nothing, links to nowhere, anchors that vanish."""

import re
from collections.abc import Iterable
from html import unescape

_PICTURE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r' (src|alt)="([^"]*)"')
_HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
_ID = re.compile(r' id="([^"]*)"')


def silent_pictures(html: str) -> tuple[str, ...]:
    """Return the addresses of the pictures in clean HTML that have no alternative text, each once."""
    pictures = [dict(_ATTRIBUTE.findall(picture)) for picture in _PICTURE.findall(html)]
    silent = (picture.get("src", "") for picture in pictures if not picture.get("alt", "").strip())
    return tuple(dict.fromkeys(map(unescape, silent)))


def links_of(html: str) -> tuple[str, ...]:
    """Return the addresses that clean HTML leads to, each once."""
    return tuple(dict.fromkeys(map(unescape, _HREF.findall(html))))


def ids_of(html: str) -> frozenset[str]:
    """Return the places in clean HTML that a link can name."""
    return frozenset(map(unescape, _ID.findall(html)))


def vanished_ids(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that a text had and has no longer, in their order: links to them break."""
    kept = set(after)
    return tuple(identifier for identifier in before if identifier not in kept)
