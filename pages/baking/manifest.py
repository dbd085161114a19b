"""What a static copy consists of: `manifest.json`, which the next run, the web server and an outage need."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

FORMAT = 1
# Tells the file from others of that name.
MADE_BY = "manage.py bake"
FILE_NAME = "manifest.json"
# The folder within the copy that holds the files of the site.
PUBLIC = "public"
INDEX = "index.html"


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


Headers = tuple[tuple[str, str], ...]
Group = Mapping[str, Entry]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The answers of a copy, in groups of addresses, and the state of the site that they were made from.

    The times are timestamps: of the state, of the last change without a write to the database, and of the next one.
    """

    counter: int
    at: float
    changed_by_time_at: float | None
    changes_at: float | None
    headers: tuple[Headers, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)

    @property
    def entries(self) -> dict[str, Entry]:
        return {address: entry for group in self.groups.values() for address, entry in group.items()}

    def to_json(self) -> str:
        fields = {"counter": self.counter, "at": self.at, "changed_by_time_at": self.changed_by_time_at}
        groups = {
            name: {address: _entry_values(entry) for address, entry in group.items()}
            for name, group in self.groups.items()
        }
        content = {
            "made_by": MADE_BY,
            "format": FORMAT,
            **fields,
            "changes_at": self.changes_at,
            "headers": self.headers,
            "groups": groups,
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def timestamp(time: datetime | None) -> float | None:
    return time.timestamp() if time else None


def read_manifest(copy: Path) -> Manifest:
    """Read the manifest of a copy. Raises NotACopy."""
    try:
        content = json.loads((copy / FILE_NAME).read_bytes())
        if content["made_by"] != MADE_BY:
            raise NotACopy(f"{copy} holds no static copy.")
        if content["format"] != FORMAT:
            raise OtherFormat(f"{copy} holds a static copy in format {content['format']}, not {FORMAT}.")
        return Manifest(
            counter=content["counter"],
            at=content["at"],
            changed_by_time_at=content["changed_by_time_at"],
            changes_at=content["changes_at"],
            headers=tuple(tuple(map(tuple, headers)) for headers in content["headers"]),
            groups={
                name: {address: _entry(values) for address, values in group.items()}
                for name, group in content["groups"].items()
            },
        )
    except (OSError, KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise NotACopy(f"{copy} holds no static copy.") from error


def file_of(address: str) -> str:
    """Return the file that a web server serves at an address, relative to PUBLIC. Raises ValueError if there is none.

    The address is without percent-encoding.
    """
    path = address.removeprefix("/")
    file = f"{path}{INDEX}" if not path or path.endswith("/") else path
    if any(part in ("", ".", "..") for part in file.split("/")) or "\0" in file:
        raise ValueError(f"{address} cannot be the name of a file.")
    return file


def _entry_values(entry: Entry) -> list:
    values = [entry.status, entry.headers, entry.file, entry.digest, list(entry.codings), entry.location, entry.link]
    # Most entries end with values that are empty.
    while not values[-1] and values[-1] != 0:
        values.pop()
    return values


def _entry(values: list) -> Entry:
    names = ("status", "headers", "file", "digest", "codings", "location", "link")
    fields = dict(zip(names, values, strict=False))
    return Entry(**{**fields, "codings": tuple(fields.get("codings", ()))})
