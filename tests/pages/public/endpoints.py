"""All public endpoints and exports. The visibility rules are tested at each of them."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

from django.test import override_settings
from django.utils import timezone

from pages.baking.bake import bake
from pages.hugo.exporting.git_export import export_git
from pages.hugo.exporting.tree_export import export_tree
from selfprivacy_site.wsgi_middleware.baked_manifest import PUBLIC
from tests.repositories import git

# A token in each text, title and note shows where it appears.
TOKENS = ("drafttoken", "upcomingtoken", "cancelledtoken", "forcetoken", "oldtoken")
NOTES = ("upcomingnote", "cancellednote")


@dataclass(frozen=True)
class Endpoint:
    """A public address, and what it may show of the page with the path `policy`."""

    name: str
    address: str
    # The texts that it may show, a key of ALLOWED_TOKENS in visibility/test_states.py.
    shows: str = "in force"
    # The change notes that it shows of versions that are not in force.
    notes: tuple[str, ...] = ()
    # When it starts to answer 200: "in force" (with the first version in force), "published" (with the first published
    # version) or "always".
    available: str = "in force"
    # What it does with a withdrawn page: "410" (it answers so), "shown" (as before) or "unlisted" (in no list).
    withdrawn: str = "410"


PAGE_ENDPOINTS = [
    Endpoint("page", "/{prefix}policy/"),
    Endpoint("source", "/{prefix}policy/index.md"),
    Endpoint("home", "/{prefix}", available="always", withdrawn="unlisted"),
    Endpoint("current version as JSON", "/{prefix}policy/current.json", "digests"),
    Endpoint("fragment", "/{prefix}policy/fragment.html"),
    Endpoint("bundle", "/{prefix}policy/bundle.zip"),
    Endpoint("history", "/{prefix}policy/history/", "published", NOTES, "published", "shown"),
    Endpoint("history as JSON", "/{prefix}policy/history.json", "published", NOTES, "published", "shown"),
    Endpoint("feed", "/{prefix}policy/feed.atom", "feed", ("upcomingnote",)),
    Endpoint("feed of the site", "/{prefix}feed.atom", "feed", ("upcomingnote",), "always", "unlisted"),
    Endpoint("print", "/{prefix}policy/_print/"),
    Endpoint("comparison", "/{prefix}policy/compare/earliest...live/", "published", withdrawn="shown"),
    Endpoint("changes", "/{prefix}policy/changes/?since={since}", "published"),
    Endpoint("day", "/{prefix}policy/as-of/", "digests", (), "published", "shown"),
    Endpoint("side by side", "/{prefix}policy/with/{other}/"),
    Endpoint("timemap", "/{prefix}policy/timemap/", "digests", withdrawn="shown"),
    Endpoint("upcoming", "/{prefix}policy/upcoming/", "announced", ("upcomingnote",), "published"),
    Endpoint("sections", "/{prefix}policy/sections/"),
    Endpoint("site map", "/sitemap.xml", "digests", available="always", withdrawn="unlisted"),
    Endpoint("publication log", "/publication-log.json", "digests", available="always", withdrawn="shown"),
    Endpoint("publication log as Atom", "/publication-log.atom", "digests", available="always", withdrawn="shown"),
    Endpoint("llms.txt", "/llms.txt", "digests", available="always", withdrawn="unlisted"),
    Endpoint("verify", "/{prefix}verify/", "digests", available="always", withdrawn="unlisted"),
]
VERSION_ENDPOINTS = [
    Endpoint("version", "/{prefix}policy/v/{number}/", withdrawn="shown"),
    Endpoint("version source", "/{prefix}policy/v/{number}/index.md", withdrawn="shown"),
]
# Addresses below that of the page are redirected when the page moves.
MOVING_ENDPOINTS = [endpoint for endpoint in PAGE_ENDPOINTS + VERSION_ENDPOINTS if "policy/" in endpoint.address]
# Names of URL patterns that show nothing of a page, or only redirect.
OTHER_NAMES = {"as-of", "timegate", "picture", "health", "ready", "robots", "publication-log-after", "check-script"}
_SAME_NAME = ("page", "source", "home", "history", "print", "comparison", "changes", "upcoming", "sections", "verify")
# The endpoint of each URL pattern, by its name.
ENDPOINT_NAMES = {name: name for name in _SAME_NAME} | {
    "as-of-question": "day",
    "side-by-side": "side by side",
    "version": "version",
    "version-source": "version source",
    "current-json": "current version as JSON",
    "timemap": "timemap",
    "fragment": "fragment",
    "bundle": "bundle",
    "history-page": "history",
    "home-page": "home",
    "sitemap-part": "site map",
    "history-json": "history as JSON",
    "feed": "feed",
    "feed-part": "feed",
    "site-feed-part": "feed of the site",
    "log-feed": "publication log as Atom",
    "log-archive": "publication log as Atom",
    "llms": "llms.txt",
    "site-feed": "feed of the site",
    "sitemap": "site map",
    "publication-log": "publication log",
}


@dataclass(frozen=True)
class Export:
    """An export to files. `run` returns everything it wrote as one text."""

    name: str
    run: Callable[[Path, datetime], str]
    shows: str
    # Whether the versions of a page stay readable in the export after its withdrawal.
    keeps_withdrawn: bool
    # The change notes that it shows of versions that are not in force.
    notes: tuple[str, ...] = ()


def _run_tree_export(folder: Path, at: datetime) -> str:
    export_tree(folder, at=at)
    return "".join(f"{path}\n{path.read_text()}" for path in sorted(folder.rglob("*")) if path.is_file())


def _run_git_export(folder: Path, at: datetime) -> str:
    export_git(folder, at=at)
    return git(folder, "log", "--all", "--patch", "--format=fuller").decode() if git(folder, "for-each-ref") else ""


def _run_bake(folder: Path, at: datetime) -> str:
    with override_settings(SITE_URL="http://testserver"):
        bake(folder, at=at)
    files = [path for path in sorted((folder / PUBLIC).rglob("*")) if path.suffix in {".html", ".md", ".json", ".atom"}]
    return "".join(f"{path}\n{path.read_text()}" for path in files)


EXPORTS = [
    Export("export_hugo", _run_tree_export, "in force", keeps_withdrawn=False),
    Export("export_git", _run_git_export, "published", keeps_withdrawn=True),
    Export("bake", _run_bake, "versions", keeps_withdrawn=True, notes=NOTES),
]


def address_of(endpoint, prefix: str = "", number: int = 1) -> str:
    """Return the address of an endpoint. Where it takes a day, this is the day of the first version.

    Where it takes another language, this is Russian, or English if the address is in Russian.
    """
    since = timezone.localdate(timezone.now() - timedelta(days=10))
    return endpoint.address.format(prefix=prefix, number=number, since=since, other="en" if prefix else "ru")


def body_and_headers(response) -> str:
    return body_of(response) + str(response.headers)


def body_of(response) -> str:
    """Return the body of a response, or the files of an archive."""
    if response.headers["Content-Type"] != "application/zip":
        return response.content.decode()
    with ZipFile(io.BytesIO(response.content)) as archive:
        return "".join(f"{name}\n{archive.read(name).decode()}" for name in archive.namelist())


def tokens_in(response, tokens=TOKENS) -> set[str]:
    """Return the tokens in the body and the headers of a response."""
    return {token for token in tokens if token in body_and_headers(response)}
