"""Front matter in TOML 1.0: `tomllib` reads the values, and a small scanner finds their positions.

The scanner reads only what `tomllib` has accepted before, so it does not check what is allowed.
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

# Fewer than in YAML: tomllib takes quadratic time, and each level needs three recursive calls.
MAX_LEVELS = 32
# An unclosed string ends with its line or with the text, so that the scan stays linear.
_STRING = (
    r'"""(?:[^"\\]++|\\[\s\S]|"{1,2}(?!"))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']++|'{1,2}(?!'))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\r\n]++|\\.)*+"?'
    r"|'[^'\r\n]*+'?"
)
_COMMENT = r"#[^\r\n]*+"
# A date and its time may be separated by a space.
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
    """The position of a top-level value. The key is None if it is dotted, because the value then belongs to a table."""

    key: str | None
    start: int
    end: int


def read(front: str) -> FrontMatterValues:
    """Return the top-level values, numbers as they are written. Raises InvalidFrontMatter, with the line."""
    table = _load(front)
    values = FrontMatterValues()
    for entry in _scan_entries(front):
        if entry.key is None:
            continue
        value, written = table.get(entry.key), front[entry.start : entry.end]
        if isinstance(value, list):
            if not any(isinstance(item, list | dict) for item in value):
                items = [match[0] for match in _ITEM.finditer(written[1:-1]) if not match[0].startswith("#")]
                values.lists[entry.key] = tuple(map(_as_text, value, items))
        elif not isinstance(value, dict):
            values.scalars[entry.key] = _as_text(value, written)
    return values


def build_replacement(front: str, key: str, value: str, newline: str, write: Callable[[str, str], str]) -> Replacement:
    """Return the replacement that sets one value in place, or that adds it before the first table.

    `write` receives the value and the text that it replaces, which is empty for a new key. Raises PatchFailed if any
    other value would change.
    """
    before = _load(front)
    entries = list(_scan_entries(front))
    for entry in entries:
        if entry.key == key:
            replacement = Replacement(entry.start, entry.end, write(value, front[entry.start : entry.end]))
            break
    else:
        replacement = _add_line(front, entries, f"{_write_key(key)} = {write(value, '')}", newline)
    after = _load(replacement.apply_to(front))
    if {**before, key: None} != {**after, key: None}:
        raise PatchFailed("The front matter cannot take the change without losing something else.")
    return replacement


def write_like(value: str, old: str) -> str:
    """Write a value in the style of the text that it replaces, as far as the value allows it."""
    if old.startswith("'") and fits_single_quotes(value):
        return f"'{value}'"
    return value if not old.startswith(('"', "'")) and _is_bare(value) else quote(value)


def _is_bare(value: str) -> bool:
    """Tell whether TOML reads a value without quotes."""
    try:
        return is_plain(value) and bool(tomllib.loads(f"value = {value}"))
    except ValueError:
        # For example 30 February, or a time without seconds.
        return False


def _as_text(value: object, written: str) -> str:
    return value if isinstance(value, str) else written


def _write_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else quote(key)


def _add_line(front: str, entries: list[_Entry], line: str, newline: str) -> Replacement:
    """Add a line at the end, or after the last value above the first table: below, it would belong to the table."""
    last = entries[-1].end if entries else 0
    if _match(_SPACE, front, last).end() == len(front):
        line_break = "" if not front or front.endswith(("\n", "\r")) else newline
        return Replacement(len(front), len(front), f"{line_break}{line}{newline}")
    position = _match(_LINE, front, last).end() if entries else 0
    return Replacement(position, position, f"{line}{newline}")


def _load(front: str) -> dict[str, object]:
    # TOML does not allow a lone CR as a newline. A file that uses it is read anyway, as in YAML.
    text = front.replace("\r\n", "\n").replace("\r", "\n")
    _check_levels(text)
    try:
        # Floats stay text because NaN is not equal to itself, and values are compared before and after a patch.
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        match = _ERROR.fullmatch(str(error))
        problem = match[1] if match else str(error)
        line = int(match[2]) + 1 if match and match[2] else text.rstrip("\n").count("\n") + 2
        raise InvalidFrontMatter(f"The front matter is not valid TOML: line {line}: {problem}.") from error
    except (ValueError, RecursionError) as error:
        # For example an integer of thousands of digits.
        raise InvalidFrontMatter("The front matter is not valid TOML.") from error


def _check_levels(text: str) -> None:
    """Raise InvalidFrontMatter for nesting that would take tomllib too long or overflow the stack."""
    if sum(map(text.count, "[{.")) <= MAX_LEVELS:
        return
    level = dots = 0
    for match in _TOKEN.finditer(text):
        symbol = match[0]
        level += (symbol in "[{") - (symbol in "]}")
        # Dots count only within one key, whose parts may be strings.
        dots = 0 if symbol in "[]{},=\n" else dots + (symbol == ".")
        if level + dots > MAX_LEVELS:
            line = text.count("\n", 0, match.start()) + 2
            raise InvalidFrontMatter(f"The front matter is nested too deep: line {line}.")


def _scan_entries(front: str) -> Iterator[_Entry]:
    """Yield the positions of the values before the first table, in order."""
    position = _match(_SPACE, front, 0).end()
    while position < len(front) and front[position] != "[":
        key = _match(_KEY, front, position)
        end = _find_value_end(front, key.end())
        yield _Entry(None if key[2] else _read_key(key[1]), key.end(), end)
        position = _match(_SPACE, front, end).end()


def _read_key(written: str) -> str:
    return next(iter(tomllib.loads(f"{written} = 0"))) if written[0] in "\"'" else written


def _find_value_end(front: str, start: int) -> int:
    if front[start] not in "[{":
        return _match(_SCALAR, front, start).end()
    level = 0
    for token in _TOKEN.finditer(front, start):
        level += (token[0] in "[{") - (token[0] in "]}")
        if not level:
            return token.end()
    return len(front)


def _match(pattern: re.Pattern[str], front: str, position: int) -> re.Match[str]:
    match = pattern.match(front, position)
    if match is None:
        raise RuntimeError(f"The scanner cannot read valid TOML at character {position}.")
    return match
