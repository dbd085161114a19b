"""Guards that the database itself keeps: rows of history are inserted and never changed.

The triggers are made after every migrate, for SQLite drops a table's triggers silently when a migration rebuilds it.
"""

from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver

INSERT_ONLY = ("revision", "version", "versiontext", "publicationrecord", "picture", "importedcommit")
OPERATIONS = ("update", "delete")

# Revisions of a page that was never published may go with their page.
DELETE_CONDITIONS = {"revision": "EXISTS (SELECT 1 FROM pages_version WHERE pages_version.page_id = OLD.page_id)"}


def trigger_name(model: str, verb: str) -> str:
    """Return the name of the trigger that forbids a verb on a table."""
    return f"pages_{model}_no_{verb}"


def _sqlite_statements(model: str, verb: str) -> list[str]:
    name = trigger_name(model, verb)
    when = f"WHEN {DELETE_CONDITIONS[model]}" if verb == "delete" and model in DELETE_CONDITIONS else ""
    message = f"pages_{model} is insert-only: {verb} refused"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON pages_{model} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
    ]


def _postgresql_statements(model: str, verb: str) -> list[str]:
    name = trigger_name(model, verb)
    message = f"pages_{model} is insert-only: {verb} refused"
    refusal = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    if verb == "delete" and model in DELETE_CONDITIONS:
        refusal = f"IF {DELETE_CONDITIONS[model]} THEN {refusal} END IF; RETURN OLD;"
    row = "FOR EACH STATEMENT" if verb == "truncate" else "FOR EACH ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refusal} END $$",
        f"DROP TRIGGER IF EXISTS {name} ON pages_{model}",
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON pages_{model} {row} EXECUTE FUNCTION {name}()",
    ]


def guarded_operations(vendor: str) -> tuple[str, ...]:
    """Return the verbs that a database needs a guard against; PostgreSQL's TRUNCATE passes by row triggers."""
    return (*OPERATIONS, "truncate") if vendor == "postgresql" else OPERATIONS


@receiver(post_migrate)
def create_triggers_after_migrate(sender, using, **kwargs) -> None:
    """Make the triggers again once the tables of this app stand."""
    if sender.name == "pages":
        create_triggers(using)


def create_triggers(using: str) -> None:
    """Make the triggers anew on a database whose tables exist."""
    connection = connections[using]
    statements = {"sqlite": _sqlite_statements, "postgresql": _postgresql_statements}[connection.vendor]
    with connection.cursor() as cursor:
        for model in INSERT_ONLY:
            for verb in guarded_operations(connection.vendor):
                for statement in statements(model, verb):
                    cursor.execute(statement)


def drop_trigger_statements(using: str) -> list[str]:
    """Return the statements that drop the triggers; only the tests' flush of a whole database needs them."""
    connection = connections[using]
    suffix = " ON pages_{model}" if connection.vendor == "postgresql" else ""
    return [
        f"DROP TRIGGER IF EXISTS {trigger_name(model, verb)}{suffix.format(model=model)}"
        for model in INSERT_ONLY
        for verb in guarded_operations(connection.vendor)
    ]


def missing_triggers(using: str) -> list[str]:
    """Return the names of triggers that do not stand, though their table does."""
    connection = connections[using]
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(query)
        standing = {name for (name,) in cursor.fetchall()}
    wanted = [
        (model, trigger_name(model, verb)) for model in INSERT_ONLY for verb in guarded_operations(connection.vendor)
    ]
    return [name for model, name in wanted if f"pages_{model}" in tables and name not in standing]


@register(Tags.database)
def check_triggers(app_configs=None, databases=None, **kwargs):
    """Report a database in which history could be rewritten."""
    return [
        Error(
            f"The trigger {name} is missing: rows of history could be changed.",
            hint="Run `python manage.py migrate`, which makes it again.",
            id="pages.E001",
        )
        for using in databases or []
        for name in missing_triggers(using)
    ]
