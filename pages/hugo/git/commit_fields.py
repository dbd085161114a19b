"""Fields of commits written here, in the form that git and `git fsck --strict` accept."""

import re

from pages.hugo.git.commits import Person

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
