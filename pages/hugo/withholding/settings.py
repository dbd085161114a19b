"""What the configs of a Hugo site say about publishing.

As in Hugo 0.111 (`config`, `resources/page/pagemeta/page_frontmatter.go`, `hugofs/files`).
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pages.hugo.site_structure.file_names import CONTENT
from pages.hugo.withholding.inheritance import Cascades, read_cascades
from pages.text.front_matter.nested_values import Value

TRUE_WORDS = frozenset({"1", "t", "true", "y", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "0.0", "f", "false", "n", "no", "null", "off", "~"})

_ALIASES = {
    "date": ("date",),
    "publishdate": ("publishdate", "pubdate", "published"),
    "expirydate": ("expirydate", "unpublishdate"),
    "lastmod": ("lastmod", "modified"),
}
_DEFAULTS = {
    "publishdate": ("publishdate", "date"),
    "expirydate": ("expirydate",),
    "lastmod": ("lastmod", "date", "publishdate"),
    "date": ("date", "publishdate", "lastmod"),
}
# In the list of keys for a date: the date that the file name begins with, and dates that are never in the future.
FILE_NAME_KEY = ":filename"
PAST_KEYS = (":filemodtime", ":git")


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A folder of the site that Hugo reads content from, with patterns for the files below it."""

    source: str
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PublishingSettings:
    """The settings of a site in one language. Without a config, they are Hugo's defaults."""

    builds_drafts: bool = False
    builds_future: bool = False
    builds_expired: bool = False
    is_language_disabled: bool = False
    disabled_kinds: frozenset[str] = frozenset()
    # The keys of front matter that the dates are in; the first one that is a date counts.
    publish_date_keys: tuple[str, ...] = (*_ALIASES["publishdate"], "date")
    expiry_date_keys: tuple[str, ...] = _ALIASES["expirydate"]
    # The keys for the date of the last update, then those for the date of the text.
    update_keys: tuple[str, ...] = (*_ALIASES["lastmod"], "date", *_ALIASES["publishdate"])
    # Regular expressions for paths.
    ignored_files: tuple[str, ...] = ()
    # If there are any, only their files are content.
    mounts: tuple[Mount, ...] = ()
    # The formats of pages by kind, if the config names any.
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cascades: Cascades = field(default_factory=dict)
    zone: ZoneInfo | None = None


def read_settings(config: Mapping[str, Value], language: str, origin: str = "the config") -> PublishingSettings:
    """Return the settings for a language out of the values of a site's config."""
    languages = {_tag(name): value for name, value in _mapping(config.get("languages")).items()}
    own = _mapping(languages.get(language))
    values = {**config, **own}
    front_matter = {**_mapping(config.get("frontmatter")), **_mapping(own.get("frontmatter"))}
    disabled = {_tag(name) for name in texts(config.get("disablelanguages"))}
    git_date = [] if is_certain(config.get("enablegitinfo", "")) else [":git"]
    return PublishingSettings(
        builds_drafts=is_certain(values.get("builddrafts", "")),
        builds_future=is_certain(values.get("buildfuture", "")),
        builds_expired=is_certain(values.get("buildexpired", "")),
        is_language_disabled=language in disabled or is_true(own.get("disabled", "")),
        disabled_kinds=frozenset(kind.lower() for kind in texts(values.get("disablekinds"))),
        publish_date_keys=_date_keys(front_matter, "publishdate", git_date),
        expiry_date_keys=_date_keys(front_matter, "expirydate", git_date),
        update_keys=(*_date_keys(front_matter, "lastmod", git_date), *_date_keys(front_matter, "date", git_date)),
        ignored_files=tuple(texts(values.get("ignorefiles"))),
        mounts=tuple(_read_mounts(_mapping(config.get("module")).get("mounts"))),
        outputs={kind: tuple(texts(names)) for kind, names in _mapping(values.get("outputs")).items()},
        cascades=read_cascades(values.get("cascade", ""), origin),
        zone=_zone(values.get("timezone", "")),
    )


def is_certain(value: Value) -> bool:
    """Tell whether a value clearly means yes."""
    return isinstance(value, str) and value.strip().lower() in TRUE_WORDS


def is_true(value: Value) -> bool:
    """Tell whether a value can mean yes: anything that does not clearly mean no."""
    return not (isinstance(value, str) and value.strip().lower() in FALSE_WORDS)


def texts(value: Value | None) -> list[str]:
    """Return the strings in a value that may be one string or a list."""
    items = value if isinstance(value, list) else [value]
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]


def _read_mounts(value: Value | None) -> Iterator[Mount]:
    for item in value if isinstance(value, list) else []:
        values = _mapping(item)
        target = posixpath.normpath(next(iter(texts(values.get("target"))), ""))
        if target == CONTENT or target.startswith(f"{CONTENT}/"):
            yield Mount(
                source=posixpath.normpath(next(iter(texts(values.get("source"))), "")),
                included=tuple(texts(values.get("includefiles"))),
                excluded=tuple(texts(values.get("excludefiles"))),
            )


def _date_keys(front_matter: Mapping[str, Value], name: str, ignored: Iterable[str]) -> tuple[str, ...]:
    """Return the keys for a date, with Hugo's aliases, and without those that have no effect."""
    defaults = _DEFAULTS[name]
    written = [key.lower() for key in texts(front_matter[name])] if name in front_matter else [":default"]
    listed = [key for item in written for key in (defaults if item == ":default" else (item,))]
    expanded = (alias for key in listed if key not in ignored for alias in _ALIASES.get(key, (key,)))
    return tuple(dict.fromkeys(expanded))


def _zone(name: Value) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ValueError, OSError):
        return None


def _tag(name: str) -> str:
    return name.replace("_", "-").lower()


def _mapping(value: Value | None) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}
