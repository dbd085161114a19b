"""Space in the files of a database that holds bytes of deleted or changed rows until it is used again."""

import logging

from django.db import DatabaseError, connection

# Seconds.
WAIT = 3

logger = logging.getLogger(__name__)


def zero_freed_space() -> None:
    """Let SQLite overwrite with zeros what this connection frees from now on. Not every build of it does."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def rewrite_database() -> bool:
    """Write the database anew without freed space, also without what was freed before; return whether that was done.

    Not for PostgreSQL, where it would stop readers, nor within a transaction, nor while somebody else writes or reads
    for longer than WAIT.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        (timeout,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {WAIT * 1000}")
        try:
            cursor.execute("VACUUM")
            # The write-ahead log has the pages from before.
            is_busy, _pages, _written = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except DatabaseError:
            logger.exception("The database could not be written anew")
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {timeout}")
    return not is_busy
