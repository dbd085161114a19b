"""What a rendered text should not go out with: pictures that say nothing, links to nowhere, anchors that vanish."""

import re
from collections.abc import Iterable
from html import unescape

_PICTURE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r' (src|alt)="([^"]*)"')
_HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
_ID = re.compile(r' id="([^"]*)"')
# Words that announce such a date, each followed on the same line by a year. At both ends stands no `\b`, for which the
# underscores of Markdown's emphasis are letters.
_ANNOUNCED = re.compile(
    r"^.{0,20}?(?<![^\W_])(?:last\s+(?:updated|modified|revised|changed)|effective\s+(?:date|as\s+of)|"
    r"(?:последнее|дата)\s+(?:последнего\s+)?(?:обновлени[ея]|изменени[ея])|"
    r"(?:последн(?:ий|яя)\s+)?(?:обновлено|изменено|редакция\s+от))\b.{0,40}?\b(?:19|20)\d\d(?![^\W_]).{0,10}$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"[*_#>]+")


def find_pictures_without_alt(html: str) -> tuple[str, ...]:
    """Return the addresses of the pictures in clean HTML that have no alternative text, each once."""
    pictures = [dict(_ATTRIBUTE.findall(picture)) for picture in _PICTURE.findall(html)]
    silent = (picture.get("src", "") for picture in pictures if not picture.get("alt", "").strip())
    return tuple(dict.fromkeys(map(unescape, silent)))


def find_links(html: str) -> tuple[str, ...]:
    """Return the addresses that clean HTML leads to, each once."""
    return tuple(dict.fromkeys(map(unescape, _HREF.findall(html))))


def find_ids(html: str) -> frozenset[str]:
    """Return the places in clean HTML that a link can name."""
    return frozenset(map(unescape, _ID.findall(html)))


def find_removed_ids(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that a text had and has no longer, in their order: links to them break."""
    kept = set(after)
    return tuple(identifier for identifier in before if identifier not in kept)


def find_typed_dates(body: str) -> tuple[str, ...]:
    """Return the lines of a Markdown body that state by hand when it last changed, without their markup."""
    return tuple(_MARKUP.sub("", found[0]).strip(" -\t") for found in _ANNOUNCED.finditer(body))
