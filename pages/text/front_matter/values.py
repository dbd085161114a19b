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
    """The top-level values by key: scalars as they are written, and lists of scalars. Nested values are left out."""

    scalars: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def resolve_key(self, key: str) -> str:
        """Return a key as the front matter spells it, or as given if it is missing: Hugo ignores the case of keys."""
        if key in self.scalars or key in self.lists:
            return key
        lowered = key.lower()
        return next((name for name in (*self.scalars, *self.lists) if name.lower() == lowered), key)


@dataclass(frozen=True)
class Replacement:
    """A new text for the characters between two positions."""

    start: int
    end: int
    text: str

    def apply_to(self, front: str) -> str:
        return front[: self.start] + self.text + front[self.end :]


def is_plain(value: str) -> bool:
    """Tell whether a value needs no quotes: a whole number, a boolean, or a date with or without a time."""
    return _PLAIN.fullmatch(value) is not None


def fits_single_quotes(value: str) -> bool:
    """Tell whether single quotes can hold a value without escapes: one printable line without a single quote."""
    return "'" not in value and value.isprintable()


def quote(value: str) -> str:
    """Return a value in double quotes that YAML and TOML both read.

    JSON's escapes are a subset of those of YAML's double-quoted style (YAML 1.2.2, section 5.7) and of TOML's basic
    strings (TOML 1.0). Characters that YAML does not count as printable (section 5.1) must be escaped.
    """
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
