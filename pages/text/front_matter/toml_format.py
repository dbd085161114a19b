"""Front matter in TOML (1.0): the standard library says what it means, and a small scanner where each value stands.

The scanner only reads what the library has read before, so that it need not know what is allowed.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pages.text.front_matter.values import (
    FrontMatterValues,
    InvalidFrontMatter,
    PatchFailed,
    Replacement,
    fits_single_quotes,
    is_plain,
    quote,
)

# Fewer than in YAML: the library's work grows with the square of the levels, and three of its calls make one.
MAX_LEVELS = 32
# A string that nothing closes ends with its line, or with the text: so every text is read once.
_STRING = (
    r'"""(?:[^"\\]++|\\[\s\S]|"{1,2}(?!"))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']++|'{1,2}(?!'))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\r\n]++|\\.)*+"?'
    r"|'[^'\r\n]*+'?"
)
_COMMENT = r"#[^\r\n]*+"
# A space may stand in a date, before the time.
_BARE = r"[^\s,\[\]{}\"'#=]++(?: \d[^\s,\[\]{}\"'#=]*+)?+"
_SPACE = re.compile(rf"(?:\s++|{_COMMENT})*+")
_PART = r"(?:[\w-]++|\"(?:[^\"\\\r\n]++|\\.)*+\"|'[^'\r\n]*+')"
_KEY = re.compile(rf"({_PART})((?:[ \t]*+\.[ \t]*+{_PART})*+)[ \t]*+=[ \t]*+")
_SCALAR = re.compile(rf"{_STRING}|{_BARE}")
_ITEM = re.compile(rf"{_STRING}|{_COMMENT}|{_BARE}")
_TOKEN = re.compile(rf"{_STRING}|{_COMMENT}|[\[\]{{}}.,=\r\n]|[^\"'#\[\]{{}}.,=\r\n]++")
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)")
_ERROR = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)


@dataclass(frozen=True)
class _Entry:
    """Where a value at the top stands. A dotted key has no name: it is a table's."""

    name: str | None
    start: int
    end: int


def read(front: str) -> FrontMatterValues:
    """Return what the front matter says, numbers as they are written. Raises InvalidFrontMatter, with the line."""
    table = _table(front)
    values = FrontMatterValues()
    for entry in _entries(front):
        value, written = table.get(entry.name), front[entry.start : entry.end]
        if entry.name is None or isinstance(value, dict):
            continue
        if not isinstance(value, list):
            values.scalars[entry.name] = _text(value, written)
        elif not any(isinstance(item, list | dict) for item in value):
            items = [found[0] for found in _ITEM.finditer(written[1:-1]) if not found[0].startswith("#")]
            values.lists[entry.name] = tuple(map(_text, value, items))
    return values


def build_replacement(front: str, key: str, value: str, newline: str, write: Callable[[str, str], str]) -> Replacement:
    """Return the change that replaces one value where it stands, or adds it before the first table.

    `write` is given the value and the text that it takes the place of, empty where there is none. Raises PatchFailed
    where something else would be lost.
    """
    before = _table(front)
    entries = list(_entries(front))
    for entry in entries:
        if entry.name == key:
            change = Replacement(entry.start, entry.end, write(value, front[entry.start : entry.end]))
            break
    else:
        change = _added(front, entries, f"{_key(key)} = {write(value, '')}", newline)
    after = _table(change.apply_to(front))
    if {**before, key: None} != {**after, key: None}:
        raise PatchFailed("The front matter cannot take the change without losing something else.")
    return change


def format_like(value: str, old: str) -> str:
    """Return a value written in the style of the one that it takes the place of, as far as it can be."""
    if old.startswith("'") and fits_single_quotes(value):
        return f"'{value}'"
    return value if not old.startswith(('"', "'")) and _is_plain(value) else quote(value)


def _is_plain(value: str) -> bool:
    try:
        return is_plain(value) and bool(tomllib.loads(f"value = {value}"))
    except ValueError:
        # A date that the calendar lacks, or a time without seconds.
        return False


def _text(value: object, written: str) -> str:
    return value if isinstance(value, str) else written


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else quote(key)


def _added(front: str, entries: list[_Entry], line: str, newline: str) -> Replacement:
    """Add a line at the end, or where tables begin after the last value before them: below, it would be a table's."""
    last = entries[-1].end if entries else 0
    if _SPACE.match(front, last).end() == len(front):
        gap = "" if not front or front.endswith(("\n", "\r")) else newline
        return Replacement(len(front), len(front), f"{gap}{line}{newline}")
    place = _LINE.match(front, last).end() if entries else 0
    return Replacement(place, place, f"{line}{newline}")


def _table(front: str) -> dict[str, object]:
    # TOML knows no CR alone; a file that has only those is read all the same, as it is in YAML.
    text = front.replace("\r\n", "\n").replace("\r", "\n")
    _insist_on_few_levels(text)
    try:
        # Floats stay text: "not a number" would equal nothing, not even itself.
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        found = _ERROR.fullmatch(str(error))
        problem = found[1] if found else str(error)
        line = int(found[2]) + 1 if found and found[2] else text.rstrip("\n").count("\n") + 2
        raise InvalidFrontMatter(f"The front matter is not valid TOML: line {line}: {problem}.") from error
    except (ValueError, RecursionError) as error:
        # A whole number of thousands of digits, for example.
        raise InvalidFrontMatter("The front matter is not valid TOML.") from error


def _insist_on_few_levels(text: str) -> None:
    if sum(map(text.count, "[{.")) <= MAX_LEVELS:
        return
    level = dots = 0
    for found in _TOKEN.finditer(text):
        part = found[0]
        level += (part in "[{") - (part in "]}")
        # The dots of one key follow one another; a string between them is a part of it.
        dots = 0 if part in "[]{},=\n" else dots + (part == ".")
        if level + dots > MAX_LEVELS:
            line = text.count("\n", 0, found.start()) + 2
            raise InvalidFrontMatter(f"The front matter is nested too deep: line {line}.")


def _entries(front: str) -> Iterator[_Entry]:
    """Yield where the values before the first table stand, in their order."""
    position = _SPACE.match(front).end()
    while position < len(front) and front[position] != "[":
        key = _KEY.match(front, position)
        end = _end_of_value(front, key.end())
        yield _Entry(None if key[2] else _name(key[1]), key.end(), end)
        position = _SPACE.match(front, end).end()


def _name(written: str) -> str:
    return next(iter(tomllib.loads(f"{written} = 0"))) if written[0] in "\"'" else written


def _end_of_value(front: str, start: int) -> int:
    if front[start] not in "[{":
        return _SCALAR.match(front, start).end()
    level = 0
    for found in _TOKEN.finditer(front, start):
        level += (found[0] in "[{") - (found[0] in "]}")
        if not level:
            return found.end()
    return len(front)
