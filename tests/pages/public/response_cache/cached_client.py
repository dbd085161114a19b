"""A client that reads through the response cache, as a server does, after the cache has seen the present state."""

from contextlib import contextmanager
from io import BytesIO

import brotli
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from pages.presentation.site_state import read_site_state
from pages.public.public_view import public_state
from pages.public.response_cache.known_addresses import KnownAddresses
from selfprivacy_site.wsgi_middleware.application_answers import ask
from selfprivacy_site.wsgi_middleware.response_cache import ResponseCache


@contextmanager
def open_connections():
    """Keep the connection of the test open, as Django's own test client does: a request would close it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


class ImmediateWatch:
    """Reads the state when it is asked to, in the transaction of the test."""

    is_hanging = False

    def __init__(self):
        self.signal = memoryview(bytearray(8))
        self.cache = None

    def look(self, timeout):
        self.cache.use(public_state(read_site_state(timezone.now())), bytes(self.signal))
        return True

    def start(self):
        self.is_started = True

    def announce(self, counter):
        self.signal[:] = counter.to_bytes(8, "little")


class CachedClient(Client):
    """Asks for everything again and compressed: if there is an answer in memory, it must be the same."""

    def __init__(self, **defaults):
        # The response cache answers only for the host of the site; Django's client sends none.
        super().__init__(HTTP_HOST="testserver", **defaults)
        self.application, self.made = WSGIHandler(), 0
        watch = ImmediateWatch()
        self.cache = watch.cache = ResponseCache(
            self._count_and_answer,
            watch,
            origin="http://testserver",
            scheme_key="wsgi.url_scheme",
            is_allowed_host=lambda host: host == "testserver",
            language_of_unknown=KnownAddresses().language_of_unknown,
            max_bytes=10_000_000,
        )

    def _count_and_answer(self, environ, start_response):
        self.made += 1
        return self.application(environ, start_response)

    def request(self, **request):
        self.cache.watch.look(0)
        before = self.made
        with open_connections():
            first, second = self._ask(request), self._ask(request)
            compressed = self._ask({**request, "HTTP_ACCEPT_ENCODING": "br"})
        is_kept = first.status_code == 410 or (first.status_code == 200 and "Last-Modified" in first.headers)
        assert not is_kept or self.made - before == 1
        assert (second.status_code, second.content) == (first.status_code, first.content)
        different = set(first.headers.items()) ^ set(second.headers.items())
        # An answer that was made within a second of a change has no Last-Modified, and is made again after a second.
        different = {(name, value) for name, value in different if name != "Last-Modified"}
        assert not different, different
        if compressed.headers.get("Content-Encoding") == "br":
            compressed.content = brotli.decompress(compressed.content)
        assert compressed.content == first.content
        return second

    def _ask(self, request):
        environ = self._base_environ(**request)
        status, headers, body = ask(self.cache, {**environ, "wsgi.input": BytesIO()})
        response = HttpResponse(body, status=int(status.partition(" ")[0]), headers=dict(headers))
        # What following a redirect asks for.
        response.url, response.request = response.headers.get("Location", ""), request
        return response
