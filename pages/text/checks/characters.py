"""Characters that readers do not see, or that change what they see."""

import re
import unicodedata
from collections.abc import Iterator

from pages.text.checks.findings import Finding, FindingKind
from pages.text.extensions.characters import FORBIDDEN, has_forbidden, is_composed
from pages.text.messages import Message, plural_message

_OVERRIDES = "\u202d\u202e"
_EMBEDDINGS, _ISOLATES, _MARKS = "\u202a\u202b", "\u2066\u2067\u2068", "\u200e\u200f\u061c"
_DIRECTION = re.compile(f"[{_OVERRIDES}{_EMBEDDINGS}{_ISOLATES}{_MARKS}\u202c\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]"
    # Joiners have a meaning in other scripts and in emoji.
    "|(?<=[A-Za-z0-9 .,\u00c0-\u024f\u0370-\u052f])[\u200c\u200d]"
    # Tags, except in flags.
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]"
)
# The search of a line costs more than that of the whole text for any of its characters.
_ANY = re.compile(f"{_DIRECTION.pattern}|{FORBIDDEN.pattern}|{_INVISIBLE.pattern}|\ufffd")
# One class of all of them, in whatever place: it is searched several times as fast.
_CANDIDATE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufffd"
    "\U000e0001-\U000e007f]"
)


def find_hidden_characters(text: str, field: str = "body") -> Iterator[Finding]:
    """Yield a finding for each line of a field that has such characters, and kind of them."""
    if text.isascii() and not has_forbidden(text):
        return
    is_all_composed = is_composed(text)
    has_candidate = _CANDIDATE.search(text) or has_forbidden(text)
    if is_all_composed and (not has_candidate or not _ANY.search(text)):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.isascii() and not has_forbidden(line):
            continue
        yield from _check_line(line, number, field)
        if not is_all_composed and not is_composed(line):
            yield _build_decomposed(line, number, field)


def _check_line(line: str, number: int, field: str) -> Iterator[Finding]:
    if _ANY.search(line):
        yield from _check_direction(line, number, field)
        yield from _check_invisible(line, number, field)


def _check_direction(line: str, number: int, field: str) -> Iterator[Finding]:
    found = _DIRECTION.findall(line)
    if not found or (_RIGHT_TO_LEFT.search(line) and not set(found) & set(_OVERRIDES) and _is_balanced(line)):
        return
    names = name_characters(found)
    message = Message("Hidden characters change the order in which readers see this line: %(names)s.", names=names)
    blocks = bool(set(found) & set(_OVERRIDES))
    yield Finding(kind=FindingKind.DIRECTION, line=number, field=field, subject=names, blocks=blocks, message=message)


def _is_balanced(line: str) -> bool:
    """Tell whether everything that is opened in a line is closed in it."""
    opened: list[str] = []
    for character in _DIRECTION.findall(line):
        if character in _EMBEDDINGS or character in _ISOLATES:
            opened.append("\u202c" if character in _EMBEDDINGS else "\u2069")
        elif character not in _MARKS and (not opened or opened.pop() != character):
            return False
    return not opened


def _check_invisible(line: str, number: int, field: str) -> Iterator[Finding]:
    if found := _INVISIBLE.findall(line):
        names = name_characters(found)
        message = Message(
            "Characters that readers do not see: %(names)s. They stay in the text, and a search may miss the words.",
            names=names,
        )
        yield Finding(kind=FindingKind.INVISIBLE, line=number, field=field, subject=names, message=message)
    if found := FORBIDDEN.findall(line):
        names = name_characters(found)
        message = Message("Control characters that readers do not get: %(names)s.", names=names)
        yield Finding(kind=FindingKind.FORBIDDEN, line=number, field=field, subject=names, message=message)
    if count := line.count("\ufffd"):
        message = plural_message(
            "%(count)d character could not be read, and readers see a question mark (U+FFFD) instead.",
            "%(count)d characters could not be read, and readers see question marks (U+FFFD) instead.",
            count=count,
        )
        yield Finding(kind=FindingKind.UNREADABLE, line=number, field=field, message=message)


def name_characters(characters: list[str]) -> str:
    """Return the distinct code points of characters, such as `U+00AD, U+200B`; of many only the first ones."""
    names = [f"U+{ord(character):04X}" for character in dict.fromkeys(characters)]
    return ", ".join(names if len(names) <= 5 else [*names[:5], "…"])


def _build_decomposed(line: str, number: int, field: str) -> Finding:
    words = [unicodedata.normalize("NFC", word) for word in line.split() if not is_composed(word)]
    subject = " ".join(words[:3])[:60]
    message = Message(
        "Letters are written as several characters: “%(subject)s”. Readers see the same, but a search may miss the "
        "words.",
        subject=subject,
    )
    return Finding(kind=FindingKind.DECOMPOSED, line=number, field=field, subject=subject, message=message)
