"""Triggers that keep history insert-only, and the system check that they exist.

They are created after every migrate, because SQLite silently drops a table's triggers when a migration rebuilds it.
"""

from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from pages.text.fields import FRONT_MATTER_KEYS

INSERT_ONLY = (
    *("blob", "revision", "version", "versiontext", "publicationrecord", "picture", "importedcommit"),
    *("importrun", "importline", "handover"),
)
OPERATIONS = ("update", "delete")

_KEPT = ("id", "page_id", "language", "digest", "file_name", "author", "created_at", "is_draft_head")

_KEPT_OF_HANDOVER = ("id", "revision_id", "kind", "source_digest", "by", "at", "message_digest")
_FORGETS_ACCOUNT = (
    "(OLD.person_id IS NOT NULL AND NEW.person_id IS NULL AND NEW.message = OLD.message AND NEW.salt = OLD.salt)"
)
_ERASES_MESSAGE = (
    "(OLD.message <> '' AND NEW.message = '' AND LENGTH(NEW.salt) = 0 AND OLD.message_digest <> ''"
    " AND COALESCE(NEW.person_id, 0) = COALESCE(OLD.person_id, 0)"
    " AND EXISTS (SELECT 1 FROM pages_publicationrecord"
    " WHERE kind = 'redact' AND canonical LIKE '%' || OLD.message_digest || '%'))"
)

_IS_IN_ENDED_RUN = "EXISTS (SELECT 1 FROM pages_importrun WHERE id = OLD.run_id AND ended_at IS NOT NULL)"

# Rows can be deleted while a sample is removed, and never from another site: `pages.publishing.sample.starting_over`
# sets the counter back first. Nobody can change what the first record says.
_IS_STARTING_OVER = (
    "EXISTS (SELECT 1 FROM pages_sitecounter WHERE last_record = 0)"
    " AND EXISTS (SELECT 1 FROM pages_publicationrecord"
    " WHERE number = 1 AND kind = 'start' AND canonical LIKE '%\"sample\":true%')"
)

# An operation with a condition is refused only if that is true.
CONDITIONS = {
    # Texts that nothing refers to can be deleted, but no note, reason or name.
    ("blob", "delete"): "OLD.content IS NULL OR LENGTH(OLD.salt) > 0"
    " OR EXISTS (SELECT 1 FROM pages_revision WHERE pages_revision.digest = OLD.digest)"
    " OR EXISTS (SELECT 1 FROM pages_picture WHERE pages_picture.digest = OLD.digest)",
    # Only what a record names as redacted can be erased.
    ("blob", "update"): "NEW.digest <> OLD.digest OR NEW.content IS NOT NULL OR LENGTH(NEW.salt) > 0"
    " OR NOT EXISTS (SELECT 1 FROM pages_publicationrecord"
    " WHERE kind = 'redact' AND canonical LIKE '%' || OLD.digest || '%')",
    # The fields of a text can be erased after the text itself.
    ("revision", "update"): " OR ".join(
        [
            "EXISTS (SELECT 1 FROM pages_blob WHERE pages_blob.digest = OLD.digest AND content IS NOT NULL)",
            *(f"NEW.{column} <> OLD.{column}" for column in _KEPT),
            *(f"NEW.{column} <> ''" for column in FRONT_MATTER_KEYS),
            "LENGTH(NEW.salt) > 0",
        ]
    ),
    # Revisions of a page that was never published can be deleted with the page.
    ("revision", "delete"): "EXISTS (SELECT 1 FROM pages_version WHERE pages_version.page_id = OLD.page_id)",
    # The account can be forgotten, and a message erased that a record names as redacted.
    ("handover", "update"): f"NOT ({_FORGETS_ACCOUNT} OR {_ERASES_MESSAGE}) OR "
    + " OR ".join(f'NEW."{column}" <> OLD."{column}"' for column in _KEPT_OF_HANDOVER),
    # And with it what was said about them.
    ("handover", "delete"): "EXISTS (SELECT 1 FROM pages_version JOIN pages_revision"
    " ON pages_revision.page_id = pages_version.page_id WHERE pages_revision.id = OLD.revision_id)",
    # A report grows until its import ends.
    **{("importrun", operation): "OLD.ended_at IS NOT NULL" for operation in OPERATIONS},
    **{("importline", operation): _IS_IN_ENDED_RUN for operation in OPERATIONS},
}


def trigger_name(model: str, operation: str) -> str:
    """Return the name of the trigger that forbids an operation on a table."""
    return f"pages_{model}_no_{operation}"


def _condition(model: str, operation: str) -> str:
    """Return the SQL condition under which an operation is refused; "" if it always is."""
    condition = CONDITIONS.get((model, operation), "")
    if operation != "delete":
        return condition
    return " AND ".join([*([f"({condition})"] if condition else []), f"NOT ({_IS_STARTING_OVER})"])


def _sqlite_statements(model: str, operation: str) -> list[str]:
    name = trigger_name(model, operation)
    when = f"WHEN {condition}" if (condition := _condition(model, operation)) else ""
    message = f"pages_{model} is insert-only: {operation} refused"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {operation.upper()} ON pages_{model} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
    ]


def _postgresql_statements(model: str, operation: str) -> list[str]:
    name = trigger_name(model, operation)
    message = f"pages_{model} is insert-only: {operation} refused"
    refusal = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    if condition := _condition(model, operation):
        refusal = f"IF {condition} THEN {refusal} END IF; RETURN {'NEW' if operation == 'update' else 'OLD'};"
    row = "FOR EACH STATEMENT" if operation == "truncate" else "FOR EACH ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refusal} END $$",
        f"DROP TRIGGER IF EXISTS {name} ON pages_{model}",
        f"CREATE TRIGGER {name} BEFORE {operation.upper()} ON pages_{model} {row} EXECUTE FUNCTION {name}()",
    ]


def guarded_operations(vendor: str) -> tuple[str, ...]:
    """Return the operations that need a trigger; row triggers do not fire for PostgreSQL's TRUNCATE."""
    return (*OPERATIONS, "truncate") if vendor == "postgresql" else OPERATIONS


@receiver(post_migrate)
def create_triggers_after_migrate(sender, using, **kwargs) -> None:
    if sender.name == "pages":
        create_triggers(using)


def create_triggers(using: str) -> None:
    """Create or replace the triggers of a database that has all tables."""
    connection = connections[using]
    statements = {"sqlite": _sqlite_statements, "postgresql": _postgresql_statements}[connection.vendor]
    with connection.cursor() as cursor:
        for model in INSERT_ONLY:
            for operation in guarded_operations(connection.vendor):
                for statement in statements(model, operation):
                    cursor.execute(statement)


def drop_trigger_statements(using: str) -> list[str]:
    """Return the statements that drop the triggers; only tests, which flush the database, need them."""
    connection = connections[using]
    suffix = " ON pages_{model}" if connection.vendor == "postgresql" else ""
    return [
        f"DROP TRIGGER IF EXISTS {trigger_name(model, operation)}{suffix.format(model=model)}"
        for model in INSERT_ONLY
        for operation in guarded_operations(connection.vendor)
    ]


def missing_triggers(using: str) -> list[str]:
    """Return the names of the triggers that are missing from existing tables."""
    connection = connections[using]
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        # A disabled trigger counts as missing.
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(query)
        existing = {name for (name,) in cursor.fetchall()}
    required = [
        (model, trigger_name(model, operation))
        for model in INSERT_ONLY
        for operation in guarded_operations(connection.vendor)
    ]
    return [name for model, name in required if f"pages_{model}" in tables and name not in existing]


@register(Tags.database)
def check_triggers(app_configs=None, databases=None, **kwargs):
    """Report missing triggers, without which history could be changed."""
    return [
        Error(
            f"The trigger {name} is missing: rows of history could be changed.",
            hint="Run `python manage.py migrate`, which creates it again.",
            id="pages.E001",
        )
        for using in databases or []
        for name in missing_triggers(using)
    ]
