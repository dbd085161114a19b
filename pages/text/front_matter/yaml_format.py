"""Front matter in YAML. Scalars are not resolved: `no` and `010` stay strings."""

from collections.abc import Callable
from typing import Protocol

import yaml

from pages.text.front_matter.values import (
    FrontMatterValues,
    InvalidFrontMatter,
    Replacement,
    fits_single_quotes,
    is_plain,
    quote,
)

MAX_LEVELS = 200
# Each collection contains at least one of these characters that no other collection contains.
_INDICATORS = "[{:?-"


class _Mark(Protocol):
    """A position in the text: PyYAML and libyaml have a class each."""

    @property
    def line(self) -> int: ...


def read(front: str) -> FrontMatterValues:
    """Return the top-level values. Raises InvalidFrontMatter, with the line."""
    node = _compose(front)
    values = FrontMatterValues()
    seen: set[str] = set()
    for key, value in node.value if node else ():
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidFrontMatter(f"The front matter has a key that is not a string: line {_line(key.start_mark)}.")
        if key.value in seen:
            raise InvalidFrontMatter(f"The front matter has the key {key.value!r} twice: line {_line(key.start_mark)}.")
        seen.add(key.value)
        if isinstance(value, yaml.ScalarNode):
            values.scalars[key.value] = value.value
        elif isinstance(value, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in value.value):
            values.lists[key.value] = tuple(item.value for item in value.value)
    return values


def build_replacement(front: str, key: str, value: str, newline: str, write: Callable[[str, str], str]) -> Replacement:
    """Return the replacement that sets one value in place, or that adds it at the end.

    `write` receives the value and the text that it replaces, which is empty for a new key.
    """
    # The marks of the Python loader are positions in characters.
    node = _compose(front, yaml.BaseLoader)
    for name, scalar in node.value if node else ():
        if name.value == key:
            start = scalar.start_mark.index
            # A block scalar's end mark is after its last newline, which must stay.
            old = front[start : scalar.end_mark.index].rstrip()
            space = " " if front[:start].endswith(":") else ""
            return Replacement(start, start + len(old), space + write(value, old))
    line_break = "" if not front or front.endswith(("\n", "\r")) else newline
    written_key = key if key.isidentifier() and key.isascii() else quote(key)
    return Replacement(len(front), len(front), f"{line_break}{written_key}: {write(value, '')}{newline}")


def write_like(value: str, old: str) -> str:
    """Write a value in the style of the text that it replaces, as far as the value allows it."""
    if old.startswith("'") and fits_single_quotes(value):
        return f"'{value}'"
    return value if is_plain(value) and not old.startswith(('"', "'")) else quote(value)


def _compose(
    front: str, loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader] = yaml.CBaseLoader
) -> yaml.MappingNode | None:
    try:
        _check_levels(front)
        node = yaml.compose(front, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark)
        raise InvalidFrontMatter(f"The front matter is not valid YAML: line {line}: {error.problem}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidFrontMatter("The front matter is not valid YAML.") from error
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise InvalidFrontMatter("The front matter is not a list of keys with values.")
    return node


def _line(mark: _Mark | None) -> int:
    # Marks count from 0, and the opening fence is line 1 of the file.
    return mark.line + 2 if mark else 2


def _check_levels(front: str) -> None:
    """Raise InvalidFrontMatter for nesting so deep that the recursive parser would crash the process."""
    if sum(map(front.count, _INDICATORS)) <= MAX_LEVELS:
        return
    level = 0
    for event in yaml.parse(front, Loader=yaml.CBaseLoader):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > MAX_LEVELS:
            raise InvalidFrontMatter(f"The front matter is nested too deep: line {_line(event.start_mark)}.")
