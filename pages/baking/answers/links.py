"""The links in an answer that lead to addresses of the site itself."""

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from pages.baking.answers.application import BakedAnswer

# A "<" begins a tag only: in text it is escaped. In the value of an attribute it can be itself (HTML, section 13.3).
_TAG = re.compile(r"""<\w[^<>"]*(?:"[^"]*"[^<>"]*)*>""")
_ADDRESS = re.compile(r"""\s(?:href|src|action)="([^"]*)\"""")
_LOCATION = re.compile(r"<loc>([^<]*)</loc>|^Sitemap: (.*)$", re.MULTILINE)
_LINK_HEADER = re.compile(r"<([^>]*)>")
_IN_CSS = re.compile(r"""url\(\s*['"]?([^'")]+)""")
# An absolute path that is an address as it is. Sitemaps and logs have thousands, and `urljoin` takes 40 µs.
_PLAIN = re.compile(r"/(?:[\w%~-][\w%~.-]*(?:/[\w%~-][\w%~.-]*)*/?)?", re.ASCII)
# The fields of JSON documents that hold an address.
_JSON_FIELDS = frozenset(
    {
        "url",
        "source_url",
        "permanent_url",
        "markdown_url",
        "fragment_url",
        "bundle",
        "history",
        "next",
        "publication_log",
    }
)


def internal_links(address: str, answer: BakedAnswer, *, site_url: str) -> set[str]:
    """Return the addresses of the site that an answer links to, with their query, without their fragment."""
    links = {*_LINK_HEADER.findall(answer.link), *_links_in_body(answer)}
    if answer.location:
        links.add(answer.location)
    return {link for url in links if (link := internal_address(address, url, site_url=site_url))}


def internal_address(address: str, url: str, *, site_url: str) -> str | None:
    """Return the address that a URL on the page at an address leads to, or None if it leaves the site."""
    if _PLAIN.fullmatch(path := url.removeprefix(site_url)):
        return path
    try:
        parts = urlsplit(urljoin(f"{site_url}{address}", url.strip()))
        is_internal = f"{parts.scheme}://{parts.netloc}" == site_url
    # Not a URL, such as an invalid IPv6 address in an old text.
    except ValueError:
        return None
    if not is_internal:
        return None
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def address_key(address: str) -> str:
    """Return an address as it is compared: without percent-encoding."""
    return unquote(address)


def _links_in_body(answer: BakedAnswer) -> Iterator[str]:
    kind = answer.content_type.partition(";")[0]
    if kind == "text/css":
        yield from _IN_CSS.findall(answer.body.decode())
    elif kind == "application/json":
        yield from _links_in_json(json.loads(answer.body))
    elif kind in ("text/html", "application/atom+xml", "application/xml", "text/plain"):
        yield from _links_in_markup(answer.body.decode(), kind)


def _links_in_markup(text: str, kind: str) -> Iterator[str]:
    for tag in _TAG.findall(text):
        yield from map(unescape, _ADDRESS.findall(tag))
    if kind != "text/html":
        yield from (unescape(location or sitemap) for location, sitemap in _LOCATION.findall(text))


def _links_in_json(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _links_in_json(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in _JSON_FIELDS and isinstance(item, str):
                yield item
            elif name != "fields":
                yield from _links_in_json(item)
