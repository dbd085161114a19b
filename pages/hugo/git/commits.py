"""Commits as git stores them, and the form of their fields that git and `git fsck --strict` accept."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pages.hugo.git.change_notes import read_change_note

DELETED_MODE = "000000"
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PERSON = re.compile(r"([^<]*)<(.*)>(.*)", re.DOTALL)
# A longer number is outside the calendar anyway, and int() raises ValueError for thousands of digits.
_SECONDS = re.compile(r"-?\d{1,18}(?=\s|$)", re.ASCII)
_FORBIDDEN_IN_NAMES = re.compile(r"[<>\n\r\0]")
_DATE = re.compile(r"\s*(\d+)(?:\s+([+-]\d{4}))?\s*", re.ASCII)
# Git stores timestamps as signed 64-bit numbers.
_MAX_TIMESTAMP = (1 << 63) - 1
_MAX_PATH_BYTES = 4096
# Code points that HFS+ ignores when it compares names, so that they can hide a `.git` (see utf8.c in git).
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
# Names that a file system may treat as `.git` or as a file that controls git: those with trailing dots, spaces or NTFS
# streams, and NTFS short names (see path.c in git).
_RESERVED_BY_GIT = re.compile(
    r"(?:\.git(?:modules|attributes)?[ .]*(?::.*)?|git(?:mod|att)?~\d[ .]*(?::.*)?|gi[0-9a-f]{4}~\d[ .]*(?::.*)?)",
    re.IGNORECASE | re.DOTALL,
)


class ForbiddenPath(ValueError):
    """A path that git rejects or that would change how git behaves."""


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
    def change_note(self) -> str:
        """What the message says that the commit changes."""
        return read_change_note(decode_text(self.message, self.encoding))

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


def person_line(role: str, person: Person) -> bytes:
    """Return the author or committer line, without the characters that git forbids in names."""
    name, email = (_FORBIDDEN_IN_NAMES.sub("", text).strip() for text in (person.name, person.email))
    # Without the space after an empty name, fsck reports a missing name.
    return f"{role} {name} <{email}> {valid_date(person.date)}\n".encode(errors="replace")


def valid_date(date: str) -> str:
    """Return a raw date that git accepts: zero if it is missing or too large, UTC if its time zone is invalid."""
    match = _DATE.fullmatch(date)
    if not match:
        return "0 +0000"
    seconds = match[1].lstrip("0") or "0"
    # The length is checked first because int() raises ValueError for thousands of digits.
    is_in_range = len(seconds) < 20 and int(seconds) < _MAX_TIMESTAMP
    return f"{seconds if is_in_range else 0} {match[2] or '+0000'}"


def quote_path(path: bytes) -> bytes:
    """Quote a path for `git fast-import`. Raises ForbiddenPath."""
    name = path.decode(errors="replace")
    if not path or len(path) > _MAX_PATH_BYTES or b"\0" in path:
        raise ForbiddenPath(f"“{name[:100]}” is not a valid path: it is empty, too long, or contains NUL.")
    for part in name.split("/"):
        if part in {"", ".", ".."}:
            raise ForbiddenPath(f"“{name}” is not a valid path: it contains the part “{part}”.")
        # On Windows a backslash separates folders as well.
        if any(_RESERVED_BY_GIT.fullmatch(_IGNORED_BY_HFS.sub("", piece)) for piece in part.split("\\")):
            raise ForbiddenPath(f"“{name}” is not allowed as a path: git reserves the name “{part}”.")
    return b'"%s"' % path.replace(b"\\", rb"\\").replace(b'"', rb"\"").replace(b"\n", rb"\n")
