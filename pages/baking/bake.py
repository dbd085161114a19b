"""Making a static copy of the public site."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pages.baking.answers.application import connection_kept
from pages.baking.answers.workers import Bakery
from pages.baking.contents import LINKED, CopyContents, Plan
from pages.baking.link_check import find_broken_links
from pages.baking.planning.addresses import NOT_FOUND, AddressGroup, plan_groups
from pages.baking.planning.changes import pages_to_plan, state_for_next_run
from pages.baking.planning.keys import SiteKeys
from pages.baking.redirects import complete_redirects
from pages.baking.report import BakeReport
from pages.baking.writing.folders import CopyFolder, all_files, remove_files
from pages.baking.writing.nginx import ServerRules, learn_rules, server_files
from pages.presentation.site_state import SiteState, read_site_state, read_snapshot
from pages.public.public_view import public_state
from selfprivacy_site.wsgi_middleware.baked_manifest import FILE_NAME, INDEX, PUBLIC, Manifest, StoredGroup

Progress = Callable[[int, int], None]


def bake(
    destination: Path, *, at: datetime, jobs: int = 1, progress: Progress = lambda _done, _total: None
) -> BakeReport:
    """Write the public site at a time to a folder, which is new, empty or a former copy.

    The former copy stays as it is until the new one is complete. Raises DestinationRefused, StateChanged,
    UnexpectedAnswer and OSError; then nothing has changed.
    """
    folder = CopyFolder(destination)
    with folder.locked() as former, connection_kept():
        with read_snapshot():
            keys = SiteKeys(read_site_state(at))
            contents = CopyContents(former, _plan(former, keys), keys)
            groups = [group.make() for group in contents.changed]
        if former and contents.is_unchanged:
            return _report(former, written=0, removed=0, state=keys.state)
        folder.stage(former)
        bakery = Bakery(keys.state, folder.staging / PUBLIC, contents.stale, jobs)
        contents.add(bakery.bake(groups, progress))
        _bake_linked(bakery, contents)
        complete_redirects(contents, bakery.baker())
        written = [entry for group in contents.baked.values() for entry in group.written]
        removed = contents.removed_files()
        remove_files(removed, folder.staging / PUBLIC)
        manifest = _write_lists(folder, contents, former)
        folder.publish()
        folder.mirror(manifest, all_files(written), removed)
    gone = {entry.file for entry in contents.stale.values()} & removed
    return _report(manifest, written=len(written), removed=len(gone), state=keys.state)


def _plan(former: Manifest | None, keys: SiteKeys) -> Plan:
    pages = pages_to_plan(former, keys) if former else None
    paths = None if pages is None else {keys.tree.rows[key].path for key in pages}
    return Plan(plan_groups(keys, pages), paths)


def _bake_linked(bakery: Bakery, contents: CopyContents) -> None:
    """Add what only links lead to, such as assets, until no link leads to anything new."""
    asked: set[str] = set()
    while wanted := {key: link for key, link in contents.find_linked().items() if key not in asked}:
        asked |= wanted.keys()
        contents.take_over_linked(wanted)
        missing = {key: link for key, link in wanted.items() if f"{LINKED}{key}" not in contents.carried}
        contents.add(bakery.bake([AddressGroup(f"{LINKED}{key}", (link,)) for key, link in missing.items()]))


def _write_lists(folder: CopyFolder, contents: CopyContents, former: Manifest | None) -> Manifest:
    headers = list(former.headers) if former and contents.carried else []
    numbered = contents.numbered(headers)
    entries = {address: entry for group in numbered.values() for address, entry in group.items()}
    known = ServerRules(**former.for_next_run["rules"]) if former and contents.carried else None
    rules = learn_rules(tuple(headers), entries, known, contents.holds)
    groups = contents.stored(numbered, rules.group_lists)
    if known and known.clashing != rules.clashing:
        groups = {name: replace(group, lists=rules.group_lists(group.entries)) for name, group in groups.items()}
    manifest = _manifest(folder, contents, former, groups, rules)
    files = server_files(rules, (group.lists for group in groups.values()))
    for name, text in {**files, FILE_NAME: manifest.to_text()}.items():
        folder.write(name, text)
    return manifest


def _manifest(
    folder: CopyFolder,
    contents: CopyContents,
    former: Manifest | None,
    groups: Mapping[str, StoredGroup],
    rules: ServerRules,
) -> Manifest:
    state, public = contents.keys.state, public_state(contents.keys.state)
    before = {entry.file for entry in contents.stale.values() if entry.file}
    after = {entry.file for entry in contents.changed_entries() if entry.file}
    return Manifest(
        counter=state.counter,
        at=state.at.timestamp(),
        changed_by_time_at=public.since,
        changes_at=public.until,
        headers=rules.headers,
        broken_links=tuple(find_broken_links(contents, former, folder.destination / PUBLIC)),
        files=(former.files if former else 0) - len(before) + len(after),
        pages=(former.pages if former else 0) - _count_pages(before) + _count_pages(after),
        top_names=tuple(sorted(os.listdir(folder.staging / PUBLIC))),
        for_next_run={**state_for_next_run(contents.keys), "rules": rules.to_json()},
        groups=groups,
    )


def _count_pages(files: set[str]) -> int:
    # A fragment is not a page.
    return sum(file.endswith((INDEX, NOT_FOUND)) for file in files)


def _report(manifest: Manifest, *, written: int, removed: int, state: SiteState) -> BakeReport:
    return BakeReport(
        pages=manifest.pages,
        written=written,
        unchanged=manifest.files - written,
        removed=removed,
        next_change_at=state.changes_at,
        broken_links=tuple(sorted((address, link) for _group, address, link in manifest.broken_links)),
    )
