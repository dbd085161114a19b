"""Front matter in TOML 1.0: `tomllib` reads the values, and a small scanner finds their positions.

The scanner reads only what `tomllib` has accepted before, so it does not check what is allowed.
"""

import re
import tomllib
from collections.abc import Iterator

from pages.text.front_matter.values import FrontMatterValues, InvalidFrontMatter, is_plain
from pages.text.messages import Message

SEPARATOR = " = "
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


def read(front: str) -> FrontMatterValues:
    """Return the top-level values, numbers as they are written. Raises InvalidFrontMatter, with the line."""
    nested = load(front)
    values = FrontMatterValues(nested=nested)
    for key, start, end in _scan_entries(front):
        value, written = nested.get(key or ""), front[start:end]
        items = value if isinstance(value, list) else [value]
        if key is None or any(isinstance(item, list | dict) for item in items):
            continue
        if isinstance(value, list):
            written_items = [match[0] for match in _ITEM.finditer(written[1:-1]) if not match[0].startswith("#")]
            values.lists[key] = tuple(map(_as_text, value, written_items))
        else:
            values.front_matter[key] = _as_text(value, written)
        del nested[key]
    return values


def find_value(front: str, key: str) -> tuple[int, int, bool]:
    """Return the start and end of a value as it is written, and whether the key exists.

    A new one belongs at the end, or on the line before the first table: below, it would belong to the table.
    """
    last = 0
    for name, start, end in _scan_entries(front):
        if name == key:
            return start, end, True
        last = end
    position = _match(_LINE, front, last).end() if last else 0
    if _match(_SPACE, front, last).end() == len(front):
        position = len(front)
    return position, position, False


def is_bare(value: str) -> bool:
    """Tell whether a value needs no quotes."""
    try:
        return is_plain(value) and bool(tomllib.loads(f"value = {value}"))
    except ValueError:
        # For example 30 February, or a time without seconds.
        return False


def _as_text(value: object, written: str) -> str:
    return value if isinstance(value, str) else written


def load(front: str) -> dict[str, object]:
    """Return all values, floats as they are written. Raises InvalidFrontMatter, with the line."""
    # TOML does not allow a lone CR as a newline. A file that uses it is read anyway, as in YAML.
    text = front.replace("\r\n", "\n").replace("\r", "\n")
    if line := find_deep_line(text):
        # The opening fence is line 1 of the file.
        raise InvalidFrontMatter(Message("The front matter is nested too deep: line %(line)d.", line=line + 1))
    try:
        # Floats stay text because NaN is not equal to itself, and values are compared before and after a patch.
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        match = _ERROR.fullmatch(str(error))
        problem = match[1] if match else str(error)
        line = int(match[2]) + 1 if match and match[2] else text.rstrip("\n").count("\n") + 2
        raise InvalidFrontMatter(
            Message("The front matter is not valid TOML: line %(line)d: %(problem)s.", line=line, problem=problem)
        ) from error
    except (ValueError, RecursionError) as error:
        # For example an integer of thousands of digits.
        raise InvalidFrontMatter(Message("The front matter is not valid TOML.")) from error


def find_deep_line(text: str) -> int | None:
    """Return the line with nesting that would take tomllib too long or overflow the stack; None if there is none."""
    if sum(map(text.count, "[{.")) <= MAX_LEVELS:
        return None
    level = dots = 0
    for match in _TOKEN.finditer(text):
        symbol = match[0]
        level += (symbol in "[{") - (symbol in "]}")
        # Dots count only within one key, whose parts may be strings.
        dots = 0 if symbol in "[]{},=\n" else dots + (symbol == ".")
        if level + dots > MAX_LEVELS:
            return text.count("\n", 0, match.start()) + 1
    return None


def _scan_entries(front: str) -> Iterator[tuple[str | None, int, int]]:
    """Yield the keys before the first table with the start and end of their values, in order.

    A dotted key is None, because its value belongs to a table.
    """
    position = _match(_SPACE, front, 0).end()
    while position < len(front) and front[position] != "[":
        key = _match(_KEY, front, position)
        end = _find_value_end(front, key.end())
        yield None if key[2] else _read_key(key[1]), key.end(), end
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
