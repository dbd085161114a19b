"""The ids of a rendered body, which links can lead to."""

import re
from collections.abc import Iterable
from html import unescape

# It is enough for HTML from `pages.text.rendering.render`: nh3 puts every attribute in double quotes.
_ID = re.compile(r' id="([^"]*)"')
_FOOTNOTE = ("fn:", "fnref:")


def find_ids(html: str) -> tuple[str, ...]:
    """Return the ids of headings, anchors and footnotes, in order."""
    return tuple(map(unescape, _ID.findall(html)))


def find_removed_ids(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that a text no longer has, in order, without those of footnotes. Links to them are broken."""
    remaining = set(after)
    return tuple(
        identifier for identifier in before if identifier not in remaining and not identifier.startswith(_FOOTNOTE)
    )
