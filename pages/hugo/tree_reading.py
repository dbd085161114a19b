"""Reading a Hugo tree: which files are texts, in which language, of which page. It writes nothing."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

import yaml
from django.utils.dateparse import parse_date, parse_datetime

from pages.text import source
from pages.text.rendering import MAX_BODY_BYTES, picture_references
from pages.text.source import Fields, FrontMatterBroken

INDEX_NAMES = ("_index.md", "index.md")
# The names that Hugo looks for, in its order.
CONFIGS = {
    "hugo.toml": tomllib.loads,
    "hugo.yaml": yaml.safe_load,
    "hugo.json": json.loads,
    "config.toml": tomllib.loads,
    "config.yaml": yaml.safe_load,
    "config.json": json.loads,
}


@dataclass(frozen=True)
class TextFile:
    """One language's text of a page, as a file has it."""

    language: str
    path: str
    file_name: str
    content: bytes
    fields: Fields
    moment: datetime | None
    weight: int
    pictures: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class NotTaken:
    """A file that was left out, and why."""

    file_name: str
    why: str


class NoTree(ValueError):
    """The folder is no Hugo tree that could be read."""


def default_language(root: Path) -> str | None:
    """Return the site config's default language, if it names one. Raises NoTree where the config cannot be read."""
    for name, load in CONFIGS.items():
        if (config := root / name).is_file():
            try:
                values = load(config.read_text(encoding="utf-8"))
            except (ValueError, yaml.YAMLError, RecursionError) as error:
                raise NoTree(f"{name} cannot be read: {error}") from error
            named = {key.lower(): value for key, value in values.items()} if isinstance(values, dict) else {}
            return str(named.get("defaultcontentlanguage") or "").lower() or None
    return None


def read_tree(root: Path, zone: ZoneInfo) -> Iterator[TextFile | NotTaken]:
    """Read every text below `content/<language>/`, in the order of their names. Raises NoTree."""
    content = root / "content"
    if not content.is_dir():
        raise NoTree(f"{root} has no folder “content”.")
    for path in sorted(content.rglob("*.md")):
        name = path.relative_to(root).as_posix()
        try:
            yield _read(root, path, zone)
        except (OSError, ValueError) as error:
            yield NotTaken(name, str(error))


def _read(root: Path, path: Path, zone: ZoneInfo) -> TextFile:
    inside = path.relative_to(root / "content")
    # A link could lead out of the tree, and nothing outside it may be read.
    if not path.resolve().is_relative_to(root.resolve()):
        raise ValueError("it is a link that leads out of the tree.")
    if len(inside.parts) < 2:
        raise ValueError("it is not in a language's folder.")
    content = path.read_bytes()
    page_path = _page_path(inside)
    fallback = page_path.rpartition("/")[2].replace("-", " ").capitalize() or inside.parts[0]
    parsed = source.parse(content, fallback_title=fallback)
    if (size := len(parsed.fields.body.encode())) > MAX_BODY_BYTES:
        raise ValueError(f"its text has {size} bytes; the most that a page may have is {MAX_BODY_BYTES}.")
    return TextFile(
        language=inside.parts[0].lower(),
        path=page_path,
        file_name=path.relative_to(root).as_posix(),
        content=content,
        fields=parsed.fields,
        moment=_moment(parsed.front_matter, zone),
        weight=_weight(parsed.front_matter.get("weight", "")),
        pictures=_pictures(root, parsed.fields.body),
    )


def _page_path(inside: Path) -> str:
    parts = PurePosixPath(*inside.parts[1:])
    return "/".join(parts.parent.parts if parts.name in INDEX_NAMES else parts.with_suffix("").parts)


def _weight(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _moment(front_matter: dict[str, str], zone: ZoneInfo) -> datetime | None:
    """Return when the text last changed: `lastmod`, else `date`; a date without time is midnight in the zone."""
    for key in ("lastmod", "date"):
        if value := front_matter.get(key, "").strip():
            return _parsed_moment(key, value, zone)
    return None


def _parsed_moment(key: str, value: str, zone: ZoneInfo) -> datetime:
    try:
        if day := parse_date(value):
            return datetime.combine(day, time.min, zone)
        if moment := parse_datetime(value):
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except ValueError as error:
        raise FrontMatterBroken(f"its {key} is not a date: {value!r}.") from error
    raise FrontMatterBroken(f"its {key} is not a date: {value!r}.")


def _pictures(root: Path, body: str) -> dict[str, Path]:
    """Return the files under `static/` that a body shows, by the reference it has for them."""
    static = (root / "static").resolve()
    found = {}
    for reference in picture_references(body):
        if reference.startswith("/") and not reference.startswith("//"):
            path = (static / reference.lstrip("/")).resolve()
            if path.is_relative_to(static) and path.is_file():
                found[reference] = path
    return found
