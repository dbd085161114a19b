"""The front matter that decides on publishing, in any of Hugo's formats, wherever Hugo finds it.

As Hugo's lexer does (`parser/pageparser`), which finds it also after white space and HTML comments.
"""

import re
from collections import Counter

from pages.text.front_matter.fences import BYTE_ORDER_MARK, split_front_matter
from pages.text.front_matter.nested_values import Value, fold_keys, read_json, read_toml, read_yaml
from pages.text.front_matter.values import InvalidFrontMatter
from pages.text.source import decode

# White space and the first lines of comments.
_START = re.compile(r"(?:\s++|<!--[^\n]*+\n)*+")
_ORG_LINE = re.compile(r"#\+(\w+)(?:\[\])?:[ \t]*([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_JSON = re.compile(r"\{\s*[\"}]")
_READERS = {"---": read_yaml, "+++": read_toml}


def read_front_matter(content: bytes) -> dict[str, Value]:
    """Return the front matter of a file with its own keys in lower case. Raises InvalidFrontMatter."""
    values = _read(decode(content).removeprefix(BYTE_ORDER_MARK))
    repeated = [key for key, count in Counter(map(str.lower, values)).items() if count > 1]
    if repeated:
        raise InvalidFrontMatter(f"The front matter has the key {repeated[0]!r} twice.")
    # Hugo heeds the case of `_target` in cascades.
    return {key.lower(): value if key.lower() == "cascade" else fold_keys(value) for key, value in values.items()}


def _read(text: str) -> dict[str, Value]:
    start = _START.match(text)
    text = text[start.end() :] if start else text
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


__all__ = ["InvalidFrontMatter", "read_front_matter"]
