"""Reading a text's file: its fields, and what its front matter tells of its page. It writes nothing."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime

from pages.hugo.site_structure.structure import TextLocation
from pages.models import Revision
from pages.text import source
from pages.text.pictures import find_picture_references
from pages.text.rendering import MAX_BODY_BYTES
from pages.text.source import Fields, InvalidFrontMatter

# How a front matter of JSON begins, which Hugo knows too.
_JSON_FRONT_MATTER = re.compile(rb"(?:\xef\xbb\xbf)?\{\s*\"")
# Hugo's shortcodes, and its templates' own code, which has no place in a text but stands in some.
_SHORTCODE = re.compile(r"\{\{[<%]")
_TEMPLATE = re.compile(r"\{\{-?\s*[.$a-z]")
# Where old addresses of a page stand: Hugo's key, and Jekyll's.
_ALIASES = ("aliases", "redirect_from")


@dataclass(frozen=True)
class ReadText:
    """One language's text of a page, as a file has it."""

    location: TextLocation
    file_name: str
    content: bytes
    fields: Fields
    front_matter: dict[str, str]
    aliases: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Tell whether the file says that it is one."""
        return self.front_matter.get("draft", "").lower() == "true"

    @property
    def weight(self) -> int:
        """Return its page's weight; 0 where it has none that could be read."""
        value = self.front_matter.get("weight", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0

    @property
    def slug_and_url(self) -> tuple[str, str]:
        """Return what it says of its page's address: slug and url."""
        return self.front_matter.get("slug", "").strip(), self.front_matter.get("url", "").strip()

    def modified_at(self, zone: ZoneInfo) -> datetime | None:
        """Return when the text last changed: `lastmod`, else `date`; a date without time is midnight in the zone.

        Raises ValueError where it is no date.
        """
        for key in ("lastmod", "date"):
            if value := self.front_matter.get(key, "").strip():
                return _parsed_moment(key, value, zone)
        return None

    def warnings(self, zone: ZoneInfo, now: datetime) -> list[str]:
        """Return what a person should know: what is kept as it is, but means nothing here."""
        found = []
        for key, verb, is_told in (
            ("publishdate", "publish", lambda moment: moment > now),
            ("expirydate", "withdraw", lambda _moment: True),
        ):
            with suppress(ValueError):
                if (value := self.front_matter.get(key, "").strip()) and is_told(_parsed_moment(key, value, zone)):
                    found.append(f"its {key} ({value}) is kept but does not {verb} anything")
        return found

    @property
    def hugo_code(self) -> dict[str, int]:
        """Return how much of Hugo's own code stands in the text, by its kind."""
        body = self.fields.body
        if "{{" not in body:
            return {}
        return {"shortcodes": len(_SHORTCODE.findall(body)), "template code": len(_TEMPLATE.findall(body))}


def read_text(file_name: str, location: TextLocation, content: bytes) -> ReadText:
    """Read a text. Raises ValueError, whose message says why it cannot be taken."""
    last = location.key.rpartition("/")[2]
    fallback = last.replace("-", " ").replace("_", " ").strip().capitalize() or location.language
    parsed = source.parse(content, fallback_title=fallback)
    _check_text(content, parsed)
    # Hugo takes its keys in any case, and a draft must not go out for a capital letter.
    front_matter = {key.lower(): value for key, value in parsed.front_matter.items()}
    lists = {key.lower(): values for key, values in parsed.lists.items()}
    named = [lists.get(key, (front_matter[key],) if key in front_matter else ()) for key in _ALIASES]
    return ReadText(
        location=location,
        file_name=file_name,
        content=content,
        fields=parsed.fields,
        front_matter=front_matter,
        aliases=tuple(address for addresses in named for address in addresses if address.strip()),
        references=find_picture_references(parsed.fields.body),
    )


def _check_text(content: bytes, parsed: source.ParsedSource) -> None:
    if not parsed.front_matter and not parsed.fields.body:
        raise ValueError("it is empty.")
    if _JSON_FRONT_MATTER.match(content):
        raise InvalidFrontMatter("its front matter is JSON; only YAML and TOML are supported.")
    if any("\0" in value for value in parsed.front_matter.values()):
        raise InvalidFrontMatter("its front matter contains NUL, which cannot be stored.")
    for name in ("title", "link_title"):
        longest = Revision._meta.get_field(name).max_length
        if (length := len(getattr(parsed.fields, name))) > longest:
            raise ValueError(f"its {source.FRONT_MATTER_KEYS[name]} has {length} characters; the limit is {longest}.")
    if (size := len(parsed.fields.body.encode())) > MAX_BODY_BYTES:
        raise ValueError(f"its text has {size} bytes; the limit is {MAX_BODY_BYTES}.")


def _parsed_moment(key: str, value: str, zone: ZoneInfo) -> datetime:
    moment = None
    with suppress(ValueError):
        day = parse_date(value)
        moment = datetime.combine(day, time.min) if day else parse_datetime(value)
    # Hugo's own "no date" is in the year 1, which begins in some time zones only after the calendar does.
    if moment is None or moment.year < 1000:
        raise InvalidFrontMatter(f"its {key} is not a date: {value!r}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
