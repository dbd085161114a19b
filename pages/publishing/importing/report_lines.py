"""The kinds of lines in the report of an import, and the lines as an import makes them."""

from dataclasses import dataclass
from enum import StrEnum

from pages.text.messages import Message


class LineKind(StrEnum):
    """What a line says. A member is stored as its value, and titled by `pages.presentation.import_report`."""

    # What was done.
    SAMPLE_REMOVED = "sample removed"
    MOVED = "moved"
    RENAMED = "renamed"
    WITHDRAWN = "withdrawn"
    BROUGHT_BACK = "brought back"
    REDIRECT_REMOVED = "redirect removed"
    # What is there but not public, and what has no effect.
    DRAFT = "draft"
    ASKED_DRAFT = "asked draft"
    NOTE = "note"
    SITE = "site"
    LANGUAGE = "language"
    # What was not imported, or not applied.
    DRAFT_REVISION = "draft revision"
    NOT_APPLIED = "not applied"
    SKIPPED = "skipped"


# An import with one of these is not complete.
INCOMPLETE = frozenset({LineKind.DRAFT_REVISION, LineKind.NOT_APPLIED, LineKind.SKIPPED})
# These tell what an import did. All others tell what is so, until a later commit changes the file or page.
EVENTS = frozenset(
    {
        *(LineKind.SAMPLE_REMOVED, LineKind.MOVED, LineKind.RENAMED, LineKind.BROUGHT_BACK, LineKind.REDIRECT_REMOVED),
        *(LineKind.DRAFT_REVISION, LineKind.NOT_APPLIED, LineKind.LANGUAGE),
    }
)


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A line about a file of the source (its path), a page of the site (its address), or the site (empty)."""

    kind: LineKind
    subject: str
    message: Message
    # Whether the line says what is no longer so.
    is_over: bool = False


def subject_of_page(path: str) -> str:
    """Return the subject of a line about a page: its address, without a language."""
    return f"/{path}/" if path else "/"
