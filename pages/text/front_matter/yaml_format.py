"""Front matter in YAML. Scalars are not resolved: `no` and `010` stay strings."""

import yaml

from pages.text.front_matter.values import FrontMatterValues, InvalidFrontMatter, is_plain
from pages.text.messages import Message

SEPARATOR = ": "
is_bare = is_plain
MAX_LEVELS = 200
# Each collection contains at least one of these characters that no other collection contains.
_INDICATORS = "[{:?-"


def read(front: str) -> FrontMatterValues:
    """Return the top-level values. Raises InvalidFrontMatter, with the line."""
    node = compose(front)
    values = FrontMatterValues()
    seen: set[str] = set()
    for key, value in node.value if node else ():
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidFrontMatter(
                Message("The front matter has a key that is not a string: line %(line)d.", line=_line(key.start_mark))
            )
        if key.value in seen:
            raise InvalidFrontMatter(
                Message(
                    "The front matter has the key %(key)s twice: line %(line)d.",
                    key=repr(key.value),
                    line=_line(key.start_mark),
                )
            )
        seen.add(key.value)
        if isinstance(value, yaml.ScalarNode):
            values.front_matter[key.value] = value.value
        elif isinstance(value, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in value.value):
            values.lists[key.value] = tuple(item.value for item in value.value)
    return values


def find_value(front: str, key: str) -> tuple[int, int, bool]:
    """Return the start and end of a written value, and whether the key exists. A new one belongs at the end."""
    # The marks of the Python loader are positions in characters.
    node = compose(front, yaml.BaseLoader)
    for name, value in node.value if node else ():
        if name.value == key:
            start = value.start_mark.index
            # A block scalar's end mark is after its last newline, which must stay.
            return start, start + len(front[start : value.end_mark.index].rstrip()), True
    return len(front), len(front), False


def compose(
    front: str, loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader] = yaml.CBaseLoader
) -> yaml.MappingNode | None:
    """Return the mapping's node, None if the text is empty. Raises InvalidFrontMatter, with the line."""
    try:
        if line := find_deep_line(front):
            # The opening fence is line 1 of the file.
            raise InvalidFrontMatter(Message("The front matter is nested too deep: line %(line)d.", line=line + 1))
        node = yaml.compose(front, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark)
        raise InvalidFrontMatter(
            Message("The front matter is not valid YAML: line %(line)d: %(problem)s.", line=line, problem=error.problem)
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidFrontMatter(Message("The front matter is not valid YAML.")) from error
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise InvalidFrontMatter(Message("The front matter is not a list of keys with values."))
    return node


def _line(mark: "yaml.error.Mark | yaml._yaml.Mark | None") -> int:
    # Marks count from 0, and the opening fence is line 1 of the file.
    return mark.line + 2 if mark else 2


def find_deep_line(text: str) -> int | None:
    """Return the line with nesting so deep that the recursive parser would crash the process; None without one."""
    if sum(map(text.count, _INDICATORS)) <= MAX_LEVELS:
        return None
    level = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > MAX_LEVELS:
            return event.start_mark.line + 1 if event.start_mark else 1
    return None
