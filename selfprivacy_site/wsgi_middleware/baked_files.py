"""Answers from a static copy, for a server whose database does not answer. It knows nothing of pages."""

from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from selfprivacy_site.wsgi_middleware.baked_manifest import (
    FILE_NAME,
    PUBLIC,
    Entry,
    HeaderSet,
    NotACopy,
    is_inside,
    read_manifest,
)
from selfprivacy_site.wsgi_middleware.cached_answers import Headers, accepted_coding

# The suffixes of compressed copies.
SUFFIXES = {"gzip": "gz", "br": "br"}


class LoadedCopy(NamedTuple):
    """A manifest in memory; `identity` tells whether the file is still the same."""

    identity: tuple[int, int] | None
    counter: int
    since: float
    headers: tuple[HeaderSet, ...]
    entries: Mapping[str, Entry]


class BakedFiles:
    """The files of a static copy, which may be replaced at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copy: LoadedCopy | None = None

    def answer(self, path: str, counter: int, since: float, accept_encoding: str) -> tuple[str, Headers, bytes] | None:
        """Return the status line, headers and body for the path of a GET request (PEP 3333).

        Return None if the copy was not made from the state of the site with this counter and this timestamp of its
        last change by time, or if it has nothing at that path.
        """
        copy = self._load()
        if copy is None or (copy.counter, copy.since) != (counter, since):
            return None
        try:
            entry = copy.entries.get(path.encode("latin-1").decode("utf-8"))
        except UnicodeError:
            return None
        if entry is None:
            return None
        answer = self._read(entry, copy.headers[entry.headers], accept_encoding)
        # Meanwhile another copy may have taken its place.
        return answer if self._identity() == copy.identity else None

    def _read(self, entry: Entry, headers: HeaderSet, accept_encoding: str) -> tuple[str, Headers, bytes] | None:
        own = [*headers, *([("Link", entry.link)] if entry.link else [])]
        status = f"{entry.status} {HTTPStatus(entry.status).phrase}"
        if entry.location:
            return status, [*own, ("Location", entry.location), ("Content-Length", "0")], b""
        coding = accepted_coding(accept_encoding) if entry.codings else None
        suffix = f".{SUFFIXES[coding]}" if coding else ""
        try:
            body = self._path(f"{entry.file}{suffix}").read_bytes()
        except OSError:
            return None
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        own += [("Vary", "Accept-Encoding"), ("ETag", etag), ("Content-Length", str(len(body)))]
        return status, [*own, *([("Content-Encoding", coding)] if coding else [])], body

    def _path(self, file: str) -> Path:
        if not is_inside(file):
            raise FileNotFoundError(file)
        return self._folder / PUBLIC / file

    def _load(self) -> LoadedCopy | None:
        """Return the present copy, from memory if its manifest is the same file; None if there is none."""
        identity = self._identity()
        if self._copy is None or self._copy.identity != identity:
            try:
                manifest = read_manifest(self._folder)
            except NotACopy:
                return None
            since, entries = manifest.changed_by_time_at, manifest.entries
            self._copy = LoadedCopy(identity, manifest.counter, since, manifest.headers, entries)
        return self._copy

    def _identity(self) -> tuple[int, int] | None:
        try:
            stat = (self._folder / FILE_NAME).stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns
