"""The parts that YAML and TOML front matter share: the values read, replacements, and the quoting of values."""

import json
import re
from dataclasses import dataclass, field

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# Numbers, booleans and dates that both formats write without quotes.
_DATE = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
_PLAIN = re.compile(rf"-?[1-9]\d*|0|true|false|{_DATE}", re.ASCII)


class InvalidFrontMatter(ValueError):
    """The front matter cannot be read as a mapping; the message names the line."""


class PatchFailed(ValueError):
    """A value could not be replaced without changing something else."""


@dataclass(frozen=True)
class FrontMatterValues:
    """The top-level values by key: scalars as they are written, and lists of scalars."""

    front_matter: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # Nested values of TOML, only to compare them before and after a patch.
    nested: dict[str, object] = field(default_factory=dict)

    def resolve_key(self, key: str) -> str:
        """Return a key as the front matter spells it, or as given if it is missing: Hugo ignores the case of keys."""
        if key in self.front_matter or key in self.lists:
            return key
        lowered = key.lower()
        return next((name for name in (*self.front_matter, *self.lists) if name.lower() == lowered), key)


def is_plain(value: str) -> bool:
    """Tell whether a value needs no quotes: a whole number, a boolean, or a date with or without a time."""
    return _PLAIN.fullmatch(value) is not None


def write_key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else quote(key)


def write_like(value: str, old: str, *, is_bare: bool) -> str:
    """Write a value in the style of the text that it replaces, as far as the value allows it.

    `is_bare` tells whether it needs no quotes. Single quotes can hold one printable line without a single quote.
    """
    if old.startswith("'") and "'" not in value and value.isprintable():
        return f"'{value}'"
    return value if is_bare and not old.startswith(('"', "'")) else quote(value)


def quote(value: str) -> str:
    """Return a value in double quotes that YAML and TOML both read.

    JSON's escapes are a subset of those of YAML's double-quoted style (YAML 1.2.2, section 5.7) and of TOML's basic
    strings (TOML 1.0). Characters that YAML does not count as printable (section 5.1) must be escaped.
    """
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
