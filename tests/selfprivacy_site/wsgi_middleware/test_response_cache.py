"""Tests of the response cache in front of a small application that names its state."""

import gzip
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import brotli
import pytest

from selfprivacy_site.wsgi_middleware import application_answers, cached_answers, response_cache
from selfprivacy_site.wsgi_middleware.application_answers import ask
from selfprivacy_site.wsgi_middleware.cached_answers import MAX_REPLIES, MAX_REQUEST_LENGTH
from selfprivacy_site.wsgi_middleware.public_state import DATABASE_HANGS, READ_AT, STATE_HEADER, PublicState
from selfprivacy_site.wsgi_middleware.response_cache import ResponseCache

HOST = "policies.example.org"
HTML = ("Content-Type", "text/html; charset=utf-8")
MODIFIED = ("Last-Modified", "Fri, 01 Mar 2024 12:00:00 GMT")


class Site:
    """An application whose pages name its counter. It remembers what it was asked."""

    def __init__(self):
        self.state = PublicState(1)
        self.headers = [HTML, MODIFIED]
        self.status = "200 OK"
        self.asked = []
        self.work = lambda: None

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        self.work()
        state = self.state
        if READ_AT in environ:
            state = PublicState(state.counter, since=state.until)
        start_response(self.status, [*self.headers, (STATE_HEADER, str(state))])
        text = f"{environ['PATH_INFO']} {state.counter} {state.since} {environ['QUERY_STRING']} "
        return [text.encode() * 100]

    @property
    def paths(self):
        return [environ["PATH_INFO"] for environ in self.asked]


class SiteWatch:
    """Sees the state of the site when it is asked to look."""

    is_hanging = False

    def __init__(self, site):
        self.site, self.signal, self.cache, self.answers = site, memoryview(bytearray(8)), None, True

    def look(self, _timeout):
        if self.answers:
            self.cache.use(self.site.state, bytes(self.signal))
        return self.answers

    def start(self):
        self.is_started = True

    def announce(self, counter):
        self.signal[:] = counter.to_bytes(8, "little")


class Clock:
    """A clock that stands still until a test moves it: a busy machine must not."""

    def __init__(self):
        self.now = self._latest = 1_700_000_000.0

    def __call__(self):
        return self.now

    def monotonic(self):
        self._latest = max(self._latest, self.now)
        return self._latest

    def advance(self, seconds):
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    for module in (application_answers, cached_answers, response_cache):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(response_cache, "monotonic", clock.monotonic, raising=False)
    return clock


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def cache(site):
    return make_cache(site)


def make_cache(site, origin=f"https://{HOST}", max_bytes=1_000_000, unknown=lambda path, _state: None):
    watch = SiteWatch(site)
    watch.cache = ResponseCache(
        site,
        watch,
        origin=origin,
        scheme_key="HTTP_X_FORWARDED_PROTO",
        is_allowed_host=lambda host: host.startswith("allowed"),
        language_of_unknown=unknown,
        max_bytes=max_bytes,
    )
    return watch.cache


def environ_of(path="/policy/", method="GET", query="", host=HOST, scheme="https", **headers):
    names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": scheme,
        **names,
    }


def get(cache, *arguments, **options):
    status, headers, body = ask(cache, environ_of(*arguments, **options))
    # It is for the cache only.
    assert STATE_HEADER not in dict(headers)
    return status, dict(headers), body


def test_second_request_is_answered_from_memory(cache, site):
    first, second = get(cache), get(cache)
    assert first == second
    assert site.paths == ["/policy/"]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_head_has_the_headers_of_get_and_no_body(cache, site, method):
    get(cache, method=method)
    status, headers, body = get(cache, method="HEAD")
    assert (status, headers, body) == (*get(cache)[:2], b"")
    assert int(headers["Content-Length"]) == len(get(cache)[2])
    assert len(site.asked) == 1


def test_nothing_of_a_request_but_its_address_reaches_the_application(cache, site):
    get(
        cache,
        cookie="sessionid=1",
        authorization="x",
        accept_language="ru",
        x_forwarded_for="198.51.100.7",
        range="bytes=0-1",
    )
    allowed = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}
    assert {key for key in site.asked[0] if key.startswith("HTTP_")} == allowed
    assert "198.51.100.7" not in str(site.asked[0])


@pytest.mark.parametrize(
    ("accepted", "coding", "decode"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("gzip;q=1.0, br;q=0.5", "gzip", gzip.decompress),
        ("*", "br", brotli.decompress),
        ("identity, gzip;q=0.5", None, bytes),
        ("deflate", None, bytes),
        ("gzip;q=nonsense", None, bytes),
        ("", None, bytes),
    ],
)
def test_coding_is_the_one_that_the_client_prefers(cache, accepted, coding, decode):
    plain = get(cache)
    for _ in range(2):
        _status, headers, body = get(cache, accept_encoding=accepted)
        assert headers.get("Content-Encoding") == coding
        assert decode(body) == plain[2]
        assert headers["Vary"] == "Accept-Encoding"
        assert (headers["ETag"] == plain[1]["ETag"]) == (coding is None)


@pytest.mark.parametrize("accepted", ["", "br", "gzip"])
def test_etag_of_a_coding_gets_304_for_this_coding_only(cache, accepted):
    etag = get(cache, accept_encoding=accepted)[1]["ETag"]
    for value in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        status, headers, body = get(cache, accept_encoding=accepted, if_none_match=value)
        assert (status, body) == ("304 Not Modified", b"")
        assert set(headers) == {"Cache-Control", "Vary", "ETag", "Last-Modified"}
    other = "gzip" if accepted == "br" else "br"
    assert get(cache, accept_encoding=other, if_none_match=etag)[0] == "200 OK"


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (MODIFIED[1], "304 Not Modified"),
        ("Fri, 01 Mar 2024 12:00:01 GMT", "304 Not Modified"),
        ("Fri, 01 Mar 2024 11:59:59 GMT", "200 OK"),
        ("nonsense", "200 OK"),
        ("Fri, 01 Mar 2024 12:00:00", "200 OK"),
    ],
)
def test_if_modified_since_is_compared(cache, since, status):
    get(cache)
    assert get(cache, if_modified_since=since)[0] == status
    # The ETag decides if there is one.
    assert get(cache, if_modified_since=since, if_none_match='"other"')[0] == "200 OK"


def test_new_state_is_used_after_a_look(cache, site):
    get(cache)
    site.state = PublicState(2)
    assert b"policy/ 1" in get(cache)[2]
    cache.watch.look(0)
    assert b"policy/ 2" in get(cache)[2]


def test_signal_of_another_process_makes_the_cache_look(cache, site):
    get(cache)
    site.state = PublicState(2)
    cache.watch.announce(2)
    assert b"policy/ 2" in get(cache)[2]


def test_publication_is_seen_at_once_also_by_a_process_that_renews_its_answers(cache, site, monkeypatch):
    look = cache.watch.look

    def look_after_renewing(timeout):
        return timeout > response_cache.RENEWING_SECONDS and look(timeout)

    get(cache)
    monkeypatch.setattr(cache.watch, "look", look_after_renewing)
    site.state = PublicState(2)
    cache.watch.announce(2)
    assert b"policy/ 2" in get(cache)[2]


def test_request_that_may_change_something_makes_the_cache_look(cache, site):
    get(cache)
    site.state = PublicState(2)
    get(cache, "/admin/", method="POST")
    assert b"policy/ 2" in get(cache)[2]


def test_answer_of_a_newer_state_teaches_it_to_all_processes(cache, site):
    get(cache)
    site.state = PublicState(2)
    get(cache, "/other/")
    assert b"policy/ 2" in get(cache)[2]
    assert int.from_bytes(cache.watch.signal, "little") == 2


def test_answer_of_an_older_state_is_not_stored(cache, site):
    site.state = PublicState(2)
    cache.watch.look(0)
    site.state = PublicState(1)
    get(cache)
    get(cache)
    assert site.paths == ["/policy/", "/policy/"]


def test_nothing_is_answered_from_a_state_that_has_ended(cache, site, clock):
    site.state = PublicState(1, until=clock.now + 10)
    get(cache)
    assert b"policy/ 1 -inf" in get(cache)[2]
    clock.now += 10
    site.state = PublicState(1, since=site.state.until)
    assert b"policy/ 1 -inf" not in get(cache)[2]


def test_prepared_answers_are_used_on_the_second_even_without_a_database(cache, site, clock):
    until = clock.now + 10
    site.state = PublicState(1, until=until)
    get(cache, query="page=2")
    cache.prepare()
    cache.watch.answers = False
    assert b" -inf" in get(cache, query="page=2")[2]
    clock.now = until
    asked = len(site.asked)
    assert f" {until} ".encode() in get(cache, query="page=2")[2]
    assert len(site.asked) == asked


def test_without_a_database_memory_is_used_until_the_next_effective_time(cache, site, clock):
    site.state = PublicState(1, until=clock.now + 10)
    get(cache)
    cache.watch.answers = False
    cache.watch.announce(9)
    asked = len(site.asked)
    assert get(cache)[0] == "200 OK"
    assert len(site.asked) == asked
    clock.now += 10
    site.status = "503 Service Unavailable"
    assert get(cache)[0] == "503 Service Unavailable"


@pytest.mark.parametrize(
    ("remaining", "expected"),
    [
        (math.inf, "max-age=30, stale-while-revalidate=30, stale-if-error=3600"),
        (3000.9, "max-age=30, stale-while-revalidate=30, stale-if-error=2970"),
        (40.9, "max-age=30, stale-while-revalidate=10, stale-if-error=10"),
        (5.9, "max-age=5, stale-while-revalidate=0, stale-if-error=0"),
    ],
)
def test_cache_control_never_passes_the_next_effective_time(cache, site, clock, remaining, expected):
    site.state = PublicState(1, until=clock.now + remaining)
    for _ in range(2):
        assert get(cache)[1]["Cache-Control"] == expected


def test_cache_control_that_the_application_sets_is_kept(cache, site, clock):
    site.headers = [*site.headers, ("Cache-Control", "public, max-age=31536000, immutable")]
    site.state = PublicState(1, until=clock.now + 5)
    assert get(cache)[1]["Cache-Control"] == "public, max-age=31536000, immutable"


def test_answer_made_within_a_second_of_a_change_is_made_again(cache, site, clock):
    site.headers = [HTML]
    get(cache)
    get(cache)
    assert len(site.asked) == 1
    site.headers = [HTML, MODIFIED]
    clock.now += 1
    assert get(cache)[1]["Last-Modified"] == MODIFIED[1]
    get(cache)
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    "header", [("Set-Cookie", "a=b"), ("Vary", "Cookie"), ("Vary", "Accept-Encoding, Accept-Language")]
)
def test_answer_that_differs_between_readers_is_not_stored(cache, site, header):
    site.headers = [*site.headers, header]
    assert get(cache)[1][header[0]] == header[1]
    get(cache)
    assert len(site.asked) == 2


@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "416 Range Not Satisfiable", "500 Server Error"])
def test_incomplete_answers_are_passed_on(cache, site, status):
    site.status = status
    assert get(cache)[0] == status
    get(cache)
    assert len(site.asked) == 2


@pytest.mark.parametrize("query", ["utm_source=x", "x", "PAGES=1", "sinces=2024-01-01"])
def test_query_that_selects_nothing_changes_nothing(cache, site, query):
    assert get(cache, query=query) == get(cache)
    assert [environ["QUERY_STRING"] for environ in site.asked] == [""]


@pytest.mark.parametrize(
    "query", ["page=0", "page=abc", "page=1&x=2", "since=yesterday", "since=", "x=1&page=2", "%70age=2", "PAGE=2"]
)
def test_query_that_is_not_listed_is_passed_on(cache, site, query):
    get(cache)
    get(cache, query=query, cookie="a=b")
    get(cache, query=query)
    assert [environ["QUERY_STRING"] for environ in site.asked] == ["", query, query]


@pytest.mark.parametrize("query", ["page=2", "since=2024-01-01"])
def test_listed_query_is_stored_by_itself(cache, site, query):
    for _ in range(2):
        get(cache)
        get(cache, query=query)
    assert [environ["QUERY_STRING"] for environ in site.asked] == ["", query]


def test_redirect_keeps_the_query_string(cache, site):
    site.status = "301 Moved Permanently"
    get(cache)
    get(cache, query="utm_source=x")
    get(cache)
    assert [environ["QUERY_STRING"] for environ in site.asked] == ["", "utm_source=x"]


@pytest.mark.parametrize(
    "other",
    [{"host": "evil.example"}, {"scheme": "http"}, {"host": f"{HOST}:8000"}, {"method": "POST"}, {"scheme": ""}],
)
def test_request_for_another_origin_or_method_is_passed_on(cache, site, other):
    get(cache)
    for _ in range(2):
        get(cache, cookie="a=b", **other)
    assert ["HTTP_COOKIE" in environ for environ in site.asked] == [False, True, True]
    get(cache)
    assert len(site.asked) == 3


@pytest.mark.parametrize("path", ["/admin/", "/static/site.css", "/healthz", "/readyz"])
def test_what_others_answer_is_passed_on(cache, site, path):
    for _ in range(2):
        get(cache, path, cookie="a=b")
    assert ["HTTP_COOKIE" in environ for environ in site.asked] == [True, True]


def test_what_depends_on_a_header_is_asked_for_with_it_each_time(cache, site):
    for asked in ("one", "another", "one"):
        get(cache, "/policy/timegate/", accept_datetime=asked)
    assert [environ["HTTP_ACCEPT_DATETIME"] for environ in site.asked] == ["one", "another", "one"]


def test_unknown_path_of_that_kind_is_like_other_unknown_paths(site):
    cache = make_cache(site, unknown=lambda path, _state: "en")
    site.status = "404 Not Found"
    for path in ("/x/timegate/", "/y/timegate/", "/z/"):
        assert get(cache, path, accept_datetime="one")[0] == "404 Not Found"
    assert len(site.asked) == 1
    assert "HTTP_ACCEPT_DATETIME" not in site.asked[0]


def test_without_an_origin_at_most_four_allowed_hosts_are_stored(site):
    cache = make_cache(site, origin="")
    hosts = ["evil", *(f"allowed:{port}" for port in range(6))]
    for _ in range(2):
        for host in hosts:
            get(cache, host=host)
    asked = [environ["HTTP_HOST"] for environ in site.asked]
    assert asked == [*hosts, "evil", "allowed:4", "allowed:5"]


def test_unknown_paths_share_one_answer(site):
    cache = make_cache(site, unknown=lambda path, _state: "en" if "unknown" in path else None)
    site.status = "404 Not Found"
    answers = [get(cache, f"/unknown-{number}/", query=f"x={number}") for number in range(20)]
    assert all(answer == answers[0] for answer in answers)
    assert len(site.asked) == 1
    assert len(cache._current.store) == 1


def test_memory_is_bounded_and_drops_what_was_not_asked_for(site):
    cache = make_cache(site, max_bytes=200_000)
    for number in range(100):
        get(cache, f"/{number}/")
        get(cache, "/0/", accept_encoding="br")
    assert cache._current.store.size <= 200_000
    assert site.paths.count("/0/") == 1
    get(cache, "/1/")
    assert site.paths.count("/1/") == 2


@pytest.fixture
def waiting_cache(site, clock, monkeypatch):
    """Return a function that makes the site finish the next page only when so many readers have asked for it."""
    arrived, cache = threading.Semaphore(0), make_cache(site, unknown=lambda _path, _state: arrived.release())
    # A reader can be slow to arrive.
    monkeypatch.setattr(response_cache, "RENDERING_TIMEOUT", 60)

    def wait_for(readers):
        for _reader in range(readers):
            assert arrived.acquire(timeout=30)
        clock.now += 0.2

    def make_wait(readers):
        def work():
            site.work = lambda: None
            wait_for(readers)

        get(cache)
        wait_for(1)
        site.work = work
        return cache

    return make_wait


def test_concurrent_misses_of_one_path_are_made_once(waiting_cache, site):
    cache = waiting_cache(8)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _number: get(cache, "/other/"), range(8)))
    assert site.paths == ["/policy/", "/other/"]
    assert all(answer == answers[0] for answer in answers)


def test_whoever_waits_for_a_page_that_cannot_be_made_does_not_ask_the_database_again(waiting_cache, site):
    cache = waiting_cache(4)
    site.status = "503 Service Unavailable"
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _number: get(cache, "/other/")[0], range(4)))
    assert answers == [site.status] * 4
    asked = [environ for environ in site.asked if DATABASE_HANGS not in environ]
    assert [environ["PATH_INFO"] for environ in asked] == ["/policy/", "/other/"]
    site.status = "200 OK"
    assert get(cache, "/other/")[0] == "200 OK"
    assert DATABASE_HANGS not in site.asked[-1]


def test_failure_before_the_clock_was_set_back_says_nothing_about_the_database_now(cache, site, clock):
    get(cache)
    site.status = "503 Service Unavailable"
    get(cache, "/other/")
    clock.now -= 3600
    site.status = "200 OK"
    assert get(cache, "/other/")[0] == "200 OK"
    assert DATABASE_HANGS not in site.asked[-1]


def test_hit_conforms_to_wsgi(cache):
    for _ in range(2):
        environ = environ_of(accept_encoding="br")
        setup_testing_defaults(environ)
        assert ask(validator(cache), environ)[0] == "200 OK"


def test_threads_that_read_and_publish_see_only_whole_answers(cache, site):
    stop = threading.Event()

    def publish():
        while not stop.is_set():
            site.state = PublicState(site.state.counter + 1)
            cache.watch.look(0)

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        for _ in range(3000):
            status, headers, body = get(cache, accept_encoding="gzip")
            text = gzip.decompress(body)
            assert status == "200 OK"
            assert len(set(text.split(b"/policy/")[1:])) == 1
            assert headers["Content-Length"] == str(len(body))
    finally:
        stop.set()
        publisher.join()


def test_while_the_database_hangs_no_page_is_made(cache, site):
    get(cache)
    cache.watch.is_hanging = True
    assert get(cache)[0] == "200 OK"
    get(cache, "/other/")
    assert DATABASE_HANGS in site.asked[-1]
    assert site.paths == ["/policy/", "/other/"]


class StaticCopy:
    """The answers of a static copy that was made from state 1."""

    def answer(self, path, counter, since, accept_encoding):
        is_there = (path, counter, since) == ("/other/", 1, -math.inf)
        return ("200 OK", [HTML], f"baked {accept_encoding}".encode()) if is_there else None


@pytest.mark.parametrize("outage", ["refuses", "hangs"])
def test_while_the_database_is_away_a_miss_comes_from_the_static_copy(cache, site, outage):
    get(cache)
    cache.baked, site.status, cache.watch.is_hanging = StaticCopy(), "503 Service Unavailable", outage == "hangs"
    assert get(cache)[0] == "200 OK"
    assert get(cache, "/other/", query="utm=x", accept_encoding="br") == ("200 OK", dict([HTML]), b"baked br")
    assert get(cache, "/other/", method="HEAD")[2] == b""
    assert get(cache, "/missing/")[0] == "503 Service Unavailable"
    assert get(cache, "/other/", query="page=2")[0] == "503 Service Unavailable"


def test_the_static_copy_is_not_used_for_another_state_or_after_the_effective_time(cache, site, clock):
    site.state = PublicState(1, until=clock.now + 10)
    get(cache)
    cache.baked, cache.watch.answers, site.status = StaticCopy(), False, "503 Service Unavailable"
    assert get(cache, "/other/")[0] == "200 OK"
    clock.now += 10
    assert get(cache, "/other/")[0] == "503 Service Unavailable"
    cache.use(PublicState(2), bytes(cache.watch.signal))
    assert get(cache, "/other/")[0] == "503 Service Unavailable"


def test_answer_that_ends_earlier_than_its_state_is_made_again(cache, site, clock):
    cache.use(PublicState(1, until=clock.now + 60), bytes(8))
    site.state = PublicState(1, until=clock.now + 10)
    get(cache)
    get(cache)
    assert len(site.asked) == 1
    clock.now += 10
    get(cache)
    assert len(site.asked) == 2


def test_unknown_paths_get_404_at_the_next_effective_time_too(site, clock):
    cache = make_cache(site, unknown=lambda path, _state: "en" if "unknown" in path else None)
    until = clock.now + 10
    site.state = PublicState(1, until=until)
    get(cache)
    site.status = "404 Not Found"
    get(cache, "/unknown/")
    site.status = "200 OK"
    cache.prepare()
    assert "" not in site.paths
    clock.now = until
    site.status, cache.watch.answers = "404 Not Found", False
    assert get(cache)[0] == "200 OK"
    assert get(cache, "/unknown/")[0] == "404 Not Found"


def test_renewed_answers_are_made_before_the_new_state_is_used(cache, site):
    get(cache)
    get(cache, "/other/")
    site.state = PublicState(2)
    cache.renew(site.state, bytes(8))
    asked = len(site.asked)
    assert b"policy/ 2" in get(cache)[2]
    assert b"other/ 2" in get(cache, "/other/")[2]
    assert len(site.asked) == asked


def test_readers_get_answers_from_before_while_they_are_renewed(cache, site):
    for path in ("/policy/", "/other/"):
        get(cache, path)
    has_begun, may_end = threading.Event(), threading.Event()

    def work():
        has_begun.set()
        assert may_end.wait(30)

    site.state, site.work = PublicState(2), work
    with ThreadPoolExecutor(1) as thread:
        renewing = thread.submit(cache.renew, site.state, bytes(8))
        assert has_begun.wait(30)
        assert b"policy/ 1" in get(cache)[2]
        may_end.set()
        renewing.result()
    assert b"policy/ 2" in get(cache)[2]


def test_renewing_ends_in_time_and_then_uses_the_newest_state(cache, site, clock):
    for number in range(30):
        get(cache, f"/{number}/")
    site.work, started = partial(clock.advance, 0.05), clock.now
    site.state = PublicState(3)
    cache.renew(PublicState(2), bytes(8))
    assert clock.now - started < 0.5
    assert len(site.asked) < 40
    # Made from a state that is newer than the one that the watch has seen.
    assert b"29/ 3" in get(cache, "/29/")[2]


def test_state_that_a_reader_learns_while_answers_are_renewed_stays(cache, site):
    get(cache)
    site.work, site.state = lambda: cache.use(PublicState(5), bytes(8)), PublicState(2)
    cache.renew(site.state, bytes(8))
    assert cache._current.state == PublicState(5)


@pytest.mark.parametrize("request_of", [{"path": "/admin/"}, {"path": "/admin/", "method": "POST"}, {"host": "other"}])
def test_every_request_starts_the_watch(cache, request_of):
    # Without it, nothing would end a query of the admin that a frozen database never answers.
    get(cache, **request_of)
    assert cache.watch.is_started


VALUES = {
    "method": ["GET", "HEAD", "POST"],
    "scheme": ["https", "http"],
    "host": [HOST, "evil.example"],
    "path": ["/policy/", "/other/", "/admin/"],
    "query": ["", "page=2", "page=3", "page=0"],
    "accept_encoding": ["", "br", "gzip", "identity"],
    "if_none_match": ["", "*", '"other"'],
    "if_modified_since": ["", MODIFIED[1], "Fri, 01 Mar 2024 11:59:59 GMT"],
}


@pytest.mark.parametrize("name", VALUES)
def test_only_the_same_request_gets_the_same_reply(cache, name):
    expected = {value: get(make_cache(Site()), **{name: value}) for value in VALUES[name]}
    for value in [*VALUES[name], *reversed(VALUES[name])] * 3:
        assert get(cache, **{name: value}) == expected[value]


def ask_until_remembered(cache, **options):
    """Ask until the reply is finished: from the application, from its answer in memory, and as it was before."""
    for _ in range(3):
        answer = get(cache, **options)
    assert cache._current.store.replies
    return answer


@pytest.mark.parametrize("event", ["signal", "look", "post"])
def test_remembered_reply_is_not_sent_after_a_change(cache, site, event):
    ask_until_remembered(cache)
    site.state = PublicState(2)
    changes = {
        "signal": lambda: cache.watch.announce(2),
        "look": lambda: cache.watch.look(0),
        "post": lambda: get(cache, "/admin/", method="POST"),
    }
    changes[event]()
    assert b"policy/ 2" in get(cache)[2]


@pytest.mark.parametrize("until", ["of the state", "of the answer"])
def test_remembered_reply_ends_in_time(cache, site, clock, until):
    ends = clock.now + 0.4
    cache.use(PublicState(1, until=ends if until == "of the state" else math.inf), bytes(8))
    site.state = PublicState(1, until=ends if until == "of the answer" else math.inf)
    # Without it, the promise of whole seconds would end the reply.
    site.headers = [*site.headers, ("Cache-Control", "public, max-age=60")]
    ask_until_remembered(cache)
    clock.now = ends
    site.state = PublicState(2)
    assert b"policy/ 2" in get(cache)[2]


@pytest.mark.parametrize("ask_first", [get, ask_until_remembered])
def test_nothing_is_answered_from_a_state_that_begins_later(cache, site, clock, ask_first):
    begins = clock.now - 30
    site.state = PublicState(1, since=begins)
    ask_first(cache)
    site.state = PublicState(1, until=begins)
    clock.now -= 60
    assert b"policy/ 1 -inf" in get(cache)[2]


def test_remembered_reply_promises_less_each_second(cache, site, clock):
    site.state = PublicState(1, until=clock.now + 5.3)
    assert ask_until_remembered(cache)[1]["Cache-Control"].startswith("max-age=5,")
    clock.now += 0.4
    assert get(cache)[1]["Cache-Control"].startswith("max-age=4,")


def test_remembered_replies_are_bounded(cache):
    for number in range(MAX_REPLIES + 10):
        get(cache, if_none_match=f'"{number}"')
    assert 1 < len(cache._current.store.replies) <= MAX_REPLIES
    cache._current.store.replies.clear()
    for name in ("if_none_match", "if_modified_since", "accept_encoding"):
        get(cache, **{name: "x" * MAX_REQUEST_LENGTH})
    assert not cache._current.store.replies


def test_nothing_is_remembered_of_dropped_answers(site):
    cache = make_cache(site, max_bytes=100_000)
    for number in range(100):
        for _ in range(2):
            get(cache, f"/{number}/")
    assert site.paths == [f"/{number}/" for number in range(100)]
    assert len(cache._current.store.replies) <= len(cache._current.store) < 50


def test_answer_that_was_not_asked_for_is_dropped_before_one_with_a_remembered_reply(site, clock):
    cache = make_cache(site, max_bytes=100_000)
    paths = [f"/{number}/" for number in range(10)]
    for path in paths * 2:
        get(cache, path)
    clock.now += 1
    get(cache, paths[0])
    for number in range(10, 20):
        get(cache, f"/{number}/")
    for path in paths[:2]:
        get(cache, path)
    assert [site.paths.count(path) for path in paths[:2]] == [1, 2]


def test_reply_of_a_replaced_answer_is_forgotten(cache, site, clock):
    site.headers = [HTML]
    first = ask_until_remembered(cache)
    site.headers = [HTML, MODIFIED]
    clock.now += 1
    get(cache, accept_encoding="br")
    assert first[2] not in [part for reply in cache._current.store.replies.values() for part in reply.parts]
