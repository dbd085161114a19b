"""Every door that a reader has, in one list: a rule of visibility is tested at each, and a new door joins here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    """An address below a page's own (or below the site's), and what it shows."""

    name: str
    address: str
    # Which versions' texts it may show: those in force, or every one that readers know of.
    shows: str = "in force"


PAGE_DOORS = [
    Door("page", "/{prefix}policy/"),
    Door("source", "/{prefix}policy/index.md"),
    Door("home", "/{prefix}"),
    Door("history", "/{prefix}policy/history/", "known"),
]
VERSION_DOORS = [
    Door("version", "/{prefix}policy/v/{number}/"),
    Door("version source", "/{prefix}policy/v/{number}/index.md"),
]
# Doors that are no page of a policy; the test of completeness knows them by name.
OTHER_DOORS = {"picture", "health"}
NAMES = {"page": "page", "source": "source", "home": "home", "history": "history"} | {
    "version": "version",
    "version-source": "version source",
}
