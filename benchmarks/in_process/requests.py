"""Requests to Django without a server and without the response cache."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.in_process.writing import create, make_body, publish_texts
from pages.models import Page
from pages.text.fields import Fields

application = get_wsgi_application()


@dataclass(frozen=True)
class Measured:
    """A response, what it cost in processor time, and its SQL."""

    content: bytes
    milliseconds: float
    queries: tuple[str, ...]


def request(path: str, *, capture: bool = False) -> Measured:
    """Request a path. Raises ValueError unless the response is 200."""
    environ = {"PATH_INFO": path, "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}
    setup_testing_defaults(environ)
    statuses: list[str] = []
    with CaptureQueriesContext(connection) if capture else _Nothing() as captured:
        started = time.process_time()
        response = application(environ, lambda status, _headers: statuses.append(status))
        content = b"".join(response)
        response.close()
        milliseconds = (time.process_time() - started) * 1000
    if not statuses[0].startswith("200"):
        raise ValueError(f"{path} answered {statuses[0]}")
    return Measured(content, milliseconds, tuple(query["sql"] for query in captured))


class _Nothing(list):
    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def change_site() -> None:
    """Publish a minor version of another page: what is kept for a state of the site is read again."""
    page = Page.objects.filter(path="changing").first() or create("changing")
    body = make_body("en", page.versions.count(), 200)
    publish_texts(page, {"en": Fields("Changing", body=body)}, significance="minor")


def median_milliseconds(call: Callable[[], object], calls: int) -> float:
    """Return the median processor time of a call. Unlike wall-clock time, it excludes other processes."""
    call()
    seconds = []
    for _call in range(calls):
        started = time.process_time()
        call()
        seconds.append(time.process_time() - started)
    return statistics.median(seconds) * 1000


def median_request(path: str, calls: int, before: Callable[[], object] = lambda: None) -> dict[str, float]:
    """Return the median milliseconds of a request, with `before` called before each, and its number of queries."""
    request(path)
    before()
    queries = len(request(path, capture=True).queries)
    milliseconds = []
    for _call in range(calls):
        before()
        milliseconds.append(request(path).milliseconds)
    return {"milliseconds": statistics.median(milliseconds), "queries": queries}
