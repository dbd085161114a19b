"""How the server uses the database: it waits for seconds, where a command may wait for minutes, and creates none."""

from typing import Any
from urllib.parse import quote

# In seconds. A publication takes the lock for some hundredths of a second.
LOCK_SECONDS = 5
# No page takes as long. What takes longer holds a thread that others need.
STATEMENT_SECONDS = 10
# A transaction in which nothing happens any more, such as that of a frozen process, does not keep its locks for ever.
IDLE_TRANSACTION_SECONDS = 60
# Of pages of an SQLite database in each thread, whose connection is kept. The system has them in memory too.
CACHED_KILOBYTES = 500


def limit_database(database: dict[str, Any]) -> None:
    """Change an entry of DATABASES for the server, before the first connection."""
    (limit_sqlite if database["ENGINE"].endswith("sqlite3") else limit_postgresql)(database)


def limit_sqlite(database: dict[str, Any]) -> None:
    options = database["OPTIONS"]
    options["timeout"] = LOCK_SECONDS
    options["init_command"] = f"{options.get('init_command', '')} PRAGMA cache_size=-{CACHED_KILOBYTES};"
    # A file that was moved away must not be replaced by an empty database: that would be a new, empty site.
    if not str(database["NAME"]).startswith("file:"):
        database["NAME"] = f"file:{quote(str(database['NAME']))}?mode=rw"


def limit_postgresql(database: dict[str, Any]) -> None:
    database["ENGINE"] = "selfprivacy_site.postgresql"
    limits = {
        "lock_timeout": LOCK_SECONDS,
        "statement_timeout": STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_TRANSACTION_SECONDS,
    }
    options = [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    # What DATABASE_URL sets comes last, and wins.
    database["OPTIONS"]["options"] = " ".join([*options, database["OPTIONS"].get("options", "")]).strip()
