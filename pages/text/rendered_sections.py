"""The sections of a rendered body. Headings within lists, quotations and boxes begin none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice, takewhile
from typing import NamedTuple

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:[^<>"]|"[^"]*")*>')
_HEADING = re.compile(r"h[1-6]")
# The elements that can contain headings.
_CONTAINERS = frozenset({"blockquote", "details", "div", "dl", "ol", "section", "table", "ul"})
_FOOTNOTES = '<hr class="footnotes-sep">'
_CODE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_ADDRESS = re.compile(r' id="[^"]*"|(?<=<a )[^>]*class="heading-link"[^>]*')
_SPACE = re.compile(r"[ \n]+")


@dataclass(frozen=True)
class RenderedSection:
    """The HTML of a heading and of what follows it, up to the next heading.

    Before the first heading, and for footnotes, the level is 0 and there is no heading.
    """

    level: int
    heading: str
    html: str


class SectionDigest(NamedTuple):
    level: int
    digest: bytes


def split_rendered(html: str) -> list[RenderedSection]:
    """Return the sections of a body in order, all of its HTML."""
    cuts = [(0, 0, 0), *_find_cuts(html)]
    ends = [start for start, _, _ in cuts[1:]] + [len(html)]
    sections = [
        RenderedSection(level, html[start:body], html[body:end])
        for (start, body, level), end in zip(cuts, ends, strict=True)
    ]
    return [section for section in sections if section.level or section.html.strip()]


def _find_cuts(html: str) -> Iterator[tuple[int, int, int]]:
    """Yield where each section starts, where its heading ends, and its level."""
    depth, start = 0, 0
    for match in _TAG.finditer(html):
        end, tag = match.groups()
        if tag in _CONTAINERS:
            depth += -1 if end else 1
        elif depth == 0 and _HEADING.fullmatch(tag):
            if end:
                yield start, match.end(), int(tag[1])
            start = match.start()
        elif depth == 0 and match[0] == _FOOTNOTES:
            yield match.start(), match.start(), 0


def digest_sections(html: str) -> list[SectionDigest]:
    """Return the level of each section with a digest of its own HTML: equal ones show readers the same.

    The addresses of headings do not count: they depend on the other headings.
    """
    return [SectionDigest(section.level, _digest(section.heading + section.html)) for section in split_rendered(html)]


def _digest(html: str) -> bytes:
    """Return a digest that does not depend on how the source of a paragraph is broken into lines."""
    parts = _CODE.split(_ADDRESS.sub("", html).strip())
    html = "".join(part if part.startswith("<pre>") else _SPACE.sub(" ", part) for part in parts)
    return _hash(html.encode(errors="surrogatepass"))


def _hash(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def digest_with_below(sections: Sequence[SectionDigest]) -> list[bytes]:
    """Return a digest of each section together with all sections below its heading."""
    return [
        _hash(section.digest + b"".join(_below(section, islice(sections, place, None))))
        for place, section in enumerate(sections, 1)
    ]


def _below(section: SectionDigest, following: Iterable[SectionDigest]) -> Iterator[bytes]:
    return (other.digest for other in takewhile(lambda other: other.level > section.level > 0, following))
