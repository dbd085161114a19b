"""What the next copy holds: groups taken over from the former one, and groups that were baked."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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

# The path of a page, without the language, what follows it, and the version that an address is about.
_PAGE = re.compile(
    r"/(?P<path>.*?)/?(?:history/(?:\d+/)?|(?:history|current)\.json|fragment\.html|bundle\.zip|v/(?P<number>\d+)/(?:index\.md)?"
    r"|compare/[^/]+?(?:\.\.\.(?P<newer>\d+))?/|upcoming/|sections/|with/[^/]+/|_print/|feed(?:\.\d+)?\.atom|index\.md)?\Z",
    re.DOTALL,
)
LINKED = "linked:"
# The kinds of groups that follow from one page, and those that a run plans again only if they list a changed page.
_PAGE_KINDS = frozenset({"page", "version", "text", "print", "redirects"})
_KEPT_KINDS = frozenset({"list", "picture"})


@dataclass(frozen=True)
class Plan:
    """The groups of the next copy, or those of the site and of the pages with these paths, while all others stay."""

    groups: Sequence[PlannedGroup]
    paths: Collection[str] | None = None

    def leaves(self, name: str) -> bool:
        """Tell whether a group of the former copy stays as it is without a look at its key."""
        kind, _separator, rest = name.partition(":")
        if self.paths is None or kind not in _PAGE_KINDS | _KEPT_KINDS:
            return False
        return kind in _KEPT_KINDS or (rest.rpartition(":")[0] if kind == "version" else rest) not in self.paths


class CopyContents:
    """The groups of a copy by name. `carried` are those of the former copy whose keys did not change."""

    def __init__(self, former: Manifest | None, plan: Plan, keys: SiteKeys):
        self.keys, self._plan = keys, plan
        self._former = former.groups if former else {}
        planned = {group.name: group for group in plan.groups}
        self.carried = {
            name: group
            for name, group in self._former.items()
            if (planned[name].key == group.key if name in planned else plan.leaves(name))
        }
        self.changed = [group for group in plan.groups if group.name not in self.carried]
        self.baked: dict[str, BakedGroup] = {}
        # What each baked group links to outside of the planned groups.
        self.linked: dict[str, set[str]] = {}
        self._addresses: set[str] = set()
        self._linked_addresses: set[str] = set()
        # Whether a planned group that was taken over has an address.
        self._carried_keys: dict[str, bool] = {}

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
        return key in self._addresses or self._is_carried(key)

    def _is_carried(self, key: str) -> bool:
        # Asked for when links are read, and again when they are checked.
        if key not in self._carried_keys:
            self._carried_keys[key] = any(group.has(key) for group in self._carried_for(key))
        return self._carried_keys[key]

    def _carried_for(self, key: str) -> Iterator[StoredGroup]:
        """Yield the groups taken over that can have an address: reading all of them would take long."""
        if not self.carried:
            return
        path = match["path"] if (match := _PAGE.match(key)) else ""
        # With and without a language.
        paths = {path, path.partition("/")[2]}
        names = [f"{kind}:{path}" for path in paths for kind in ("page", "text", "print")]
        if number := match and (match["number"] or match["newer"]):
            names += [f"version:{path}:{number}" for path in paths]
        names += [f"site:{key}", f"list:{key}", f"picture:{key.rpartition('/')[2]}", *self._redirect_groups]
        yield from (self.carried[name] for name in names if name in self.carried)

    @cached_property
    def _redirect_groups(self) -> list[str]:
        """Return the names of those groups that do not name the path of their addresses."""
        return [name for name in self.carried if name.startswith("redirects:")]

    def find_linked(self) -> dict[str, str]:
        """Return what groups link to outside of the planned groups, by address without percent-encoding."""
        for name in self.baked.keys() - self.linked.keys():
            links = {link for links in self.baked[name].links.values() for link in links}
            self.linked[name] = {
                link for link in links if not self._is_planned(address_key(link)) and is_bakeable(link)
            }
        # Most pages link to the same.
        stored = {group.linked for group in self.carried.values()}
        found = {link for links in (*self.linked.values(), *map(str.split, stored)) for link in links}
        # In an order that does not depend on the processes, so that the same site makes the same manifest.
        return {address_key(link): link for link in sorted(found)}

    def take_over_linked(self, wanted: Mapping[str, str]) -> None:
        """Take over former groups of addresses that only links lead to, if their keys did not change."""
        for key, link in wanted.items():
            group = self._former.get(f"{LINKED}{key}")
            if group and group.key == self._linked_key(link):
                self.carried[f"{LINKED}{key}"] = group

    def _linked_key(self, link: str) -> str:
        """Return the key of an address that only links lead to."""
        match = _match(link)
        if match is None:
            return self.keys.everywhere if link.startswith(settings.STATIC_URL) else self.keys.site
        if match.url_name == "log-archive":
            # It never changes.
            return self.keys.everywhere
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

    def numbered(self, headers: list[HeaderSet]) -> dict[str, dict[str, Entry]]:
        """Return the entries of the baked groups with the indexes of their headers; new header sets are appended."""
        indexes = {header_set: index for index, header_set in enumerate(headers)}
        for group in self.baked.values():
            for _entry, header_set in group.entries.values():
                if indexes.setdefault(header_set, len(headers)) == len(headers):
                    headers.append(header_set)
        return {
            name: {address: replace(entry, headers=indexes[own]) for address, (entry, own) in group.entries.items()}
            for name, group in self.baked.items()
        }

    def stored(
        self, numbered: Mapping[str, Mapping[str, Entry]], lists: Callable[[Mapping[str, Entry]], str]
    ) -> dict[str, StoredGroup]:
        """Return all groups as they are written; `lists` makes the lines for web servers from entries."""
        keys = {group.name: group.key for group in self.changed}
        keys |= {f"{LINKED}{key}": self._linked_key(link) for key, link in self.find_linked().items()}
        return self.carried | {
            name: StoredGroup.of(entries, key=keys[name], linked=self.linked.get(name, ()), lists=lists(entries))
            for name, entries in numbered.items()
            if entries or not name.startswith(LINKED)
        }


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
