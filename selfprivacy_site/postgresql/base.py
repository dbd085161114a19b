"""The backend that `ENGINE` names for the server: Django's own, with a shorter limit for a connection to be opened."""

from concurrent.futures import Future
from threading import Thread

import psycopg
from django.db.backends.postgresql import base

# libpq and psycopg wait two seconds at least: a page can need two connections, and must be answered by then.
CONNECT_SECONDS = 0.75


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is given up if it is not open in time, unless `connect_timeout` is more than two seconds."""

    def get_new_connection(self, conn_params):
        open_connection = super().get_new_connection
        if int(conn_params.get("connect_timeout", 0)) > 2:
            return open_connection(conn_params)
        opened: Future[psycopg.Connection] = Future()
        # Not an executor: its threads would keep a process from ending.
        Thread(target=_resolve, args=(opened, open_connection, conn_params), name="connecting", daemon=True).start()
        try:
            return opened.result(CONNECT_SECONDS)
        except TimeoutError:
            opened.add_done_callback(_close)
            raise psycopg.OperationalError(f"no connection within {CONNECT_SECONDS} seconds") from None


def _resolve(opened, open_connection, conn_params) -> None:
    try:
        opened.set_result(open_connection(conn_params))
    # The thread that waits raises it.
    except Exception as error:
        opened.set_exception(error)


def _close(opened: "Future[psycopg.Connection]") -> None:
    if opened.exception() is None:
        opened.result().close()
