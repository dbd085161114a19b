"""Rendered HTML as a tree of elements and texts, and the parts of it that readers read."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from html import escape, unescape

from pages.text.rendering import URL_SCHEMES

_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<attributes>[^<>]*)>|[^<]+")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_VOID = frozenset({"br", "hr", "img"})
# Characters that browsers remove from an address before they read its scheme.
_IGNORED = re.compile(r"[\0-\x20]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# The elements and attributes within a block that a comparison shows.
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title"}),
    "img": frozenset({"src", "alt", "title"}),
    "sup": frozenset({"class"}),
    "span": frozenset({"class"}),
    "td": frozenset({"class", "colspan", "rowspan"}),
    "th": frozenset({"class", "colspan", "rowspan"}),
    **{name: frozenset() for name in ("em", "strong", "s", "code", "br", "sub", "u")},
}
_CLASSES = {"footnote-ref", "missing-picture", "align-left", "align-center", "align-right"}


class Element:
    """An element of rendered HTML; its children are elements and texts, which are escaped as in the HTML."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, attributes: str = "") -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Element | str] = []

    def get(self, attribute: str) -> str:
        """Return the unescaped value of an attribute, or "" if there is none."""
        return get_attribute(self.attributes, attribute) if self.attributes else ""

    @property
    def opening(self) -> str:
        """Return the opening tag with its allowed attributes, or "" if the element is not allowed within a block."""
        return clean_tag(f"<{self.tag}{self.attributes}>")


def parse(html: str, counted: Collection[str], limit: int) -> tuple[Element, bool]:
    """Return a root element with the elements of rendered HTML below it, and whether the limit cut off the rest.

    The renderer's HTML is well-formed: the sanitiser wrote it. Anything else is read without an error, and what is no
    tag is dropped. At most `limit` elements with `counted` tags are read.
    """
    root = Element("")
    count = 0
    stack = [root]
    for match in _TOKEN.finditer(html):
        tag = match["tag"]
        if tag is None:
            stack[-1].children.append(match[0])
        elif match["end"]:
            _close(stack, tag)
        else:
            count += tag in counted
            if count > limit:
                return root, True
            element = Element(tag, match["attributes"])
            stack[-1].children.append(element)
            if tag not in _VOID:
                stack.append(element)
    return root, False


def _close(stack: list[Element], tag: str) -> None:
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].tag == tag:
            del stack[depth:]
            return


@lru_cache(maxsize=4096)
def clean_tag(tag: str) -> str:
    """Return a tag rebuilt with its allowed attributes, or "" if the tag itself is not allowed.

    The HTML was cleaned when it was rendered. Cleaning it again keeps the result safe if the comparison has an error.
    """
    name = tag.strip("</>").partition(" ")[0]
    if name not in _ATTRIBUTES or not tag.endswith(">"):
        return ""
    if tag.startswith("</"):
        return f"</{name}>"
    attributes = (
        f' {attribute}="{escape(unescape(value))}"'
        for attribute, value in _ATTRIBUTE.findall(tag)
        if attribute in _ATTRIBUTES[name] and _is_safe(attribute, unescape(value))
    )
    return f"<{name}{''.join(attributes)}>"


def _is_safe(attribute: str, value: str) -> bool:
    if attribute in {"href", "src"}:
        scheme = _SCHEME.match(_IGNORED.sub("", value))
        return scheme is None or scheme[1].lower() in URL_SCHEMES
    return attribute != "class" or value in _CLASSES


def get_attribute(tag: str, attribute: str) -> str:
    """Return the unescaped value of a tag's attribute, or "" if it has none."""
    return unescape(dict(_ATTRIBUTE.findall(tag)).get(attribute, ""))


def clean_inline(nodes: Iterable[Element | str]) -> str:
    """Return the HTML of nodes within a block: allowed tags, no ids, nothing that the renderer added for navigation.

    White space is as it was.
    """
    return "".join(node if isinstance(node, str) else _clean_element(node) for node in nodes)


def _clean_element(element: Element) -> str:
    if element.tag == "a" and _is_sign(element):
        return ""
    inner_html = clean_inline(element.children)
    opening = "" if _is_navigation(element) else element.opening
    return f"{opening}{inner_html}</{element.tag}>" if opening and element.tag not in _VOID else opening + inner_html


def _is_sign(link: Element) -> bool:
    """Tell whether the text of a link is a sign that the renderer added: back to a reference, or for a heading."""
    name = link.get("class")
    return name == "footnote-backref" or (name == "heading-link" and bool(link.get("aria-label")))


def _is_navigation(element: Element) -> bool:
    """Tell whether an element only leads to a place of the page or marks one; its text is the author's."""
    if element.tag != "a":
        return False
    return bool(element.get("id")) or element.get("class") == "heading-link"


def find_ids(element: Element) -> list[str]:
    """Return the ids of an element and of everything in it, in order."""
    own = element.get("id")
    inner = [name for child in element.children if isinstance(child, Element) for name in find_ids(child)]
    return [own, *inner] if own else inner
