"""The timeline of a page, newest first: saved revisions, handovers, and records of the publication log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.core.paginator import Page as PageObject
from django.core.paginator import Paginator
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value

from pages.history import hash_chain
from pages.history.version_spans import Span, VersionState
from pages.models import Handover, Page, PublicationRecord, Revision, Version, VersionText
from pages.models.publication_record import END_OF_TIME, RecordKind
from pages.models.significance import Significance
from pages.models.version_text import IS_REDACTED
from pages.presentation.page_presentation import spans_of

DRAFT = "draft"
EVENTS_PER_PAGE = 12
# Records about the page in all languages.
_PAGE_KINDS = (RecordKind.WITHDRAW, RecordKind.BRING_BACK, RecordKind.PLACE, RecordKind.REVIEW)
# Records about one text of a version.
_TEXT_KINDS = (RecordKind.CONFIRM, RecordKind.CORRECT)


@dataclass(frozen=True)
class DraftEvent:
    """A saved revision, whose source is not loaded. `previous` is the key of the one before it in its language."""

    revision: Revision
    previous: int | None
    is_unchanged: bool
    is_current_draft: bool
    is_redacted: bool
    # The numbers of the versions that published it.
    versions: tuple[int, ...]

    kind = DRAFT

    @property
    def name(self) -> str:
        """Return the name of the state, as in comparisons."""
        return f"r{self.revision.pk}"


@dataclass(frozen=True)
class RecordEvent:
    """A record of the publication log.

    For a publication, `previous` is the number of the version it was compared with, `texts` has the changed texts
    before those that were carried over, and `removed` are the languages that only the previous version has. The paths
    are those of the page before and after a move.
    """

    record: PublicationRecord
    previous: int | None
    span: Span | None
    texts: tuple[VersionText, ...]
    removed: tuple[str, ...]
    old_path: str
    new_path: str

    @property
    def kind(self) -> str:
        return self.record.kind

    @property
    def name(self) -> str:
        """Return the name of the state that a publication made, or an empty string for other records."""
        version = self.record.version
        return f"v{version.number}" if version and self.kind == RecordKind.PUBLISH else ""

    @property
    def reasons(self) -> list[tuple[str, str, str]]:
        """Return the reasons that were not redacted: language, text and digest."""
        digests = self.record.reason_digests
        return [(language, text, digests[language]) for language, text in self.record.reasons.items()]

    @property
    def recorded_at(self) -> datetime | None:
        """Return when the site recorded the event, if this differs by a minute or more, as it does for imports."""
        recorded_at = self.record.recorded_at
        return recorded_at if abs(recorded_at - self.record.at) >= timedelta(minutes=1) else None


@dataclass(frozen=True)
class HandoverEvent:
    """A text that somebody marked as ready, or sent back. `has_ended` tells whether it no longer counts."""

    handover: Handover
    has_ended: bool

    # It is no text of its own that could be compared.
    name = ""

    @property
    def kind(self) -> str:
        return self.handover.kind


class EventTable(IntEnum):
    """The tables of events, in the order of what happens at the same time: a text is saved before it is published."""

    DRAFT = 0
    HANDOVER = 1
    RECORD = 2


@dataclass(frozen=True)
class Timeline:
    """One page of results of the events of a page."""

    events: tuple[DraftEvent | HandoverEvent | RecordEvent, ...]
    page_obj: PageObject
    has_text_in_force: bool


def timeline_of(
    page: Page, at: datetime, *, language: str = "", kind: str = "", page_number: str | None = None
) -> Timeline:
    """Return a page of results of the events, filtered by language and by kind."""
    page_obj = Paginator(_event_keys(page, language, kind), EVENTS_PER_PAGE).get_page(page_number)
    keys: dict[int, list[int]] = {table: [] for table in EventTable}
    for _timestamp, table, key in page_obj.object_list:
        keys[table].append(key)
    spans = spans_of(page, at)
    found: dict[int, Mapping[int, DraftEvent | HandoverEvent | RecordEvent]] = {
        EventTable.DRAFT: _draft_events(page, keys[EventTable.DRAFT]),
        EventTable.HANDOVER: _handover_events(page, keys[EventTable.HANDOVER]),
        EventTable.RECORD: _record_events(page, keys[EventTable.RECORD], spans),
    }
    events = tuple(found[table][key] for _timestamp, table, key in page_obj.object_list)
    has_text_in_force = any(span.state == VersionState.IN_FORCE for span in spans.values())
    return Timeline(events, page_obj, has_text_in_force)


def _event_keys(page: Page, language: str, kind: str) -> QuerySet[Any, Any]:
    """Return timestamp, table and primary key of each event. The database sorts the union of the tables."""
    handovers = Handover.objects.filter(revision__page=page)
    drafts, records = page.revisions.all(), page.records.all()
    if language:
        drafts, records = drafts.filter(language=language), records.filter(_concerns(language))
        handovers = handovers.filter(revision__language=language)
    # The union needs all querysets, even if some are empty: the filter by kind selects one of the tables.
    drafts = drafts if kind in ("", DRAFT) else drafts.none()
    records, handovers = (records.filter(kind=kind), handovers.filter(kind=kind)) if kind else (records, handovers)
    others = [_sort_keys(handovers, "at", EventTable.HANDOVER), _sort_keys(records, "at", EventTable.RECORD)]
    keys = _sort_keys(drafts, "created_at", EventTable.DRAFT).union(*others, all=True)
    return keys.order_by("-timestamp", "-event_table", "-key")


def _sort_keys(rows: QuerySet[Any, Any], timestamp: str, table: EventTable) -> QuerySet[Any, Any]:
    # Tells the tables apart, because their primary keys overlap.
    event_table = Value(int(table), output_field=IntegerField())
    annotated = rows.order_by().annotate(timestamp=F(timestamp), event_table=event_table, key=F("pk"))
    return annotated.values_list("timestamp", "event_table", "key")


def _concerns(language: str) -> Q:
    """Return the condition for records that concern a language.

    These are versions that change or remove its text or have a note in it, its confirmations and corrections, and
    records about the page as a whole.
    """
    texts = VersionText.objects.filter(language=language)
    own = texts.filter(version=OuterRef("version"))
    changed = own.filter(~Q(significance=Significance.UNCHANGED) | ~Q(note=None))
    before = texts.filter(version__page=OuterRef("page"), version__number=OuterRef("version__number") - 1)
    is_changed_or_removed = Q(Exists(changed)) | (Q(Exists(before)) & ~Q(Exists(own)))
    by_version = Q(kind__in=(RecordKind.PUBLISH, RecordKind.CANCEL)) & is_changed_or_removed
    return by_version | Q(kind__in=_PAGE_KINDS) | Q(kind__in=_TEXT_KINDS, language=language)


def _handover_events(page: Page, keys: list[int]) -> dict[int, HandoverEvent]:
    if not keys:
        return {}
    rows = Handover.objects.select_related("revision").in_bulk(keys)
    current = {handover.pk for handover in Handover.objects.by_language(page).values()}
    return {key: HandoverEvent(row, has_ended=key not in current) for key, row in rows.items()}


def _draft_events(page: Page, keys: list[int]) -> dict[int, DraftEvent]:
    if not keys:
        return {}
    # By key, not by time: an imported revision has the time of its commit.
    before = Revision.objects.filter(page=page, language=OuterRef("language"), pk__lt=OuterRef("pk")).order_by("-pk")
    previous = {"previous": Subquery(before.values("pk")[:1]), "previous_digest": Subquery(before.values("blob")[:1])}
    redacted = set(page.revisions.filter(pk__in=keys, blob__content=None).values_list("pk", flat=True))
    rows = page.revisions.annotate(**previous).in_bulk(keys)
    current = set(page.revisions.drafts().order_by().values_list("pk", flat=True))
    versions = _versions_by_revision(keys)
    return {
        key: DraftEvent(
            revision=row,
            previous=row.previous,
            is_unchanged=row.previous_digest == row.digest,
            is_current_draft=key in current,
            is_redacted=key in redacted,
            versions=tuple(versions.get(key, ())),
        )
        for key, row in rows.items()
    }


def _versions_by_revision(keys: list[int]) -> dict[int, list[int]]:
    """Return the numbers of the versions that published a revision; those that carried it over do not count."""
    versions: dict[int, list[int]] = {}
    texts = VersionText.objects.filter(revision__in=keys).exclude(significance=Significance.UNCHANGED)
    for key, number in texts.order_by("version__number").values_list("revision", "version__number"):
        versions.setdefault(key, []).append(number)
    return versions


def _record_events(page: Page, keys: list[int], spans: dict[int, Span]) -> dict[int, RecordEvent]:
    if not keys:
        return {}
    rows = page.records.select_related("version", "actor", "note").in_bulk(keys)
    versions = [row.version for row in rows.values() if row.version]
    bases = _base_numbers(page, versions)
    texts = _texts_by_number(page, {version.number for version in versions} | set(bases.values()))
    return {key: _record_event(row, bases, texts, spans) for key, row in rows.items()}


def _record_event(
    record: PublicationRecord, bases: dict[int, int], texts: dict[int, list[VersionText]], spans: dict[int, Span]
) -> RecordEvent:
    number = record.version.number if record.version else 0
    own = texts.get(number, [])
    removed = {text.language for text in texts.get(bases.get(number, 0), ())} - {text.language for text in own}
    is_version = record.kind == RecordKind.PUBLISH
    payload = hash_chain.parse_record(record.canonical)
    return RecordEvent(
        record=record,
        previous=bases.get(number),
        span=spans.get(number) if is_version else None,
        texts=tuple(sorted(own, key=lambda text: text.significance == Significance.UNCHANGED)) if is_version else (),
        removed=tuple(sorted(removed)) if is_version else (),
        old_path=_path(payload, "before"),
        new_path=_path(payload, "after"),
    )


def _base_numbers(page: Page, versions: Iterable[Version]) -> dict[int, int]:
    """Return the number of each version's base: the highest lower one that was not cancelled when it was published."""
    rows = page.records.filter(kind=RecordKind.CANCEL).order_by().values_list("version__number", "at")
    cancelled = {number: cancelled_at for number, cancelled_at in rows if number}
    bases: dict[int, int] = {}
    for version in versions:
        lower = range(version.number - 1, 0, -1)
        candidates = (number for number in lower if number not in cancelled or cancelled[number] > version.published_at)
        if (base := next(candidates, None)) is not None:
            bases[version.number] = base
    return bases


def _texts_by_number(page: Page, numbers: set[int]) -> dict[int, list[VersionText]]:
    rows = VersionText.objects.filter(version__page=page, version__number__in=numbers).order_by("language")
    rows = rows.with_counted_significance(END_OF_TIME).with_counted_note(END_OF_TIME).annotate(is_redacted=IS_REDACTED)
    texts: dict[int, list[VersionText]] = {}
    for row in rows.select_related("version", "revision", "note"):
        texts.setdefault(row.version.number, []).append(row)
    return texts


def _path(payload: dict, end: str) -> str:
    return f"/{payload[end]['path']}/" if end in payload else ""
