"""When the site learned of a version, and from which commit, where that is not clear from the version's own date."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from pages.models import PublicationRecord
from pages.models.publication_record import RecordKind

# A version whose date is further from the record than this was not published here at that time.
MIN_DIFFERENCE = timedelta(days=1)
# The address for a new issue of GitHub, Gitea, Forgejo and GitLab, which begins with that of the repository.
_TRACKER = re.compile(r"(?P<repository>https?://[^/?#]+/[^?#]+?)(?P<infix>/-)?/issues(?:/new)?/?(?:[?#].*)?")


class Recording(NamedTuple):
    """`recorded_at` is None if it does not differ from the version's date by more than a day. `commit` can be ""."""

    recorded_at: datetime | None = None
    commit: str = ""


NOT_RECORDED = Recording()


def read_recordings(versions: Iterable[int]) -> dict[int, Recording]:
    """Return how versions were recorded, by their keys, with one query."""
    records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH, version__in=list(versions))
    columns = ("version", "at", "recorded_at", "commit__commit_id")
    return {
        version: Recording(recorded_at if abs(recorded_at - at) > MIN_DIFFERENCE else None, commit or "")
        for version, at, recorded_at, commit in records.order_by().values_list(*columns)
    }


def commit_url(commit: str, tracker: str) -> str:
    """Return the address of a commit in the repository of an issue tracker, or "" if that is not known."""
    match = _TRACKER.fullmatch(tracker)
    return f"{match['repository']}{match['infix'] or ''}/commit/{commit}" if match and commit else ""
