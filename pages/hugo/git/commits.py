"""Commits as git has them: who, when, what was said, and which files changed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DELETED_MODE = "000000"
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PERSON = re.compile(r"([^<]*)<(.*)>(.*)", re.DOTALL)
_SECONDS = re.compile(r"-?\d{1,18}(?=\s|$)", re.ASCII)


@dataclass(frozen=True)
class Change:
    """What stands at a path from a commit on; mode "000000" and an empty blob where it goes.

    The path is raw, and a repository may be made by hand: it can be `../a` or `.git/config` too.
    """

    path: bytes
    mode: str
    blob: str


@dataclass(frozen=True)
class Person:
    """An author or a committer with the raw date, such as `1690000000 +0200`; U+FFFD replaces invalid bytes."""

    name: str
    email: str
    date: str


@dataclass(frozen=True)
class Commit:
    """A commit, its message's exact bytes, and its changes against its first parent."""

    id: str
    author: Person
    committer: Person
    message: bytes
    encoding: str
    changes: tuple[Change, ...]

    @property
    def committed_at(self) -> datetime:
        """The committer's date in UTC; 1970-01-01, as git has it, where there is none or no calendar has it."""
        return parse_git_date(self.committer.date)

    @property
    def subject(self) -> str:
        """The message's first line that is not empty."""
        lines = decode_text(self.message, self.encoding).split("\n")
        return next((line.strip() for line in lines if line.strip()), "")


def parse_git_date(date: str) -> datetime:
    """Return the moment of a raw date in UTC: the epoch where it is missing, or outside of the years 1 to 9999."""
    seconds = _SECONDS.match(date)
    try:
        return EPOCH + timedelta(seconds=int(seconds[0])) if seconds else EPOCH
    except OverflowError:
        return EPOCH


def decode_text(content: bytes, encoding: str) -> str:
    """Decode by the commit's encoding, else (none or an unknown one) as UTF-8; U+FFFD for what does not decode."""
    try:
        return content.decode(encoding or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return content.decode(errors="replace")


def parse_commit(name: str, content: bytes, changes: tuple[Change, ...]) -> Commit:
    """Parse a commit object. Lines of headers that it lacks are empty."""
    head, _, message = content.partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        headers.setdefault(key, value)
    encoding = headers.get(b"encoding", b"").decode("ascii", errors="replace")
    author, committer = (_person(headers.get(key, b""), encoding) for key in (b"author", b"committer"))
    return Commit(name, author, committer, message, encoding, changes)


def _person(line: bytes, encoding: str) -> Person:
    text = decode_text(line, encoding)
    # Git takes the date from after the last ">".
    if found := _PERSON.fullmatch(text):
        return Person(found[1].strip(), found[2].strip(), found[3].strip())
    return Person(text.strip(), "", "")
