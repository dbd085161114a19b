"""The front matter that decides on publishing, in any of Hugo's formats, wherever Hugo finds it.

As Hugo's lexer does (`parser/pageparser`), which finds it also after white space and HTML comments.
"""

import re
from collections import Counter
from collections.abc import Iterable

from pages.text.front_matter.fences import split_front_matter
from pages.text.front_matter.nested_values import Value, fold_keys, read_json, read_toml, read_yaml
from pages.text.front_matter.values import FrontMatterValues, InvalidFrontMatter
from pages.text.messages import Message
from pages.text.source import decode

# White space, byte order marks and the first lines of comments.
_START = re.compile(r"(?:[\s\ufeff]++|<!--[^\n]*+\n)*+")
_ORG_LINE = re.compile(r"#\+(\w+)(?:\[\])?:[ \t]*([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_JSON = re.compile(r"\{\s*[\"}]")
_HEADER_LINE = re.compile(r"([A-Za-z][\w-]{0,30}):[ \t]+(\S.*)")
_MAX_HEADER = 30
# The key for what is front matter only to some generators. Front matter itself has no such key.
HEADER = ""
_READERS = {"---": read_yaml, "+++": read_toml}
# Without these the front matter has no mapping that matters here, no merged and no escaped key.
_NESTED = re.compile(rb"build|cascade|menu|l10n|<<|\\[xuU]", re.IGNORECASE)


def read_front_matter(content: bytes) -> dict[str, Value]:
    """Return the front matter of a file with its own keys in lower case. Raises InvalidFrontMatter."""
    values = _read(_after_start(content))
    _require_unique(values)
    # Hugo heeds the case of `_target` in cascades.
    return {key.lower(): value if key.lower() == "cascade" else fold_keys(value) for key, value in values.items()}


def read_header(text: str) -> dict[str, Value]:
    """Return the lines such as `Status: draft` at the start of a text, as MultiMarkdown and Pelican have them.

    They are front matter only to some generators, and can be text as well.
    """
    lines = text.lstrip("\ufeff \t\r\n").replace("\r\n", "\n").partition("\n\n")[0].splitlines()
    matches = list(map(_HEADER_LINE.fullmatch, lines[:_MAX_HEADER]))
    return {match[1].lower(): match[2].strip() for match in matches if match} if all(matches) else {}


def read_publishing_keys(content: bytes, parsed: FrontMatterValues) -> dict[str, Value]:
    """Return the same for a text whose front matter was parsed before, mostly without reading it again.

    Raises InvalidFrontMatter also if only Hugo finds front matter in the text.
    """
    has_values = bool(parsed.front_matter or parsed.lists)
    if not has_values:
        _require_visible(content)
        if header := read_header(decode(content)):
            return {HEADER: header}
    if _NESTED.search(split_front_matter(decode(content)).front.encode() if has_values else content):
        return read_front_matter(content)
    _require_unique([*parsed.front_matter, *parsed.lists])
    lists: dict[str, Value] = {key.lower(): list(values) for key, values in parsed.lists.items()}
    return lists | {key.lower(): value for key, value in parsed.front_matter.items()}


def _require_unique(keys: Iterable[str]) -> None:
    """Raise InvalidFrontMatter for keys that differ only in case: it is chance which one Hugo takes."""
    repeated = [key for key, count in Counter(key.lower() for key in keys).items() if count > 1]
    if repeated:
        raise InvalidFrontMatter(Message("its front matter has the key %(key)s twice.", key=repeated[0]))


def _require_visible(content: bytes) -> None:
    text = _after_start(content)
    is_fenced = any(
        # Four hyphens are a horizontal line.
        text.startswith(fence) and text[3:4] != fence[0] and f"\n{fence}" in text.replace("\r", "\n")
        for fence in _READERS
    )
    is_first = bool(split_front_matter(decode(content)).fence)
    if (is_fenced and not is_first) or _JSON.match(text) or _ORG_LINE.match(text):
        raise InvalidFrontMatter(Message("its front matter does not begin with --- or +++ in its first line."))


def _after_start(content: bytes) -> str:
    text = decode(content)
    start = _START.match(text)
    return text[start.end() :] if start else text


def _read(text: str) -> dict[str, Value]:
    if _JSON.match(text):
        return read_json(text)
    if text.startswith("#+"):
        return _read_org(text)
    parts = split_front_matter(text)
    if parts.fence:
        return _READERS[parts.fence](parts.front)
    if text.startswith(tuple(_READERS)):
        # Hugo also reads what follows the fence in the same line.
        parts = split_front_matter(f"{text[:3]}\n{text[3:]}")
        return _READERS[parts.fence](parts.front)
    return {}


def _read_org(text: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    position = 0
    while match := _ORG_LINE.match(text, position):
        values[match[1]] = match[2].strip()
        position = match.end()
    return values
