"""What may stand in a commit that is made here, so that git and `git fsck --strict` have nothing against it."""

import re

from pages.hugo.git.commits import Person

_FORBIDDEN_IN_NAMES = re.compile(r"[<>\n\r\0]")
_DATE = re.compile(r"\s*(\d+)(?:\s+([+-]\d{4}))?\s*", re.ASCII)
# The most that a signed number of 64 bits holds, in which git keeps moments.
_LATEST = (1 << 63) - 1
_ENCODING = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_LONGEST_PATH = 4096
# Code points that HFS+ leaves out where it compares names, so that they hide a `.git` (git's utf8.c).
_UNSEEN = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
# What a file system may take for `.git`, or for the files by which git is told what to do: endings of dots, blanks or
# streams, and the short names of NTFS (git's path.c).
_GITS_OWN = re.compile(
    r"(?:\.git(?:modules|attributes)?[ .]*(?::.*)?|git(?:mod|att)?~\d[ .]*(?::.*)?|gi[0-9a-f]{4}~\d[ .]*(?::.*)?)",
    re.IGNORECASE | re.DOTALL,
)


class ForbiddenPath(ValueError):
    """A path that git does not take, or that would tell it what to do."""


def person_line(role: str, person: Person, encoding: str) -> bytes:
    """Return the line of an author or of a committer. What git does not take in names and dates is left out."""
    name, email = (
        _encoded(_FORBIDDEN_IN_NAMES.sub("", text).strip(), encoding) for text in (person.name, person.email)
    )
    # The blank stands after an empty name too: without it fsck says that the name is missing.
    return b"%s %s <%s> %s\n" % (role.encode(), name, email, valid_date(person.date).encode())


def valid_date(date: str) -> str:
    """Return a raw date as git takes it: zero where there is none or it is too great, UTC without a sound zone."""
    found = _DATE.fullmatch(date)
    if not found:
        return "0 +0000"
    seconds = found[1].lstrip("0") or "0"
    is_held = len(seconds) < 20 and int(seconds) < _LATEST
    return f"{seconds if is_held else 0} {found[2] or '+0000'}"


def valid_encoding(encoding: str) -> str:
    """Return the name of an encoding as a header may have it; an empty one where it may not."""
    return encoding if _ENCODING.fullmatch(encoding) else ""


def quote_path(path: bytes) -> bytes:
    """Return a path as fast-import takes it. Raises ForbiddenPath."""
    name = path.decode(errors="replace")
    if not path or len(path) > _LONGEST_PATH or b"\0" in path:
        raise ForbiddenPath(f"“{name[:100]}” is no path: it is empty, too long, or has a NUL.")
    for part in name.split("/"):
        if part in {"", ".", ".."}:
            raise ForbiddenPath(f"“{name}” is no path in a tree: it has a part “{part}”.")
        # For Windows a backslash parts folders as well.
        if any(_GITS_OWN.fullmatch(_UNSEEN.sub("", piece)) for piece in part.split("\\")):
            raise ForbiddenPath(f"“{name}” is no path for a text: git takes “{part}” for its own.")
    return b'"%s"' % path.replace(b"\\", rb"\\").replace(b'"', rb"\"").replace(b"\n", rb"\n")


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return text.encode(errors="replace")
