"""Reading whole documents in YAML, TOML and JSON, with the values inside others, as strings, lists and mappings.

Scalars stay as they are written, so that `no` is not False; null is the empty string. Documents are untrusted: their
size is limited.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TypeAlias

import yaml

from pages.text.front_matter import toml_format, yaml_format
from pages.text.front_matter.values import InvalidFrontMatter

Value: TypeAlias = str | list["Value"] | dict[str, "Value"]

# An alias counts as often as it is used.
MAX_VALUES = 20_000
_NULL = ("", "~", "null", "Null", "NULL")
_MERGE = "<<"


def _refuse_deep_nesting(read: Callable[[str], dict[str, Value]]) -> Callable[[str], dict[str, Value]]:
    # An alias within its own anchor never ends.
    @wraps(read)
    def read_or_refuse(text: str) -> dict[str, Value]:
        try:
            return read(text)
        except RecursionError as error:
            raise InvalidFrontMatter("The front matter is nested too deep.") from error

    return read_or_refuse


@_refuse_deep_nesting
def read_yaml(text: str) -> dict[str, Value]:
    """Return the values of a YAML mapping, merge keys (`<<`) resolved. Raises InvalidFrontMatter."""
    node = yaml_format.compose(text)
    return read_node(node) if node else {}


@_refuse_deep_nesting
def read_toml(text: str) -> dict[str, Value]:
    """Return the values of a TOML document. Raises InvalidFrontMatter."""
    return plain_mapping(toml_format.load(text))


@_refuse_deep_nesting
def read_json(text: str) -> dict[str, Value]:
    """Return the values of the JSON object that a text begins with. Raises InvalidFrontMatter."""
    try:
        values, _end = json.JSONDecoder().raw_decode(text)
    except ValueError as error:
        raise InvalidFrontMatter("The front matter is not valid JSON.") from error
    if not isinstance(values, dict):
        raise InvalidFrontMatter("The front matter is not a list of keys with values.")
    return plain_mapping(values)


def read_node(node: yaml.MappingNode) -> dict[str, Value]:
    """Return the values of a composed YAML mapping. Raises InvalidFrontMatter, or RecursionError."""
    return _YamlReader().mapping(node)


def plain_mapping(values: Mapping[str, object]) -> dict[str, Value]:
    """Return the values of a TOML or JSON document, with scalars as strings. May raise RecursionError."""
    return {key: _plain(value) for key, value in values.items()}


def fold_keys(value: Value) -> Value:
    """Return a value with all keys in it in lower case. Of keys that differ only in case the last one counts."""
    if isinstance(value, dict):
        return fold_mapping(value)
    return [fold_keys(item) for item in value] if isinstance(value, list) else value


def fold_mapping(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values as `fold_keys` does."""
    return {key.lower(): fold_keys(value) for key, value in values.items()}


class _YamlReader:
    def __init__(self) -> None:
        self._left = MAX_VALUES

    def mapping(self, node: yaml.MappingNode) -> dict[str, Value]:
        """Return the values by key. Own ones take precedence over merged ones, and the last of equal keys counts."""
        own: dict[str, Value] = {}
        merged: dict[str, Value] = {}
        for key, content in node.value:
            value = self._value(content)
            if key.value == _MERGE:
                for mapping in value if isinstance(value, list) else [value]:
                    merged = (mapping if isinstance(mapping, dict) else {}) | merged
            elif isinstance(key, yaml.ScalarNode):
                own[key.value] = value
        return merged | own

    def _value(self, node: yaml.Node) -> Value:
        self._left -= 1
        if self._left < 0:
            raise InvalidFrontMatter(f"The front matter has more than {MAX_VALUES} values.")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item) for item in node.value]
        is_null = isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULL
        return "" if is_null else str(node.value)


def _plain(value: object) -> Value:
    if isinstance(value, dict):
        return plain_mapping(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    # Dates and times are written as in ISO 8601.
    return "" if value is None else str(value)
