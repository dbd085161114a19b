"""The records of the publication log that become commits, with the texts of their versions."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import groupby
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Lag

from pages.models import ImportedCommit, PublicationRecord, Version, VersionText
from pages.models.blob import decode_text
from pages.models.publication_record import RecordKind, read_reasons
from pages.publishing.records import CLOCK_TOLERANCE

_RECORDS_PER_QUERY = 1000
# The kinds that change files. Confirmations and cancellations do not.
_EXPORTED_KINDS = (RecordKind.PUBLISH, RecordKind.WITHDRAW, RecordKind.BRING_BACK, RecordKind.PLACE, RecordKind.COMMIT)
_COLUMNS = ("number", "kind", "at", "recorded_at", "hash", "page", "version", "commit")


@dataclass(frozen=True)
class ExportedText:
    """A version's text in one language: the revision's primary key, and the digests of pictures by reference.

    Two are equal if their files are.
    """

    revision: int
    pictures: Mapping[str, str]
    file_name: str = field(compare=False)
    note: str = field(compare=False)


@dataclass(frozen=True)
class ExportedRecord:
    """A record of the publication log that changes files. `at` is `published_at` for a version."""

    number: int
    kind: str
    at: datetime
    recorded_at: datetime
    hash: str
    page: int | None
    version: int | None
    commit: ImportedCommit | None
    actor_name: str
    reasons: Mapping[str, str]
    version_number: int | None = None
    texts: dict[str, ExportedText] = field(default_factory=dict)


class ExportedLog:
    """The publication log without the versions that are not in force by a given time, or never were."""

    def __init__(self, at: datetime):
        self._records = PublicationRecord.objects.all()
        effective = Version.objects.came_into_force(at)
        # The records before which the clock had gone back, with their times.
        self._clock_steps = tuple(_clock_steps())
        # Versions that have not come into force, or never did because they were cancelled.
        self._hidden = frozenset(Version.objects.exclude(pk__in=effective.values("pk")).values_list("pk", flat=True))
        # When each version came into force that was announced or stamped ahead of the clock, by primary key.
        is_announced = Q(effective_at__gt=F("published_at"))
        for number, recorded_at in self._clock_steps:
            is_before = Q(records__kind=RecordKind.PUBLISH, records__number__lt=number)
            is_announced |= is_before & Q(effective_at__gt=recorded_at + CLOCK_TOLERANCE)
        self._announced = dict(effective.filter(is_announced).values_list("pk", "effective_at"))
        self.length = self._records.count()

    def commits(self) -> Iterator[list[ExportedRecord]]:
        """Yield the records of each commit to export, in the order of the log.

        An announced version is moved to its effective time: before the first record that was written after it.
        """

        def commit_key(record: ExportedRecord) -> tuple[str, object]:
            if record.commit:
                return "commit", record.commit.pk
            # A page moves together with the pages below it.
            is_move = record.kind == RecordKind.PLACE
            return ("move", record.recorded_at) if is_move else ("record", record.number)

        for _, records in groupby(self._in_order(), commit_key):
            yield list(records)

    def _in_order(self) -> Iterator[ExportedRecord]:
        # The announced versions that have not come into force yet, by effective time.
        postponed: list[tuple[datetime, int, ExportedRecord]] = []
        for record in self._all_records():
            # A later record shows that the clock was ahead.
            written_by = min([record.recorded_at, *(time for step, time in self._clock_steps if step > record.number)])
            while postponed and postponed[0][0] <= written_by:
                yield heappop(postponed)[2]
            if record.kind == RecordKind.PUBLISH and record.version in self._announced:
                heappush(postponed, (self._announced[record.version], record.number, record))
            elif record.kind in _EXPORTED_KINDS and record.version not in self._hidden:
                yield record
        yield from (record for *_, record in sorted(postponed))

    def _all_records(self) -> Iterator[ExportedRecord]:
        # By number, not by OFFSET, which would read all rows before.
        last = 0
        columns = (*_COLUMNS, "actor__content", "reason_digests", "version__published_at", "version__number")
        records = self._records.order_by("number").values(*columns)
        while rows := list(records.filter(number__gt=last)[:_RECORDS_PER_QUERY]):
            yield from self._build_records(rows)
            last = rows[-1]["number"]

    def _build_records(self, rows: Collection[dict]) -> Iterator[ExportedRecord]:
        keys = {row["commit"] for row in rows if row["commit"]}
        commits = ImportedCommit.objects.select_related("metadata").in_bulk(keys)
        reasons = read_reasons([row["reason_digests"] for row in rows])
        versions = [row["version"] for row in rows if row["kind"] == RecordKind.PUBLISH]
        texts = _read_texts(versions)
        for row, own_reasons in zip(rows, reasons, strict=True):
            values = {name: row[name] for name in _COLUMNS} | {"commit": commits.get(row["commit"])}
            values |= {"actor_name": decode_text(row["actor__content"]), "reasons": own_reasons}
            if row["kind"] == RecordKind.PUBLISH:
                values |= {"at": row["version__published_at"], "version_number": row["version__number"]}
                values["texts"] = texts.get(row["version"], {})
            yield ExportedRecord(**values)


def _clock_steps() -> QuerySet[Any, Any]:
    """Return number and time of the records that were written at an earlier time than the one before."""
    before = Window(Lag("recorded_at"), order_by="number")
    steps = PublicationRecord.objects.annotate(before=before).filter(before__gt=F("recorded_at"))
    return steps.values_list("number", "recorded_at")


def _read_texts(versions: Collection[int]) -> dict[int, dict[str, ExportedText]]:
    """Return the texts of versions by primary key and language."""
    version_texts = VersionText.objects.filter(version__in=versions)
    columns = ("version_id", "language", "revision", "pictures", "revision__file_name", "note__content")
    grouped: dict[int, dict[str, ExportedText]] = {}
    for key, language, revision, pictures, file_name, note in version_texts.order_by().values_list(*columns).iterator():
        grouped.setdefault(key, {})[language] = ExportedText(revision, pictures, file_name, decode_text(note))
    return grouped
