"""The database refuses to change or delete rows of history, by any kind of statement."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from pages.models import (
    Blob,
    Handover,
    ImportedCommit,
    ImportLine,
    ImportRun,
    Picture,
    PublicationRecord,
    Revision,
    SiteCounter,
    Version,
    VersionText,
    immutability,
)
from pages.models.imported_commit import build_metadata
from pages.publishing.writer import writing
from tests.building import EDITOR, make_page, publish_bodies, save_bodies

MODELS = [
    *(Blob, Revision, Version, VersionText, PublicationRecord, Picture, ImportedCommit, ImportRun, ImportLine),
    Handover,
]
VENDOR = connection.vendor
only_on_sqlite = pytest.mark.skipif(VENDOR != "sqlite", reason="only SQLite has these statements")
only_on_postgresql = pytest.mark.skipif(VENDOR != "postgresql", reason="PostgreSQL only")
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def history(moment):
    """Create a row of each model."""
    publish_bodies(make_page(), {"en": "One"}, moment())
    revision = Revision.objects.get()
    Handover.objects.create(revision=revision, kind="ready", source_digest=revision.digest, by="Ann", at=moment())
    picture = Blob.of(b"png")
    picture.save()
    Picture.objects.create(blob=picture, extension="png", created_at=moment())
    metadata = build_metadata(["Ann", "ann@example.org", "0 +0000"] * 2, b"Message\n")
    metadata.save()
    ImportedCommit.objects.create(commit_id="c" * 40, metadata=metadata)
    run = ImportRun.objects.create(source="site", by="Ann", started_at=moment())
    ImportLine.objects.create(run=run, kind="note", subject="a.md", stored_message=["", "", {}])
    run.ended_at = moment()
    run.save()
    # PostgreSQL refuses ALTER and TRUNCATE of a table with pending constraint checks.
    connection.check_constraints()


def assert_refused(model, operation, write):
    before = list(model.objects.values())
    with (
        pytest.raises(DatabaseError, match=f"{model._meta.db_table} is insert-only: {operation} refused"),
        transaction.atomic(),
    ):
        write()
    assert before
    assert list(model.objects.values()) == before


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def changeable_column(model):
    names = {
        "blob": "content",
        "revision": "title",
        "version": "number",
        "versiontext": "language",
        "publicationrecord": "hash",
        "importrun": "source",
        "importline": "subject",
        "handover": "message",
    }
    return {**names, "importedcommit": "commit_id"}.get(model._meta.model_name, "extension")


@every_model
def test_queryset_update_is_refused(model):
    column = changeable_column(model)
    assert_refused(model, "update", lambda: model.objects.update(**{column: b"7" if column == "content" else "7"}))


@every_model
def test_saving_a_row_again_is_refused(model):
    assert_refused(model, "update", model.objects.all()[0].save)


@every_model
def test_sql_update_is_refused(model):
    table, column = model._meta.db_table, changeable_column(model)
    assert_refused(model, "update", lambda: sql(f"UPDATE {table} SET {column} = {column}"))


@every_model
def test_sql_delete_is_refused(model):
    assert_refused(model, "delete", lambda: sql(f"DELETE FROM {model._meta.db_table}"))


@every_model
def test_queryset_delete_is_refused(model):
    assert_refused(model, "delete", lambda: model.objects.all()._raw_delete(using="default"))


@only_on_sqlite
@every_model
@pytest.mark.parametrize("statement", ["REPLACE", "INSERT OR REPLACE"])
def test_replacing_a_row_by_inserting_it_again_is_refused(model, statement):
    table = model._meta.db_table
    assert_refused(model, "delete", lambda: sql(f"{statement} INTO {table} SELECT * FROM {table}"))


@only_on_sqlite
@every_model
def test_update_or_replace_is_refused(model):
    table, column = model._meta.db_table, changeable_column(model)
    assert_refused(model, "update", lambda: sql(f"UPDATE OR REPLACE {table} SET {column} = {column}"))


@every_model
def test_upsert_is_refused(model):
    row = model.objects.all()[0]
    column = changeable_column(model)
    key = model._meta.pk.name

    def write():
        model.objects.bulk_create([row], update_conflicts=True, unique_fields=[key], update_fields=[column])

    assert_refused(model, "update", write)


@only_on_postgresql
@every_model
def test_truncate_is_refused(model):
    assert_refused(model, "truncate", lambda: sql(f"TRUNCATE {model._meta.db_table} CASCADE"))


def test_revision_of_a_page_that_was_never_published_can_be_deleted(moment):
    page = make_page("draft")
    save_bodies(page, moment(), en="A draft")
    page.revisions.all()._raw_delete(using="default")
    assert page.revisions.count() == 0


@pytest.fixture
def handover(moment, django_user_model):
    """Return a handover with an account and a message."""
    person = django_user_model.objects.create_user("ann")
    revision = Revision.objects.get()
    row = Handover(revision=revision, kind="ready", source_digest=revision.digest, by="Ann", person=person, at=moment())
    row.set_message("Call +1 555 0100.")
    row.save()
    connection.check_constraints()
    return row


def redact(*digests):
    with writing(EDITOR, timezone.now()) as writer:
        writer.record("redact", at=timezone.now(), details={"digests": list(digests)}, reasons={"en": "A number."})


def test_account_of_a_handover_is_forgotten_when_it_is_deleted(handover):
    handover.person.delete()
    handover.refresh_from_db()
    assert (handover.person, handover.by, handover.message) == (None, "Ann", "Call +1 555 0100.")


@pytest.mark.parametrize(
    "columns",
    [
        *({"by": "Boris"}, {"kind": "sent back"}, {"message_digest": "0" * 64}, {"source_digest": "0" * 64}),
        *({"message": ""}, {"message": "", "salt": b""}, {"salt": b""}, {"person": None, "by": "Boris"}),
        {"person": None, "message": "", "salt": b""},
    ],
)
def test_nothing_else_of_a_handover_can_be_changed(handover, columns):
    assert_refused(Handover, "update", lambda: Handover.objects.filter(pk=handover.pk).update(**columns))


def test_account_of_a_handover_cannot_be_another_one(handover, django_user_model):
    other = django_user_model.objects.create_user("boris")
    assert_refused(Handover, "update", lambda: Handover.objects.filter(pk=handover.pk).update(person=other))
    handover.person.delete()
    assert_refused(Handover, "update", lambda: Handover.objects.filter(pk=handover.pk).update(person=other))


def test_message_of_a_handover_that_a_record_redacts_can_only_be_erased(handover):
    redact(handover.message_digest)
    erased = {"message": "", "salt": b""}
    for columns in ({"message": "Other"}, {"message": ""}, erased | {"by": "B"}, erased | {"person": None}):
        assert_refused(
            Handover, "update", lambda columns=columns: Handover.objects.filter(pk=handover.pk).update(**columns)
        )
    Handover.objects.filter(pk=handover.pk).update(**erased)
    handover.refresh_from_db()
    assert (handover.is_redacted, handover.by) == (True, "Ann")


@every_model
def test_check_reports_missing_triggers(model):
    operations = immutability.guarded_operations(VENDOR)
    names = [immutability.trigger_name(model._meta.model_name, operation) for operation in operations]
    for name in names:
        sql(f"DROP TRIGGER {name}" + (f" ON {model._meta.db_table}" if VENDOR == "postgresql" else ""))
    errors = immutability.check_triggers(databases=["default"])
    assert [(error.id, error.msg) for error in errors] == [
        ("pages.E001", f"The trigger {name} is missing: rows of history could be changed.") for name in names
    ]


@only_on_postgresql
def test_check_reports_disabled_triggers():
    sql("ALTER TABLE pages_version DISABLE TRIGGER pages_version_no_update")
    assert [error.id for error in immutability.check_triggers(databases=["default"])] == ["pages.E001"]


def test_check_reports_nothing_with_all_triggers_or_without_a_database():
    assert immutability.check_triggers(databases=["default"]) == []
    assert immutability.check_triggers(databases=None) == []


def test_check_runs_with_the_database_checks():
    call_command("check", databases=["default"], tags=["database"])
    for statement in immutability.drop_trigger_statements("default"):
        sql(statement)
    with pytest.raises(SystemCheckError, match=r"pages\.E001"):
        call_command("check", databases=["default"], tags=["database"])


def test_migrate_recreates_the_triggers():
    for statement in immutability.drop_trigger_statements("default"):
        sql(statement)
    assert len(immutability.missing_triggers("default")) == len(MODELS) * len(immutability.guarded_operations(VENDOR))
    # As from a terminal, where commands run checks: these would stop it.
    call_command("migrate", verbosity=0, skip_checks=False)
    assert immutability.missing_triggers("default") == []
    assert_refused(Version, "update", lambda: Version.objects.update(number=7))


def test_site_counter_can_be_updated():
    SiteCounter.objects.update(value=7)
    assert SiteCounter.objects.get().value == 7
