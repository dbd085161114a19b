"""What every public page depends on at a time, and reading all of a page from one state of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import OperationalError, connection

from pages.models import PublicationRecord, SiteCounter, Version

# Milliseconds that a reader waits for a locked SQLite database. Writers wait as long as the connection's own timeout.
READ_TIMEOUT = 1500
# Seconds after which a connection that is checked is not opened again.
HANGS_AFTER = 0.5


@dataclass(frozen=True, kw_only=True)
class SiteState:
    """The state of the site at a time.

    `changes_at` is the next time at which it changes without a write to the database, and `changed_by_time_at` the last
    one that passed: a version comes into force, or a clock that was ahead stamped a record with it.
    """

    at: datetime
    counter: int = 0
    changed_at: datetime | None = None
    latest_hash: str = ""
    record_count: int = 0
    changed_by_time_at: datetime | None = None
    changes_at: datetime | None = None

    @property
    def key(self) -> tuple[int, datetime | None]:
        """Return a cache key: what is public is the same at all times that have the same key."""
        return self.counter, self.changed_by_time_at

    @property
    def last_changed_at(self) -> datetime | None:
        """Return the later of the last change in the database and the last effective time that passed."""
        return max((time for time in (self.changed_at, self.changed_by_time_at) if time), default=None)


def read_site_state(at: datetime) -> SiteState:
    """Read the state of the site at a time with one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [connection.ops.adapt_datetimefield_value(at)] * 4)
        row = cursor.fetchone()
    if row is None:
        return SiteState(at=at)
    counter, latest_hash, record_count, *times = row
    changed_at, *before_and_after = map(_to_datetime, times)
    before, after = before_and_after[:2], before_and_after[2:]
    return SiteState(
        at=at,
        counter=counter,
        changed_at=changed_at,
        latest_hash=latest_hash,
        record_count=record_count,
        changed_by_time_at=max((time for time in before if time), default=None),
        changes_at=min((time for time in after if time), default=None),
    )


# In SQL, because each request runs it: Django would take ten times as long to write it as the database to answer it.
_TABLES = {
    "versions": Version._meta.db_table,
    "records": PublicationRecord._meta.db_table,
    "counters": SiteCounter._meta.db_table,
}
_STATEMENT = """
    SELECT value, head, last_record, changed_at,
        (SELECT MAX(effective_at) FROM {versions} WHERE effective_at <= %s),
        (SELECT MAX(at) FROM {records} WHERE at <= %s),
        (SELECT MIN(effective_at) FROM {versions} WHERE effective_at > %s),
        (SELECT MIN(at) FROM {records} WHERE at > %s)
    FROM {counters}
""".format_map(_TABLES)
_TIME_COLUMN = Version._meta.get_field("effective_at").cached_col


def _to_datetime(value: Any) -> datetime | None:
    """Convert a time as the database returns it."""
    for convert in connection.ops.get_db_converters(_TIME_COLUMN):
        value = convert(value, _TIME_COLUMN, connection)
    return value


@contextmanager
def read_snapshot() -> Iterator[None]:
    """Let all queries of a block see one state of the database, so that no page is made of two versions.

    The block must only read. It runs in a transaction that Django does not know of: `atomic` would start it with
    BEGIN IMMEDIATE on SQLite, and lock out other writers.
    """
    # A caller's transaction, as in tests, is a snapshot already.
    if connection.in_atomic_block:
        yield
        return
    _connect()
    is_sqlite = connection.vendor == "sqlite"
    timeout = connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000
    if is_sqlite:
        _execute(f"PRAGMA busy_timeout={READ_TIMEOUT}")
    try:
        _execute("BEGIN" if is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            yield
        finally:
            _execute("ROLLBACK")
    finally:
        if is_sqlite:
            _execute(f"PRAGMA busy_timeout={timeout:.0f}")


def _connect() -> None:
    """Open a connection, also if the server has closed the former one. Raise OperationalError if it hangs."""
    started = monotonic()
    # As Django does before the first query of a request.
    connection.close_if_health_check_failed()
    # Another attempt would make the reader wait twice.
    if connection.connection is None and monotonic() - started > HANGS_AFTER:
        raise OperationalError("no answer to a health check")
    connection.ensure_connection()


def _execute(statement: str) -> None:
    # Not through Django's cursor, which would refuse or count it.
    with connection.wrap_database_errors:
        connection.connection.execute(statement)
