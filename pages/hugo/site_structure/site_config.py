"""Reading a Hugo site's config (TOML, YAML or JSON) for its languages and folders. Configs are untrusted input."""

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import yaml

from pages.text.messages import Message

EXTENSIONS = ("toml", "yaml", "yml", "json")
# The names that Hugo looks for, in its order. Only the first one found counts.
ROOT_CONFIGS = tuple(f"{name}.{extension}" for name in ("hugo", "config") for extension in EXTENSIONS)
# Hugo reads all of these as well; later ones override earlier ones.
CONFIG_FOLDER = "config/_default"
FOLDER_CONFIGS = tuple(f"{name}.{extension}" for name in ("hugo", "config", "languages") for extension in EXTENSIONS)
# In that folder Hugo also accepts one file per language.
_LANGUAGE_CONFIG = re.compile(rf"languages\.([\w@-]+)\.(?:{'|'.join(EXTENSIONS)})")
# Limits against files that are made to exhaust memory or the stack.
MAX_BYTES = 1_000_000
MAX_LEVELS = 100
MAX_VALUES = 100_000
MAX_TAG = 20
_TAG = re.compile(r"[a-z0-9]{1,8}(?:-[a-z0-9]{1,8})*")


class AmbiguousStructure(ValueError):
    """The site's config does not determine where its texts are. The message names the file and the reason."""


@dataclass(frozen=True)
class SiteConfig:
    """The settings of a site's config, with folders as written there.

    `languages` pairs each language with its own content folder, or with None.
    """

    default_language: str | None = None
    content_folder: str = "content"
    static_folders: tuple[str, ...] = ("static",)
    languages: tuple[tuple[str, str | None], ...] = ()


def language_tag(name: str) -> str:
    """Normalise a language code: lower case with hyphens, so that `pt_BR` becomes `pt-br`."""
    return name.replace("_", "-").lower()


def site_of_config(path: str) -> str | None:
    """Return the folder of the site that a config belongs to, or None if the path is not that of a config."""
    folder, _, name = path.rpartition("/")
    if folder == CONFIG_FOLDER or folder.endswith(f"/{CONFIG_FOLDER}"):
        is_config = name in FOLDER_CONFIGS or _LANGUAGE_CONFIG.fullmatch(name)
        return folder[: -len(CONFIG_FOLDER)].rstrip("/") if is_config else None
    return folder if name in ROOT_CONFIGS else None


def read_config(site: str, names: Iterable[str], read: Callable[[str], bytes | None]) -> SiteConfig:
    """Read the configs that Hugo would use for a site, out of the given paths. Raises AmbiguousStructure."""
    existing = set(names)
    at_root = [path for name in ROOT_CONFIGS if (path := posixpath.join(site, name)) in existing]
    folder = posixpath.join(site, CONFIG_FOLDER)
    in_folder = [path for name in FOLDER_CONFIGS if (path := posixpath.join(folder, name)) in existing]
    in_folder += sorted(path for path in existing if _LANGUAGE_CONFIG.fullmatch(path.removeprefix(f"{folder}/")))
    values: dict[str, object] = {}
    languages: dict[str, dict[str, object]] = {}
    for path in (*at_root[:1], *in_folder):
        if (content := read(path)) is None:
            continue
        try:
            config = _as_mapping(_load(content, path.rpartition(".")[2]), "it")
            if path in in_folder:
                config = _nest_by_file_name(config, posixpath.basename(path))
            for tag, settings in _as_mapping(config.pop("languages", None), "languages").items():
                languages.setdefault(_checked_tag(tag), {}).update(_as_mapping(settings, f"languages.{tag}"))
            values |= config
            # Build it after each file, so that an error names the file that caused it.
            _build_config(values, languages)
        except (ValueError, yaml.YAMLError, RecursionError) as error:
            reason = Message("%(file)s cannot be read: %(reason)s", file=path, reason=_describe(error))
            raise AmbiguousStructure(reason) from error
    return _build_config(values, languages)


def _nest_by_file_name(config: dict[str, object], name: str) -> dict[str, object]:
    """Nest the values of languages.toml or languages.en.toml below the keys that their names stand for."""
    if match := _LANGUAGE_CONFIG.fullmatch(name):
        config = {match[1]: config}
    return {"languages": config} if name.startswith("languages.") else config


def _build_config(values: Mapping[str, object], languages: Mapping[str, Mapping[str, object]]) -> SiteConfig:
    default = _text(values.get("defaultcontentlanguage"), "defaultContentLanguage")
    static = [folder for settings in (values, *languages.values()) for folder in _texts(settings.get("staticdir"))]
    return SiteConfig(
        default_language=_checked_tag(default) if default else None,
        content_folder=_text(values.get("contentdir"), "contentDir") or "content",
        static_folders=tuple(dict.fromkeys(static)) or ("static",),
        languages=tuple(
            (tag, _text(settings.get("contentdir"), f"contentDir of {tag}") or None)
            for tag, settings in sorted(languages.items())
        ),
    )


def _describe(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}."
    return " ".join(str(error).split()).rstrip(".") + "."


def _load(content: bytes, extension: str) -> object:
    if len(content) > MAX_BYTES:
        raise ValueError(f"it has {len(content)} bytes; the limit is {MAX_BYTES}")
    text = content.decode("utf-8-sig")
    if extension == "toml":
        return tomllib.loads(text)
    if extension == "json":
        return json.loads(text)
    _check_yaml_size(text)
    # Compose nodes instead of constructing values: then `no` is a language code and not False, and an alias is expanded
    # only if its value is read.
    return yaml.compose(text, Loader=yaml.CBaseLoader)


def _check_yaml_size(text: str) -> None:
    """Raise ValueError for YAML nested too deeply for the recursive parser or with aliases that expand too much."""
    sizes: dict[str | None, int] = {}
    open_collections: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        anchor, size = getattr(event, "anchor", None), 0
        if isinstance(event, yaml.CollectionStartEvent):
            open_collections.append((anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_collections.pop()
        elif isinstance(event, yaml.AliasEvent):
            size = sizes.get(anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
        sizes[anchor] = size
        open_collections[-1] = (open_collections[-1][0], open_collections[-1][1] + size)
        if len(open_collections) > MAX_LEVELS:
            raise ValueError(f"line {_line(event)}: it is nested too deeply")
        if open_collections[-1][1] > MAX_VALUES:
            raise ValueError(f"line {_line(event)}: it has more than {MAX_VALUES} values")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _plain(value: object) -> object:
    """Return the value of a YAML node, with the nodes in it as they are; any other value as it is."""
    if isinstance(value, yaml.MappingNode):
        # The last value of a repeated key counts, as in Hugo up to version 0.152.
        return {key.value: content for key, content in value.value if isinstance(key, yaml.ScalarNode)}
    if isinstance(value, yaml.ScalarNode):
        is_null = value.style in (None, "") and value.value in ("", "~", "null")
        return None if is_null else value.value
    return value.value if isinstance(value, yaml.SequenceNode) else value


def _as_mapping(value: object, name: str) -> dict[str, object]:
    """Return a mapping with its keys in lower case, as Hugo reads them. Raises ValueError."""
    mapping = _plain(value)
    if mapping is not None and not isinstance(mapping, dict):
        raise ValueError(f"{name} is not a mapping")
    entries: dict[str, object] = {}
    for key, content in (mapping or {}).items():
        if key.lower() in entries:
            raise ValueError(f"{name} has the key {key!r} twice")
        entries[key.lower()] = content
    return entries


def _text(value: object, name: str) -> str:
    text = _plain(value)
    if text is not None and not isinstance(text, str):
        raise ValueError(f"{name} is not a string")
    return (text or "").strip()


def _texts(value: object) -> list[str]:
    items = _plain(value)
    items = items if isinstance(items, list) else [value]
    return [text for item in items if (text := _text(item, "staticDir"))]


def _checked_tag(name: str) -> str:
    tag = language_tag(name)
    if len(tag) > MAX_TAG or not _TAG.fullmatch(tag):
        raise ValueError(f"{name[:50]!r} is not a language code")
    return tag
