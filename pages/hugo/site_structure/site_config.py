"""What a Hugo site's config says of its languages and folders: TOML, YAML or JSON, read without trust."""

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import yaml

EXTENSIONS = ("toml", "yaml", "yml", "json")
# Where Hugo looks, in its order: the first of these alone counts.
ROOT_CONFIGS = tuple(f"{name}.{extension}" for name in ("hugo", "config") for extension in EXTENSIONS)
# And all of these besides; each says more exactly what those before it say.
CONFIG_FOLDER = "config/_default"
FOLDER_CONFIGS = tuple(f"{name}.{extension}" for name in ("hugo", "config", "languages") for extension in EXTENSIONS)
# A file for each language, as Hugo takes them.
_LANGUAGE_CONFIG = re.compile(rf"languages\.([\w@-]+)\.(?:{'|'.join(EXTENSIONS)})")
MAX_BYTES = 1_000_000
MAX_LEVELS = 100
MAX_VALUES = 100_000
MAX_TAG = 20
_TAG = re.compile(r"[a-z0-9]{1,8}(?:-[a-z0-9]{1,8})*")


class AmbiguousStructure(ValueError):
    """The site's config does not say where its texts lie; the message names the file and says why."""


@dataclass(frozen=True)
class SiteConfig:
    """What a site's config says, its folders as it has them; each language with a content folder of its own, if any."""

    default_language: str | None = None
    content_folder: str = "content"
    static_folders: tuple[str, ...] = ("static",)
    languages: tuple[tuple[str, str | None], ...] = ()


def language_tag(name: str) -> str:
    """Return a language's name as a tag: lower case, hyphens (`pt_BR` is pt-br)."""
    return name.replace("_", "-").lower()


def site_of_config(path: str) -> str | None:
    """Return the folder of the site that a file would be a config of; None if it is not named like one."""
    folder, _, name = path.rpartition("/")
    if folder == CONFIG_FOLDER or folder.endswith(f"/{CONFIG_FOLDER}"):
        is_config = name in FOLDER_CONFIGS or _LANGUAGE_CONFIG.fullmatch(name)
        return folder[: -len(CONFIG_FOLDER)].rstrip("/") if is_config else None
    return folder if name in ROOT_CONFIGS else None


def read_config(site: str, names: Iterable[str], read: Callable[[str], bytes | None]) -> SiteConfig:
    """Read those of a site's configs that count, out of the paths given. Raises AmbiguousStructure."""
    there = set(names)
    at_root = [path for name in ROOT_CONFIGS if (path := posixpath.join(site, name)) in there]
    folder = posixpath.join(site, CONFIG_FOLDER)
    in_folder = [path for name in FOLDER_CONFIGS if (path := posixpath.join(folder, name)) in there]
    in_folder += sorted(path for path in there if _LANGUAGE_CONFIG.fullmatch(path.removeprefix(f"{folder}/")))
    values: dict[str, object] = {}
    languages: dict[str, dict[str, object]] = {}
    for path in (*at_root[:1], *in_folder):
        if (content := read(path)) is None:
            continue
        try:
            named = _entries(_loaded(content, path.rpartition(".")[2]), "it")
            if path in in_folder:
                named = _below_its_name(named, posixpath.basename(path))
            for tag, settings in _entries(named.pop("languages", None), "languages").items():
                languages.setdefault(_checked(tag), {}).update(_entries(settings, f"languages.{tag}"))
            values |= named
            _config(values, languages)
        except (ValueError, yaml.YAMLError, RecursionError) as error:
            raise AmbiguousStructure(f"{path} cannot be read: {_why(error)}") from error
    return _config(values, languages)


def _below_its_name(named: dict[str, object], name: str) -> dict[str, object]:
    """Return what a config in the folder says as one at the root would say it: its name is the key above."""
    if language := _LANGUAGE_CONFIG.fullmatch(name):
        named = {language[1]: named}
    return {"languages": named} if name.startswith("languages.") else named


def _config(values: Mapping[str, object], languages: Mapping[str, Mapping[str, object]]) -> SiteConfig:
    default = _text(values.get("defaultcontentlanguage"), "defaultContentLanguage")
    static = [folder for named in (values, *languages.values()) for folder in _texts(named.get("staticdir"))]
    return SiteConfig(
        default_language=_checked(default) if default else None,
        content_folder=_text(values.get("contentdir"), "contentDir") or "content",
        static_folders=tuple(dict.fromkeys(static)) or ("static",),
        languages=tuple(
            (tag, _text(settings.get("contentdir"), f"contentDir of {tag}") or None)
            for tag, settings in sorted(languages.items())
        ),
    )


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep."
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}."
    return " ".join(str(error).split()).rstrip(".") + "."


def _loaded(content: bytes, extension: str) -> object:
    if len(content) > MAX_BYTES:
        raise ValueError(f"it has {len(content)} bytes; the limit is {MAX_BYTES}")
    text = content.decode("utf-8-sig")
    if extension == "toml":
        return tomllib.loads(text)
    if extension == "json":
        return json.loads(text)
    _check_size(text)
    # Composed, not constructed: `no` stays Norwegian, and an alias is followed only where something is read.
    return yaml.compose(text, Loader=yaml.CBaseLoader)


def _check_size(text: str) -> None:
    """Raise where YAML is nested too deep for a parser that calls itself, or aliases unfold to more than memory has."""
    sizes: dict[str | None, int] = {}
    unclosed: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        anchor, size = getattr(event, "anchor", None), 0
        if isinstance(event, yaml.CollectionStartEvent):
            unclosed.append((anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = unclosed.pop()
        elif isinstance(event, yaml.AliasEvent):
            size = sizes.get(anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
        sizes[anchor] = size
        unclosed[-1] = (unclosed[-1][0], unclosed[-1][1] + size)
        if len(unclosed) > MAX_LEVELS:
            raise ValueError(f"line {event.start_mark.line + 1}: it is nested too deep")
        if unclosed[-1][1] > MAX_VALUES:
            raise ValueError(f"line {event.start_mark.line + 1}: it has more than {MAX_VALUES} values")


def _entries(value: object, name: str) -> dict[str, object]:
    """Return a mapping's values by their keys in lower case, as Hugo takes them. Raises ValueError.

    Of a key that stands there twice the last value counts, as it did for Hugo up to its version 0.152.
    """
    if value is None or _is_null(value):
        return {}
    if isinstance(value, yaml.MappingNode):
        pairs = [(key.value, content) for key, content in value.value if isinstance(key, yaml.ScalarNode)]
    elif isinstance(value, dict):
        pairs = list(value.items())
    else:
        raise ValueError(f"{name} has no keys with values")
    found: dict[str, object] = {}
    spelled: dict[str, str] = {}
    for key, content in pairs:
        if spelled.setdefault(key.lower(), key) != key:
            raise ValueError(f"{name} has the key {key!r} twice")
        found[key.lower()] = content
    return found


def _is_null(value: object) -> bool:
    return isinstance(value, yaml.ScalarNode) and value.style in (None, "") and value.value in ("", "~", "null")


def _text(value: object, name: str) -> str:
    if value is None or _is_null(value):
        return ""
    text = value.value if isinstance(value, yaml.ScalarNode) else value
    if not isinstance(text, str):
        raise ValueError(f"{name} is no text")
    return text.strip()


def _texts(value: object) -> list[str]:
    several = value.value if isinstance(value, yaml.SequenceNode) else value
    several = several if isinstance(several, list) else [value]
    return [text for single in several if (text := _text(single, "staticDir"))]


def _checked(name: str) -> str:
    tag = language_tag(name)
    if len(tag) > MAX_TAG or not _TAG.fullmatch(tag):
        raise ValueError(f"{name[:50]!r} is no language tag")
    return tag
