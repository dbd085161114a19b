"""Tags of raw HTML: which names are known and allowed, where an element may be, and how a tag is read."""

import re
from collections.abc import Mapping
from typing import NamedTuple

INLINE = {"a", "sub", "sup", "u"}
# The elements that a block element may be in directly. Without a list, that is any element with text.
PARENTS: Mapping[str, tuple[str, ...]] = {
    "caption": ("table",),
    "thead": ("table",),
    "tbody": ("table",),
    "tfoot": ("table",),
    "tr": ("table", "thead", "tbody", "tfoot"),
    "td": ("tr",),
    "th": ("tr",),
    "summary": ("details",),
    "dt": ("dl",),
    "dd": ("dl",),
}
TABLE_PARTS = {"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"}
BLOCK = {*PARENTS, "table", "details", "dl"}
# Elements without text of their own, and the element that stray text in them is put into.
TEXTLESS = {"table": "tr", "thead": "tr", "tbody": "tr", "tfoot": "tr", "tr": "td", "dl": "dd"}
# Their text is not in a paragraph.
CELLS = {"caption", "td", "th", "summary", "dt", "dd"}
# Those of them that contain no other blocks.
LEAVES = {"caption", "summary"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
# Dropped tags between which text is a paragraph of its own.
_SEPARATING_NAMES = (
    "address article aside blockquote body center dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main menu nav ol p pre section ul"
)
SEPARATING = frozenset(_SEPARATING_NAMES.split())
_OTHER_NAMES = (
    "abbr acronym applet audio b bdi bdo big blink button canvas cite code colgroup command data datalist del dfn "
    "dialog em font frame frameset head html i iframe ins kbd label legend map mark marquee math menuitem meter "
    "nobr noembed noframes noscript object optgroup option output picture plaintext progress q rb rp rt rtc ruby s "
    "samp script search select slot small span strike strong style svg template textarea time title tt var video "
    "xmp"
)
KNOWN = {*BLOCK, *INLINE, *VOID, *SEPARATING, *_OTHER_NAMES.split()}

_NAME_AND_ATTRIBUTES = r"[A-Za-z][A-Za-z0-9-]*+(?![^\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>"
PIECE = re.compile(
    # The content of a script or a style sheet is not text.
    r"(?P<comment><!--(?:-?>|.*?-->|.*\Z))|(?P<code><\?.*?(?:\?>|\Z)|<![a-z].*?(?:>|\Z)"
    r"|<(?P<element>script|style)(?=[\s/>])[^<>]*+>(?:.*?</(?P=element)\s*+>|.*\Z))"
    rf"|<!\[CDATA\[(?P<text>.*?)(?:\]\]>|\Z)|(?P<tag></?{_NAME_AND_ATTRIBUTES})",
    re.DOTALL | re.IGNORECASE,
)
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_CODE_NAME = re.compile(r"[?!]?\w+")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")


class Tag(NamedTuple):
    """A tag of raw HTML, its name in lower case."""

    name: str
    is_end: bool
    attributes: dict[str, str]


def read_tag(markup: str) -> Tag:
    match = _TAG_NAME.match(markup)
    if not match:
        raise ValueError(f"not a tag: {markup[:100]!r}")
    found = _ATTRIBUTE.findall(markup, match.end())
    # Of repeated attributes, browsers use the first.
    values = {name.lower(): double or single or bare for name, double, single, bare in reversed(found)}
    return Tag(match[1].lower(), markup[1] == "/", values)


def name_code(markup: str) -> str:
    match = _CODE_NAME.match(markup, 1)
    return match[0].lower() if match else markup[1:2]
