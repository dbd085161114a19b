"""Licences that a config or its copyright notice names."""

import re
from collections.abc import Iterator, Mapping

from pages.text.front_matter.nested_values import Value

_MARKDOWN_LINK = re.compile(r"\[(?P<label>[^\]]*)\]\((?P<url>[^\s)]+)[^)]*\)")
_HTML_LINK = re.compile(r"<a\s[^>]*?href=[\"']?(?P<url>[^\"'\s>]+)[^>]*>(?P<label>.*?)</a>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_LICENCE_ADDRESS = re.compile(
    r"https?://(?:(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)|(?:www\.)?gnu\.org/licenses"
    r"|opensource\.org/licen[cs]es?|spdx\.org/licenses|choosealicense\.com/licenses|www\.apache\.org/licenses)/\S+"
)
_CC_ADDRESS = re.compile(r"https?://(?:www\.)?creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)")
_CC0_ADDRESS = re.compile(r"https?://(?:www\.)?creativecommons\.org/publicdomain/zero/(\d\.\d)")
_CC_NAME = re.compile(r"\bCC[ -](BY(?:-(?:SA|NC|ND|NC-SA|NC-ND))?)[ -](\d\.\d)\b", re.IGNORECASE)
_CC0_NAME = re.compile(r"\bCC0(?:[ -]\d\.\d)?\b", re.IGNORECASE)
_CC0 = ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")


def find_licence(values: Mapping[str, Value]) -> tuple[str, str]:
    """Return the name and the address of the licence; both are empty if the values name none.

    `values` has keys in lower case. Of a copyright notice, a link to a licence counts, or the name of one of Creative
    Commons.
    """
    return next(_licences(values), ("", ""))


def _licences(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for key in ("licence", "license"):
        value = values.get(key)
        parts = value if isinstance(value, dict) else {"name": value or "", "url": values.get(f"{key}_url", "")}
        name, url = (part.strip() if isinstance(part := parts.get(item, ""), str) else "" for item in ("name", "url"))
        name, url = ("", name) if name.startswith(("http://", "https://")) else (name, url)
        if name or url:
            yield (name or _name_of(url), url or _address_of(name))
    notice = values.get("copyright", "")
    text = notice.get("authors", "") if isinstance(notice, dict) else notice
    yield from _licences_in(text if isinstance(text, str) else "")


def _licences_in(text: str) -> Iterator[tuple[str, str]]:
    for link in [*_MARKDOWN_LINK.finditer(text), *_HTML_LINK.finditer(text)]:
        if _LICENCE_ADDRESS.fullmatch(link["url"]):
            yield " ".join(_TAG.sub("", link["label"]).split()) or _name_of(link["url"]), link["url"]
    if match := _CC_NAME.search(text) or _CC0_NAME.search(text):
        yield match[0], _address_of(match[0])


def _name_of(url: str) -> str:
    if match := _CC_ADDRESS.match(url):
        return f"CC {match[1].upper()} {match[2]}"
    return _CC0[0] if _CC0_ADDRESS.match(url) else ""


def _address_of(name: str) -> str:
    if match := _CC_NAME.search(name):
        return f"https://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/"
    return _CC0[1] if _CC0_NAME.search(name) else ""
