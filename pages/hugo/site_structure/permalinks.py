"""Addresses of pages by the patterns in `permalinks` of a Hugo config."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pages.hugo.site_structure.addresses import original_path
from pages.text.front_matter.nested_values import Value

# A part of the sections, such as `:sections[1:]`, and formats of dates, such as `:2006-01`, are not supported.
_TOKEN = re.compile(r":([A-Za-z0-9_]+(?:\[[^\]]*\])?)")


@dataclass(frozen=True)
class PermalinkText:
    """What of a text its address can be made of.

    `key` is that of its location, `sections` are the folders that Hugo counts, and `date` is None if it has none.
    """

    key: str
    sections: Sequence[str]
    title: str
    slug: str
    date: datetime | None

    @property
    def file_name(self) -> str:
        return self.key.rpartition("/")[2]


class UnknownPermalink(ValueError):
    """A pattern needs something that the text does not have, or that only Hugo knows."""


_TOKENS: Mapping[str, Callable[[PermalinkText], str]] = {
    "year": lambda text: f"{_date(text):%Y}",
    "month": lambda text: f"{_date(text):%m}",
    "monthname": lambda text: f"{_date(text):%B}".lower(),
    "day": lambda text: f"{_date(text):%d}",
    "weekday": lambda text: f"{_date(text):%w}",
    "weekdayname": lambda text: f"{_date(text):%A}".lower(),
    "yearday": lambda text: str(_date(text).timetuple().tm_yday),
    "section": lambda text: text.sections[0] if text.sections else "",
    "sections": lambda text: "/".join(text.sections),
    "title": lambda text: _part(text.title),
    "slug": lambda text: _part(text.slug or text.title),
    "filename": lambda text: _part(text.file_name),
    "contentbasename": lambda text: _part(text.file_name),
    "slugorfilename": lambda text: _part(text.slug or text.file_name),
    "slugorcontentbasename": lambda text: _part(text.slug or text.file_name),
}


def find_pattern(permalinks: Value | None, key: str, *, is_section: bool) -> str:
    """Return the pattern for a page; empty if the config has none for its section."""
    patterns = permalinks if isinstance(permalinks, dict) else {}
    # Newer versions of Hugo have patterns for each kind of page, and those without a kind next to them.
    of_kind = patterns.get("section" if is_section else "page")
    by_section = {**({} if is_section else patterns), **(of_kind if isinstance(of_kind, dict) else {})}
    section = key.partition("/")[0] if "/" in key or is_section else ""
    pattern = by_section.get(section, "")
    return pattern if isinstance(pattern, str) else ""


def expand_pattern(pattern: str, text: PermalinkText, *, removes_accents: bool = False) -> str:
    """Return the path of an address. Raises UnknownPermalink, or ValueError if it is not an address."""

    def replace(match: re.Match[str]) -> str:
        if (expand := _TOKENS.get(match[1])) is None:
            raise UnknownPermalink(pattern)
        return expand(text)

    return original_path(_TOKEN.sub(replace, pattern).strip("/"), removes_accents=removes_accents)


def _date(text: PermalinkText) -> datetime:
    if text.date is None:
        raise UnknownPermalink("date")
    return text.date


def _part(text: str) -> str:
    # As Hugo does; `original_path` leaves out what an address cannot have.
    return re.sub(r"\++", "-", text.replace("/", " "))
