"""The values of a Hugo site's configs, merged from all files in the order in which Hugo reads them."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping

from pages.hugo.withholding.inheritance import ENVIRONMENT
from pages.text.front_matter.nested_values import Value, fold_mapping, read_json, read_toml, read_yaml
from pages.text.messages import Message
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
_JEKYLL_NAMES = ("_config.yml", "_config.yaml", "_config.toml")
_ROOT_STEMS = ("hugo", "config")


class UnreadableConfig(ValueError):
    """A config is not valid. The message gives the reason without the name of the file, which is in `path`."""

    def __init__(self, path: str):
        self.path = path
        super().__init__(Message("it is not valid %(format)s, or too large.", format=_extension_of(path).upper()))


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


def find_site(paths: Iterable[str], content_folders: Iterable[str]) -> str | None:
    """Return the folder of the site that content folders belong to, by the paths of configs; None if it has none."""
    folders = list(content_folders)
    sites = {site for path in paths for folder in folders if _is_config_for(path, site := _site_of(path), folder)}
    return max(sites, key=len, default=None)


def _site_of(path: str) -> str:
    folder = posixpath.dirname(path)
    in_folders = (folder.removesuffix(name).rstrip("/") for name in _FOLDERS if _IN_FOLDER.fullmatch(path))
    return next((site for site in in_folders if site != folder), folder)


def _is_config_for(path: str, site: str, content_folder: str) -> bool:
    if site == content_folder:
        # Many programs have a config.json. Next to texts, only this name is certain to be Hugo's.
        return posixpath.basename(path).startswith("hugo.")
    return not site or content_folder.startswith(f"{site}/")


def is_jekyll_config(path: str) -> bool:
    """Tell whether a file has a name of Jekyll's config."""
    return posixpath.basename(path) in _JEKYLL_NAMES


def read_jekyll_config(path: str, read: Callable[[str], bytes | None]) -> dict[str, Value]:
    """Return the values of Jekyll's config, with keys in lower case. Raises UnreadableConfig."""
    return _read_config(path, read)


def _extension_of(path: str) -> str:
    return path.rpartition(".")[2]


def _read_config(path: str, read: Callable[[str], bytes | None]) -> dict[str, Value]:
    content = read(path)
    if content is None:
        return {}
    try:
        values = fold_mapping(_READERS[_extension_of(path)](decode(content).removeprefix("\ufeff")))
    except ValueError as error:
        raise UnreadableConfig(path) from error
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
