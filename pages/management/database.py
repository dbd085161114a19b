"""What commands require of the database: all tables, as this version of the site needs them."""

import os

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def require_migrated_database() -> None:
    """Raise CommandError, with the command to run, if tables are missing or belong to an older version."""
    if not is_migrated():
        is_older = "belongs to an older version of the site, or creating it was interrupted"
        problem = "has no tables yet" if is_empty() else is_older
        raise CommandError(f"The database {problem}. Run: manage.py migrate", returncode=2)


def prepare_empty_database() -> None:
    """Create all tables in an empty database. Raise CommandError for one of an older version: it may have no backup."""
    # As `serve`: the file that the first connection creates is for its owner only.
    os.umask(0o077)
    if is_empty():
        call_command("migrate", verbosity=0, interactive=False)
    require_migrated_database()


def is_empty() -> bool:
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
