"""WSGI middleware that receives request bodies with a deadline, and only a few of them at a time.

A server thread that reads a body waits for the client. Without these limits, a few clients that send half a form would
occupy every thread for as long as they like, and nobody could read a page.
"""

import io
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

# Only the admin reads bodies: elsewhere the application sees none.
PATHS = "/admin/"
# A form of 16 MB, or a picture of 10 MB with its form. The body is held in memory.
MAX_LENGTH = 24 * 1024 * 1024
# The deadline: so many seconds, and the time that the body takes at a slow but working connection.
BASE_SECONDS, BYTES_PER_SECOND = 10.0, 64 * 1024
RETRY_SECONDS = 10
# How long a body waits for others to be received first.
WAIT_SECONDS = 2.0
# Long enough for the server to send an answer before it closes the connection, also on a busy machine.
FLUSH_SECONDS = 0.5


class BodyNotReceived(OSError):
    """The body cannot be read. As an OSError, like a broken connection, which frameworks expect from `wsgi.input`."""


@dataclass(frozen=True)
class Refusal:
    """An answer to a request whose body is not received."""

    status: str
    text: str
    retry: bool = False

    def headers(self, length: int) -> list[tuple[str, str]]:
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(length)),
            ("Cache-Control", "no-store"),
        ]
        return [*headers, ("Retry-After", str(RETRY_SECONDS))] if self.retry else headers


NO_LENGTH = Refusal("411 Length Required", "Send the length of the body (Content-Length).\n")
TOO_LARGE = Refusal("413 Content Too Large", "This is more than the site accepts at once, so it was not read.\n")
TOO_MANY = Refusal(
    "503 Service Unavailable",
    "The site is receiving too many forms right now. Wait some seconds, go back and send the form again.\n",
    retry=True,
)
TOO_SLOW = Refusal(
    "408 Request Timeout",
    "The form did not arrive in time, so nothing was saved. Go back and send it again.\n",
)
INCOMPLETE = Refusal("400 Bad Request", "The form did not arrive completely, so nothing was saved.\n")


class Slots:
    """Counts the bodies that are being received: limited in all, and for each client's network.

    A few requests wait for a slot for a short time: a browser can send several forms at once, which arrive at once.
    """

    def __init__(self, total: int, per_client: int, waiting: int) -> None:
        self.total, self.per_client, self.max_waiting = total, per_client, waiting
        self.taken: Counter[str] = Counter()
        self.waiting = 0
        self.changed = Condition()

    def is_free(self, client: str) -> bool:
        return self.taken.total() < self.total and self.taken[client] < self.per_client

    def can_take(self, client: str) -> bool:
        """Tell whether this client can take a slot now, or wait for one."""
        return self.is_free(client) or self.waiting < self.max_waiting

    @contextmanager
    def take(self, client: str) -> Iterator[bool]:
        """Take a slot within the block. The value is False if none became free in time."""
        with self.changed:
            is_free = self.is_free(client) or self.wait(client)
            self.taken[client] += is_free
        try:
            yield is_free
        finally:
            with self.changed:
                self.taken[client] -= is_free
                # Without zeros, the counter stays as small as the number of slots.
                self.taken = +self.taken
                self.changed.notify_all()

    def wait(self, client: str) -> bool:
        if self.waiting >= self.max_waiting:
            return False
        self.waiting += 1
        try:
            return self.changed.wait_for(lambda: self.is_free(client), WAIT_SECONDS)
        finally:
            self.waiting -= 1


class ReceivedBody:
    """The `wsgi.input` of an application: the whole body is received when it is first read.

    `refusal` says why it could not be received; every read then raises BodyNotReceived.
    """

    def __init__(self, stream: InputStream, length: int, take_slot: Callable[[], Any]) -> None:
        self.stream, self.length, self.take_slot = stream, length, take_slot
        self.refusal: Refusal | None = None
        self.received: io.BytesIO | None = None

    def read(self, size: int = -1, /) -> bytes:
        return self.content.read(size)

    def readline(self, size: int = -1, /) -> bytes:
        return self.content.readline(size)

    def readlines(self, hint: int = -1, /) -> list[bytes]:
        return self.content.readlines(hint)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.content)

    @property
    def content(self) -> io.BytesIO:
        # No cached_property: until Python 3.12, one lock for all instances would make each body wait for the others.
        if self.received is None and self.refusal is None:
            with self.take_slot() as is_free:
                self.received = io.BytesIO(self.receive() if is_free else self.refuse(TOO_MANY))
        if self.refusal or self.received is None:
            raise BodyNotReceived(self.refusal)
        return self.received

    def receive(self) -> bytes:
        try:
            data = read_in_thread(self.stream, self.length).result(seconds_for(self.length))
        except TimeoutError:
            return self.refuse(TOO_SLOW)
        except OSError:
            return self.refuse(INCOMPLETE)
        # An application would take a form that was cut off for a complete one.
        return data if len(data) == self.length else self.refuse(INCOMPLETE)

    def refuse(self, refusal: Refusal) -> bytes:
        self.refusal = refusal
        return b""


class RequestBodies:
    """Hands on requests with a body that is received as described above, or answers them itself.

    At most half of the server's threads receive bodies, fewer for one client, and fewer again wait to receive one. The
    others are free for readers.
    """

    def __init__(self, application: WSGIApplication, threads: int) -> None:
        self.application = application
        half = max(1, threads // 2)
        self.slots = Slots(total=half, per_client=max(1, half - 1), waiting=half // 2)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not declares_body(environ):
            return self.application(environ, start_response)
        if not environ.get("PATH_INFO", "").startswith(PATHS):
            return self.application(without_body(environ), start_response)
        if refusal := self.immediate_refusal(environ):
            return answer(refusal, start_response)
        return self.call_with_body(environ, start_response)

    def immediate_refusal(self, environ: WSGIEnvironment) -> Refusal | None:
        length = content_length(environ)
        if length is None:
            return NO_LENGTH
        if length > MAX_LENGTH:
            return TOO_LARGE
        # Asked for again when the body is read. Here it spares the application the work.
        return None if self.slots.can_take(environ.get("REMOTE_ADDR", "")) else TOO_MANY

    def call_with_body(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        client = environ.get("REMOTE_ADDR", "")
        body = ReceivedBody(environ["wsgi.input"], content_length(environ) or 0, lambda: self.slots.take(client))
        started = []

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            if body.refusal is None:
                started.append(status)
                return start_response(status, headers, *exc_info)
            return None

        response = self.application({**environ, "wsgi.input": body}, start)
        if body.refusal is None or started:
            return response
        close(response)
        return (answer_and_close if body.refusal is TOO_SLOW else answer)(body.refusal, start_response)


def declares_body(environ: WSGIEnvironment) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in {"", "0"} or "HTTP_TRANSFER_ENCODING" in environ


def content_length(environ: WSGIEnvironment) -> int | None:
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isascii() and length.isdigit() else None


def without_body(environ: WSGIEnvironment) -> WSGIEnvironment:
    kept = {key: value for key, value in environ.items() if key not in {"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}}
    return {**kept, "wsgi.input": io.BytesIO()}


def seconds_for(length: int) -> float:
    """Return the deadline for a body of this many bytes."""
    return BASE_SECONDS + length / BYTES_PER_SECOND


def read_in_thread(stream: InputStream, length: int) -> Future[bytes]:
    """Start to read a body. Only in a thread of its own can this be given up: servers offer no read with a timeout."""
    future: Future[bytes] = Future()

    def read() -> None:
        try:
            future.set_result(stream.read(length))
        except OSError as error:
            future.set_exception(error)

    Thread(target=read, name="request-body", daemon=True).start()
    return future


def answer(refusal: Refusal, start_response: StartResponse) -> Iterable[bytes]:
    content = refusal.text.encode()
    start_response(refusal.status, refusal.headers(len(content)))
    return [content]


def answer_and_close(refusal: Refusal, start_response: StartResponse) -> Iterable[bytes]:
    """Answer, and make the server close the connection, which also ends the thread that still reads from it.

    A server closes the connection of a response that is shorter than its Content-Length (PEP 3333). Nothing else does:
    as long as somebody reads a body, the server waits for the rest of it.
    """
    content = refusal.text.encode()
    start_response(refusal.status, refusal.headers(len(content) + 1))

    def parts() -> Iterator[bytes]:
        yield content
        time.sleep(FLUSH_SECONDS)

    return parts()


def close(response: Iterable[bytes]) -> None:
    if close_response := getattr(response, "close", None):
        close_response()
