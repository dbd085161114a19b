"""The answers of the application at one time, as a static copy holds them."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.types import WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from pages.presentation.site_state import SiteState, read_site_state, read_snapshot
from pages.public.public_view import KNOWN_STATE, public_state
from pages.public.responses import IS_BAKED
from selfprivacy_site.wsgi_middleware.cached_answers import REPR_DIGEST
from selfprivacy_site.wsgi_middleware.public_state import READ_AT, STATE_HEADER, PublicState
from selfprivacy_site.wsgi_middleware.response_cache import ask
from selfprivacy_site.wsgi_middleware.security_headers import SecurityHeaders

# Statuses of answers that a copy can hold. Any other one is an error of the application.
EXPECTED = frozenset({200, 301, 302, 404, 410})
# What the web server says itself of a file, and what the answer has a place of its own for.
LEFT_OUT = frozenset({"etag", "last-modified", "content-length", "vary", "location", "link", STATE_HEADER.lower()})
# Each content coding has another digest, and a web server adds the same headers to all of them.
LEFT_OUT |= {REPR_DIGEST.lower()}


class StateChanged(Exception):
    """The site changed while the copy was made."""


class UnexpectedAnswer(Exception):
    """The application did not answer with a page."""


@dataclass(frozen=True, kw_only=True)
class BakedAnswer:
    """An answer of the application; `headers` are those that a web server has to add to the file, sorted."""

    status: int
    headers: tuple[tuple[str, str], ...]
    location: str
    link: str
    body: bytes

    @property
    def content_type(self) -> str:
        return dict(self.headers).get("Content-Type", "")


class SiteApplication:
    """The application at the time of a state of the site."""

    def __init__(self, state: SiteState):
        self._application = load_application()
        self._state = public_state(state)
        origin = urlsplit(settings.SITE_URL)
        self._environ: WSGIEnvironment = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": origin.hostname,
            "SERVER_PORT": str(origin.port or (443 if origin.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": origin.netloc,
            # What a proxy would say; without one, Django asks for the scheme.
            "HTTP_X_FORWARDED_PROTO": origin.scheme,
            "wsgi.url_scheme": origin.scheme,
            "wsgi.errors": sys.stderr,
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            READ_AT: state.at.isoformat(),
            IS_BAKED: True,
        }
        self._at = state.at

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all answers of a block come from one snapshot of the database. Raises StateChanged."""
        with read_snapshot():
            state = read_site_state(self._at)
            if public_state(state) != self._state:
                raise StateChanged
            self._environ[KNOWN_STATE] = state
            try:
                yield
            finally:
                del self._environ[KNOWN_STATE]

    def answer(self, address: str) -> BakedAnswer:
        """Return the answer to a request for an address. Raises StateChanged, UnexpectedAnswer."""
        # WSGI holds the bytes of a path as Latin-1 (PEP 3333).
        path = unquote_to_bytes(address).decode("latin-1")
        environ = {**self._environ, "PATH_INFO": path, "wsgi.input": io.BytesIO()}
        status, headers, body = ask(self._application, environ)
        code, by_name = int(status[:3]), {name.lower(): value for name, value in headers}
        if code not in EXPECTED:
            raise UnexpectedAnswer(f"{address} answers {status}.")
        label = by_name.get(STATE_HEADER.lower())
        if label and PublicState.parse(label) != self._state:
            raise StateChanged
        return BakedAnswer(
            status=code,
            headers=tuple(sorted(pair for pair in headers if pair[0].lower() not in LEFT_OUT)),
            location=by_name.get("location", ""),
            link=by_name.get("link", ""),
            body=body,
        )


@contextmanager
def connection_kept() -> Iterator[None]:
    """Keep the connection to the database between answers, also within a caller's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@lru_cache(maxsize=1)
def load_application() -> WSGIApplication:
    """Return the application without its response cache and its limits for clients."""
    return SecurityHeaders(get_wsgi_application(), settings.HTTPS)
