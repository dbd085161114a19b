"""Which pages a run has to look at: what the publication log says that changed since the former copy was made."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pages.baking.planning.keys import SiteKeys
from pages.presentation.recorded_changes import read_changes
from pages.presentation.site_state import SiteState
from selfprivacy_site.wsgi_middleware.baked_manifest import Manifest


def state_for_next_run(keys: SiteKeys) -> Mapping[str, Any]:
    """Return what the manifest has to hold for `pages_to_plan`."""
    state = keys.state
    log = {"record_count": state.record_count, "latest_hash": state.latest_hash}
    return {"everywhere": keys.everywhere, "files": keys.files, **log}


def pages_to_plan(former: Manifest, keys: SiteKeys) -> frozenset[int] | None:
    """Return the pages that the answers of a changed page can depend on, or None if these can be all.

    They can if something else changed than texts of public pages: settings, links, what is public, addresses, or
    something because of the time. Pages share menus and print views with those below the same page at the top only.
    """
    if any(former.for_next_run[name] != getattr(keys, name) for name in ("everywhere", "files")):
        return None
    changes, tree = read_changes(_former_state(former), keys.state), keys.tree
    if changes is None or not changes.are_complete or changes.have_moves:
        return None
    if not all(key in tree.statuses and _is_as_public(key, former, keys) for key in changes.pages):
        return None
    tops = {_top(tree.rows[key].path) for key in changes.pages}
    return frozenset(key for path, key in tree.by_path.items() if _top(path) in tops)


def _former_state(former: Manifest) -> SiteState:
    about, changes_at = former.for_next_run, former.changes_at
    return SiteState(
        at=datetime.fromtimestamp(former.at, UTC),
        counter=former.counter,
        latest_hash=about["latest_hash"],
        record_count=about["record_count"],
        changes_at=datetime.fromtimestamp(changes_at, UTC) if math.isfinite(changes_at) else None,
    )


def _is_as_public(key: int, former: Manifest, keys: SiteKeys) -> bool:
    was_public = f"print:{keys.tree.rows[key].path}" in former.groups
    return was_public == keys.tree.statuses[key].is_public


def _top(path: str) -> str:
    return path.partition("/")[0]
