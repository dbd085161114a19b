"""The values of a Hugo site's configs, merged from all files in the order in which Hugo reads them."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping

from pages.hugo.withholding.inheritance import ENVIRONMENT
from pages.text.front_matter.nested_values import Value, fold_mapping, read_json, read_toml, read_yaml
from pages.text.source import decode

_READERS: dict[str, Callable[[str], dict[str, Value]]] = {
    "toml": read_toml,
    "yaml": read_yaml,
    "yml": read_yaml,
    "json": read_json,
}
_EXTENSIONS = "|".join(_READERS)
# Of the configs in the site's folder, only the first one counts.
_ROOT_NAMES = tuple(f"{name}.{extension}" for name in ("hugo", "config") for extension in _READERS)
_FOLDERS = ("config/_default", f"config/{ENVIRONMENT}")
_IN_FOLDER = re.compile(rf"(?:.*/)?config/(?:_default|{ENVIRONMENT})/([\w@-]+)(?:\.([\w@-]+))?\.(?:{_EXTENSIONS})")
_ROOT_STEMS = ("hugo", "config")


class UnreadableConfig(ValueError):
    """A config is not valid; the message names the file and the reason."""


def is_publishing_config(path: str) -> bool:
    """Tell whether a file is a config that can decide on publishing."""
    return posixpath.basename(path) in _ROOT_NAMES or bool(_IN_FOLDER.fullmatch(path))


def read_config_values(site: str, paths: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, Value] | None:
    """Return the values of a site's configs with keys in lower case; None if the site has no config.

    `site` is the folder of the site, and `paths` are the files of the source. Raises UnreadableConfig.
    """
    existing = set(paths)
    at_root = [path for name in _ROOT_NAMES if (path := posixpath.join(site, name)) in existing]
    in_folders = [
        path
        for folder in _FOLDERS
        for path in sorted(existing)
        if posixpath.dirname(path) == posixpath.join(site, folder) and _IN_FOLDER.fullmatch(path)
    ]
    names = [*at_root[:1], *in_folders]
    values: dict[str, Value] = {}
    for path in names:
        values = _merge(values, _read_config(path, read))
    return values if names else None


def _read_config(path: str, read: Callable[[str], bytes | None]) -> dict[str, Value]:
    content = read(path)
    if content is None:
        return {}
    try:
        values = fold_mapping(_READERS[path.rpartition(".")[2]](decode(content).removeprefix("\ufeff")))
    except ValueError as error:
        raise UnreadableConfig(f"{path} is not valid {path.rpartition('.')[2].upper()}, or too large.") from error
    match = _IN_FOLDER.fullmatch(path)
    if match is None or match[1] in _ROOT_STEMS:
        return values
    # The file cascade.toml has the values of the key `cascade`, and languages.en.toml those of the language en.
    nested: dict[str, Value] = {match[1].lower(): values}
    if match[2] and match[1] == "languages":
        return {"languages": {match[2].lower(): values}}
    return {"languages": {match[2].lower(): nested}} if match[2] else nested


def _merge(values: Mapping[str, Value], later: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values with later ones, which take precedence; mappings are merged."""
    merged = dict(values)
    for key, value in later.items():
        before = merged.get(key)
        merged[key] = _merge(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged
