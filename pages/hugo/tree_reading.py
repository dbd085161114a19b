"""Reading a Hugo tree: which files are texts, in which language, of which page. It writes nothing."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import yaml
from django.utils.dateparse import parse_date, parse_datetime

from pages.models import Revision
from pages.text import source
from pages.text.rendering import MAX_BODY_BYTES, picture_references
from pages.text.source import Fields, FrontMatterBroken

# A language tag as far as folders are named by it: language, script, region (BCP 47).
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# How a front matter of TOML or of JSON begins, which Hugo knows too.
_FOREIGN_FRONT_MATTER = re.compile(rb"(?:\xef\xbb\xbf)?(?:\+\+\+\s|\{\s*\")")
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
    is_draft: bool
    pictures: dict[str, Path | None] = field(default_factory=dict)


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
        if _is_inside(root, config := root / name) and config.is_file():
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
        # A file's name need not be UTF-8; what is not can be neither stored nor shown.
        name = os.fsencode(path.relative_to(root).as_posix()).decode(errors="replace")
        try:
            yield _read(root, path, zone)
        except (OSError, ValueError) as error:
            yield NotTaken(name, str(error))


def _is_inside(top: Path, path: Path) -> bool:
    """Tell whether a path stays in the tree: a link could lead out of it, and nothing outside it may be read."""
    try:
        return path.resolve().is_relative_to(top.resolve())
    except RuntimeError:
        # So says pathlib of a link that leads to itself.
        return False


def _read(root: Path, path: Path, zone: ZoneInfo) -> TextFile:
    inside = path.relative_to(root / "content")
    if not _is_inside(root, path):
        raise ValueError("it is a link that leads to no file of the tree.")
    if "\ufffd" in os.fsencode(inside).decode(errors="replace"):
        raise ValueError("its name is not UTF-8.")
    if len(inside.parts) < 2 or not _LANGUAGE.fullmatch(inside.parts[0]):
        raise ValueError("it is not in a language's folder, such as content/en.")
    content = path.read_bytes()
    page_path = _page_path(inside)
    fallback = page_path.rpartition("/")[2].replace("-", " ").capitalize() or inside.parts[0]
    parsed = source.parse(content, fallback_title=fallback)
    _insist_on_sound_text(content, parsed)
    # Hugo takes its keys in any case, and a draft must not go out for a capital letter.
    front_matter = {key.lower(): value for key, value in parsed.front_matter.items()}
    return TextFile(
        language=inside.parts[0].lower(),
        path=page_path,
        file_name=path.relative_to(root).as_posix(),
        content=content,
        fields=parsed.fields,
        moment=_moment(front_matter, zone),
        weight=_weight(front_matter.get("weight", "")),
        is_draft=front_matter.get("draft", "").lower() == "true",
        pictures=_pictures(root, path, parsed.fields.body),
    )


def _insist_on_sound_text(content: bytes, parsed: source.Parsed) -> None:
    if not parsed.front_matter and not parsed.fields.body:
        raise ValueError("it is empty.")
    if _FOREIGN_FRONT_MATTER.match(content):
        raise FrontMatterBroken("its front matter is TOML or JSON; only YAML is read.")
    if any("\0" in value for value in parsed.front_matter.values()):
        raise FrontMatterBroken("its front matter has a NUL, which no database keeps.")
    for name in ("title", "link_title"):
        longest = Revision._meta.get_field(name).max_length
        if (length := len(getattr(parsed.fields, name))) > longest:
            raise ValueError(f"its {source.KEYS[name]} has {length} characters; the most is {longest}.")
    if (size := len(parsed.fields.body.encode())) > MAX_BODY_BYTES:
        raise ValueError(f"its text has {size} bytes; the most that a page may have is {MAX_BODY_BYTES}.")


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
    moment = None
    with suppress(ValueError):
        day = parse_date(value)
        moment = datetime.combine(day, time.min) if day else parse_datetime(value)
    # Hugo's own "no date" is in the year 1, which begins in some time zones only after the calendar does.
    if moment is None or moment.year < 1000:
        raise FrontMatterBroken(f"its {key} is not a date: {value!r}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _pictures(root: Path, path: Path, body: str) -> dict[str, Path | None]:
    """Return the files that a body shows, by the reference it has for them; None where there is no such file.

    A reference from the root means a file under `static/`, another one a file beside the text.
    """
    found: dict[str, Path | None] = {}
    for reference in picture_references(body):
        is_from_root = reference.startswith("/") and not reference.startswith("//")
        top, start = (root / "static", root / "static") if is_from_root else (root / "content", path.parent)
        found[reference] = _file_below(root, top, start, reference)
    return found


def _file_below(root: Path, top: Path, start: Path, reference: str) -> Path | None:
    try:
        address = urlsplit(reference)
        path = start / unquote(address.path).lstrip("/")
        is_below = not (address.scheme or address.netloc) and _is_inside(root, path) and _is_inside(top, path)
        return path.resolve() if is_below and path.is_file() else None
    except (OSError, ValueError):
        # Such a name no file can have: a NUL in it, for example, or too many letters.
        return None
