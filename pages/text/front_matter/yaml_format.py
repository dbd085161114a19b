"""Front matter in YAML, its scalars unresolved: `no` and `010` stay the strings that they are."""

from collections.abc import Callable

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
# Each collection has at least one of these that no other collection has.
_INDICATORS = "[{:?-"


def read(front: str) -> FrontMatterValues:
    """Return what the front matter says. Raises InvalidFrontMatter, with the line."""
    node = _mapping(front)
    values = FrontMatterValues()
    seen: set[str] = set()
    for key, value in node.value if node else ():
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidFrontMatter(f"The front matter has a key that is no text: line {_line(key.start_mark)}.")
        if key.value in seen:
            raise InvalidFrontMatter(f"The front matter has the key {key.value!r} twice: line {_line(key.start_mark)}.")
        seen.add(key.value)
        if isinstance(value, yaml.ScalarNode):
            values.scalars[key.value] = value.value
        elif isinstance(value, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in value.value):
            values.lists[key.value] = tuple(item.value for item in value.value)
    return values


def build_replacement(front: str, key: str, value: str, newline: str, write: Callable[[str, str], str]) -> Replacement:
    """Return the change that replaces one value where it stands, or adds it at the end.

    `write` is given the value and the text that it takes the place of, empty where there is none.
    """
    # The Python loader: its marks count characters, and positions are counted in them.
    node = _mapping(front, yaml.BaseLoader)
    for found, scalar in node.value if node else ():
        if found.value == key:
            start = scalar.start_mark.index
            # A block scalar's mark lies behind its last newline, which belongs to the file.
            old = front[start : scalar.end_mark.index].rstrip()
            space = " " if front[:start].endswith(":") else ""
            return Replacement(start, start + len(old), space + write(value, old))
    gap = "" if not front or front.endswith(("\n", "\r")) else newline
    name = key if key.isidentifier() and key.isascii() else quote(key)
    return Replacement(len(front), len(front), f"{gap}{name}: {write(value, '')}{newline}")


def format_like(value: str, old: str) -> str:
    """Return a value written in the style of the one that it takes the place of, as far as it can be."""
    if old.startswith("'") and fits_single_quotes(value):
        return f"'{value}'"
    return value if is_plain(value) and not old.startswith(('"', "'")) else quote(value)


def _mapping(front: str, loader=yaml.CBaseLoader) -> yaml.MappingNode | None:
    try:
        _insist_on_few_levels(front)
        node = yaml.compose(front, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark) if error.problem_mark else 2
        raise InvalidFrontMatter(f"The front matter is not valid YAML: line {line}: {error.problem}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidFrontMatter("The front matter is not valid YAML.") from error
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise InvalidFrontMatter("The front matter is not a list of keys with values.")
    return node


def _line(mark) -> int:
    # Marks count from 0, and the fence is the first line.
    return mark.line + 2


def _insist_on_few_levels(front: str) -> None:
    """Raise where values are nested so deep that the parser, which calls itself for each level, would crash."""
    if sum(map(front.count, _INDICATORS)) <= MAX_LEVELS:
        return
    level = 0
    for event in yaml.parse(front, Loader=yaml.CBaseLoader):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > MAX_LEVELS:
            raise InvalidFrontMatter(f"The front matter is nested too deep: line {_line(event.start_mark)}.")
