"""The rows of a batch, gathered in memory and written at once; the chain of its records has one writer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connections, router
from django.db.models import Field, Model

from pages.models import ImportedCommit, Page, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.page import TEXT_FIELDS, text_field
from pages.publishing.actors import Actor, system_actor
from pages.publishing.importing.stored_pages import without_sources
from pages.publishing.records import next_record
from pages.text import source
from pages.text.source import Fields


class BatchWriter:
    """What a batch will write, in the order in which it is to stand. The caller's transaction lasts until `write`."""

    def __init__(self, *, by: Actor, now: datetime):
        self.by, self.now = by, now
        # Locked until the transaction ends: nobody else appends in between.
        self.counter = SiteCounter.objects.get_locked()
        self.commit: ImportedCommit | None = None
        self._commits: list[ImportedCommit] = []
        self._revisions: list[Revision] = []
        self._versions: list[Version] = []
        self._texts: list[VersionText] = []
        self._records: list[PublicationRecord] = []
        self._working: dict[int, dict[str, str]] = {}

    def add_commit(self, commit: ImportedCommit) -> None:
        """Say which commit all that follows was done by."""
        self.commit = commit
        self._commits.append(commit)

    def add_revision(
        self, page: Page, language: str, text, *, author: str, at: datetime | None = None, is_draft_head: bool = True
    ) -> Revision:
        """Keep a text's bytes, as saved at a moment (now if none is given).

        Unless it is set aside, it becomes the working copy of its language.
        """
        fields = source.normalise(text.fields)
        revision = Revision(
            page=page,
            language=language,
            source=text.content,
            digest=text.digest,
            file_name=text.file_name,
            title=fields.title,
            link_title=fields.link_title,
            description=fields.description,
            author=author,
            created_at=at or self.now,
            is_draft_head=is_draft_head,
        )
        self._revisions.append(revision)
        if is_draft_head:
            self._set_working_text(page, language, fields)
        return revision

    def _set_working_text(self, page: Page, language: str, fields: Fields) -> None:
        # History can hold any language; the working copy has columns for those that could be served.
        if language in settings.MODELTRANSLATION_LANGUAGES:
            columns = {text_field(name, language): getattr(fields, name) for name in TEXT_FIELDS}
            self._working.setdefault(page.pk, {}).update(columns)

    def add_version(self, version: Version, texts: Sequence[VersionText]) -> None:
        """Add a version with its texts."""
        self._versions.append(version)
        self._texts += texts

    def record(
        self, kind: str, *, at: datetime, page: Page | None = None, extra_payload: Mapping | None = None, **beside
    ) -> None:
        """Append an event to the log; one that a commit brought names it."""
        extra_payload = dict(extra_payload or {}) | ({"commit": self.commit.commit_id} if self.commit else {})
        options = {"page": page, "extra_payload": extra_payload, "commit": self.commit, **beside}
        # A commit was done by its author, whoever brought it here.
        by = system_actor(self.commit.author_name) if self.commit else self.by
        self._records.append(next_record(self.counter, kind, at=at, now=self.now, by=by, **options))

    def write(self) -> None:
        """Insert everything, each table at once, and raise the site's counter if readers may see a difference."""
        ImportedCommit.objects.bulk_create(self._commits)
        # Each batch holds its rows' values in memory once more: bytes by the megabyte among them.
        Revision.objects.bulk_create(self._revisions, batch_size=50)
        Version.objects.bulk_create(self._versions)
        # Their keys are known now; nobody asks for those of the rows that name them.
        _insert(VersionText, self._texts)
        _insert(PublicationRecord, self._records)
        for key, columns in self._working.items():
            # By name, through the table: assigning to a translated attribute depends on the language that is active.
            Page.objects.filter(pk=key).update(**columns)
        without_sources(self._texts)
        if self._records:
            self.counter.advance(self.now)


def _insert(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert rows of which there are very many: Django's own way builds every statement anew, and takes ten times."""
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table, places = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(fields))
    values = zip(*(_values(field, rows, connection) for field in fields), strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)  # noqa: S608 - our own names.


def _values(field: Field, rows: Sequence[Model], connection) -> Iterator[object]:
    """Yield a column's values as the database takes them; the same object is the same value each time."""
    if field.is_relation:
        for row in rows:
            related = field.get_cached_value(row, default=None)
            yield getattr(row, field.attname) if related is None else related.pk
        return
    prepared: dict[int, object] = {}
    for row in rows:
        value = getattr(row, field.attname)
        if id(value) not in prepared:
            prepared[id(value)] = field.get_db_prep_save(value, connection)
        yield prepared[id(value)]
