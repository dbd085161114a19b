"""The configs of Hugo and Jekyll sites: their names and values, merged from all files in the order of Hugo 0.111.

Configs are untrusted input.
"""

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

import yaml

from pages.text.front_matter import toml_format, yaml_format
from pages.text.front_matter.nested_values import MAX_VALUES, Value, fold_mapping, plain_mapping, read_node
from pages.text.front_matter.values import InvalidFrontMatter
from pages.text.messages import Message, message_of, reason_of

# Hugo's default for building a site.
ENVIRONMENT = "production"
_EXTENSIONS = ("toml", "yaml", "yml", "json")
_STEMS = ("hugo", "config")
# Of the configs in the site's folder, only the first one counts.
_ROOT_NAMES = tuple(f"{name}.{extension}" for name in _STEMS for extension in _EXTENSIONS)
_FOLDERS = ("config/_default", f"config/{ENVIRONMENT}")
_IN_FOLDER = re.compile(rf"(?:.*/)?(?:{'|'.join(_FOLDERS)})/([\w@-]+)(?:\.([\w@-]+))?\.(?:{'|'.join(_EXTENSIONS)})")
# Files for a language have the values of the language itself, except for these.
_OF_LANGUAGE = {"menu": "menus", "menus": "menus", "params": "params"}
_JEKYLL_NAMES = ("_config.yml", "_config.yaml", "_config.toml")
# Limits against files that are made to exhaust memory, time or the stack. An alias counts as often as it is used.
MAX_BYTES = 1_000_000
MAX_LEVELS = 100
# Several files of several sites. The detection of structures and the rules for publishing read the same ones.
_CACHED_FILES = 16
_TOO_MANY = Message("it has more than %(limit)d values.", limit=MAX_VALUES)
_TOO_DEEP = Message("it is nested too deeply.")
_NO_MAPPING = Message("it is not a mapping.")
Read = Callable[[str], bytes | None]


class UnreadableConfig(ValueError):
    """A config is not valid. The message gives the reason without the name of the file, which is in `path`."""

    def __init__(self, path: str, reason: Message):
        self.path = path
        super().__init__(reason)


def site_of_config(path: str) -> str | None:
    """Return the folder of the site that a Hugo config belongs to, or None if the path is not that of one."""
    folder, name = posixpath.split(path)
    if _IN_FOLDER.fullmatch(path):
        return posixpath.dirname(posixpath.dirname(folder))
    return folder if name in _ROOT_NAMES else None


def can_define_structure(path: str) -> bool:
    """Tell whether a Hugo config can have the folders and languages of its site."""
    match = _IN_FOLDER.fullmatch(path)
    stem, language = match.groups() if match else ("", None)
    return match is None or stem in (*_STEMS, "languages") or bool(language and stem not in _OF_LANGUAGE)


def is_certainly_hugo(path: str) -> bool:
    """Tell whether a config has a name that other programs do not use: many have a config.json."""
    return posixpath.basename(path).startswith("hugo.") or f"{_FOLDERS[0]}/" in path


def is_jekyll_config(path: str) -> bool:
    """Tell whether a file has a name of Jekyll's config."""
    return posixpath.basename(path) in _JEKYLL_NAMES


def list_jekyll_configs(paths: Iterable[str]) -> dict[str, str]:
    """Return those of the paths that are Jekyll's configs, by folder: of several in one folder the one that counts."""
    configs = sorted(filter(is_jekyll_config, paths), key=lambda path: _JEKYLL_NAMES.index(posixpath.basename(path)))
    return {posixpath.dirname(path): path for path in reversed(configs)}


def is_zola_config(values: Mapping[str, Value]) -> bool:
    """Tell whether the values of a config are those of Zola, whose config.toml is taken to be Hugo's."""
    return "base_url" in values and "baseurl" not in values


def find_site(paths: Iterable[str], content_folders: Iterable[str]) -> str | None:
    """Return the folder of the site that content folders belong to, by the paths of configs; None if it has none."""
    folders = list(content_folders)
    configs = ((path, site) for path in paths if (site := site_of_config(path)) is not None)
    sites = {site for path, site in configs for folder in folders if _is_config_for(path, site, folder)}
    return max(sites, key=len, default=None)


def _is_config_for(path: str, site: str, content_folder: str) -> bool:
    if site == content_folder:
        # Next to texts, only this name is certain to be Hugo's.
        return posixpath.basename(path).startswith("hugo.")
    return not site or content_folder.startswith(f"{site}/")


def list_configs(site: str, paths: Iterable[str]) -> list[str]:
    """Return those of the paths that are configs of a site, in the order in which Hugo reads them."""
    own = {path for path in paths if site_of_config(path) == site}
    at_root = [path for name in _ROOT_NAMES if (path := posixpath.join(site, name)) in own]
    folders = [posixpath.join(site, folder) for folder in _FOLDERS]
    return at_root[:1] + [path for top in folders for path in sorted(own) if posixpath.dirname(path) == top]


def read_config_values(site: str, paths: Iterable[str], read: Read) -> dict[str, Value] | None:
    """Return the values of a site's configs with keys in lower case; None if the site has no config.

    `site` is the folder of the site, and `paths` are the files of the source. Raises UnreadableConfig.
    """
    names = list_configs(site, paths)
    values: dict[str, Value] = {}
    for path in names:
        values = merge_values(values, read_hugo_config(path, read))
    return values if names else None


def read_hugo_config(path: str, read: Read) -> dict[str, Value]:
    """Return the values of one config, with keys in lower case, below those of its name. Raises UnreadableConfig."""
    values = _nest_by_file_name(_read(path, read), path)
    for name, key in _find_repeated_keys(values):
        raise UnreadableConfig(path, Message("%(name)s has the key %(key)s twice.", name=name, key=repr(key)))
    return fold_mapping(values)


def read_plain_config(path: str, read: Read) -> dict[str, Value]:
    """Return the values of a file as they are, with keys in lower case. Raises UnreadableConfig."""
    return fold_mapping(_read(path, read))


def merge_values(values: Mapping[str, Value], later: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values with later ones, which take precedence; mappings are merged."""
    merged = dict(values)
    for key, value in later.items():
        before = merged.get(key)
        merged[key] = merge_values(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


def _nest_by_file_name(values: dict[str, Value], path: str) -> dict[str, Value]:
    """Nest the values of params.toml or languages.en.toml below the keys that their names stand for."""
    match = _IN_FOLDER.fullmatch(path)
    if match is None:
        return values
    stem, language = match.groups()
    if language:
        return {"languages": {language: {_OF_LANGUAGE[stem]: values} if stem in _OF_LANGUAGE else values}}
    return values if stem in _STEMS else {stem: values}


def _find_repeated_keys(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield keys of the site or of a language that differ in case only, with the name of the mapping.

    Hugo ignores case, and it is chance which of the values it takes.
    """
    mappings = {"it": values}
    for key, languages in values.items():
        if key.lower() == "languages" and isinstance(languages, dict):
            own = {f"languages.{tag}": settings for tag, settings in languages.items() if isinstance(settings, dict)}
            mappings |= {"languages": languages, **own}
    for name, mapping in mappings.items():
        seen: set[str] = set()
        for key in mapping:
            if key.lower() in seen:
                yield name, key
            seen.add(key.lower())


def _read(path: str, read: Read) -> dict[str, Value]:
    content = read(path)
    try:
        return {} if content is None else _parse(content, path.rpartition(".")[2])
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise UnreadableConfig(path, _describe(error)) from error


def _describe(error: Exception) -> Message:
    if isinstance(error, InvalidFrontMatter):
        return _TOO_MANY
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return Message("line %(line)d: %(problem)s.", line=error.problem_mark.line + 1, problem=str(error.problem))
    reason = reason_of(error)
    sentence = " ".join(reason.split()).rstrip(".") + "."
    return reason if reason.values or reason in (_NO_MAPPING, _TOO_DEEP) else message_of(sentence)


@lru_cache(maxsize=_CACHED_FILES)
def _parse(content: bytes, extension: str) -> dict[str, Value]:
    """Return the values of a file. They are shared, and must not be changed."""
    if len(content) > MAX_BYTES:
        raise ValueError(Message("it has %(size)d bytes; the limit is %(limit)d.", size=len(content), limit=MAX_BYTES))
    text = content.decode("utf-8-sig")
    document = _load(text, extension)
    if isinstance(document, yaml.MappingNode):
        values = read_node(document)
    elif isinstance(document, dict):
        values = plain_mapping(document)
    elif document is None:
        # An empty YAML document.
        values = {}
    else:
        raise ValueError(_NO_MAPPING)
    if _count_values(values) > MAX_VALUES:
        raise ValueError(_TOO_MANY)
    return values


def _load(text: str, extension: str) -> object:
    if extension == "json":
        return json.loads(text)
    is_toml = extension == "toml"
    if line := (toml_format if is_toml else yaml_format).find_deep_line(text):
        raise ValueError(Message("line %(line)d: it is nested too deeply.", line=line))
    return tomllib.loads(text, parse_float=str) if is_toml else yaml.compose(text, Loader=yaml.CBaseLoader)


def _count_values(value: Value, level: int = 0) -> int:
    """Return how many values there are in a value, itself included. Raises ValueError if it is nested too deeply."""
    if level > MAX_LEVELS:
        raise ValueError(_TOO_DEEP)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(_count_values(item, level + 1) for item in items)
