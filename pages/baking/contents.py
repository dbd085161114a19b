"""What the next copy holds: groups taken over from the former one, and groups that were baked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import override

from pages.baking.answers.groups import BakedGroup
from pages.baking.answers.links import address_key
from pages.baking.planning.addresses import DYNAMIC_NAMES, PlannedGroup
from pages.baking.planning.keys import SiteKeys
from pages.baking.writing.folders import all_files
from pages.languages import served_or_default
from selfprivacy_site.wsgi_middleware.baked_manifest import Entry, HeaderSet, Manifest, StoredGroup

# The path of a page, without the language, and what follows it.
_PAGE = re.compile(
    r"/(?P<path>.*?)/?(?:history/(?:\d+/)?|history\.json|v/\d+/(?:index\.md)?|compare/[^/]+/|upcoming/|_print/"
    r"|feed\.atom|index\.md)?\Z",
    re.DOTALL,
)
LINKED = "linked:"


class CopyContents:
    """The groups of a copy by name. `carried` are those of the former copy whose keys did not change."""

    def __init__(self, former: Manifest | None, planned: list[PlannedGroup], keys: SiteKeys):
        self.keys, self.planned = keys, planned
        self._former = former.groups if former else {}
        self.carried = {
            group.name: self._former[group.name]
            for group in planned
            if group.name in self._former and self._former[group.name].key == group.key
        }
        self.changed = [group for group in planned if group.name not in self.carried]
        self.baked: dict[str, BakedGroup] = {}
        # What each baked group links to outside of the planned groups.
        self.linked: dict[str, set[str]] = {}
        self._addresses: set[str] = set()
        self._linked_addresses: set[str] = set()

    @cached_property
    def stale(self) -> dict[str, Entry]:
        """Return the entries of the former copy that are not taken over as they are."""
        stale = (group for name, group in self._former.items() if name not in self.carried)
        return {address: entry for group in stale for address, entry in group.entries.items()}

    def add(self, groups: Iterable[BakedGroup]) -> None:
        for group in groups:
            self.baked[group.name] = group
            (self._linked_addresses if group.name.startswith(LINKED) else self._addresses).update(group.entries)

    def discard(self, group: BakedGroup, key: str) -> None:
        """Leave out a baked address."""
        del group.entries[key], group.links[key]
        self._addresses.discard(key)
        self._linked_addresses.discard(key)

    def holds(self, key: str) -> bool:
        """Tell whether the copy has something at an address without percent-encoding."""
        return key in self._linked_addresses or f"{LINKED}{key}" in self.carried or self._is_planned(key)

    def _is_planned(self, key: str) -> bool:
        return key in self._addresses or any(key in group.entries for group in self._carried_for(key))

    def _carried_for(self, key: str) -> Iterator[StoredGroup]:
        """Yield the groups taken over that can have an address: reading all of them would take long."""
        if not self.carried:
            return
        path = match["path"] if (match := _PAGE.match(key)) else ""
        # With and without a language.
        paths = {path, path.partition("/")[2]}
        names = [f"{kind}:{path}" for path in paths for kind in ("page", "text", "print", "redirects")]
        names += [f"site:{key}", f"picture:{key.rpartition('/')[2]}"]
        yield from (self.carried[name] for name in names if name in self.carried)

    def find_linked(self) -> dict[str, str]:
        """Return what groups link to outside of the planned groups, by address without percent-encoding."""
        for name in self.baked.keys() - self.linked.keys():
            links = {link for links in self.baked[name].links.values() for link in links}
            self.linked[name] = {
                link for link in links if not self._is_planned(address_key(link)) and is_bakeable(link)
            }
        stored = (group.linked.split() for group in self.carried.values() if group.linked)
        found = {link for links in (*self.linked.values(), *stored) for link in links}
        # In an order that does not depend on the processes, so that the same site makes the same manifest.
        return {address_key(link): link for link in sorted(found)}

    def take_over_linked(self, wanted: Mapping[str, str]) -> None:
        """Take over former groups of addresses that only links lead to, if their keys did not change."""
        for key, link in wanted.items():
            group = self._former.get(f"{LINKED}{key}")
            if group and group.key == self.linked_key(link):
                self.carried[f"{LINKED}{key}"] = group

    def linked_key(self, link: str) -> str:
        """Return the key of an address that only links lead to."""
        match = _match(link)
        if match is None:
            return self.keys.everywhere if link.startswith(settings.STATIC_URL) else self.keys.site
        page = self.keys.tree.by_path.get(match.kwargs.get("path", ""))
        return self.keys.site if page is None else self.keys.page(page)

    @property
    def is_unchanged(self) -> bool:
        """Tell whether everything is taken over from the former copy."""
        return not self.changed and all(name in self.carried or name.startswith(LINKED) for name in self._former)

    def changed_entries(self) -> Iterator[Entry]:
        """Yield the entries that are not in a planned group that was taken over."""
        for group in self.baked.values():
            yield from (entry for entry, _headers in group.entries.values())
        for name, stored in self.carried.items():
            if name.startswith(LINKED):
                yield from stored.entries.values()

    def removed_files(self) -> set[str]:
        """Return the files of the former copy that the copy does not have, compressed copies of others included."""
        return set(all_files(self.stale.values())) - set(all_files(self.changed_entries()))

    def stored(self, headers: list[HeaderSet]) -> dict[str, StoredGroup]:
        """Return all groups as they are written; new header sets are appended to the list."""
        keys = {group.name: group.key for group in self.changed}
        keys |= {f"{LINKED}{key}": self.linked_key(link) for key, link in self.find_linked().items()}
        indexes = {header_set: index for index, header_set in enumerate(headers)}
        groups = dict(self.carried)
        for name, group in self.baked.items():
            entries = {}
            for address, (entry, header_set) in group.entries.items():
                if header_set not in indexes:
                    indexes[header_set] = len(headers)
                    headers.append(header_set)
                entries[address] = replace(entry, headers=indexes[header_set])
            if entries or not name.startswith(LINKED):
                groups[name] = StoredGroup.of(entries, key=keys[name], linked=self.linked.get(name, ()))
        return groups


def is_bakeable(link: str) -> bool:
    """Tell whether a file can answer at an address: not with a query, not for one of countless days, not the admin."""
    if "?" in link or link.startswith("/admin/"):
        return False
    match = _match(link)
    # Without a match: an asset, or an old address.
    return match is None or match.url_name not in DYNAMIC_NAMES


def _match(link: str) -> ResolverMatch | None:
    prefix = link[1:].partition("/")[0]
    with override(served_or_default(prefix)):
        try:
            return resolve(link)
        except Resolver404:
            return None
