"""The publication log in the steps that become commits: each with what its versions say, read many at a time."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import F, QuerySet

from pages.history import hash_chain
from pages.models import ImportedCommit, PublicationRecord, Version, VersionText
from pages.models.publication_record import Kind

_AT_ONCE = 1000
# What happens to files. A confirmation, or an announcement that is cancelled, changes none.
_SEEN = (Kind.PUBLISH, Kind.WITHDRAW, Kind.BRING_BACK, Kind.MOVE, Kind.IMPORT)
_COLUMNS = ("number", "kind", "at", "hash", "page", "version", "commit", "actor_name", "reasons")


@dataclass(frozen=True)
class ExportedText:
    """What a version says in one language: the revision's key, and the pictures' digests by their references."""

    revision: int
    pictures: Mapping[str, str]
    file_name: str
    note: str = ""


@dataclass(frozen=True)
class ExportedRecord:
    """A record that readers saw the effect of."""

    number: int
    kind: str
    # When the version was published; of other events, when they happened.
    at: datetime
    hash: str
    page: int | None
    version: int | None
    commit: ImportedCommit | None
    actor_name: str
    reasons: Mapping[str, str]
    texts: dict[str, ExportedText] = field(default_factory=dict)


class ExportedLog:
    """What of the publication log has taken effect by a moment."""

    def __init__(self, at: datetime):
        self._records = PublicationRecord.objects.known(at)
        known = Version.objects.published(at)
        effective = Version.objects.came_into_force(at)
        self._hidden = frozenset(known.exclude(pk__in=effective.values("pk")).values_list("pk", flat=True))
        self._announced = dict(effective.filter(effective_at__gt=F("published_at")).values_list("pk", "effective_at"))
        self.length = self._records.count()

    def steps(self) -> Iterator[list[ExportedRecord]]:
        """Yield the events in their order, those of one imported commit together.

        An announced version stands where its moment came: before the first record that was written after it.
        """

        def together(event: ExportedRecord) -> tuple[str, int]:
            return ("commit", event.commit.pk) if event.commit else ("record", event.number)

        for _, step in groupby(self._in_order(), together):
            yield list(step)

    def _in_order(self) -> Iterator[ExportedRecord]:
        late = self._late()
        waiting: dict[int, ExportedRecord] = {}
        for event in self._all():
            for number in late.pop(event.number, ()):
                yield waiting.pop(number)
            if event.version in self._announced and event.kind == Kind.PUBLISH:
                waiting[event.number] = event
            elif event.kind in _SEEN and event.version not in self._hidden:
                yield event
        for number in (number for numbers in late.values() for number in numbers):
            yield waiting.pop(number)

    def _late(self) -> dict[int, list[int]]:
        """Return the records of announced versions by the record that they come before; 0 for those at the end."""
        announced = self._records.filter(kind=Kind.PUBLISH, version__in=self._announced)
        waiting = {number: self._announced[version] for number, version in announced.values_list("number", "version")}
        found: dict[int, list[int]] = {}
        after = self._records.filter(number__gt=min(waiting, default=self.length)).order_by("number")
        for number, canonical in after.values_list("number", "canonical").iterator():
            # Both are written in one form, in which the later moment is the greater text.
            recorded = hash_chain.content(canonical).get("recorded_at", "")
            come = [one for one, moment in waiting.items() if one < number and hash_chain.moment(moment) <= recorded]
            for one in sorted(come, key=lambda one: (waiting[one], one)):
                found.setdefault(number, []).append(one)
                del waiting[one]
            if not waiting:
                return found
        return {**found, 0: sorted(waiting, key=lambda one: (waiting[one], one))}

    def _all(self) -> Iterator[ExportedRecord]:
        last = 0
        columns = (*_COLUMNS, "version__published_at")
        while rows := self._records.filter(number__gt=last).order_by("number").values(*columns)[:_AT_ONCE]:
            yield from self._events(rows)
            last = rows[len(rows) - 1]["number"]

    def _events(self, rows: Collection[dict]) -> Iterator[ExportedRecord]:
        commits = ImportedCommit.objects.in_bulk({row["commit"] for row in rows if row["commit"]})
        published = [row["version"] for row in rows if row["kind"] == Kind.PUBLISH]
        texts = read_texts(VersionText.objects.filter(version__in=published), "version_id")
        for row in rows:
            is_publication = row["kind"] == Kind.PUBLISH
            said = {name: row[name] for name in _COLUMNS} | {"commit": commits.get(row["commit"])}
            if is_publication:
                said |= {"at": row["version__published_at"], "texts": texts.get(row["version"], {})}
            yield ExportedRecord(**said)


def read_texts(rows: QuerySet, group: str) -> dict[int, dict[str, ExportedText]]:
    """Return what versions say by language, in groups by the column that is named."""
    columns = (group, "language", "revision", "pictures", "revision__file_name", "change_note")
    found: dict[int, dict[str, ExportedText]] = {}
    for key, language, *said in rows.order_by().values_list(*columns).iterator():
        found.setdefault(key, {})[language] = ExportedText(*said)
    return found
