"""A text's source: the bytes of a Markdown file with YAML or TOML front matter, and the fields parsed from them.

The bytes are authoritative. A patch replaces only the values that changed, in the file's own newline style.
"""

import hashlib
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

from pages.text.extensions.template_code import strip_shortcodes
from pages.text.fields import FIELD_NAMES, FRONT_MATTER_KEYS, Fields
from pages.text.front_matter.fences import SplitText, split_body, split_front_matter, strip_leading_blank_lines
from pages.text.front_matter.values import (
    FrontMatterValues,
    InvalidFrontMatter,
    PatchFailed,
    quote,
    write_key,
    write_like,
)
from pages.text.heading_ids import split_attributes

__all__ = ["InvalidFrontMatter", "ParsedSource", "PatchFailed"]

# The characters that `decode` replaces, as they are when decoded with `surrogateescape`.
_UNREADABLE = re.compile("[\0\udc80-\udcff]")
# Up to three spaces may precede a heading; with four it is a code block.
_HEADING = re.compile(r"^ {0,3}#([ \t].*)$", re.MULTILINE)


@dataclass(frozen=True)
class ParsedSource(FrontMatterValues):
    """A source's fields and the top-level values of its front matter."""

    fields: Fields = field(default_factory=Fields)


def digest(source: bytes) -> str:
    """Return the SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(source).hexdigest()


def decode(source: bytes) -> str:
    """Return the text, with U+FFFD for invalid UTF-8 and for NUL (CommonMark 0.31, section 2.3)."""
    return source.decode("utf-8", errors="replace").replace("\0", "\ufffd")


def unify_newlines(text: str) -> str:
    """Return the text with LF newlines. Files and browsers also use CRLF and CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def extract_body(source: bytes) -> str:
    """Return the body with LF newlines, without parsing the front matter."""
    text = decode(source)
    try:
        tail = split_front_matter(text).tail
    except InvalidFrontMatter:
        tail = text
    return unify_newlines(split_body(tail)[1])


def lines_before_body(source: bytes) -> int:
    """Return the number of lines before the body: those of the front matter and blank lines."""
    text = decode(source)
    try:
        tail = split_front_matter(text).tail
    except InvalidFrontMatter:
        tail = text
    before = text[: len(text) - len(tail)] + split_body(tail)[0]
    return unify_newlines(before).count("\n")


def parse(source: bytes) -> ParsedSource:
    """Parse a source. The title is that of the front matter, else the first heading, else empty.

    Raises InvalidFrontMatter, with the line.
    """
    parts = split_front_matter(decode(source))
    body = unify_newlines(split_body(parts.tail)[1])
    values = parts.format.read(parts.front) if parts.front else FrontMatterValues()
    texts = {
        name: _join_lines(values.front_matter.get(values.resolve_key(key), ""))
        for name, key in FRONT_MATTER_KEYS.items()
    }
    texts["title"] = texts["title"] or _find_first_heading(body)
    return ParsedSource(values.front_matter, values.lists, values.nested, Fields(**texts, body=body))


def _join_lines(value: str) -> str:
    return " ".join(value.split())


def _find_first_heading(body: str) -> str:
    """Return the text of the first non-empty level-1 ATX heading (CommonMark 0.31, section 4.2), or "".

    Comments and shortcodes are left out: readers must not see them, in a title either.
    """
    body = strip_shortcodes(_strip_comments(body))[0]
    return next(filter(None, (_strip_heading_marks(heading[1]) for heading in _HEADING.finditer(body))), "")


def _strip_comments(body: str) -> str:
    """Return a body without HTML comments. One that is never closed goes to the end, if it begins a line."""
    parts: list[str] = []
    position = 0
    while (start := body.find("<!--", position)) >= 0:
        end = body.find("-->", start + 4)
        if end < 0:
            is_text = bool(body[body.rfind("\n", 0, start) + 1 : start].strip())
            return "".join([*parts, body[position:] if is_text else body[position:start]])
        parts.append(body[position:start])
        position = end + 3
    return "".join([*parts, body[position:]])


def _strip_heading_marks(heading: str) -> str:
    """Return a heading's text without its closing marks and its attributes."""
    text = heading.rstrip(" \t")
    unclosed = text.rstrip("#")
    return _join_lines(split_attributes(unclosed if unclosed.endswith((" ", "\t")) else text)[0])


def compose(text: Fields) -> bytes:
    """Return a source for a text without a file: UTF-8, YAML front matter, LF newlines, a final newline."""
    values = {key: getattr(text, name) for name, key in FRONT_MATTER_KEYS.items()}
    lines = [f"{key}: {quote(value)}" for key, value in values.items() if value or key == "title"]
    return "\n".join(["---", *lines, "---", "", normalise_body(text.body), ""]).encode()


def normalise_body(body: str) -> str:
    """Return a body as bodies are compared: LF newlines, no blank lines before it, no white space after it."""
    return strip_leading_blank_lines(unify_newlines(body)).rstrip()


def normalise(text: Fields) -> Fields:
    """Return the fields as they are compared: in the form in which `parse` returns them."""
    single_lines = {name: _join_lines(getattr(text, name)) for name in FRONT_MATTER_KEYS}
    return Fields(**single_lines, body=normalise_body(text.body.replace("\0", "\ufffd")))


def resolve_fields(source: bytes, text: Fields) -> Fields:
    """Return the fields to store for a source that was made of a text.

    They are those of the bytes, which can have a key that no editor has seen because it became a field later. Only the
    title comes from the text: a file can lack one.
    """
    text = normalise(text)
    try:
        return replace(parse(source).fields, title=text.title, body=text.body)
    except InvalidFrontMatter:
        return text


def patch(source: bytes, old: Fields, new: Fields) -> bytes:
    """Return the source with the fields that differ replaced. All other bytes stay the same.

    Raises PatchFailed if the front matter cannot take a value without losing something else.
    """
    old, new = normalise(old), normalise(new)
    changed = {name: getattr(new, name) for name in FIELD_NAMES if getattr(new, name) != getattr(old, name)}
    body = changed.pop("body", None)
    return _rewrite(source, {FRONT_MATTER_KEYS[name]: value for name, value in changed.items()}, body)


def patch_front_matter(source: bytes, values: Mapping[str, str]) -> bytes:
    """Return the source with these front matter keys set. All other bytes stay the same.

    A new value keeps the style of the old one; a new key with a date or a whole number is written without quotes. A
    text without front matter gets YAML. Raises PatchFailed if something else would be lost.
    """
    return _rewrite(source, values, None, keep_style=True)


def _rewrite(source: bytes, values: Mapping[str, str], body: str | None, *, keep_style: bool = False) -> bytes:
    if not values and body is None:
        return source
    try:
        before = parse(source)
        values = _select_changed(values, before)
        if not values and body is None:
            return source
        new = _replace(source, values, body, keep_style=keep_style)
        after = parse(new)
    except InvalidFrontMatter as error:
        raise PatchFailed(str(error)) from error
    unchanged = [_omit(table, values) for table in (before.lists, before.nested)]
    expected = [{**before.front_matter, **values}, *unchanged, before.fields.body if body is None else body]
    if [after.front_matter, after.lists, _omit(after.nested, values), after.fields.body] != expected:
        raise PatchFailed("The front matter cannot take the change without losing something else.")
    return new


def _omit(table: Mapping[str, object], keys: Container[str]) -> dict[str, object]:
    return {key: value for key, value in table.items() if key not in keys}


def _select_changed(values: Mapping[str, str], before: ParsedSource) -> dict[str, str]:
    """Return the values that differ from the present ones, by the keys as the front matter spells them."""
    resolved = {before.resolve_key(key): value for key, value in values.items()}
    return {key: value for key, value in resolved.items() if before.front_matter.get(key) != value}


def _replace(source: bytes, values: Mapping[str, str], body: str | None, *, keep_style: bool) -> bytes:
    text = source.decode("utf-8", errors="surrogateescape")
    first_newline = re.search(r"\r\n|\r|\n", text)
    newline = first_newline[0] if first_newline else "\n"
    parts = split_front_matter(text)
    head, front, tail = parts.head, _replace_values(parts, values, newline, keep_style=keep_style), parts.tail
    if front and not parts.fence:
        head, tail = f"{head}---{newline}", f"---{newline}{newline}{tail}"
    if body is not None:
        tail = _replace_body(tail, body, newline)
    return (head + front + tail).encode("utf-8", errors="surrogateescape")


def _replace_values(parts: SplitText, values: Mapping[str, str], newline: str, *, keep_style: bool) -> str:
    front, syntax = parts.front, parts.format
    for key, value in values.items():
        # Each character is replaced with exactly one, so that positions in `readable` are valid in `front`.
        readable = _UNREADABLE.sub("\ufffd", front)
        start, end, exists = syntax.find_value(readable, key)
        before, old, after = front[:start], readable[start:end], front[end:]
        written = write_like(value, old, is_bare=syntax.is_bare(value)) if keep_style else quote(value)
        if not exists:
            line_break = newline if before and not before.endswith(("\n", "\r")) else ""
            written = f"{line_break}{write_key(key)}{syntax.SEPARATOR}{written}{newline}"
        elif before.endswith(":"):
            written = f" {written}"
        front = before + written + after
    return front


def _replace_body(tail: str, body: str, newline: str) -> str:
    fence, _, end = split_body(tail)
    if fence and not fence.endswith(("\n", "\r")):
        fence += newline * 2
    return fence + body.replace("\n", newline) + (end or newline)
