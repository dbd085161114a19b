"""What the application answers to an address, and whether it is the same for all readers, so that it can be stored."""

import io
import math
from collections.abc import Callable
from time import time
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from selfprivacy_site.wsgi_middleware.cached_answers import Answer, Headers, cache_control
from selfprivacy_site.wsgi_middleware.public_state import STATE_HEADER, PublicState

# Statuses of complete answers that depend on the address and the state of the site only.
STORED_STATUSES = ("200", "301", "404", "410")
REPLACED_HEADERS = frozenset({"etag", "vary", "content-length", "cache-control", STATE_HEADER.lower()})
# An answer without Last-Modified was made within a second of a change. It is made again after this many seconds.
PROVISIONAL_SECONDS = 1.0


class Made:
    """What the application made of an address. `answer` and `state` are None if it must not be stored."""

    def __init__(self, status: str, headers: Headers, body: bytes) -> None:
        values = {name.lower(): value for name, value in headers}
        self.status, self.body = status, body
        self.headers = without_state(headers)
        label, own = values.get(STATE_HEADER.lower()), values.get("cache-control", "no-cache")
        self.state = PublicState.parse(label) if label else None
        # A page that sets a cookie, or varies with anything but the content coding, is not the same for all readers.
        is_same_for_all = "set-cookie" not in values and values.get("vary", "Accept-Encoding") == "Accept-Encoding"
        self.answer = None
        if self.state and is_same_for_all and status.startswith(STORED_STATUSES):
            is_bounded = own == "no-cache"
            is_provisional = is_bounded and status.startswith("200") and "last-modified" not in values
            kept = [pair for pair in headers if pair[0].lower() not in REPLACED_HEADERS]
            self.answer = Answer(
                status,
                [("Cache-Control", cache_control(math.inf) if is_bounded else own), *kept],
                body,
                expires=min(time() + PROVISIONAL_SECONDS if is_provisional else math.inf, self.state.until),
                is_bounded=is_bounded,
            )


def without_state(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name.lower() != STATE_HEADER.lower()]


def hiding_state(start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: Headers, *exc_info: Any) -> Any:
        return start_response(status, without_state(headers), *exc_info)

    return start


def ask(application: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, Headers, bytes]:
    """Return the complete response of an application: status, headers and body."""
    started: list[tuple[str, Headers]] = []
    body = io.BytesIO()

    def start_response(status: str, headers: Headers, _exc_info: object = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return body.write

    parts = application(environ, start_response)
    try:
        body.writelines(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = started[-1]
    return status, headers, body.getvalue()
