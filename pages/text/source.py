"""A text's source: the bytes of a Markdown file with YAML front matter, and the fields that are read from them.

The bytes are the truth. A change patches only the values that changed, in the file's own newline style.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field, fields

import yaml

BYTE_ORDER_MARK = "\ufeff"
# The front matter's key for each field; the body has none.
KEYS = {"title": "title", "link_title": "linkTitle", "description": "description"}
MAX_LEVELS = 200
_FENCE = re.compile(r"---[ \t]*(?:\r\n|\r|\n|\Z)")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*")
# Not `^`, which knows no CR alone.
_CLOSING = re.compile(r"(?<=[\r\n])---[ \t]*(?:\r\n|\r|\n|\Z)")
# What `decode` shows as U+FFFD, in the form that `surrogateescape` gives it.
_UNREADABLE = re.compile("[\0\udc80-\udcff]")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_HEADING = re.compile(r"^ {0,3}#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)


class FrontMatterBroken(ValueError):
    """The front matter is not the YAML mapping that it has to be; the message says where."""


class PatchFailed(ValueError):
    """A value could not be replaced without changing something else."""


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
class Parsed:
    """A source that has been read: its fields, and the front matter's other scalars as the strings that they are."""

    fields: Fields
    front_matter: dict[str, str] = field(default_factory=dict)


def digest(source: bytes) -> str:
    """Return the SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(source).hexdigest()


def decode(source: bytes) -> str:
    """Return the text, invalid UTF-8 and NUL shown as U+FFFD (CommonMark 0.31, section 2.3)."""
    return source.decode("utf-8", errors="replace").replace("\0", "\ufffd")


def unify_newlines(text: str) -> str:
    """Return the text with LF between its lines, whatever the file or the browser used."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _split(text: str) -> tuple[str, str, str]:
    """Return a text in three: up to the front matter, the front matter, and from its closing fence on."""
    start = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    fence = _FENCE.match(text, start)
    if not fence:
        return text[:start], "", text[start:]
    closing = _CLOSING.search(text, fence.end())
    if not closing:
        raise FrontMatterBroken("The front matter begins with --- in line 1, but no line closes it.")
    return text[: fence.end()], text[fence.end() : closing.start()], text[closing.start() :]


def _split_body(tail: str) -> tuple[str, str, str]:
    """Return what follows the front matter in three: fence and blank lines, the body, the white space at its end."""
    fence = _FENCE.match(tail)
    start = fence.end() if fence else 0
    # Blank lines go to the frame; the first line's own indentation is the body's: it may be a code block.
    start = _BLANK_LINES.match(tail, start).end()
    core = tail[start:].rstrip()
    return tail[:start], core, tail[start + len(core) :]


def body_of(source: bytes) -> str:
    """Return the body alone, with LF between lines; the front matter is not read."""
    try:
        tail = _split(decode(source))[2]
    except FrontMatterBroken:
        tail = decode(source)
    return unify_newlines(_split_body(tail)[1])


def _mapping(front: str, loader=yaml.CBaseLoader) -> yaml.MappingNode | None:
    """Return the front matter's mapping, its scalars unresolved (YAML's `no` and `010` stay strings)."""
    try:
        _insist_on_few_levels(front)
        node = yaml.compose(front, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise FrontMatterBroken(f"The front matter is not valid YAML: line {line}: {error.problem}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise FrontMatterBroken("The front matter is not valid YAML.") from error
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise FrontMatterBroken("The front matter is not a list of keys with values.")
    return node


def _insist_on_few_levels(front: str) -> None:
    """Raise where values are nested so deep that the parser, which calls itself for each level, would crash."""
    if len(front) <= MAX_LEVELS:
        return
    level = 0
    for event in yaml.parse(front, Loader=yaml.CBaseLoader):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > MAX_LEVELS:
            raise FrontMatterBroken(f"The front matter is nested too deep: line {event.start_mark.line + 2}.")


def _scalars(front: str) -> dict[str, str]:
    node = _mapping(front)
    found: dict[str, str] = {}
    for key, value in node.value if node else ():
        if key.value in found:
            raise FrontMatterBroken(
                f"The front matter has the key {key.value!r} twice: line {key.start_mark.line + 2}."
            )
        if isinstance(value, yaml.ScalarNode):
            found[key.value] = value.value
    return found


def parse(source: bytes, *, fallback_title: str = "") -> Parsed:
    """Read a source; without a title in the front matter, the first heading serves, then the fallback.

    Raises FrontMatterBroken, with the line.
    """
    _, front, tail = _split(decode(source))
    body = unify_newlines(_split_body(tail)[1])
    scalars = _scalars(front)
    values = {name: " ".join(scalars.get(key, "").split()) for name, key in KEYS.items()}
    if not values["title"]:
        heading = _HEADING.search(body)
        values["title"] = heading[1] if heading else fallback_title
    return Parsed(Fields(**values, body=body), scalars)


def _quoted(value: str) -> str:
    # JSON's escapes are a subset of those of YAML's double-quoted style (YAML 1.2.2, section 5.7), which also wants
    # them for what it does not count as printable (section 5.1).
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def compose(text: Fields) -> bytes:
    """Write a source for a text that came from no file: UTF-8, LF, a final newline."""
    lines = [f"{KEYS['title']}: {_quoted(text.title)}"]
    lines += [
        f"{KEYS[name]}: {_quoted(value)}" for name in ("link_title", "description") if (value := getattr(text, name))
    ]
    return "\n".join(["---", *lines, "---", "", normalised_body(text.body), ""]).encode()


def normalised_body(body: str) -> str:
    """Return a body as it is compared: LF, without blank lines before it and white space after it."""
    return _BLANK_LINES.sub("", unify_newlines(body), count=1).rstrip()


def normalised(text: Fields) -> Fields:
    """Return the fields as they are compared: titles on one line, the body in the form that sources are read in."""
    one_line = {name: " ".join(getattr(text, name).split()) for name in KEYS}
    return Fields(**one_line, body=normalised_body(text.body.replace("\0", "\ufffd")))


def _newline_of(text: str) -> str:
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


def _with_value(front: str, key: str, value: str, newline: str) -> str:
    """Return the front matter with one value replaced where it stands, or added at its end."""
    # As long as the original, character by character: the marks must hold there.
    node = _mapping(_UNREADABLE.sub("\ufffd", front), yaml.BaseLoader)
    for found, scalar in node.value if node else ():
        if found.value == key:
            start, end = scalar.start_mark.index, scalar.end_mark.index
            old = front[start:end]
            # A block scalar's mark lies behind its last newline, which belongs to the file.
            trailing = old[len(old.rstrip()) :]
            space = " " if front[:start].endswith(":") else ""
            return front[:start] + space + _quoted(value) + trailing + front[end:]
    gap = "" if not front or front.endswith(("\n", "\r")) else newline
    return f"{front}{gap}{key}: {_quoted(value)}{newline}"


def patch(source: bytes, old: Fields, new: Fields) -> bytes:
    """Return the source with the fields that differ replaced, and every other byte as it was.

    Raises PatchFailed where the front matter cannot take the value without losing something else.
    """
    if (changed := _changed(old, new)) == {}:
        return source
    try:
        head, before, tail = _split(source.decode("utf-8", errors="surrogateescape"))
        newline = _newline_of(head + before + tail)
        front = _with_values(before, changed, newline)
    except FrontMatterBroken as error:
        raise PatchFailed(str(error)) from error
    if front and not before and not head.rstrip().endswith("---"):
        head, tail = f"{head}---{newline}", f"---{newline}{newline}{tail}"
    if "body" in changed:
        frame, _, end = _split_body(tail)
        if frame and not frame.endswith(("\n", "\r")):
            frame += newline * 2
        tail = frame + changed["body"].replace("\n", newline) + (end or newline)
    patched = (head + front + tail).encode("utf-8", errors="surrogateescape")
    _insist_on_the_rest(source, patched, new, changed)
    return patched


def _changed(old: Fields, new: Fields) -> dict[str, str]:
    old, new = normalised(old), normalised(new)
    return {
        column.name: getattr(new, column.name)
        for column in fields(Fields)
        if getattr(old, column.name) != getattr(new, column.name)
    }


def _with_values(front: str, changed: dict[str, str], newline: str) -> str:
    for name, key in KEYS.items():
        if name in changed:
            front = _with_value(front, key, changed[name], newline)
    return front


def _insist_on_the_rest(source: bytes, patched: bytes, new: Fields, changed: dict[str, str]) -> None:
    """Read the patched source back: the changed values are the new ones, and nothing else has moved."""
    try:
        before, after = parse(source), parse(patched)
    except FrontMatterBroken as error:
        raise PatchFailed(str(error)) from error
    keys = {KEYS[name] for name in changed if name in KEYS}
    expected = {**before.front_matter, **{KEYS[name]: changed[name] for name in changed if name in KEYS}}
    now = {key: " ".join(value.split()) if key in keys else value for key, value in after.front_matter.items()}
    if now != expected or ("body" in changed and after.fields.body != changed["body"]):
        raise PatchFailed("The front matter cannot take the change without losing something else.")
