"""Menus of a Hugo site: entries of the config and of front matter, in all languages, as groups of links.

Entries are sorted as Hugo sorts them: by weight, those without one last, then by name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from pages.hugo.site_details.link_targets import LinkTargets
from pages.publishing.importing.site_details import SiteLink, SiteLinkGroup
from pages.text.front_matter.nested_values import Value

# The identifiers that exports write. They name the same link in every language, also if it has a label in one only.
EXPORTED = re.compile(r"(?:top|footer)(?:-\d+)+")
_TAG = re.compile(r"<[^>]*>")
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}")
# Levels of entries below each other; deeper ones are left out, as those that are below themselves.
_MAX_LEVELS = 5
# The columns of links and groups.
MAX_LABEL, MAX_URL = 100, 500


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """An entry of a menu in a language. `url` is its whole address, `page_path` that of a page which it may lead to."""

    language: str
    name: str = ""
    url: str = ""
    page_path: str | None = None
    identifier: str = ""
    parent: str = ""
    weight: int = 0
    is_group: bool = False
    is_of_page: bool = False

    @property
    def order(self) -> tuple[bool, int, str]:
        return (self.weight == 0, self.weight, self.name)

    @property
    def target(self) -> tuple[str, str | None]:
        return ("", self.page_path) if self.page_path is not None else (self.url, None)


@dataclass(eq=False)
class _Node:
    """An entry in all languages, with the entries below it."""

    entry: MenuEntry
    labels: dict[str, str]
    children: list["_Node"] = field(default_factory=list)


def read_entries(value: Value | None, language: str, targets: LinkTargets) -> Iterator[MenuEntry]:
    """Yield the entries of a menu of the config. Raises ValueError for one that is not valid."""
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            yield read_entry(item, language, targets)


def read_entry(
    values: Mapping[str, Value], language: str, targets: LinkTargets, page_path: str | None = None
) -> MenuEntry:
    """Return an entry; without an address of its own it leads to the page at `page_path`. Raises ValueError."""
    texts = {key: value.strip() for key, value in values.items() if isinstance(value, str)}
    address = texts.get("url") or texts.get("pageref", "")
    url, path = targets.resolve(address) if address else ("", page_path)
    params, weight = values.get("params"), texts.get("weight", "")
    return MenuEntry(
        language=language,
        name=" ".join(unescape(_TAG.sub("", texts.get("name", ""))).split())[:MAX_LABEL],
        url=url,
        page_path=path,
        identifier=texts.get("identifier", ""),
        parent=texts.get("parent", ""),
        weight=int(weight) if _WHOLE_NUMBER.fullmatch(weight) else 0,
        is_group=isinstance(params, dict) and params.get("group") == "true",
        is_of_page=page_path is not None,
    )


def read_page_menus(value: Value) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Yield the menus in the front matter of a page, each with its entry, which is empty if only the menu is named."""
    if isinstance(value, dict):
        yield from ((name, entry if isinstance(entry, dict) else {}) for name, entry in value.items())
    for name in value if isinstance(value, list) else [value]:
        if isinstance(name, str) and name.strip():
            yield name.strip(), {}


class Menu:
    """A menu in all languages. The first language that has entries determines which links there are.

    `unmatched` has the entries of other languages that lead elsewhere.
    """

    def __init__(self, entries: Mapping[str, Sequence[MenuEntry]]):
        self.unmatched: list[MenuEntry] = []
        self._nodes: list[_Node] = []
        for in_language in entries.values():
            is_leading = not self._nodes
            for entry in sorted(in_language, key=lambda entry: entry.order):
                self._add(entry, is_leading=is_leading)
        self._nodes.sort(key=lambda node: node.entry.order[:2])
        self._roots = self._connect()

    def _add(self, entry: MenuEntry, *, is_leading: bool) -> None:
        node = None if is_leading else next(filter(lambda node: _is_same(node, entry), self._nodes), None)
        labels = {entry.language: entry.name} if entry.name else {}
        if node is not None:
            node.labels |= labels
        elif is_leading or EXPORTED.fullmatch(entry.identifier):
            self._nodes.append(_Node(entry, labels))
        else:
            self.unmatched.append(entry)

    def _connect(self) -> list[_Node]:
        """Put entries below their parents; return those at the top."""
        by_key = {key: node for node in self._nodes for key in (node.entry.name, node.entry.identifier) if key}
        for node in self._nodes:
            if parent := by_key.get(node.entry.parent):
                parent.children.append(node)
        return [node for node in self._nodes if node.entry.parent not in by_key]

    def groups(self, *, are_nested: bool) -> tuple[SiteLinkGroup, ...]:
        """Return the links. Neighbours without entries below them are in one group; other entries are headings.

        With `are_nested`, headings below headings are groups within groups, else their links are in the same group.
        """
        groups: list[SiteLinkGroup] = []
        loose: list[SiteLink] = []
        for node in self._roots:
            if not (node.children or node.entry.is_group):
                loose.append(_link(node))
                continue
            groups += [SiteLinkGroup(links=tuple(loose))] if loose else []
            groups.append(_group(node, _MAX_LEVELS if are_nested else 0))
            loose = []
        return (*groups, *([SiteLinkGroup(links=tuple(loose))] if loose else []))


def _is_same(node: _Node, entry: MenuEntry) -> bool:
    if entry.language in node.labels:
        return False
    if entry.identifier or node.entry.identifier:
        return entry.identifier == node.entry.identifier
    has_target = entry.target != ("", None)
    return has_target and entry.target == node.entry.target


def _link(node: _Node) -> SiteLink:
    entry = node.entry
    return SiteLink(labels=node.labels, url=entry.url, page_path=entry.page_path, is_of_page=entry.is_of_page)


def _group(node: _Node, levels: int) -> SiteLinkGroup:
    links, subgroups = [_link(node)] if node.entry.target != ("", None) else [], []
    for child in node.children:
        if levels and (child.children or child.entry.is_group):
            subgroups.append(_group(child, levels - 1))
        else:
            links += _flat_links(child, _MAX_LEVELS)
    return SiteLinkGroup(titles=node.labels, links=tuple(links), subgroups=tuple(subgroups))


def _flat_links(node: _Node, levels: int) -> Iterable[SiteLink]:
    has_target = node.entry.target != ("", None)
    yield from [_link(node)] if has_target or not node.children else []
    for child in node.children if levels else ():
        yield from _flat_links(child, levels - 1)
