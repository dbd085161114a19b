"""The manifest of a static copy: what it holds, and the state of the site that it was made from.

`manage.py bake` writes it. The next run reads it, and so does a server whose database does not answer. The first line
is a JSON object; each other line is a group of addresses: its name, a key of what it depends on, the addresses of other
groups that are in the copy because this group links to them, its lines in the files for web servers, and its entries,
both in JSON, separated by tabs. A run takes over the lines of groups that did not change without parsing them.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

FORMAT = 2
# Tells the file from others of that name.
MADE_BY = "manage.py bake"
FILE_NAME = "manifest.jsonl"
# The folder within the copy that holds the files of the site.
PUBLIC = "public"
INDEX = "index.html"

HeaderSet = tuple[tuple[str, str], ...]
# With other options than the usual ones, `json.dumps` would make an encoder for each value.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class NotACopy(ValueError):
    """A folder holds no static copy."""


class OtherFormat(NotACopy):
    """A folder holds a static copy that another version of the site made."""


@dataclass(frozen=True)
class Entry:
    """The answer at an address. `headers` is an index in the manifest's list; `digest` is that of the body.

    `file` is the file below PUBLIC that holds the body, without one "". `codings` are the suffixes of its compressed
    copies.
    """

    status: int
    headers: int
    file: str = ""
    digest: str = ""
    codings: tuple[str, ...] = ()
    location: str = ""
    link: str = ""


@dataclass(frozen=True)
class StoredGroup:
    """Entries by address, without percent-encoding, and a key of everything that they depend on.

    `linked` are addresses, separated by spaces. `lists` are lines by the name of a list, in JSON; only the next run
    reads them.
    """

    key: str
    linked: str
    lists: str
    text: str

    @classmethod
    def of(
        cls, entries: Mapping[str, Entry], *, key: str = "", linked: Iterable[str] = (), lists: str = "{}"
    ) -> "StoredGroup":
        values = {address: _entry_values(entry) for address, entry in entries.items()}
        return cls(key, " ".join(sorted(linked)), lists, _to_json(values))

    def has(self, address: str) -> bool:
        """Tell whether there is an entry for an address, without parsing all of them."""
        return f"{_to_json(address)}:" in self.text

    @cached_property
    def entries(self) -> dict[str, Entry]:
        return {address: _entry(values) for address, values in json.loads(self.text).items()}


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The groups of a copy by name, and the state of the site that they were made from.

    The times are timestamps: of the state, and of its last and its next change without a write to the database.
    `broken_links` are triples of a group, an address in it, and what that links to; `files` and `pages` are the numbers
    of files, without compressed copies, and of HTML pages among them. `top_names` are what PUBLIC itself contains.
    `for_next_run` is what only the next run reads.
    """

    counter: int
    at: float
    changed_by_time_at: float = -math.inf
    changes_at: float = math.inf
    headers: tuple[HeaderSet, ...] = ()
    broken_links: tuple[tuple[str, str, str], ...] = ()
    files: int = 0
    pages: int = 0
    top_names: tuple[str, ...] = ()
    for_next_run: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, StoredGroup] = field(default_factory=dict)

    @property
    def entries(self) -> dict[str, Entry]:
        return {address: entry for group in self.groups.values() for address, entry in group.entries.items()}

    def to_text(self) -> str:
        times = {"changed_by_time_at": self.changed_by_time_at, "changes_at": self.changes_at}
        # JSON has no infinity.
        finite = {name: time if math.isfinite(time) else None for name, time in times.items()}
        about = {"made_by": MADE_BY, "format": FORMAT, "counter": self.counter, "at": self.at, **finite}
        counts = {"files": self.files, "pages": self.pages, "top_names": self.top_names}
        rest = {"broken_links": self.broken_links, "headers": self.headers, "for_next_run": self.for_next_run}
        first = json.dumps({**about, **counts, **rest}, ensure_ascii=False)
        lines = (
            f"{name}\t{group.key}\t{group.linked}\t{group.lists}\t{group.text}" for name, group in self.groups.items()
        )
        return "\n".join([first, *lines, ""])


def read_manifest(copy: Path) -> Manifest:
    """Read the manifest of a copy. Raises NotACopy, OtherFormat."""
    try:
        return parse_manifest((copy / FILE_NAME).read_text(encoding="utf-8"), name=str(copy))
    except (OSError, UnicodeDecodeError) as error:
        raise NotACopy(f"{copy} holds no static copy.") from error


def parse_manifest(text: str, *, name: str) -> Manifest:
    """Parse a manifest; `name` is that of its copy in errors. Raises NotACopy, OtherFormat."""
    # Not splitlines(), which would split at other characters too.
    first, *lines = text.removesuffix("\n").split("\n")
    try:
        about = json.loads(first)
        if about["made_by"] != MADE_BY:
            raise NotACopy(f"{name} holds no static copy.")
        if about["format"] != FORMAT:
            raise OtherFormat(f"{name} holds a static copy in format {about['format']}, not {FORMAT}.")
        since, until = about["changed_by_time_at"], about["changes_at"]
        return Manifest(
            counter=about["counter"],
            at=about["at"],
            changed_by_time_at=-math.inf if since is None else since,
            changes_at=math.inf if until is None else until,
            headers=tuple(tuple((header, value) for header, value in headers) for headers in about["headers"]),
            broken_links=tuple((group, address, link) for group, address, link in about["broken_links"]),
            files=about["files"],
            pages=about["pages"],
            top_names=tuple(about["top_names"]),
            for_next_run=about["for_next_run"],
            groups=_groups(lines),
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, NotACopy):
            raise
        raise NotACopy(f"{name} holds no static copy.") from error


def _groups(lines: Iterable[str]) -> dict[str, StoredGroup]:
    groups = {}
    for line in lines:
        name, *values = line.split("\t")
        groups[name] = StoredGroup(*values)
    return groups


def file_of(address: str) -> str:
    """Return the file that a web server serves at an address, relative to PUBLIC. Raises ValueError if there is none.

    The address is without percent-encoding.
    """
    path = address.removeprefix("/")
    file = f"{path}{INDEX}" if not path or path.endswith("/") else path
    if not is_inside(file):
        raise ValueError(f"{address} cannot be the name of a file.")
    return file


def is_inside(file: str) -> bool:
    """Tell whether a relative path stays within its folder."""
    return "\0" not in file and not any(part in ("", ".", "..") for part in file.split("/"))


def _entry_values(entry: Entry) -> list:
    values = [entry.status, entry.headers, entry.file, entry.digest, list(entry.codings), entry.location, entry.link]
    # Most entries end with values that are empty.
    while not values[-1] and values[-1] != 0:
        values.pop()
    return values


def _entry(values: list) -> Entry:
    codings = tuple(values[4]) if len(values) > 4 else ()
    return Entry(*values[:4], codings, *values[5:])
