"""Making a static copy of the public site."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.encoding import iri_to_uri

from pages.baking.addresses import DYNAMIC_NAMES, AddressGroup, address_groups
from pages.baking.application import connection_kept
from pages.baking.folders import NGINX, REDIRECTS, CopyFolder
from pages.baking.groups import BakedGroup
from pages.baking.links import address_key
from pages.baking.nginx import nginx_files
from pages.baking.redirects import complete_redirects
from pages.baking.report import BakeReport
from pages.baking.workers import Bakery
from pages.presentation.site_state import SiteState, read_site_state, read_snapshot
from pages.public.public_view import public_state
from selfprivacy_site.wsgi_middleware.baked_manifest import (
    FILE_NAME,
    PUBLIC,
    Entry,
    HeaderSet,
    Manifest,
    NotACopy,
    StoredGroup,
    read_manifest,
)

Progress = Callable[[int, int], None]


def bake(
    destination: Path, *, at: datetime, jobs: int = 1, progress: Progress = lambda _done, _total: None
) -> BakeReport:
    """Write the public site at a time to a folder, which is new, empty or a former copy.

    The former copy stays as it is until the new one is complete. Raises DestinationRefused, StateChanged,
    UnexpectedAnswer and OSError; then nothing has changed.
    """
    folder = CopyFolder(destination)
    with folder.prepared(), connection_kept():
        former = _read_former(folder.destination)
        with read_snapshot():
            state, groups = read_site_state(at), address_groups(at)
        former_entries = former.entries if former else {}
        bakery = Bakery(state, folder.staging / PUBLIC, folder.destination / PUBLIC, former_entries, jobs)
        baked = list(bakery.bake(groups, progress))
        baked += _bake_linked(bakery, baked)
        complete_redirects(baked, bakery.baker())
        manifest = _manifest(state, baked)
        _write_lists(folder.staging, manifest)
        folder.publish()
    return _report(manifest, former_entries, baked, state)


def _read_former(destination: Path) -> Manifest | None:
    try:
        return read_manifest(destination)
    except NotACopy:
        return None


def _bake_linked(bakery: Bakery, baked: list[BakedGroup]) -> list[BakedGroup]:
    """Bake what only links lead to, such as assets, until no link leads to anything new."""
    linked: list[BakedGroup] = []
    asked = _known(baked)
    while wanted := {link for link in _links(baked + linked) if address_key(link) not in asked and _is_bakeable(link)}:
        asked |= {address_key(link) for link in wanted}
        linked += bakery.bake([AddressGroup(f"linked:{address_key(link)}", (link,)) for link in sorted(wanted)])
    return [group for group in linked if group.entries]


def _links(baked: Iterable[BakedGroup]) -> set[str]:
    return {link for group in baked for links in group.links.values() for link in links}


def _known(baked: Iterable[BakedGroup]) -> set[str]:
    return {address for group in baked for address in group.entries}


def _is_bakeable(link: str) -> bool:
    """Tell whether a file can answer at an address: not with a query, not for one of countless days, not the admin."""
    if "?" in link or link.startswith("/admin/"):
        return False
    try:
        return resolve(urlsplit(link).path).url_name not in DYNAMIC_NAMES
    except Resolver404:
        # An asset, or an old address.
        return True


def _write_lists(folder: Path, manifest: Manifest) -> None:
    (folder / FILE_NAME).write_text(manifest.to_text(), encoding="utf-8")
    (folder / NGINX).mkdir()
    for name, text in nginx_files(manifest).items():
        (folder / NGINX / name).write_text(text, encoding="utf-8")
    moved = ((address, entry) for address, entry in manifest.entries.items() if entry.location)
    lines = (f"{iri_to_uri(address)} {entry.location} {entry.status}\n" for address, entry in moved)
    (folder / REDIRECTS).write_text("".join(lines), encoding="utf-8")


def _manifest(state: SiteState, baked: Iterable[BakedGroup]) -> Manifest:
    indexes: dict[HeaderSet, int] = {}
    groups = {}
    for group in baked:
        entries = {
            address: replace(entry, headers=indexes.setdefault(headers, len(indexes)))
            for address, (entry, headers) in group.entries.items()
        }
        groups[group.name] = StoredGroup.of("", entries)
    public = public_state(state)
    return Manifest(
        counter=state.counter,
        at=state.at.timestamp(),
        changed_by_time_at=public.since,
        changes_at=public.until,
        headers=tuple(indexes),
        groups=groups,
    )


def _report(
    manifest: Manifest, former: Mapping[str, Entry], baked: Iterable[BakedGroup], state: SiteState
) -> BakeReport:
    entries = manifest.entries
    files = {entry.file for entry in entries.values() if entry.file}
    former_files = {entry.file for entry in former.values() if entry.file}
    written = sum(group.written for group in baked)
    broken = sorted(
        (address, link)
        for group in baked
        for address, links in group.links.items()
        for link in links
        if address_key(link) not in entries
    )
    return BakeReport(
        pages=sum(file.endswith(".html") for file in files),
        written=written,
        unchanged=len(files) - written,
        removed=len(former_files - files),
        next_change_at=state.changes_at,
        broken_links=tuple(broken),
    )
