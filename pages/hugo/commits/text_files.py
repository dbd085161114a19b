"""Reading the file of a text: its fields and the front matter that concerns its page."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pages.hugo.commits.text_findings import describe_findings
from pages.hugo.site_structure.declared_locations import DeclaredLocation, declared_location
from pages.hugo.site_structure.jekyll_names import date_in_name, permalink_url
from pages.hugo.site_structure.structure import TextLocation
from pages.hugo.withholding.dates import NO_DATE, parse_date
from pages.hugo.withholding.front_matter import read_publishing_keys
from pages.hugo.withholding.settings import FILE_NAME_KEY, PublishingSettings
from pages.hugo.withholding.withheld import NOT_WITHHELD, Withholding
from pages.text import source
from pages.text.fields import FIELDS, Fields
from pages.text.front_matter.dates import parse_timestamp
from pages.text.front_matter.nested_values import Value
from pages.text.markup_limit import check_markup
from pages.text.markup_work import TooMuchMarkup
from pages.text.messages import Message, plural_message
from pages.text.parsing import MAX_BODY_BYTES
from pages.text.pictures import find_picture_references
from pages.text.source import InvalidFrontMatter

# The beginning of JSON front matter, which Hugo supports as well.
_JSON_FRONT_MATTER = re.compile(rb"(?:\xef\xbb\xbf)?\{\s*\"")
_WEIGHT = re.compile(r"[-+]?[0-9]{1,9}\Z")
# Links to documents and pictures next to a text or in a static folder.
_FILE_NAME = (
    r"(?![a-z][a-z0-9+.-]*:|//)[^\s()<>#?]+\.(?:7z|asc|csv|docx?|eml|epub|gz|ics|jpe?g|json|mp[34]|od[pst]|pdf|png|pptx?"
    r"|rtf|sig|svg|tar|tgz|txt|webm|webp|xlsx?|xml|ya?ml|zip)"
)
# Both alternatives begin with the same character: the search for it is ten times as fast as trying each position.
_FILE_LINK = re.compile(
    rf"\[(?:(?<!!\[)[^\[\]\n]*\]\(\s*<?({_FILE_NAME})(?=[\s)>#?])"
    rf"|(?:(?<=^\[)|(?<=^ \[)|(?<=^  \[)|(?<=^   \[))[^\]\n]+\]:\s*<?({_FILE_NAME})(?=[\s>#?]|\Z))",
    re.IGNORECASE | re.MULTILINE,
)
_DATE_IN_NAME = re.compile(r"(\d{4}-\d\d-\d\d)")
_DATE_KEYS = ("date", "lastmod")
UPDATE_KEYS = PublishingSettings().update_keys
# A file in the place of one that is stored elsewhere, by Git LFS or git-annex.
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/|(?:\.\./)*(?:\.git)?/annex/objects/")
# The keys for former addresses of a page in Hugo and in Jekyll.
_ALIAS_KEYS = ("aliases", "redirect_from")


POINTER_REASON = Message("its content is stored elsewhere, by Git LFS or git-annex, and is not imported.")


class EmptyText(ValueError):
    """The file has neither front matter nor text. A page that had a text in it loses it, as if it was deleted."""


@dataclass(frozen=True, kw_only=True)
class ParsedText:
    """What the content of a text's file says, wherever the file is. The keys of `front_matter` are in lower case."""

    content: bytes
    fields: Fields
    front_matter: dict[str, str]
    # The front matter that decides on publishing, with the values inside others.
    keys: Mapping[str, Value]
    aliases: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def declared(self) -> DeclaredLocation:
        """What the front matter says about where the text belongs."""
        return declared_location(self.front_matter)

    def at(
        self,
        file_name: str,
        location: TextLocation,
        withholding: Withholding = NOT_WITHHELD,
        *,
        follows_jekyll: bool = False,
        update_keys: tuple[str, ...] = UPDATE_KEYS,
    ) -> "ReadText":
        """Return the text as that of a file. A text without a title gets one from the name of its page."""
        values = {field.name: getattr(self, field.name) for field in fields(ParsedText)}
        slug = location.key.rpartition("/")[2]
        fallback_title = slug.replace("-", " ").replace("_", " ").strip().capitalize() or location.language
        values["fields"] = replace(self.fields, title=self.fields.title or fallback_title)
        return ReadText(
            **values,
            file_name=file_name,
            location=location,
            withholding=withholding,
            follows_jekyll=follows_jekyll,
            update_keys=update_keys,
        )


@dataclass(frozen=True, kw_only=True)
class ReadText(ParsedText):
    """A page's text in one language, as read from its file."""

    location: TextLocation
    file_name: str
    withholding: Withholding = NOT_WITHHELD
    # Whether `permalink` has a meaning.
    follows_jekyll: bool = False
    # The keys that can have the date of the last update, in the order in which they count.
    update_keys: tuple[str, ...] = UPDATE_KEYS

    def without_body(self) -> "ReadText":
        """Return the text without its content, which is long, until it is written."""
        return replace(self, content=b"", fields=replace(self.fields, body=""))

    def with_body(self, content: bytes) -> "ReadText":
        """Return the text with its content, of which all but the body was read before."""
        return replace(self, content=content, fields=replace(self.fields, body=source.extract_body(content)))

    @property
    def weight(self) -> int:
        """The page's weight; 0 if the front matter has none or an invalid one."""
        value = self.front_matter.get("weight", "").strip()
        return int(value) if _WEIGHT.match(value) else 0

    @property
    def is_section(self) -> bool:
        return self.file_name.rpartition("/")[2].startswith("_index.")

    @property
    def slug_and_url(self) -> tuple[str, str]:
        slug, url = (self.front_matter.get(key, "").strip() for key in ("slug", "url"))
        # Hugo ignores the slug of a section.
        slug = "" if self.is_section and not self.follows_jekyll else slug
        return slug, url or (permalink_url(self.front_matter, self.location.key) if self.follows_jekyll else "")

    def modified_at(self, zone: ZoneInfo) -> datetime | None:
        """Return the first date among the keys for it, else that in a post's name.

        A date without time means midnight in the zone. Raises ValueError if `lastmod` or `date` is not a date.
        """
        return self._first_date(self.update_keys, zone)

    def published_at(self, zone: ZoneInfo) -> datetime | None:
        """Return the date that Hugo makes addresses of, None without one. Raises ValueError if it is not a date."""
        return self._first_date(("date", "publishdate", "pubdate", "published", "lastmod"), zone)

    def _first_date(self, keys: Iterable[str], zone: ZoneInfo) -> datetime | None:
        for key in keys:
            value = self.front_matter.get(key, "").strip()
            if key == FILE_NAME_KEY:
                match = _DATE_IN_NAME.match(self.file_name.rpartition("/")[2])
                value = match[1] if match else ""
            date = parse_date(value, zone) if value else NO_DATE
            # Others than these can have something else.
            if date != NO_DATE and (date or key in _DATE_KEYS):
                return _parse_datetime(key, value, zone)
        name_date = date_in_name(self.file_name)
        return _parse_datetime("date", name_date, zone) if name_date else None

    def warnings(self, now: datetime) -> list[Message]:
        """Return messages about dates: one that is not one, and one on which the generator will withdraw the text."""
        messages = [
            Message("its %(key)s is not a date, and has no effect: %(value)s.", key=key, value=repr(value[:50]))
            for key in _DATE_KEYS
            if (value := self.front_matter.get(key, "").strip()) and parse_date(value, now.tzinfo or UTC) is None
        ]
        since = self.withholding.since
        if since is None or since <= now or self.withholding.reason_at(now):
            return messages
        expiry = Message("it expires on %(date)s; this site does not withdraw it then.", date=f"{since:%Y-%m-%d}")
        return [*messages, expiry]

    @property
    def missing_files(self) -> list[Message]:
        """Messages for links to files that do not come along: only texts and shown pictures do."""
        return [
            Message(
                "the file %(file)s that it links to is not imported: only texts and the pictures that they show are.",
                file=name,
            )
            for name in find_linked_files(self.fields.body)
            if name not in self.references
        ]

    @property
    def findings(self) -> list[Message]:
        """Messages about what readers get otherwise than the author meant, such as comments and failed markup."""
        return describe_findings(self.fields, self.content)


def find_linked_files(body: str) -> list[str]:
    """Return the distinct links to documents and pictures."""
    return list(dict.fromkeys(name for match in _FILE_LINK.finditer(body) for name in match.groups() if name))


def read_text(file_name: str, location: TextLocation, content: bytes, *, follows_jekyll: bool = False) -> ReadText:
    """Parse a text. Raises ValueError with the reason if it cannot be imported."""
    return parse_text(content).at(file_name, location, follows_jekyll=follows_jekyll)


def parse_text(content: bytes) -> ParsedText:
    """Parse the content of a text's file. Raises ValueError with the reason if it cannot be imported."""
    if is_pointer(content):
        raise ValueError(POINTER_REASON)
    _check_encoding(content)
    parsed = source.parse(content)
    _check_text(content, parsed)
    # Hugo ignores the case of keys: a file with `Draft: true` must not be published.
    front_matter = {key.lower(): value for key, value in parsed.front_matter.items()}
    lists = {key.lower(): values for key, values in parsed.lists.items()}
    aliases = [lists.get(key, (front_matter[key],) if key in front_matter else ()) for key in _ALIAS_KEYS]
    return ParsedText(
        content=content,
        fields=parsed.fields,
        front_matter=front_matter,
        keys=read_publishing_keys(content, parsed),
        aliases=tuple(alias for values in aliases for alias in values if alias.strip()),
        references=find_picture_references(parsed.fields.body),
    )


def is_pointer(content: bytes) -> bool:
    """Tell whether a file only says where its content is stored."""
    return bool(_POINTER.match(content))


def _check_encoding(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = Message("it is not UTF-8: the first byte that cannot be read is in line %(line)d.", line=line)
        raise ValueError(reason) from error


def _check_text(content: bytes, parsed: source.ParsedSource) -> None:
    if not parsed.front_matter and not parsed.fields.body:
        raise EmptyText(Message("it is empty."))
    if _JSON_FRONT_MATTER.match(content):
        raise InvalidFrontMatter(Message("its front matter is JSON; only YAML and TOML are supported."))
    if any("\0" in value for value in parsed.front_matter.values()):
        raise InvalidFrontMatter(Message("its front matter contains NUL, which cannot be stored."))
    for declared in FIELDS:
        length, limit = len(getattr(parsed.fields, declared.name)), declared.max_length
        if limit is not None and length > limit:
            raise ValueError(
                plural_message(
                    "its %(key)s has %(count)d character; the limit is %(limit)d.",
                    "its %(key)s has %(count)d characters; the limit is %(limit)d.",
                    count=length,
                    key=declared.key,
                    limit=limit,
                )
            )
    if (size := len(parsed.fields.body.encode())) > MAX_BODY_BYTES:
        raise ValueError(
            plural_message(
                "its text has %(count)d byte; the limit is %(limit)d.",
                "its text has %(count)d bytes; the limit is %(limit)d.",
                count=size,
                limit=MAX_BODY_BYTES,
            )
        )
    try:
        check_markup(parsed.fields.body)
    except TooMuchMarkup as error:
        reason = Message(
            "its Markdown takes too long to render: the limit is reached in line %(line)d of its text.", line=error.line
        )
        raise ValueError(reason) from error


def _parse_datetime(key: str, value: str, zone: ZoneInfo) -> datetime:
    # Hugo and Jekyll read more formats, and the same one is what decides on publishing.
    parsed = parse_timestamp(value, zone) or parse_date(value, zone)
    if parsed is None:
        raise InvalidFrontMatter(Message("its %(key)s is not a date: %(value)s.", key=key, value=repr(value)))
    return parsed
