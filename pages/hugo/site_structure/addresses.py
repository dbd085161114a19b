"""Addresses of pages as Hugo derives them, and the aliases in front matter, in the form this site stores them."""

import posixpath
import re
import unicodedata
from collections.abc import Collection, Iterable
from urllib.parse import unquote, urlsplit

from pages.hugo.site_structure.site_config import language_tag
from pages.text.messages import Message, plural_message, reason_of

# The same limits as in pages/publishing/page_tree.py and in the columns of Page and Redirect.
_ALLOWED = re.compile(r"[\w.~\s-]")
_SPACE = re.compile(r"\s+")
_SPACE_AT_HYPHEN = re.compile(r"(?<=-)\s+|\s+(?=-)")
# Characters of one part (between slashes) and of the whole path.
MAX_PART = 200
MAX_PATH = 1000
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_FORBIDDEN = re.compile(rf"[?#]|{_CONTROL_CHARACTERS.pattern}")
# Signs that Hugo keeps in the names of files. Mail programs break links with them.
_HUGO_SIGNS = "+@"


def build_address(
    key: str, slug: str = "", url: str = "", *, languages: Collection[str] = (), removes_accents: bool = False
) -> str:
    """Return the path of a page's address, built from its key as Hugo does; that of the home page is empty.

    `key` is that of a TextLocation. A `slug` replaces the last part. A `url` replaces all of it, keeps its case, and
    may begin with one of the languages. Raises ValueError if the result is too long or nothing is left of a part.
    """
    parts = _original_parts(key, slug, url, languages, removes_accents=removes_accents)
    address = "/".join(map(_address_part, parts))
    if len(address) > MAX_PATH:
        raise ValueError(
            plural_message(
                "Its address would have %(count)d character; the limit is %(limit)d.",
                "Its address would have %(count)d characters; the limit is %(limit)d.",
                count=len(address),
                limit=MAX_PATH,
            )
        )
    return address


def original_path(
    key: str, slug: str = "", url: str = "", *, languages: Collection[str] = (), removes_accents: bool = False
) -> str:
    """Return the path that a page has in Hugo, with the signs that addresses of this site do not have.

    It is empty if a redirect cannot have it. Raises ValueError.
    """
    parts = _original_parts(key, slug, url, languages, removes_accents=removes_accents)
    if not url.strip():
        parts = [_sanitise(part, _HUGO_SIGNS) for part in parts]
    path = unicodedata.normalize("NFC", "/".join(parts))
    return "" if len(path) > MAX_PATH or _FORBIDDEN.search(path) else path


def _original_parts(key: str, slug: str, url: str, languages: Collection[str], *, removes_accents: bool) -> list[str]:
    if url.strip():
        parts = _url_parts(url.strip(), languages)
        if parts and parts[-1].lower().endswith((".html", ".htm")):
            parts[-1] = parts[-1].rpartition(".")[0]
        return parts
    parts = lowercase(key).split("/") if key else []
    if key and slug.strip().strip("/"):
        parts[-1:] = [part for part in lowercase(slug).split("/") if part.strip()]
    return list(map(remove_accents, parts)) if removes_accents else parts


def parse_aliases(
    values: Iterable[str], address: str, *, languages: Collection[str]
) -> tuple[list[str], list[tuple[str, Message]]]:
    """Return the paths in the values of `aliases` or `redirect_from`, and the invalid values, each with the reason.

    The paths have no language, outer slashes and repetitions. A value without a leading slash is relative to the folder
    of the page's address: `old` of legal/privacy is legal/old.
    """
    paths: dict[str, None] = {}
    invalid: list[tuple[str, Message]] = []
    for value in values:
        try:
            paths[_parse_alias(value.strip(), address, languages)] = None
        except ValueError as error:
            invalid.append((value, reason_of(error)))
    # A page that names its own address asks for nothing.
    paths.pop(address, None)
    return list(paths), invalid


def is_in_root(url: str, languages: Collection[str]) -> bool:
    """Tell whether a URL is the same in all languages: it begins with a slash, but not with a language."""
    return url.strip().startswith("/") and language_tag(url.strip().strip("/").partition("/")[0]) not in languages


def lowercase(text: str) -> str:
    """Return text in lower case, as Hugo does in addresses."""
    # Python lowers “İ” to two characters (i and a combining dot), Hugo to the first one only.
    return text.replace("\u0130", "i").lower()


def remove_accents(text: str) -> str:
    """Return text without accents, as Hugo makes paths of it with `removePathAccents`."""
    decomposed = unicodedata.normalize("NFD", text)
    letters = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
    return unicodedata.normalize("NFC", letters)


def _address_part(part: str) -> str:
    address_part = _sanitise(unicodedata.normalize("NFC", part))
    if not address_part.strip("."):
        raise ValueError(
            Message("%(part)s has no characters that are allowed in an address.", part=repr(part[:MAX_PART]))
        )
    if len(address_part) > MAX_PART:
        raise ValueError(
            plural_message(
                "A part of its address would have %(count)d character; the limit is %(limit)d.",
                "A part of its address would have %(count)d characters; the limit is %(limit)d.",
                count=len(address_part),
                limit=MAX_PART,
            )
        )
    return address_part


def _sanitise(part: str, signs: str = "") -> str:
    """Keep the allowed characters; whitespace between them becomes a hyphen, unless there is already one."""
    allowed = (
        character for character in part if _ALLOWED.fullmatch(character) or character in signs or _is_mark(character)
    )
    return _SPACE.sub("-", _SPACE_AT_HYPHEN.sub("", "".join(allowed).strip()))


def _is_mark(character: str) -> bool:
    # Many scripts write vowels and tones as combining marks.
    return unicodedata.category(character) in ("Mn", "Mc")


def _url_parts(url: str, languages: Collection[str]) -> list[str]:
    """Return the decoded parts of a URL's path, without a leading language. Raises ValueError."""
    quoted = repr(url[:MAX_PART])
    try:
        address = urlsplit(url)
    except ValueError as error:
        raise ValueError(Message("%(url)s is not a valid URL.", url=quoted)) from error
    if address.scheme and not address.netloc:
        raise ValueError(Message("%(url)s is not the address of a page.", url=quoted))
    # Decoding comes first, so that an encoded slash separates parts as well.
    parts = [part for part in unquote(address.path).split("/") if part not in ("", ".")]
    if any(part.startswith(":") for part in parts):
        raise ValueError(Message("%(url)s has a placeholder that only Hugo can replace.", url=quoted))
    if parts and language_tag(parts[0]) in languages:
        del parts[0]
    if parts and parts[-1].lower() in ("index.html", "index.htm"):
        del parts[-1]
    return parts


def _parse_alias(value: str, address: str, languages: Collection[str]) -> str:
    if not value:
        raise ValueError(Message("It is empty."))
    is_absolute = value.startswith("/") or "://" in value
    if not is_absolute:
        value = posixpath.join("/", posixpath.dirname(address), value)
    parts = _url_parts(value, languages if is_absolute else ())
    # POSIX keeps two leading slashes, hence lstrip.
    path = posixpath.normpath(posixpath.join("/", *parts)).lstrip("/")
    path = unicodedata.normalize("NFC", path)
    if not path:
        raise ValueError(Message("It is the address of the home page."))
    if _FORBIDDEN.search(path):
        raise ValueError(Message("It has characters that are not allowed in an address."))
    if len(path) > MAX_PATH:
        raise ValueError(
            plural_message(
                "It has %(count)d character; the limit is %(limit)d.",
                "It has %(count)d characters; the limit is %(limit)d.",
                count=len(path),
                limit=MAX_PATH,
            )
        )
    return path
