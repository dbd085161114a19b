"""The writer of history: single operations and imports write revisions, versions and records here and nowhere else."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Field, ForeignKey, Model

from pages.history import hash_chain, record_format
from pages.history.record_format import BaseVersion
from pages.models import Blob, ImportedCommit, Page, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.page import draft_columns
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.version_plan import VersionPlan
from pages.text.fields import Fields, front_matter_values


class Place(NamedTuple):
    """Where a page is found, and the language that its translations are made from."""

    path: str
    source_language: str


class Writer:
    """The rows of one operation or batch, in the order of insertion. They are written by `flush`.

    The caller's transaction has locked the pages that it writes.
    """

    def __init__(self, *, by: Actor, now: datetime):
        self.by, self.now = by, now
        self.commit: ImportedCommit | None = None
        self._commits: list[ImportedCommit] = []
        self._revisions: list[Revision] = []
        self._versions: list[Version] = []
        self._texts: list[VersionText] = []
        self._records: list[PublicationRecord] = []
        self._drafts: dict[int, dict[str, str]] = {}
        self._blobs: list[Blob] = []
        self._actors: dict[str, Blob] = {}

    @cached_property
    def counter(self) -> SiteCounter:
        """The row of the site counter, locked until the transaction ends, so that the log has one writer at a time."""
        return SiteCounter.objects.get_locked()

    def add_commit(self, commit: ImportedCommit) -> None:
        """Add a commit; the records that follow belong to it."""
        self.commit = commit
        self._blobs.append(commit.metadata)
        self._commits.append(commit)

    def add_revision(
        self,
        page: Page,
        language: str,
        blob: Blob,
        fields: Fields,
        *,
        author: str = "",
        at: datetime | None = None,
        file_name: str = "",
        is_draft_head: bool = True,
    ) -> Revision:
        """Add a revision, saved at a given time or now. Unless `is_draft_head`, the draft stays as it is.

        `fields` are normalised. The author is the writer's actor unless one is given.
        """
        revision = Revision(
            page=page,
            language=language,
            blob=blob,
            file_name=file_name,
            **front_matter_values(fields),
            author=author or self.by.name,
            created_at=at or self.now,
            is_draft_head=is_draft_head,
        )
        self._blobs.append(blob)
        self._revisions.append(revision)
        # Revisions can have any language, the draft only those with columns.
        if is_draft_head and language in settings.MODELTRANSLATION_LANGUAGES:
            self._drafts.setdefault(page.pk, {}).update(draft_columns(fields, language))
        return revision

    def add_version(
        self,
        page: Page,
        plan: VersionPlan,
        texts: Mapping[str, VersionText],
        *,
        published_at: datetime,
        binding_language: str | None = None,
    ) -> Version:
        """Add a version with its texts and its record."""
        version = Version(
            page=page,
            number=plan.number,
            published_at=published_at,
            effective_at=plan.effective_at,
            binding_language=binding_language,
        )
        rows = list(texts.values())
        for row in rows:
            row.version = version
            if note := plan.notes.get(row.language):
                row.note, row.note_language = self._store_text(note), plan.note_language
        self._versions.append(version)
        self._texts += rows
        base = BaseVersion(plan.base_number, plan.base) if plan.base else None
        details = {"path": page.path, "source_language": page.source_language}
        self.record(
            RecordKind.PUBLISH, page=page, at=published_at, version=version, texts=rows, base=base, details=details
        )
        return version

    def add_place(self, page: Page, before: Place, after: Place, *, at: datetime) -> None:
        """Add the record of a published page that has another path or source language."""
        details = {"before": before._asdict(), "after": after._asdict()}
        self.record(RecordKind.PLACE, page=page, at=at, details=details)

    def record(
        self,
        kind: str,
        *,
        at: datetime,
        texts: Sequence[VersionText] = (),
        base: BaseVersion | None = None,
        reasons: Mapping[str, str] | None = None,
        details: Mapping[str, Any] | None = None,
        note: str = "",
        **columns: Any,
    ) -> PublicationRecord:
        """Add the next record of the log. `at` is the time of the event; the time of recording is now.

        `details` are what only the record holds (see `pages.history.record_format`); `note` is a corrected change note,
        or "" for none; `columns` fills further columns of the row, such as `page` and `version`. If there is a current
        commit, the record belongs to it, and its author is the record's actor.
        """
        if not self.counter.last_record and kind != RecordKind.START:
            self.start()
        reason_blobs = {language: self._store_text(text) for language, text in (reasons or {}).items()}
        record = PublicationRecord(
            number=self.counter.last_record + 1,
            kind=kind,
            at=at,
            recorded_at=self.now,
            commit=self.commit,
            actor=self._actor(self.commit.people["author_name"] if self.commit else self.by.name),
            reason_digests={language: blob.digest for language, blob in reason_blobs.items()},
            note=self._store_text(note) if note else None,
            **columns,
        )
        payload = record_format.build_payload(
            record, previous=self.counter.head, details=details or {}, texts=texts, base=base
        )
        record.canonical = record_format.canonical_json(payload)
        record.hash = hash_chain.record_hash(record.canonical)
        self.counter.last_record, self.counter.head = record.number, record.hash
        self._records.append(record)
        return record

    def start(self, *, is_sample: bool = False) -> None:
        """Add the first record of the log, which gives the site an id and says whether its content is a sample."""
        commit, self.commit = self.commit, None
        self.record(RecordKind.START, at=self.now, details={"site": str(uuid.uuid4()), "sample": is_sample})
        self.commit = commit

    def _actor(self, name: str) -> Blob:
        # One for all records of an import: thousands of commits have the same author.
        if name not in self._actors:
            self._actors[name] = self._store_text(name)
        return self._actors[name]

    def _store_text(self, text: str) -> Blob:
        blob = Blob.of_text(text)
        self._blobs.append(blob)
        return blob

    def flush(self) -> None:
        """Insert the rows of each table together, and advance the site counter if there are records."""
        _insert(Blob, self._blobs, on_conflict="ON CONFLICT DO NOTHING")
        ImportedCommit.objects.bulk_create(self._commits)
        Revision.objects.bulk_create(self._revisions)
        Version.objects.bulk_create(self._versions)
        # These refer to the rows above, which have keys now.
        _insert(VersionText, self._texts)
        _insert(PublicationRecord, self._records)
        for key, columns in self._drafts.items():
            Page.objects.filter(pk=key).update(**columns)
        # Release the memory of the sources. Django loads a missing row again when it is used.
        for text in self._texts:
            text.revision._state.fields_cache.pop("blob", None)
        if self._records:
            self.counter.advance(self.now)
        for rows in (
            self._blobs,
            self._commits,
            self._revisions,
            self._versions,
            self._texts,
            self._records,
            self._drafts,
        ):
            rows.clear()


@contextmanager
def writing(by: Actor, now: datetime) -> Iterator[Writer]:
    """Return a writer whose rows are inserted at the end of the block."""
    writer = Writer(by=by, now=now)
    yield writer
    writer.flush()


def _insert(model: type[Model], rows: Sequence[Model], *, on_conflict: str = "") -> None:
    """Insert many rows and do not set their automatic keys. This is ten times as fast as `bulk_create`."""
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table, placeholders = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(fields))
    values = list(zip(*(_column_values(field, rows, connection) for field in fields), strict=True))
    with connection.cursor() as cursor:
        # Names of our own models only, no input.
        statement = f"INSERT INTO {table} ({columns}) VALUES ({placeholders}) {on_conflict}"  # noqa: S608
        cursor.executemany(statement, values)


def _column_values(field: Field, rows: Sequence[Model], connection: BaseDatabaseWrapper) -> Iterator[Any]:
    """Yield the database values of a column. The same object, such as shared pictures, is converted only once."""
    if isinstance(field, ForeignKey):
        for row in rows:
            related = field.get_cached_value(row, default=None)
            # The related row may have got its key after it was assigned.
            yield getattr(row, field.attname) if related is None else related.pk
        return
    converted: dict[int, Any] = {}
    for row in rows:
        value = getattr(row, field.attname)
        if id(value) not in converted:
            converted[id(value)] = field.get_db_prep_save(value, connection)
        yield converted[id(value)]
