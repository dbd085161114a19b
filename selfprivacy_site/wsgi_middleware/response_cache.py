"""WSGI middleware that answers from memory: a hit asks neither Django nor the database, and reads no client address.

It knows nothing of pages. The application names the state of the site that an answer was made from in a header, and a
watch says which state is the present one. An answer without that header is passed on and never stored. What is stored
was asked for by address alone, so it cannot depend on anything else in a request.
"""

import io
import math
import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from threading import Lock
from time import monotonic, time
from typing import NamedTuple, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from selfprivacy_site.wsgi_middleware.application_answers import Made, ask, hiding_state
from selfprivacy_site.wsgi_middleware.baked_files import BakedFiles
from selfprivacy_site.wsgi_middleware.cached_answers import (
    FULL_PROMISE,
    Answer,
    AnswerStore,
    Headers,
    Reply,
    Request,
    accepted_coding,
    cache_control,
)
from selfprivacy_site.wsgi_middleware.public_state import DATABASE_HANGS, READ_AT, PublicState

READS = frozenset({"GET", "HEAD"})
# Query strings that select what a page shows.
LISTED_QUERY = re.compile(r"(page=[1-9][0-9]{0,5}|(since|on)=[0-9]{4}-[0-9]{2}-[0-9]{2})?")
# A query string without these parameters changes nothing. An escaped name could be one of them.
SELECTS = re.compile(r"(^|[&;])(page|since|on)=|%", re.IGNORECASE)
# What begins with these is answered by others.
PASSED_ON = ("/admin/", "/static/", "/healthz", "/readyz")
# Without SITE_URL, answers depend on the Host. The port in it can be anything.
MAX_ORIGINS = 4
# What ends with this depends on a header of the request, too (RFC 7089, section 4.1.2).
NEGOTIATED = "/timegate/"
MAX_ACCEPT_ENCODINGS = 1000
# Seconds that a reader waits for a look at the present state. It may begin only after answers were renewed (see below).
LOOK_TIMEOUT = 0.5
# A publisher waits longer, until the new version is seen.
PUBLISHER_TIMEOUT = 2.0
# Seconds that a reader waits for the same page to be rendered for another reader.
RENDERING_TIMEOUT = 1.5
# How many of the answers that were asked for last are prepared for the next effective time.
PREPARED = 200
# How long that takes at most, and how long answers from a new state are made before it is used.
PREPARING_SECONDS = 10.0
RENEWING_SECONDS = 0.25
# How long a reply is sent again without looking for its answer, so that it is known which answers are in use.
REPLY_SECONDS = 1.0


class Address(NamedTuple):
    """What an answer depends on, besides the state of the site. `origin` is its number."""

    origin: int
    path: str
    query: str


class Watch(Protocol):
    """Knows the present state of the site. It tells the cache about a new one by `ResponseCache.use`."""

    # Eight bytes that change when a process on this machine sees a new state. They are read for each request.
    signal: memoryview

    def start(self) -> None:
        """Start to look, unless that has been done. It also ends queries that a database never answers."""

    def look(self, timeout: float) -> bool:
        """Look at the present state now; return False if the database does not answer within so many seconds."""

    def announce(self, counter: int) -> None:
        """Change the signal, if other processes have not seen this value of the site counter."""

    @property
    def is_hanging(self) -> bool:
        """Tell whether the database has not answered for longer than a reader should wait."""


class CurrentAnswers:
    """The answers made from one state of the site. `signal` is that of the watch before the state was read."""

    def __init__(self, state: PublicState, signal: bytes, max_bytes: int) -> None:
        self.state = state
        self.signal = signal
        self.full_promise_until = state.until - FULL_PROMISE
        self.store = AnswerStore(max_bytes)


class ResponseCache:
    """Answers GET and HEAD requests for public addresses from memory, until the state of the site changes.

    `origin` is the public origin, such as https://policies.example.org, or "": then any host that `is_allowed_host` is
    one. `scheme_key` is the key of the environ with the scheme. `language_of_unknown` returns the language of the 404
    page for a path at which there is nothing public, and None for all others. `max_bytes` bounds the memory. While the
    database does not answer, the static copy `baked` does.
    """

    def __init__(
        self,
        application: WSGIApplication,
        watch: Watch,
        *,
        origin: str,
        scheme_key: str,
        is_allowed_host: Callable[[str], bool],
        language_of_unknown: Callable[[str, PublicState], str | None],
        max_bytes: int,
        baked: BakedFiles | None = None,
    ) -> None:
        self.application = application
        self.baked = baked
        self.watch = watch
        self.scheme_key = scheme_key
        self.is_allowed_host = is_allowed_host
        self.language_of_unknown = language_of_unknown
        self.max_bytes = max_bytes
        scheme, _, host = origin.partition("://")
        self._max_origins = 1 if origin else MAX_ORIGINS
        self._origins: dict[tuple[str, str], int] = {}
        # Scheme and host of each origin, by its number.
        self._names: list[tuple[str, str]] = []
        if origin:
            self._add_origin(scheme, host)
        self._codings: dict[str, str | None] = {}
        # A state that has ended: nothing is answered from it.
        self._current = CurrentAnswers(PublicState(-1, until=-math.inf), b"", max_bytes)
        self._next: CurrentAnswers | None = None
        self._lock = Lock()
        self._renderings: dict[Address, Lock] = {}
        self._failed_at = -math.inf

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        get, current = environ.get, self._current
        # All that decides what is sent from memory.
        request = (
            environ["REQUEST_METHOD"],
            get(self.scheme_key),
            get("HTTP_HOST"),
            environ["PATH_INFO"],
            get("QUERY_STRING"),
            get("HTTP_ACCEPT_ENCODING"),
            get("HTTP_IF_NONE_MATCH"),
            get("HTTP_IF_MODIFIED_SINCE"),
        )
        reply = current.store.replies.get(request)
        if reply is None or not reply.since <= time() < reply.until or self.watch.signal != current.signal:
            reply = self._find_reply(request, current, environ)
        if reply is None:
            return self._answer_miss(environ, start_response)
        start_response(reply.status, reply.headers)
        return reply.parts

    def _find_reply(self, request: Request, current: CurrentAnswers, environ: WSGIEnvironment) -> Reply | None:
        """Return a reply from the answers in memory, and remember it for the next request that is the same."""
        origin = self._origins.get((environ.get(self.scheme_key), environ.get("HTTP_HOST")))
        is_current = current.state.holds_at(time()) and self.watch.signal == current.signal
        if origin is None or environ["REQUEST_METHOD"] not in READS or not is_current:
            return None
        address = Address(origin, environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        answer = current.store.get(address)
        if answer is None or time() >= answer.expires:
            return None
        reply = self._reply_to(environ, answer, address, current)
        current.store.remember(request, reply)
        return reply

    def _answer_miss(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.watch.start()
        if environ["REQUEST_METHOD"] not in READS:
            response = self.application(environ, hiding_state(start_response))
            # A publisher sees the new version at once, whichever process answers.
            self.watch.look(PUBLISHER_TIMEOUT)
            return response
        if (origin := self._admit_origin(environ)) is None:
            return self.application(environ, hiding_state(start_response))
        return self._answer_public(origin, environ, start_response)

    def _admit_origin(self, environ: WSGIEnvironment) -> int | None:
        """Return the number of the origin of a request, a new one if it is allowed, or None."""
        scheme, host = environ.get(self.scheme_key, ""), environ.get("HTTP_HOST", "")
        with self._lock:
            if (scheme, host) in self._origins:
                return self._origins[scheme, host]
            is_full = len(self._origins) >= self._max_origins
            if is_full or scheme not in {"http", "https"} or not self.is_allowed_host(host):
                return None
            return self._add_origin(scheme, host)

    def _add_origin(self, scheme: str, host: str) -> int:
        self._names.append((scheme, host))
        self._origins[scheme, host] = len(self._names) - 1
        return self._origins[scheme, host]

    # --- Misses ---------------------------------------------------------------------------------------------------

    def _answer_public(self, origin: int, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        is_listed = LISTED_QUERY.fullmatch(query) is not None
        is_selected = SELECTS.search(query) and not is_listed
        if is_selected or path.startswith(PASSED_ON) or self._is_negotiated(path):
            return self.application(environ, hiding_state(start_response))
        if self.watch.is_hanging:
            return self._answer_outage(environ, start_response)
        address = Address(origin, path, query if is_listed else "")
        made = self._get_or_make(address)
        if made.status.startswith("301") and not is_listed:
            # Redirects keep the query string.
            return self.application(environ, hiding_state(start_response))
        if made.status.startswith("503"):
            return self._answer_outage(environ, start_response)
        if isinstance(made, Answer):
            reply = self._reply_to(environ, made, address, self._current)
            start_response(reply.status, reply.headers)
            return reply.parts
        start_response(made.status, made.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [made.body]

    def _is_negotiated(self, path: str) -> bool:
        """Tell whether the application has to see the headers of a request. Without a page, the path is like others."""
        if not path.endswith(NEGOTIATED) or self.watch.is_hanging:
            return False
        return self._present() is None or self.language_of_unknown(path, self._current.state) is None

    def _get_or_make(self, address: Address) -> Answer | Made:
        """Return an answer from memory, or make it. Concurrent requests wait for the first one's."""
        # A wall clock that was set back would make a failure from before seem to come later.
        asked_at = monotonic()
        if self._present() is None:
            # Nobody knows yet whether the database answers.
            return self._make(address)
        key = address
        if (language := self.language_of_unknown(address.path, self._current.state)) is not None:
            # One answer for all unknown paths, so that they fill no memory. No path is empty.
            key = Address(address.origin, "", language)
        rendering = self._renderings.setdefault(key, Lock())
        is_locked = rendering.acquire(timeout=RENDERING_TIMEOUT)
        try:
            answer = self._current.store.get(key)
            if answer is not None and time() < answer.expires:
                return answer
            # Anyone who waited while the database did not answer does not ask it again.
            made = self._make(address, is_hanging=self._failed_at > asked_at)
            if made.status.startswith("503"):
                self._failed_at = monotonic()
            if made.answer is None or made.state is None or made.status.startswith("404") != (key is not address):
                return made
            self._keep(key, made.answer, made.state)
            return made.answer
        finally:
            self._renderings.pop(key, None)
            if is_locked:
                rendering.release()

    def _make(self, address: Address, *, read_at: float | None = None, is_hanging: bool = False) -> Made:
        """Ask the application for an address, without anything else of a request."""
        environ = self._environ_of(address)
        if is_hanging or self.watch.is_hanging:
            environ[DATABASE_HANGS] = "1"
        if read_at is not None:
            environ[READ_AT] = datetime.fromtimestamp(read_at, UTC).isoformat()
        return Made(*ask(self.application, environ))

    def _keep(self, address: Address, answer: Answer, state: PublicState) -> None:
        """Store an answer if it was made from the present state, or from a newer one, which becomes the present."""
        if state.key > self._current.state.key:
            self.use(state, bytes(self.watch.signal))
            self.watch.announce(state.counter)
        if state.key == self._current.state.key:
            self._current.store.put(address, answer)

    def _environ_of(self, address: Address) -> WSGIEnvironment:
        scheme, host = self._names[address.origin]
        name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdigit() else (host, "", "")
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "SERVER_NAME": name,
            "SERVER_PORT": port or {"http": "80", "https": "443"}[scheme],
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": host,
            self.scheme_key: scheme,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    def _answer_outage(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if (baked := self._read_baked(environ)) is None:
            return self.application({**environ, DATABASE_HANGS: "1"}, hiding_state(start_response))
        status, headers, body = baked
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _read_baked(self, environ: WSGIEnvironment) -> tuple[str, Headers, bytes] | None:
        """Return the answer of the static copy, if it was made from the last known state and that has not ended."""
        state, accept = self._current.state, environ.get("HTTP_ACCEPT_ENCODING", "")
        is_current = self.baked is not None and state.holds_at(time())
        if not is_current or SELECTS.search(environ.get("QUERY_STRING", "")):
            return None
        return self.baked.answer(environ["PATH_INFO"], state.counter, state.since, accept)

    # --- The present state ----------------------------------------------------------------------------------------

    def use(self, state: PublicState, signal: bytes) -> None:
        """Answer from a state from now on. `signal` is that of the watch before the state was read."""
        with self._lock:
            if state == self._current.state:
                self._current.signal = signal
            elif self._next is not None and self._next.state == state:
                self._current, self._next = self._next, None
                self._current.signal = signal
            else:
                self._current, self._next = CurrentAnswers(state, signal, self.max_bytes), None

    def _present(self) -> CurrentAnswers | None:
        """Return the answers of the present state, or None if the database does not say which it is."""
        current = self._current
        has_ended = not current.state.holds_at(time())
        if not has_ended and self.watch.signal == current.signal:
            return current
        signal = bytes(self.watch.signal)
        if self.watch.look(LOOK_TIMEOUT):
            return self._current
        if has_ended and self._next is not None and self._next.state.since <= time():
            self.use(self._next.state, signal)
            return self._current
        # Unless its time is over, the last known state stays in use. Nobody waits again for the same signal.
        current.signal = signal
        return None if has_ended else current

    def prepare(self) -> None:
        """Make the answers that were asked for last as they will be at the next effective time."""
        current = self._current
        following = self._make_again(current, PREPARING_SECONDS, read_at=current.state.until)
        if self._current is current:
            self._next = following

    def renew(self, state: PublicState, signal: bytes) -> None:
        """Use a state, but first make the answers that were asked for last from it, so that no reader waits for them.

        Meanwhile, readers get the answers from before. This takes a fraction of a second at most.
        """
        current = self._current
        following = self._make_again(current, RENEWING_SECONDS)
        if following is None or following.state.key < state.key:
            self.use(state, signal)
            return
        with self._lock:
            # Another thread may have seen a newer state meanwhile.
            if self._current is current:
                following.signal = signal
                self._current, self._next = following, None

    def _make_again(
        self, current: CurrentAnswers, seconds: float, *, read_at: float | None = None
    ) -> CurrentAnswers | None:
        """Make the answers that were asked for last again, for so many seconds; return those of the newest state."""
        following, deadline = None, time() + seconds
        for address in current.store.recent_keys(PREPARED):
            # The 404 page has no address of its own.
            if time() > deadline or not address.path:
                continue
            made = self._make(address, read_at=read_at)
            if made.answer is None or made.state is None or made.status.startswith("404"):
                continue
            if following is None or made.state.key > following.state.key:
                following = CurrentAnswers(made.state, current.signal, self.max_bytes)
            if made.state.key == following.state.key:
                following.store.put(address, made.answer)
        return following

    # --- Sending --------------------------------------------------------------------------------------------------

    def _reply_to(self, environ: WSGIEnvironment, answer: Answer, address: Address, current: CurrentAnswers) -> Reply:
        now, accept = time(), environ.get("HTTP_ACCEPT_ENCODING", "")
        variant = answer.variant(self._codings[accept] if accept in self._codings else self._negotiate(accept))
        none_match, modified_since = environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")
        status, headers, is_empty = answer.status, variant.headers, environ["REQUEST_METHOD"] == "HEAD"
        if (none_match or modified_since) and answer.is_unchanged(variant, none_match, modified_since):
            status, headers, is_empty = "304 Not Modified", variant.not_modified_headers, True
        until = min(now + REPLY_SECONDS, answer.expires, current.state.until)
        if answer.is_bounded and until > current.full_promise_until:
            remaining = current.state.until - now
            headers = [("Cache-Control", cache_control(remaining)), *headers[1:]]
            # It promises whole seconds.
            until = min(until, now + remaining % 1)
        return Reply(status, headers, [] if is_empty else [variant.body], now, until, address)

    def _negotiate(self, accept_encoding: str) -> str | None:
        coding = accepted_coding(accept_encoding)
        # Browsers send few different values; others must not fill the memory.
        if len(self._codings) < MAX_ACCEPT_ENCODINGS and len(accept_encoding) < 200:
            self._codings[accept_encoding] = coding
        return coding
