"""Every door that a reader has, in one list: a rule of visibility is tested at each, and a new door joins here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pages.hugo.exporting.git_export import export_git
from pages.hugo.exporting.tree_export import export_tree
from tests.repositories import git


@dataclass(frozen=True)
class Door:
    """An address below a page's own (or below the site's), and what it shows."""

    name: str
    address: str
    # What it may show of texts: those in force, earlier ones too, announced ones too, or nothing but digests and dates.
    shows: str = "in force"
    # The change notes that it may show of versions that are not in force.
    notes: tuple[str, ...] = ()
    # When it opens: with the first version in force, or as soon as readers know of one. A door of the site always does.
    opens: str = "in force"
    # What it does with a withdrawn page: it says 410, stays open, or leaves the page out.
    withdrawn: str = "gone"


PAGE_DOORS = [
    Door("page", "/{prefix}policy/"),
    Door("source", "/{prefix}policy/index.md"),
    Door("home", "/{prefix}", opens="always", withdrawn="left out"),
    Door("history", "/{prefix}policy/history/", "known", ("upcomingnote", "cancellednote"), "known", "open"),
    Door(
        "history as JSON", "/{prefix}policy/history.json", "known", ("upcomingnote", "cancellednote"), "known", "open"
    ),
    Door("feed", "/{prefix}policy/feed.atom", "news", ("upcomingnote",)),
    Door("feed of the site", "/{prefix}feed.atom", "news", ("upcomingnote",), "always", "left out"),
    Door("print", "/{prefix}policy/_print/"),
    Door("comparison", "/{prefix}policy/compare/earliest...live/", "known", withdrawn="open"),
    Door("changes", "/{prefix}policy/changes/?since={since}", "known"),
    Door("upcoming", "/{prefix}policy/upcoming/", "announced", ("upcomingnote",), "known"),
    Door("site map", "/sitemap.xml", "digests", opens="always", withdrawn="left out"),
    Door("publication log", "/publication-log.json", "digests", opens="always", withdrawn="open"),
]
VERSION_DOORS = [
    Door("version", "/{prefix}policy/v/{number}/", withdrawn="open"),
    Door("version source", "/{prefix}policy/v/{number}/index.md", withdrawn="open"),
]
# Those below a page's own address lead on when it moves.
MOVING_DOORS = [door for door in PAGE_DOORS + VERSION_DOORS if "policy/" in door.address]
# Doors that are no page of a policy; the test of completeness knows them by name.
OTHER_DOORS = {"as-of", "picture", "health", "ready", "robots", "publication-log-after"}
SAME_NAME = ("page", "source", "home", "history", "print", "comparison", "changes", "upcoming")
NAMES = {name: name for name in SAME_NAME} | {
    "version": "version",
    "version-source": "version source",
    "history-json": "history as JSON",
    "feed": "feed",
    "site-feed": "feed of the site",
    "sitemap": "site map",
    "publication-log": "publication log",
}


@dataclass(frozen=True)
class Export:
    """A way out in files: everything that is in them, and the tokens of texts that may be there."""

    name: str
    written: Callable[[Path, datetime], str]
    shows: str
    # Whether what was published before a page was withdrawn can still be read.
    keeps_withdrawn: bool


def _tree(folder: Path, at: datetime) -> str:
    export_tree(folder, at=at)
    return "".join(f"{path}\n{path.read_text()}" for path in sorted(folder.rglob("*")) if path.is_file())


def _history(folder: Path, at: datetime) -> str:
    export_git(folder, at=at)
    return git(folder, "log", "--all", "--patch", "--format=fuller").decode() if git(folder, "for-each-ref") else ""


EXPORTS = [
    Export("export_hugo", _tree, "in force", keeps_withdrawn=False),
    Export("export_git", _history, "known", keeps_withdrawn=True),
]
