"""A body is received completely and in time, by few threads, or its request is refused."""

import io
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event, Thread
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from selfprivacy_site.wsgi_middleware import request_bodies
from selfprivacy_site.wsgi_middleware.request_bodies import RequestBodies, seconds_for

THREADS = 8


class WaitingStream:
    """The body of a client that sends nothing until it is told to, or until it hangs up."""

    def __init__(self, content=b""):
        self.content, self.is_read, self.can_go_on = content, Event(), Event()

    def read(self, size=-1):
        self.is_read.set()
        self.can_go_on.wait()
        return self.content


class SlowStream:
    """A body that takes a moment to arrive."""

    def read(self, size=-1):
        time.sleep(0.05)
        return b"slow"


class Response:
    def __init__(self, application, **environ):
        setup_testing_defaults(environ)
        parts = application(environ, self.start)
        self.content = b"".join(parts)

    def start(self, status, headers, exc_info=None):
        self.status, self.headers = status, dict(headers)


def reading_application(environ, start_response):
    """Read the body in the ways that frameworks read it, and answer with what it was."""
    stream = environ["wsgi.input"]
    try:
        content = stream.readline() + stream.read(2) + b"".join(stream)
    except OSError:
        # As Django does: it answers 403, because it finds no token.
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"forbidden"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [content]


def post(application, content=b"", *, path="/admin/login/", client="192.0.2.0", **environ):
    given = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "REMOTE_ADDR": client,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
    }
    return Response(application, **given | environ)


@pytest.fixture
def site():
    return RequestBodies(reading_application, THREADS)


@pytest.fixture
def short_wait(monkeypatch):
    monkeypatch.setattr(request_bodies, "WAIT_SECONDS", 0.1)


@pytest.fixture
def long_wait(monkeypatch):
    """Wait for a slot for longer than a busy machine can need."""
    monkeypatch.setattr(request_bodies, "WAIT_SECONDS", 60)


@pytest.fixture
def short_deadline(monkeypatch):
    monkeypatch.setattr(request_bodies, "BASE_SECONDS", 0.05)


@pytest.fixture
def hold_slots(site):
    """Return a function that starts requests which wait for their client, and waits until they hold their slots."""
    streams, threads = [], []

    def hold(number, client="192.0.2.0"):
        for _ in range(number):
            streams.append(WaitingStream(b"sent"))
            environ = {"CONTENT_LENGTH": "4", "wsgi.input": streams[-1]}
            threads.append(Thread(target=post, args=[site], kwargs={"client": client, **environ}))
            threads[-1].start()
            assert streams[-1].is_read.wait(30)

    def release():
        for stream in streams:
            stream.can_go_on.set()
        for thread in threads:
            thread.join(30)

    hold.release = release
    yield hold
    release()


def test_application_reads_the_whole_body(site):
    content = b"one\ntwo\nthree\n" * 1000
    response = post(site, content)
    assert (response.status, response.content) == ("200 OK", content)


def test_body_is_not_received_before_the_application_reads_it():
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"unread"]

    stream = WaitingStream()
    response = post(RequestBodies(application, THREADS), CONTENT_LENGTH="4", **{"wsgi.input": stream})
    assert response.content == b"unread"
    assert not stream.is_read.is_set()


def test_request_without_a_body_is_not_touched():
    received = []
    RequestBodies(lambda environ, start_response: received.append(environ), THREADS)(environ := {}, None)
    assert received[0] is environ


def test_body_outside_the_admin_is_not_read(site):
    stream = WaitingStream()
    response = post(site, path="/privacy-policy/", CONTENT_LENGTH="4", **{"wsgi.input": stream})
    assert (response.status, response.content) == ("200 OK", b"")
    response = post(site, path="/", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": stream})
    assert (response.status, response.content) == ("200 OK", b"")
    assert not stream.is_read.is_set()


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, "411 Length Required"),
        ({"CONTENT_LENGTH": "many"}, "411 Length Required"),
        ({"CONTENT_LENGTH": "-1"}, "411 Length Required"),
        ({"CONTENT_LENGTH": str(request_bodies.MAX_LENGTH + 1)}, "413 Content Too Large"),
    ],
)
def test_body_without_a_length_or_too_large_is_refused_unread(site, environ, status):
    stream = WaitingStream()
    response = post(site, **environ, **{"wsgi.input": stream})
    assert response.status == status
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert not stream.is_read.is_set()


def test_body_that_does_not_arrive_in_time_is_given_up_and_the_connection_closed(site, monkeypatch):
    stream = WaitingStream()
    with monkeypatch.context() as patch:
        patch.setattr(request_bodies, "BASE_SECONDS", 0.05)
        response = post(site, CONTENT_LENGTH="1000", **{"wsgi.input": stream})
    assert response.status == "408 Request Timeout"
    assert response.headers["Cache-Control"] == "no-store"
    # A response that is shorter than it says makes the server close the connection (PEP 3333).
    assert int(response.headers["Content-Length"]) == len(response.content) + 1
    stream.can_go_on.set()
    assert post(site, b"next").content == b"next"


def test_time_for_a_body_grows_with_its_length():
    assert seconds_for(1000) < 10.1
    assert 250 < seconds_for(16 * 1024 * 1024) < 300


def test_body_that_was_cut_off_is_refused(site):
    response = post(site, b"title_en=Privacy", CONTENT_LENGTH="1000")
    assert response.status == "400 Bad Request"


def test_broken_connection_is_refused(site):
    class Broken:
        def read(self, size=-1):
            raise ConnectionResetError

    assert post(site, CONTENT_LENGTH="4", **{"wsgi.input": Broken()}).status == "400 Bad Request"


def test_one_client_leaves_one_slot_to_others(site, hold_slots, short_wait):
    hold_slots(THREADS // 2 - 1)
    response = post(site, b"late")
    assert (response.status, response.headers.get("Retry-After")) == ("503 Service Unavailable", "10")
    assert post(site, b"other", client="198.51.100.0").content == b"other"
    hold_slots.release()
    assert post(site, b"again").content == b"again"


def test_all_clients_together_can_hold_half_of_the_threads(site, hold_slots, short_wait):
    for number in range(THREADS // 2):
        hold_slots(1, client=f"192.0.{number}.0")
    assert post(site, b"late", client="198.51.100.0").status == "503 Service Unavailable"
    hold_slots.release()
    assert post(site, b"again", client="198.51.100.0").content == b"again"


def test_forms_that_one_browser_sends_at_once_wait_for_each_other(site, long_wait):
    # A browser opens six connections, which reach several processes.
    with ThreadPoolExecutor(5) as threads:
        started = [threads.submit(post, site, CONTENT_LENGTH="4", **{"wsgi.input": SlowStream()}) for _ in range(5)]
        assert [future.result().status for future in started] == ["200 OK"] * 5


def test_few_threads_wait_for_a_slot(site, hold_slots, long_wait):
    for number in range(THREADS // 2):
        hold_slots(1, client=f"192.0.{number}.0")
    with ThreadPoolExecutor(THREADS) as threads:
        late = [threads.submit(post, site, b"late", client="198.51.100.0") for _ in range(THREADS)]
        # Those for which there is no room to wait are refused at once; the others are received in the end.
        first = [future.result().status for future in islice(as_completed(late, timeout=30), 6)]
        assert first == ["503 Service Unavailable"] * 6
        hold_slots.release()
        assert sorted(future.result().status for future in late) == ["200 OK"] * 2 + ["503 Service Unavailable"] * 6


def test_slot_taken_in_between_is_refused_when_the_body_is_read(site, hold_slots, short_wait):
    def application(environ, start_response):
        hold_slots(THREADS // 2 - 1)
        return reading_application(environ, start_response)

    outer = RequestBodies(application, THREADS)
    outer.slots = site.slots
    assert post(outer, b"late").status == "503 Service Unavailable"


def test_response_of_the_application_is_closed_if_it_is_replaced(short_deadline):
    class Closable(list):
        is_closed = False

        def close(self):
            self.is_closed = True

    parts = Closable([b"forbidden"])

    def application(environ, start_response):
        reading_application(environ, start_response)
        return parts

    response = post(RequestBodies(application, THREADS), CONTENT_LENGTH="9", **{"wsgi.input": WaitingStream()})
    assert response.status == "408 Request Timeout"
    assert parts.is_closed


def test_middleware_conforms_to_wsgi():
    def application(environ, start_response):
        content = environ["wsgi.input"].read(4)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [content]

    wrapped = validator(RequestBodies(validator(application), THREADS))
    environ = {"QUERY_STRING": "", "REMOTE_ADDR": "", "wsgi.errors": io.StringIO()}
    response = ValidatedResponse(wrapped, environ)
    assert response.content == b"sent"


class ValidatedResponse(Response):
    def __init__(self, application, environ):
        environ |= {"REQUEST_METHOD": "POST", "PATH_INFO": "/admin/", "SCRIPT_NAME": "", "CONTENT_LENGTH": "4"}
        environ["wsgi.input"] = io.BytesIO(b"sent")
        setup_testing_defaults(environ)
        parts = application(environ, self.start)
        self.content = b"".join(parts)
        parts.close()

    def start(self, status, headers, exc_info=None):
        super().start(status, headers)
        return lambda data: None
