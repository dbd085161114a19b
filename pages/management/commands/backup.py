"""`backup`: write a checked copy of the SQLite database while the site runs."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = "Write a copy of the SQLite database to a file, also while the site runs and somebody publishes."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="where to write the copy; an older copy is replaced")

    def handle(self, *, file, **options):
        if connection.vendor != "sqlite":
            raise CommandError("The database is PostgreSQL: back it up with pg_dump.")
        source = Path(connection.settings_dict["NAME"])
        # A connection would create it.
        if not source.is_file():
            raise CommandError(f"There is no database at {source}.")
        try:
            size = write_backup(source, file.resolve())
        except (OSError, sqlite3.Error) as error:
            raise CommandError(f"No backup was written to {file}: {error}.") from error
        self.stdout.write(f"{file}: {size} bytes, checked.")


def write_backup(source: Path, file: Path) -> int:
    """Write the copy next to the file, check it, and only then give it its name. Return its size in bytes."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    copy = Path(name)
    try:
        copy_database(source, copy)
        # After a power cut, the name must not belong to a file of which parts are missing.
        os.fsync(descriptor)
        copy.replace(file)
    finally:
        os.close(descriptor)
        copy.unlink(missing_ok=True)
    return file.stat().st_size


def copy_database(source: Path, copy: Path) -> None:
    with closing(sqlite3.connect(source, timeout=60)) as database, closing(sqlite3.connect(copy)) as target:
        # All pages in one step, so that the copy is one state of the database. Writers do not wait for it (WAL).
        database.backup(target)
        # A single file, without a write-ahead log next to it.
        target.execute("PRAGMA journal_mode=DELETE")
        problem = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged ({problem})")
