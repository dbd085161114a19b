"""Every door that a reader has, in one list: a rule of visibility is tested at each, and a new door joins here."""

from dataclasses import dataclass


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


PAGE_DOORS = [
    Door("page", "/{prefix}policy/"),
    Door("source", "/{prefix}policy/index.md"),
    Door("home", "/{prefix}", opens="always"),
    Door("history", "/{prefix}policy/history/", "known", ("upcomingnote", "cancellednote"), "known"),
    Door("history as JSON", "/{prefix}policy/history.json", "known", ("upcomingnote", "cancellednote"), "known"),
    Door("feed", "/{prefix}policy/feed.atom", "news", ("upcomingnote",)),
    Door("feed of the site", "/{prefix}feed.atom", "news", ("upcomingnote",), "always"),
    Door("print", "/{prefix}policy/_print/"),
    Door("comparison", "/{prefix}policy/compare/earliest...live/", "known"),
    Door("changes", "/{prefix}policy/changes/?since={since}", "known"),
    Door("upcoming", "/{prefix}policy/upcoming/", "announced", ("upcomingnote",), "known"),
    Door("site map", "/sitemap.xml", "digests", opens="always"),
    Door("publication log", "/publication-log.json", "digests", opens="always"),
]
VERSION_DOORS = [
    Door("version", "/{prefix}policy/v/{number}/"),
    Door("version source", "/{prefix}policy/v/{number}/index.md"),
]
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
