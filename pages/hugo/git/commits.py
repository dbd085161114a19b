"""Commits as git stores them: author, committer, message and changed files."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DELETED_MODE = "000000"
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PERSON = re.compile(r"([^<]*)<(.*)>(.*)", re.DOTALL)
# A longer number is outside the calendar anyway, and int() raises ValueError for thousands of digits.
_SECONDS = re.compile(r"-?\d{1,18}(?=\s|$)", re.ASCII)


@dataclass(frozen=True)
class Change:
    """The state of a path after a commit. A deleted path has mode "000000" and an empty blob id.

    The path is raw and must not be trusted: a repository made by hand can contain `../a` or `.git/config`.
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
    """A commit with the exact bytes of its message and its changes against its first parent."""

    id: str
    author: Person
    committer: Person
    message: bytes
    encoding: str
    changes: tuple[Change, ...]

    @property
    def committed_at(self) -> datetime:
        return parse_git_date(self.committer.date)

    @property
    def subject(self) -> str:
        """The first line of the message that is not empty."""
        lines = decode_text(self.message, self.encoding).split("\n")
        return next((line.strip() for line in lines if line.strip()), "")


def parse_git_date(date: str) -> datetime:
    """Return a raw date in UTC; 1970-01-01, as git shows it, if it is missing or outside the years 1 to 9999."""
    seconds = _SECONDS.match(date)
    try:
        return EPOCH + timedelta(seconds=int(seconds[0])) if seconds else EPOCH
    except OverflowError:
        return EPOCH


def decode_text(content: bytes, encoding: str) -> str:
    """Decode with the commit's encoding, or as UTF-8 if it has none or an unknown one; U+FFFD for invalid bytes."""
    try:
        return content.decode(encoding or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return content.decode(errors="replace")


def parse_commit(commit_id: str, content: bytes, changes: tuple[Change, ...]) -> Commit:
    """Parse the content of a commit object. Missing headers become empty strings."""
    head, _, message = content.partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        # A commit made by hand can repeat a header; git reads the first one.
        headers.setdefault(key, value)
    encoding = headers.get(b"encoding", b"").decode("ascii", errors="replace")
    author, committer = (_parse_person(headers.get(key, b""), encoding) for key in (b"author", b"committer"))
    return Commit(commit_id, author, committer, message, encoding, changes)


def _parse_person(line: bytes, encoding: str) -> Person:
    text = decode_text(line, encoding)
    # Like git, take the date from after the last ">".
    if match := _PERSON.fullmatch(text):
        return Person(match[1].strip(), match[2].strip(), match[3].strip())
    return Person(text.strip(), "", "")
