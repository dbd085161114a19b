"""The addresses that Hugo would give to pages, and the old ones that front matter tells of, as this site has them."""

import posixpath
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pages.hugo.site_structure.site_config import language_tag

# As in pages/publishing/page_tree.py and the columns of Page and Redirect.
_ALLOWED = re.compile(r"[\w.~-]")
# Vowels and tones of many scripts are marks upon letters.
_MARKS = ("Mn", "Mc")
MAX_PART = 200
MAX_PATH = 1000
_HAS_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Aliases:
    """Old paths, each once and in order; apart from them the values that are of no use, each with the reason."""

    paths: tuple[str, ...] = ()
    unusable: tuple[tuple[str, str], ...] = ()


def build_address(key: str, slug: str = "", url: str = "", *, languages: Collection[str] = ()) -> str:
    """Return the path of a page's address, made of its key as Hugo makes it; the home page's is empty.

    A `slug` replaces the last part; a `url` replaces all of it, keeps its case, and may begin with one of the
    languages. Raises ValueError where nothing is left of a part, or where it is too long.
    """
    parts = lowercase(key).split("/") if key else []
    if url.strip():
        parts = _parts_of_url(url.strip(), languages)
        if parts and parts[-1].lower().endswith((".html", ".htm")):
            parts[-1] = parts[-1].rpartition(".")[0]
    elif key and slug.strip().strip("/"):
        parts[-1:] = [part for part in lowercase(slug).split("/") if part.strip()]
    address = "/".join(map(_address_part, parts))
    if len(address) > MAX_PATH:
        raise ValueError(f"Its address would have {len(address)} characters; the limit is {MAX_PATH}.")
    return address


def parse_aliases(values: str | Iterable[str], key: str, *, languages: Collection[str] = ()) -> Aliases:
    """Return the old paths that the values of `aliases` or `redirect_from` name, without language and outer slashes.

    One that does not begin with a slash is relative to where the page is: `old` of legal/privacy is legal/old.
    """
    paths: dict[str, None] = {}
    unusable: list[tuple[str, str]] = []
    for value in [values] if isinstance(values, str) else values:
        try:
            paths[_old_path(value.strip(), key, languages)] = None
        except ValueError as error:
            unusable.append((value, str(error)))
    return Aliases(tuple(paths), tuple(unusable))


def lowercase(words: str) -> str:
    """Return words in lower case, as Hugo has them in addresses."""
    # The capital I with a dot alone becomes two characters, of which Hugo has the first.
    return words.replace("\u0130", "i").lower()


def _address_part(part: str) -> str:
    found = "".join(_sanitised(unicodedata.normalize("NFC", part)))
    if not found.strip("."):
        raise ValueError(f"No letter or digit of {part[:MAX_PART]!r} can stand in an address.")
    if len(found) > MAX_PART:
        raise ValueError(f"A part of its address would have {len(found)} characters; the limit is {MAX_PART}.")
    return found


def _sanitised(part: str) -> Iterator[str]:
    """Yield the characters that may stand in an address; spaces between them become one hyphen, unless there is one."""
    last, waits = "", False
    for character in part:
        if _ALLOWED.fullmatch(character) or unicodedata.category(character) in _MARKS:
            if waits and "-" not in {character, last}:
                yield "-"
            yield character
            last, waits = character, False
        elif character.isspace():
            waits = bool(last)


def _parts_of_url(url: str, languages: Collection[str]) -> list[str]:
    """Return the parts of an address's path, decoded, without the language that it begins with. Raises ValueError."""
    try:
        address = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"{url[:MAX_PART]!r} is no address.") from error
    if address.scheme and not address.netloc:
        raise ValueError(f"{url[:MAX_PART]!r} is no address of a page.")
    # Decoded, a part could have a slash in it; so could a page's path have one part more.
    parts = [part for part in unquote(address.path).split("/") if part not in ("", ".")]
    if any(part.startswith(":") for part in parts):
        raise ValueError(f"{url[:MAX_PART]!r} has a placeholder, which only Hugo fills in.")
    if parts and language_tag(parts[0]) in languages:
        del parts[0]
    if parts and parts[-1].lower() in ("index.html", "index.htm"):
        del parts[-1]
    return parts


def _old_path(value: str, key: str, languages: Collection[str]) -> str:
    if not value:
        raise ValueError("It is empty.")
    is_absolute = value.startswith("/") or "://" in value
    if not is_absolute:
        value = posixpath.join("/", posixpath.dirname(key), value)
    parts = _parts_of_url(value, languages if is_absolute else ())
    # Two slashes at the beginning would stay two.
    path = posixpath.normpath(posixpath.join("/", *parts)).lstrip("/")
    path = unicodedata.normalize("NFC", path)
    if not path:
        raise ValueError("It is the home page's address.")
    if path == key:
        raise ValueError("It is the page's own address.")
    if _HAS_CONTROLS.search(path) or "?" in path or "#" in path:
        raise ValueError("It has characters that no address has.")
    if len(path) > MAX_PATH:
        raise ValueError(f"It has {len(path)} characters; the limit is {MAX_PATH}.")
    return path
