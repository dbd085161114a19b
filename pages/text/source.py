"""A text's source: the bytes of a Markdown file with front matter in YAML or TOML, and the fields read from them.

The bytes are the truth. A change patches only the values that changed, in the file's own newline style.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from pages.text.front_matter.fences import SplitText, split_body, split_front_matter, strip_leading_blank_lines
from pages.text.front_matter.values import FrontMatterValues, InvalidFrontMatter, PatchFailed, quote
from pages.text.heading_ids import split_explicit_id

__all__ = ["FRONT_MATTER_KEYS", "Fields", "InvalidFrontMatter", "ParsedSource", "PatchFailed"]

# The front matter's key for each field; the body has none.
FRONT_MATTER_KEYS = {"title": "title", "link_title": "linkTitle", "description": "description"}
# What `decode` shows as U+FFFD, in the form that `surrogateescape` gives it.
_UNREADABLE = re.compile("[\0\udc80-\udcff]")


@dataclass(frozen=True)
class Fields:
    """What editors edit of a text: plain strings with LF between lines."""

    title: str = ""
    link_title: str = ""
    description: str = ""
    body: str = ""

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was written."""
        return not any(getattr(self, column.name).strip() for column in fields(self))


@dataclass(frozen=True)
class ParsedSource:
    """A source that has been read: its fields, and what stands at the front matter's top, nested values left out.

    Scalars are the strings that they are; a list has only scalars.
    """

    fields: Fields
    front_matter: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def resolve_key(self, key: str) -> str:
        """Return a key as the front matter spells it, in whatever case: Hugo does not tell them apart."""
        return FrontMatterValues(self.front_matter, self.lists).resolve_key(key)


def digest(source: bytes) -> str:
    """Return the SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(source).hexdigest()


def decode(source: bytes) -> str:
    """Return the text, invalid UTF-8 and NUL shown as U+FFFD (CommonMark 0.31, section 2.3)."""
    return source.decode("utf-8", errors="replace").replace("\0", "\ufffd")


def unify_newlines(text: str) -> str:
    """Return the text with LF between its lines, whatever the file or the browser used."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def extract_body(source: bytes) -> str:
    """Return the body alone, with LF between lines; the front matter is not read."""
    text = decode(source)
    try:
        tail = split_front_matter(text).tail
    except InvalidFrontMatter:
        tail = text
    return unify_newlines(split_body(tail)[1])


def parse(source: bytes, *, fallback_title: str = "") -> ParsedSource:
    """Read a source; without a title in the front matter, the first heading serves, then the fallback.

    Raises InvalidFrontMatter, with the line.
    """
    parts = split_front_matter(decode(source))
    body = unify_newlines(split_body(parts.tail)[1])
    found = parts.language.read(parts.front) if parts.front else FrontMatterValues()
    values = {name: _one_line(found.scalars.get(found.resolve_key(key), "")) for name, key in FRONT_MATTER_KEYS.items()}
    values["title"] = values["title"] or _first_heading(body) or fallback_title
    return ParsedSource(Fields(**values, body=body), found.scalars, found.lists)


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _first_heading(body: str) -> str:
    """Return the text of the first heading of the first level that has one (CommonMark 0.31, section 4.2)."""
    start = body.find("#")
    while start >= 0:
        end = body.find("\n", start)
        line = body[start : end if end >= 0 else len(body)]
        before = body[max(start - 4, 0) : start].rpartition("\n")
        is_first = not before[2].strip(" ") and (before[1] or start < 4)
        if is_first and line[1:2] in {" ", "\t"} and (title := _title_of(line[1:])):
            return title
        start = body.find("#", end) if end >= 0 else -1
    return ""


def _title_of(heading: str) -> str:
    """Return a heading's text without the marks that close it, and without an id of its own."""
    text = heading.rstrip(" \t")
    opened = text.rstrip("#")
    return _one_line(split_explicit_id(opened if opened.endswith((" ", "\t")) else text)[0])


def compose(text: Fields) -> bytes:
    """Write a source for a text that came from no file: UTF-8, LF, a final newline."""
    lines = [f"{FRONT_MATTER_KEYS['title']}: {quote(text.title)}"]
    lines += [
        f"{FRONT_MATTER_KEYS[name]}: {quote(value)}"
        for name in ("link_title", "description")
        if (value := getattr(text, name))
    ]
    return "\n".join(["---", *lines, "---", "", normalise_body(text.body), ""]).encode()


def normalise_body(body: str) -> str:
    """Return a body as it is compared: LF, without blank lines before it and white space after it."""
    return strip_leading_blank_lines(unify_newlines(body)).rstrip()


def normalise(text: Fields) -> Fields:
    """Return the fields as they are compared: titles on one line, the body in the form that sources are read in."""
    one_line = {name: _one_line(getattr(text, name)) for name in FRONT_MATTER_KEYS}
    return Fields(**one_line, body=normalise_body(text.body.replace("\0", "\ufffd")))


def patch(source: bytes, old: Fields, new: Fields) -> bytes:
    """Return the source with the fields that differ replaced, and every other byte as it was.

    Raises PatchFailed where the front matter cannot take the value without losing something else.
    """
    changed = _changed(old, new)
    body = changed.pop("body", None)
    return _rewritten(source, {FRONT_MATTER_KEYS[name]: value for name, value in changed.items()}, body)


def patch_front_matter(source: bytes, values: Mapping[str, str]) -> bytes:
    """Return the source with these keys of its front matter set, and every other byte as it was.

    A value keeps the style of the one that it replaces; a date or a whole number in no style yet is written plain. A
    text without front matter gets one in YAML. Raises PatchFailed where something else would be lost.
    """
    return _rewritten(source, values, None, keep_style=True)


def _changed(old: Fields, new: Fields) -> dict[str, str]:
    old, new = normalise(old), normalise(new)
    return {
        column.name: getattr(new, column.name)
        for column in fields(Fields)
        if getattr(old, column.name) != getattr(new, column.name)
    }


def _rewritten(source: bytes, values: Mapping[str, str], body: str | None, *, keep_style: bool = False) -> bytes:
    if not values and body is None:
        return source
    try:
        before = parse(source)
        parts = split_front_matter(source.decode("utf-8", errors="surrogateescape"))
        newline = _newline_of(parts.head + parts.front + parts.tail)
        if not (values := _as_spelled(values, before)) and body is None:
            return source
        front = _with_values(parts, values, newline, keep_style=keep_style)
    except InvalidFrontMatter as error:
        raise PatchFailed(str(error)) from error
    head, tail = parts.head, parts.tail
    if front and not parts.fence:
        head, tail = f"{head}---{newline}", f"---{newline}{newline}{tail}"
    if body is not None:
        tail = _with_body(tail, body, newline)
    new = (head + front + tail).encode("utf-8", errors="surrogateescape")
    _insist_on_the_rest(before, new, values, body)
    return new


def _newline_of(text: str) -> str:
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


def _as_spelled(values: Mapping[str, str], before: ParsedSource) -> dict[str, str]:
    """Return the values that differ from what is there, by the key as the front matter spells it."""
    spelled = {before.resolve_key(key): value for key, value in values.items()}
    return {key: value for key, value in spelled.items() if before.front_matter.get(key) != value}


def _with_values(parts: SplitText, values: Mapping[str, str], newline: str, *, keep_style: bool) -> str:
    write = parts.language.format_like if keep_style else lambda value, old: quote(value)
    front = parts.front
    for key, value in values.items():
        # As long as the original, character by character: the positions must hold there.
        readable = _UNREADABLE.sub("\ufffd", front)
        front = parts.language.build_replacement(readable, key, value, newline, write).apply_to(front)
    return front


def _with_body(tail: str, body: str, newline: str) -> str:
    frame, _, end = split_body(tail)
    if frame and not frame.endswith(("\n", "\r")):
        frame += newline * 2
    return frame + body.replace("\n", newline) + (end or newline)


def _insist_on_the_rest(before: ParsedSource, new: bytes, values: Mapping[str, str], body: str | None) -> None:
    """Read the new source back: the changed values are the new ones, and nothing else has moved."""
    try:
        after = parse(new)
    except InvalidFrontMatter as error:
        raise PatchFailed(str(error)) from error
    lists = {key: items for key, items in before.lists.items() if key not in values}
    expected = ({**before.front_matter, **values}, lists, before.fields.body if body is None else body)
    if (after.front_matter, after.lists, after.fields.body) != expected:
        raise PatchFailed("The front matter cannot take the change without losing something else.")
