"""What a front matter says at its top, whichever language it is written in."""

import json
import re
from dataclasses import dataclass, field

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# What both languages read as a number, a truth value or a date, and write without quotes.
_DATE = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
_PLAIN = re.compile(rf"-?[1-9]\d*|0|true|false|{_DATE}", re.ASCII)


class InvalidFrontMatter(ValueError):
    """The front matter is not the mapping that it has to be; the message says where."""


class PatchFailed(ValueError):
    """A value could not be replaced without changing something else."""


@dataclass(frozen=True)
class FrontMatterValues:
    """The keys at the top: scalars as the strings that they are, and lists of scalars. What is nested is left out."""

    scalars: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def resolve_key(self, key: str) -> str:
        """Return a key as it stands here, in whatever case: Hugo does not tell them apart. Else as it was given."""
        if key in self.scalars or key in self.lists:
            return key
        lowered = key.lower()
        return next((found for found in (*self.scalars, *self.lists) if found.lower() == lowered), key)


@dataclass(frozen=True)
class Replacement:
    """What a text puts in the place of what stood between two positions."""

    start: int
    end: int
    text: str

    def apply_to(self, front: str) -> str:
        """Return the front matter with the change made, and every other character as it was."""
        return front[: self.start] + self.text + front[self.end :]


def is_plain(value: str) -> bool:
    """Tell whether a value needs no quotes: a whole number, a date with or without a time, true or false."""
    return _PLAIN.fullmatch(value) is not None


def fits_single_quotes(value: str) -> bool:
    """Tell whether a value can stand between single quotes as it is: one line that can be printed."""
    return "'" not in value and value.isprintable()


def quote(value: str) -> str:
    """Return a value in double quotes, as YAML and TOML read it.

    JSON's escapes are a subset of those of YAML's double-quoted style (YAML 1.2.2, section 5.7), which also wants them
    for what it does not count as printable (section 5.1), and of those of TOML's basic strings (TOML 1.0).
    """
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
