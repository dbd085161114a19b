"""Rows of history cannot be changed or deleted: the database itself refuses, whoever asks."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction

from pages.models import (
    ImportedCommit,
    Picture,
    PublicationRecord,
    Revision,
    SiteCounter,
    Version,
    VersionText,
    immutability,
)
from tests.building import make_page, publish_bodies

MODELS = [Revision, Version, VersionText, PublicationRecord, Picture, ImportedCommit]
VENDOR = connection.vendor
only_on_sqlite = pytest.mark.skipif(VENDOR != "sqlite", reason="a way of writing that only SQLite has")
only_on_postgresql = pytest.mark.skipif(VENDOR != "postgresql", reason="a way of writing that only PostgreSQL has")
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def history(moment):
    """Return a row of each kind."""
    publish_bodies(make_page(), {"en": "One"}, moment())
    Picture.objects.create(digest="a" * 64, extension="png", content=b"png", created_at=moment())
    ImportedCommit.objects.create(commit_id="c" * 40, message=b"Say it\n")
    # PostgreSQL takes no ALTER or TRUNCATE of a table whose deferred constraints are still to be checked.
    connection.check_constraints()


def insist_on_refusal(model, verb, write):
    before = list(model.objects.values())
    with (
        pytest.raises(DatabaseError, match=f"{model._meta.db_table} is insert-only: {verb} refused"),
        transaction.atomic(),
    ):
        write()
    assert list(model.objects.values()) == before
    assert len(before) == 1


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def name_of(model):
    """Return a column that a row could be rewritten in."""
    names = {"revision": "digest", "version": "number", "versiontext": "language", "publicationrecord": "hash"}
    return {**names, "importedcommit": "author_name"}.get(model._meta.model_name, "extension")


@every_model
def test_update_of_a_queryset_is_refused(model):
    column = name_of(model)
    insist_on_refusal(model, "update", lambda: model.objects.update(**{column: "7"}))


@every_model
def test_save_of_a_row_is_refused(model):
    insist_on_refusal(model, "update", lambda: model.objects.get().save())


@every_model
def test_update_in_sql_is_refused(model):
    table, column = model._meta.db_table, name_of(model)
    insist_on_refusal(model, "update", lambda: sql(f"UPDATE {table} SET {column} = {column}"))


@every_model
def test_delete_in_sql_is_refused(model):
    insist_on_refusal(model, "delete", lambda: sql(f"DELETE FROM {model._meta.db_table}"))


@every_model
def test_delete_of_a_queryset_is_refused(model):
    insist_on_refusal(model, "delete", lambda: model.objects.all()._raw_delete(using="default"))


@only_on_sqlite
@every_model
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE"])
def test_replacing_a_row_by_inserting_it_again_is_refused(model, verb):
    table = model._meta.db_table
    insist_on_refusal(model, "delete", lambda: sql(f"{verb} INTO {table} SELECT * FROM {table}"))


@only_on_sqlite
@every_model
def test_update_or_replace_is_refused(model):
    table, column = model._meta.db_table, name_of(model)
    insist_on_refusal(model, "update", lambda: sql(f"UPDATE OR REPLACE {table} SET {column} = {column}"))


@every_model
def test_insert_that_updates_on_conflict_is_refused(model):
    row = model.objects.get()
    column = name_of(model)
    key = model._meta.pk.name

    def write():
        model.objects.bulk_create([row], update_conflicts=True, unique_fields=[key], update_fields=[column])

    insist_on_refusal(model, "update", write)


@only_on_postgresql
@every_model
def test_truncate_is_refused(model):
    insist_on_refusal(model, "truncate", lambda: sql(f"TRUNCATE {model._meta.db_table} CASCADE"))


def test_revision_of_a_page_that_was_never_published_may_go(moment):
    page = make_page("draft")
    Revision.objects.create(
        page=page, language="en", source=b"", digest="", title="", author="Ann", created_at=moment()
    )
    page.revisions.all()._raw_delete(using="default")
    assert page.revisions.count() == 0


@every_model
def test_check_reports_a_trigger_that_is_missing(model):
    verbs = immutability.guarded_operations(VENDOR)
    names = [immutability.trigger_name(model._meta.model_name, verb) for verb in verbs]
    for name in names:
        sql(f"DROP TRIGGER {name}" + (f" ON {model._meta.db_table}" if VENDOR == "postgresql" else ""))
    errors = immutability.check_triggers(databases=["default"])
    assert [(error.id, error.msg) for error in errors] == [
        ("pages.E001", f"The trigger {name} is missing: rows of history could be changed.") for name in names
    ]


@only_on_postgresql
def test_check_reports_a_trigger_that_is_disabled():
    sql("ALTER TABLE pages_version DISABLE TRIGGER pages_version_no_update")
    assert [error.id for error in immutability.check_triggers(databases=["default"])] == ["pages.E001"]


def test_check_is_silent_while_the_triggers_stand_and_without_a_database():
    assert immutability.check_triggers(databases=["default"]) == []
    assert immutability.check_triggers(databases=None) == []


def test_check_belongs_to_the_checks_of_databases():
    call_command("check", databases=["default"], tags=["database"])
    for statement in immutability.drop_trigger_statements("default"):
        sql(statement)
    with pytest.raises(SystemCheckError, match=r"pages\.E001"):
        call_command("check", databases=["default"], tags=["database"])


def test_migrate_makes_the_triggers_again():
    for statement in immutability.drop_trigger_statements("default"):
        sql(statement)
    assert len(immutability.missing_triggers("default")) == len(MODELS) * len(immutability.guarded_operations(VENDOR))
    call_command("migrate", verbosity=0)
    assert immutability.missing_triggers("default") == []
    insist_on_refusal(Version, "update", lambda: Version.objects.update(number=7))


def test_counter_is_no_row_of_history():
    SiteCounter.objects.update(value=7)
    assert SiteCounter.objects.get().value == 7
