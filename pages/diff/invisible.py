"""Characters that readers do not see: comparing texts without them, and showing them by signs."""

import re
import unicodedata

_SIGNS = {"\r": "␍", "\t": "⇥", "\u00a0": "⍽", "\0": "␀"}
_SIGNS_OF_SPACE = {" ": "␣", "\n": "⏎"}
# Control characters, soft hyphens, zero-width and direction marks, and byte order marks.
_INVISIBLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
# What may stand before and after a mark of punctuation without being seen.
ANY_INVISIBLE = f"{_INVISIBLE.pattern}*"
# The joiners: in scripts whose letters join they change what readers see, in others they do not.
_JOINERS = re.compile("[\u200c\u200d]")
_LETTERS_THAT_JOIN = re.compile("[\u0590-\u1fff\u2c80-\ud7ff\uf900-\uffff\U00010000-\U0010ffff]")
# Also white space other than LF, and bytes that are not UTF-8.
_ALL_INVISIBLE = re.compile(f"{_INVISIBLE.pattern[:-1]}\t\r\u00a0\u200c\u200d\udc80-\udcff]")
# Those, and fillers, selectors of variants, and tags. Within emoji the latter are seen.
_UNSEEN = re.compile(
    f"{_INVISIBLE.pattern[:-1]}\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_EMOJI = re.compile("[\u203c-\u2bff\U0001f000-\U0001faff]")
# All of them, and all white space but the usual.
_NAMED = re.compile(f"{_UNSEEN.pattern[:-1]}\t\r\u00a0\u200c\u200d\u1680\u2000-\u200a\u202f\u205f\u3000\udc80-\udcff]")


def strip_invisible(text: str) -> str:
    """Return a text without invisible characters, with its other characters composed (Unicode's normal form C)."""
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", text)
    if _JOINERS.search(text) and not _LETTERS_THAT_JOIN.search(_JOINERS.sub("", text)):
        text = _JOINERS.sub("", text)
    return unicodedata.normalize("NFC", text)


def drop_unseen(text: str) -> str:
    """Return a text, from `strip_invisible`, without the other characters that readers hardly see."""
    return text if text.isascii() or _EMOJI.search(text) else _UNSEEN.sub("", text)


def show_space(text: str) -> str:
    """Return a text, such as the white space of code, with signs for white space and everything invisible."""
    return "".join(_SIGNS_OF_SPACE.get(character, character) for character in show_all_invisible(text))


def show_invisible(text: str) -> str:
    """Return a text with signs for the characters that `strip_invisible` removes in any text."""
    return text if text.isascii() else _INVISIBLE.sub(lambda match: _get_sign(match[0]), text)


def show_all_invisible(text: str) -> str:
    """Return a line of a source with signs for everything invisible but LF, and for bytes that are not UTF-8."""
    return _ALL_INVISIBLE.sub(lambda match: _get_sign(match[0]), text)


def name_invisible(text: str) -> str:
    """Return the code points of the invisible characters of a text and its special spaces, such as "U+00AD U+202F"."""
    return " ".join(f"U+{ord(character):04X}" for character in text if _NAMED.match(character))


def _get_sign(character: str) -> str:
    # `surrogateescape` decodes an invalid byte as U+DC00 plus the byte.
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02X}"
    return _SIGNS.get(character) or f"[U+{ord(character):04X}]"
