"""The backend that `ENGINE` names: Django's own, which never takes a connection to a file for unusable."""

from pathlib import Path

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is opened again after an error, and if another file has taken the place of the database."""

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        # Empty for a database in memory.
        self._path = connection.execute("PRAGMA database_list").fetchone()[2]
        self._opened = _identity(self._path)
        return connection

    def is_usable(self) -> bool:
        return not self.errors_occurred and _identity(self._path) == self._opened


def _identity(path: str) -> tuple[int, int] | None:
    """Return what tells whether a path leads to the same file, None if there is none."""
    try:
        stat = Path(path).stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
