"""Serving a site whose database changes between requests, fast enough for thousands of checks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, close_old_connections, connection

from pages.presentation.sized_cache import SizedCache
from pages.presentation.state_memo import clear_memos

Query = tuple[str, Any]
Rows = list[tuple[Any, ...]] | None


@dataclass
class StoredResponse:
    """A response, and the rows that its queries returned."""

    status: str
    headers: list[tuple[str, str]]
    content: list[bytes]
    queries: list[tuple[Query, Rows]]

    def is_current(self) -> bool:
        return all(_fetch(query) == rows for query, rows in self.queries)


def _fetch(query: Query) -> Rows:
    """Return the rows of a query, None if the database cannot answer it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(*query)
            return cursor.fetchall()
    except (DatabaseError, ValueError):
        return None


@dataclass
class ReplayingApplication:
    """Answers as Django did before if the queries of that response return the same rows as then.

    Building queries takes most of the time of a response, and one change concerns few of them.
    """

    application: Callable[..., Iterable[bytes]]
    stored: dict[str, StoredResponse] = field(default_factory=dict)
    # Store the responses of this time only: the database is intact.
    is_storing: bool = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        stored = self.stored.get(environ["PATH_INFO"])
        if stored is not None and stored.is_current():
            # As Django does after a request.
            close_old_connections()
            start_response(stored.status, stored.headers)
            return stored.content
        forget_reads()
        if self.is_storing:
            return self._store(environ, start_response)
        return self.application(environ, start_response)

    def _store(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        queries: list[Query] = []

        def note(execute, sql, parameters, many, context):
            queries.append((sql, parameters))
            return execute(sql, parameters, many, context)

        def note_start(status: str, headers: list[tuple[str, str]]) -> None:
            started.append((status, headers))
            start_response(status, headers)

        started: list[tuple[str, list[tuple[str, str]]]] = []
        with connection.execute_wrapper(note):
            response = self.application(environ, note_start)
            content = list(response)
        rows = [(query, _fetch(query)) for query in queries]
        response.close()
        self.stored[environ["PATH_INFO"]] = StoredResponse(*started[0], content, rows)
        return content


def forget_reads() -> None:
    """Forget what this process keeps of the database, as a new process has nothing."""
    clear_memos()
    for cache in SizedCache.caches:
        cache.clear()


class QuietHandler(WSGIRequestHandler):
    """Answers without logging each request."""

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[tuple[str, ReplayingApplication]]:
    """Serve the site while the block runs; yield its URL.

    Unlike the servers of a site, this one keeps nothing in memory.
    """
    application = ReplayingApplication(get_wsgi_application())
    with make_server("127.0.0.1", 0, application, handler_class=QuietHandler) as server:
        thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", application
        server.shutdown()
        thread.join()
