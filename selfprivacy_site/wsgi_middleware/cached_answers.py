"""Complete answers as they go over the wire, in each content coding, and a store of them that is bounded in bytes."""

import gzip
import math
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import sha256
from threading import Lock
from time import time

import brotli

Headers = list[tuple[str, str]]
REPR_DIGEST = "Repr-Digest"

# Browsers and caches may use an answer for so many seconds without asking.
MAX_AGE = 30
# For so many seconds after that, they may use it while they ask, or if the site cannot be reached.
STALE_WHILE_REVALIDATE = 30
STALE_IF_ERROR = 3600
# Seconds before the answer changes at which `Cache-Control` has to promise less.
FULL_PROMISE = MAX_AGE + STALE_IF_ERROR

# In the order of preference. Above level 5, Brotli takes a hundred times as long for an eighth less.
CODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
COMPRESSED_TYPES = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")
COMPRESSED_TYPES += ("application/link-format",)
# Below this size, compressing saves no packet.
MIN_COMPRESSED_SIZE = 500
# Rough size in bytes of the objects around a body and its headers.
OVERHEAD = 3000
# How many replies are remembered, and how many characters their requests may have.
MAX_REPLIES = 1000
MAX_REQUEST_LENGTH = 1000

# All the values of an environ that decide what is sent from memory.
Request = tuple[str | None, ...]


def cache_control(seconds: float) -> str:
    """Return the value for an answer that stays right for so many seconds."""
    seconds = max(0, int(min(seconds, FULL_PROMISE)))
    max_age = min(MAX_AGE, seconds)
    stale = seconds - max_age
    while_revalidate, if_error = min(STALE_WHILE_REVALIDATE, stale), min(STALE_IF_ERROR, stale)
    return f"max-age={max_age}, stale-while-revalidate={while_revalidate}, stale-if-error={if_error}"


def repr_digest(body: bytes) -> str:
    """Return the value of the header of that name for a body in its content coding (RFC 9530, section 3)."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


def accepted_coding(accept_encoding: str) -> str | None:
    """Return the content coding that a client prefers and the site offers, None for none (RFC 9110, section 12.5.3)."""
    weights = dict(_weights(accept_encoding))
    others = weights.get("*", 0.0)
    offered = {coding: weights.get(coding, others) for coding in CODERS}
    best = max(offered, key=lambda coding: offered[coding])
    # Without a weight of its own, an uncompressed answer is acceptable, but not preferred.
    return best if offered[best] > 0 and offered[best] >= weights.get("identity", 0.0) else None


def _weights(accept_encoding: str) -> Iterable[tuple[str, float]]:
    for item in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in item.split(";"))
        weight = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        try:
            yield coding, float(weight)
        except ValueError:
            yield coding, 0.0


class Variant:
    """An answer in one content coding, as it is sent."""

    __slots__ = ("body", "etag", "headers", "not_modified_headers")

    def __init__(self, headers: Headers, body: bytes, coding: str | None) -> None:
        self.body = body
        # A hash of the bytes that are sent, so it differs between codings, as RFC 9110 (section 8.8.3) requires.
        self.etag = f'"{sha256(body).hexdigest()[:32]}"'
        own = [("Vary", "Accept-Encoding"), ("ETag", self.etag), ("Content-Length", str(len(body)))]
        coded = [("Content-Encoding", coding)] if coding else []
        # The application set it for the body without a coding.
        kept = [(name, repr_digest(body) if name == REPR_DIGEST else value) for name, value in headers]
        self.headers = [*kept, *own, *coded]
        # A 304 has no others (RFC 9110, section 15.4.5): they would replace those that were stored with the page.
        shown = {"cache-control", "vary", "etag", "last-modified"}
        self.not_modified_headers = [pair for pair in self.headers if pair[0].lower() in shown]

    def matches(self, if_none_match: str) -> bool:
        """Tell whether the header names this variant (weak comparison, RFC 9110, section 13.1.2)."""
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return self.etag in tags or "*" in tags


class Answer:
    """A complete answer to a GET request. Variants are compressed when they are asked for first.

    The first header is `Cache-Control`; if `is_bounded`, it must not promise more than the time to the next change.
    `expires` is a timestamp.
    """

    def __init__(
        self, status: str, headers: Headers, body: bytes, *, expires: float = math.inf, is_bounded: bool = True
    ) -> None:
        self.status = status
        self.expires = expires
        self.is_bounded = is_bounded
        self._headers = headers
        self._body = body
        names = {name.lower(): value for name, value in headers}
        self.last_modified = names.get("last-modified")
        is_compressed = len(body) >= MIN_COMPRESSED_SIZE and names.get("content-type", "").startswith(COMPRESSED_TYPES)
        self._codings = frozenset(CODERS) if is_compressed else frozenset()
        self._variants: dict[str | None, Variant] = {}

    @property
    def size(self) -> int:
        """Return the bytes of memory that the answer takes with all its variants, roughly."""
        # The largest it can get: variants that are added later need no new sum.
        return OVERHEAD + len(self._body) * (2 if self._codings else 1)

    def variant(self, coding: str | None) -> Variant:
        """Return the answer in a content coding, or as it is where compressing is of no use."""
        variant = self._variants.get(coding)
        if variant is None:
            variant = self._variants[coding] = self._make_variant(coding)
        return variant

    def _make_variant(self, coding: str | None) -> Variant:
        if coding is None:
            return Variant(self._headers, self._body, None)
        if coding not in self._codings:
            return self.variant(None)
        return Variant(self._headers, CODERS[coding](self._body), coding)

    def is_unchanged(self, variant: Variant, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Tell whether a client that sends these headers has the answer already (RFC 9110, section 13.2.2)."""
        if not self.status.startswith("200"):
            return False
        if if_none_match is not None:
            return variant.etag == if_none_match or variant.matches(if_none_match)
        return if_modified_since is not None and self._is_older_than(if_modified_since)

    def _is_older_than(self, date: str) -> bool:
        if self.last_modified is None:
            return False
        try:
            return parsedate_to_datetime(self.last_modified) <= parsedate_to_datetime(date)
        # A date that is invalid, or has no time zone, is ignored (RFC 9110, section 13.1.3).
        except (ValueError, TypeError):
            return False


@dataclass(slots=True)
class Reply:
    """What is sent for one request between two timestamps, and the key of the answer in its store."""

    status: str
    headers: Headers
    parts: list[bytes]
    since: float
    until: float
    key: Hashable


class AnswerStore:
    """Answers by key; the least recently used are dropped when their size exceeds a limit in bytes.

    `replies` were made from these answers, by request.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.size = 0
        self.replies: dict[Request, Reply] = {}
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Hashable) -> Answer | None:
        answer = self._answers.get(key)
        if answer is not None:
            # Another thread may have dropped it since.
            with suppress(KeyError):
                self._answers.move_to_end(key)
        return answer

    def put(self, key: Hashable, answer: Answer) -> None:
        # A few huge answers must not displace all others.
        if answer.size > self.max_bytes // 8:
            return
        with self._lock:
            replaced = self._answers.pop(key, None)
            self.size += answer.size - (replaced.size if replaced else 0)
            if replaced or self.size > self.max_bytes:
                self._forget_replies()
            self._answers[key] = answer
            while self.size > self.max_bytes:
                self.size -= self._answers.popitem(last=False)[1].size

    def remember(self, request: Request, reply: Reply) -> None:
        """Keep a reply, unless requests as long as this one could fill the memory."""
        if sum(len(value) for value in request if value) > MAX_REQUEST_LENGTH:
            return
        if len(self.replies) >= MAX_REPLIES:
            self._forget_replies()
        self.replies[request] = reply

    def _forget_replies(self) -> None:
        replies, self.replies = list(self.replies.values()), {}
        for reply in replies:
            # The one who got it did not ask for the answer.
            if reply.since <= time() < reply.until:
                self.get(reply.key)

    def recent_keys(self, count: int) -> list[Hashable]:
        """Return the keys that were asked for last, the latest first."""
        # A request can change the order while this copies it; a list of a dictionary is made in one step.
        return list(self._answers)[: -count - 1 : -1]
