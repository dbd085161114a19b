"""What commands require of the database: all tables, as this version of the site needs them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from pages.models import Page, PublicationRecord


def require_migrated_database() -> None:
    """Raise CommandError, with the command to run, if tables are missing or belong to an older version."""
    if not is_migrated():
        if is_empty():
            raise CommandError(_("The database has no tables yet. Run: manage.py migrate"), returncode=2)
        problem = _(
            "The database belongs to an older version of the site, or creating it was interrupted. "
            "Run: manage.py migrate"
        )
        raise CommandError(problem, returncode=2)


@contextmanager
def migrated_database(*, creates_tables: bool) -> Iterator[None]:
    """Require all tables while the block runs, or create them in an empty database.

    A file that was created for nothing, because the block wrote nothing, is removed. Raises CommandError, also for a
    database of an older version, which may have no backup.
    """
    if creates_tables:
        # As `serve`: the file that the first connection creates is for its owner only.
        os.umask(0o077)
    is_created = creates_tables and is_empty()
    if is_created:
        call_command("migrate", verbosity=0, interactive=False)
    require_migrated_database()
    try:
        yield
    finally:
        if is_created and connection.vendor == "sqlite" and not is_used():
            remove_file()


def is_used() -> bool:
    """Tell whether there is a record of the publication log, a page or a user."""
    return any(model.objects.exists() for model in (PublicationRecord, Page, get_user_model()))


def remove_file() -> None:
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)


def is_empty() -> bool:
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
