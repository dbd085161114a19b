"""The open PostgreSQL connections of this process, so that one thread can end what the others wait for."""

import os
import socket
from contextlib import suppress
from threading import Lock
from weakref import WeakSet

from django.db.backends.signals import connection_created
from django.dispatch import receiver

_connections: WeakSet = WeakSet()
_lock = Lock()


@receiver(connection_created)
def remember_connection(connection, **_kwargs) -> None:
    if connection.vendor == "postgresql":
        with _lock:
            _connections.add(connection.connection)


def abort_connections() -> None:
    """Shut down the sockets of all connections: every query that waits for a server ends with an error.

    A server that is frozen, or cut off, keeps a query waiting despite its own `statement_timeout`.
    """
    with _lock:
        connections = list(_connections)
    for connection in connections:
        # One that is closed has no socket.
        with suppress(OSError, ValueError, TypeError):
            _shut_down(connection)


def _shut_down(connection) -> None:
    if connection.closed:
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)
