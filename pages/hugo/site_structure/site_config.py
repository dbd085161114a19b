"""The languages and folders in the config of a Hugo site."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pages.hugo.site_structure.config_files import (
    can_define_structure,
    is_zola_config,
    list_configs,
    merge_values,
    read_hugo_config,
)
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message, reason_of

CONTENT = "content"
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
    content_folder: str = CONTENT
    static_folders: tuple[str, ...] = ("static",)
    languages: tuple[tuple[str, str | None], ...] = ()
    # Folders that are mounted as the content, in place of all others, each with its language if it has one; and those
    # that are mounted below it.
    mounts: tuple[tuple[str, str | None], ...] = ()
    inner_mounts: tuple[str, ...] = ()


def language_tag(name: str) -> str:
    """Normalise a language code: lower case with hyphens, so that `pt_BR` becomes `pt-br`."""
    return name.replace("_", "-").lower()


def read_config(site: str, names: Iterable[str], read: Callable[[str], bytes | None]) -> SiteConfig:
    """Read the configs that Hugo would use for a site, out of the given paths. Raises AmbiguousStructure."""
    values: dict[str, Value] = {}
    config = SiteConfig()
    for path in list_configs(site, filter(can_define_structure, names)):
        try:
            values = merge_values(values, read_hugo_config(path, read))
            # Build it after each file, so that an error names the file that caused it.
            config = _build_config(values)
        except ValueError as error:
            reason = Message("%(file)s cannot be read: %(reason)s", file=path, reason=reason_of(error))
            raise AmbiguousStructure(reason) from error
    return config


def _build_config(values: Mapping[str, Value]) -> SiteConfig:
    languages: dict[str, dict[str, Value]] = {}
    for tag, settings in _mapping(values.get("languages"), "languages").items():
        languages.setdefault(_checked_tag(tag), {}).update(_mapping(settings, f"languages.{tag}"))
    default = _text(values.get("defaultcontentlanguage"), "defaultContentLanguage")
    if is_zola_config(values):
        default = default or _text(values.get("default_language"), "default_language")
    static = [folder for settings in (values, *languages.values()) for folder in _texts(settings.get("staticdir"))]
    mounts = list(_mounts(values.get("module")))
    return SiteConfig(
        mounts=tuple((folder, tag) for folder, target, tag in mounts if target == CONTENT),
        inner_mounts=tuple(folder for folder, target, _ in mounts if target.startswith(f"{CONTENT}/")),
        default_language=_checked_tag(default) if default else None,
        content_folder=_text(values.get("contentdir"), "contentDir") or CONTENT,
        static_folders=tuple(dict.fromkeys(static)) or ("static",),
        languages=tuple(
            (tag, _text(settings.get("contentdir"), f"contentDir of {tag}") or None)
            for tag, settings in sorted(languages.items())
        ),
    )


def _mounts(module: Value | None) -> Iterator[tuple[str, str, str | None]]:
    """Yield folders that are mounted, each with its target and, if it has one, its language."""
    mounts = module.get("mounts") if isinstance(module, dict) else None
    for mount in mounts if isinstance(mounts, list) else []:
        values = mount if isinstance(mount, dict) else {}
        source, target, lang = (
            value.strip() if isinstance(value := values.get(key), str) else "" for key in ("source", "target", "lang")
        )
        if source and target:
            yield source, posixpath.normpath(target), _checked_tag(lang) if lang else None


def _mapping(value: Value | None, name: str) -> dict[str, Value]:
    # In YAML, a key without a value has the empty string.
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise ValueError(Message("%(name)s is not a mapping.", name=name))
    return value


def _text(value: Value | None, name: str) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(Message("%(name)s is not a string.", name=name))
    return (value or "").strip()


def _texts(value: Value | None) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := _text(item, "staticDir"))]


def _checked_tag(name: str) -> str:
    tag = language_tag(name)
    if len(tag) > MAX_TAG or not _TAG.fullmatch(tag):
        raise ValueError(Message("%(name)s is not a language code.", name=repr(name[:50])))
    return tag
