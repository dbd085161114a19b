"""What becomes due after the last imported commit: dates of texts that no run has acted upon yet."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Max

from pages.hugo.commits.commit_changes import FilePage
from pages.hugo.commits.due_texts import DueTexts
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.commits.text_files import parse_text
from pages.hugo.git.commits import Commit, Person
from pages.hugo.site_structure.jekyll_names import date_in_name
from pages.hugo.withholding.withheld import Withholding
from pages.models import ImportedCommit, Page, PublicationRecord
from pages.models.publication_record import RecordKind

_TEXTS_PER_BATCH = 200
# A text without any of these has no date of its own.
_DATES = re.compile(rb"date|publish|expir", re.IGNORECASE)


def find_last_commit() -> ImportedCommit | None:
    """Return the commit that the last record of the log belongs to, if it belongs to one."""
    record = PublicationRecord.objects.order_by("-number").select_related("commit__metadata").first()
    return record.commit if record else None


def find_commit(at: datetime) -> Commit | None:
    """Return the commit that was imported with a time, as an earlier run read it; None if there is none."""
    records = PublicationRecord.objects.filter(kind=RecordKind.COMMIT, at=at).order_by("-number")
    record = records.select_related("commit__metadata").first()
    if record is None or record.commit is None:
        return None
    people = record.commit.people
    author, committer = (
        Person(*(people[f"{role}_{part}"] for part in ("name", "email", "date"))) for role in ("author", "committer")
    )
    return Commit(record.commit.commit_id, author, committer, record.commit.message, "", ())


def note_due_texts(tracker: PageTracker, due: DueTexts, now: datetime) -> None:
    """Note the dates of all texts after the last commit and after what was done with their pages since."""
    last = PublicationRecord.objects.filter(kind=RecordKind.COMMIT).aggregate(last=Max("at"))["last"]
    if last is None:
        return
    texts = [text for text in _read_withholdings(tracker) if text[2].changes_between(last, now)]
    done = _last_activities({page.identifier for page, _, _ in texts})
    for page, language, withholding in texts:
        due.note_text(page, language, withholding, max(last, done.get(page.identifier, last)))


def _read_withholdings(tracker: PageTracker) -> Iterator[tuple[FilePage, str, Withholding]]:
    paths = iter(sorted(tracker.owners))
    while batch := list(islice(paths, _TEXTS_PER_BATCH)):
        contents = tracker.read([tracker.blobs[path] for path in batch])
        for path in batch:
            content = contents.get(tracker.blobs[path], b"")
            if tracker.gives_dates or date_in_name(path) or _DATES.search(content):
                # A text with an error was skipped when its commit was imported.
                with suppress(ValueError):
                    withholding = tracker.withhold(path, parse_text(content))
                    yield tracker.owners[path], tracker.locations[path].language, withholding


def _last_activities(pages: Collection[UUID]) -> Mapping[UUID, datetime]:
    """Return when something was last recorded of pages, or came into force, by uuid."""
    stored = Page.objects.filter(uuid__in=pages).order_by()
    recorded = dict(stored.annotate(last=Max("records__at")).values_list("uuid", "last"))
    in_force = dict(stored.annotate(last=Max("versions__effective_at")).values_list("uuid", "last"))
    times = {uuid: [time for time in (recorded[uuid], in_force[uuid]) if time] for uuid in recorded}
    return {uuid: max(values) for uuid, values in times.items() if values}
