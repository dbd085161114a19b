"""What the publication log says that changed on the site from one state to a later one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from pages.models import PublicationRecord
from pages.models.compiled_query import CompiledQuery
from pages.models.publication_record import RecordKind
from pages.presentation.site_state import SiteState

# With more records than this, reading everything is faster.
MAX_RECORDS = 500


@dataclass(frozen=True)
class RecordedChanges:
    """The changed pages. `are_complete` says that nothing without a record changed: settings, links, weights of pages.

    `have_moves` says that a page moved, so that pages without a version may have moved too.
    """

    pages: frozenset[int]
    are_complete: bool
    have_moves: bool


class _Record(NamedTuple):
    number: int
    hash: str
    kind: str
    recorded_at: datetime
    page: int | None
    version_page: int | None


def _select_records(first: int) -> QuerySet[PublicationRecord, tuple]:
    since = PublicationRecord.objects.filter(number__gte=first).order_by("number")
    return since.values_list("number", "hash", "kind", "recorded_at", "page", "version__page")[: MAX_RECORDS + 2]


_records_since = CompiledQuery(_select_records)


def read_changes(last: SiteState, state: SiteState) -> RecordedChanges | None:
    """Return the changes between two states, or None if the log alone cannot tell them."""
    # Something can have come into force, or the clock was set back.
    if state.at < last.at or (last.changes_at is not None and last.changes_at <= state.at):
        return None
    records = [_Record._make(row) for row in _records_since.rows(last.record_count)]
    # The log must begin with what was its end: the database can be another one, or start over with a new log.
    if not records or records[0][:2] != (last.record_count, last.latest_hash) or len(records) > MAX_RECORDS + 1:
        return None
    return _changes(records[1:], state.counter - last.counter)


def was_redacted_since(last: SiteState) -> bool:
    """Tell whether anything was redacted after a state: nothing of it may stay in memory."""
    records = PublicationRecord.objects.filter(kind=RecordKind.REDACT, page=None, number__gt=last.record_count)
    return records.exists()


def _changes(records: Collection[_Record], steps: int) -> RecordedChanges | None:
    pages = {record.page or record.version_page for record in records}
    known = frozenset(page for page in pages if page is not None)
    # Records of the site as a whole, such as an import or a redaction.
    if len(known) != len(pages):
        return None
    # The counter advances once for all records that are written together, and all of them have the same time.
    are_complete = len({record.recorded_at for record in records}) == steps
    return RecordedChanges(known, are_complete, any(record.kind == RecordKind.PLACE for record in records))
