"""What is not published of a source without a config that this site reads: nobody knows which generator builds it.

Names count as in Jekyll, which needs no config, and front matter as in the generators of such sources: Eleventy,
Docusaurus, Zola, Pelican, Astro, Hexo, Quartz. In doubt a text is withheld.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo

from pages.hugo.withholding.dates import NO_DATE, parse_date
from pages.hugo.withholding.file_rules import is_index
from pages.hugo.withholding.front_matter import HEADER
from pages.hugo.withholding.jekyll_rules import withhold_in_jekyll
from pages.hugo.withholding.settings import FALSE_WORDS, is_true
from pages.hugo.withholding.withheld import NO_REASON, Withholding
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message

Keys = Mapping[str, Value]

# Folders at the top that nobody calls a collection of texts for readers.
_NOT_COLLECTIONS = frozenset(
    {"archive", "archived", "backup", "draft", "drafts", "hidden", "ideas", "internal", "notes", "old", "partials"}
    | {"private", "secret", "snippets", "templates", "tmp", "todo", "trash", "unpublished", "unused", "wip"}
)
_NOT_PUBLIC = frozenset(
    {"archived", "deleted", "disabled", "draft", "future", "hidden", "inactive", "internal", "pending", "private"}
    | {"scheduled", "skip", "trash", "unlisted", "unpublished", "wip"}
)
_STATES = ("status", "state", "visibility", "access")
_WITHHOLDING_IF_TRUE = (
    *("confidential", "hidden", "internal", "is_draft", "isdraft", "private", "secret", "unlisted", "unpublished"),
    "wip",
)
_WITHHOLDING_IF_FALSE = ("approved", "dg-publish", "is_public", "permalink", "public", "publish", "render")
_PUBLISH_DATES = (
    "embargo",
    "publish_date",
    "publish-date",
    "publish_on",
    "published_at",
    "publishedat",
    "published_date",
)
_EXPIRY_DATES = ("expires", "expires_at", "expiry_date", "expiration_date", "expirationdate", "unpublish_date")


def withhold_without_config(path: str, keys: Keys, zone: tzinfo) -> Withholding:
    """Return why and when a text is not published. `path` is relative to its content folder."""
    if isinstance(header := keys.get(HEADER), dict):
        keys = {**header, "publish_date": header.get("date", "")}
    return withhold_by_name(path, keys, zone).combine(withhold_by_other_keys(keys, zone))


def withhold_by_name(path: str, keys: Keys, zone: tzinfo) -> Withholding:
    """Return the withholding as of a Jekyll site whose config lists the folders at the top as collections."""
    folder, name = posixpath.split(path)
    if is_index(path):
        path = posixpath.join(folder, name.removeprefix("_"))
    top = folder.partition("/")[0].removeprefix("_")
    is_collection = folder.startswith("_") and top.lower() not in _NOT_COLLECTIONS
    collections: dict[str, Value] = {top: {"output": "true"}} if is_collection else {}
    return withhold_in_jekyll(path, keys, {"collections": collections}, zone)


def withhold_by_other_keys(keys: Keys, zone: tzinfo) -> Withholding:
    """Return the withholding by keys that neither Hugo nor Jekyll has."""
    withholding = Withholding(reason=next(_reasons(keys), NO_REASON))
    if found := _first_date(keys, _PUBLISH_DATES, zone):
        withholding = withholding.combine(Withholding(until=found[0], until_reason=found[1]))
    if found := _first_date(keys, _EXPIRY_DATES, zone):
        withholding = withholding.combine(Withholding(since=found[0], since_reason=found[1]))
    return withholding


def _reasons(keys: Keys) -> Iterator[Message]:
    for name in _STATES:
        if isinstance(value := keys.get(name), str) and value.strip().lower() in _NOT_PUBLIC:
            yield _describe(name, value)
    for name in _WITHHOLDING_IF_TRUE:
        if name in keys and is_true(keys[name]):
            yield _describe(name, keys[name])
    for name in _WITHHOLDING_IF_FALSE:
        if name in keys and _is_false(keys[name]):
            yield _describe(name, keys[name])


def _is_false(value: Value) -> bool:
    """Tell whether a value clearly means no, or is a mapping such as Eleventy's `{build: false}`."""
    if isinstance(value, dict):
        return "build" in value and _is_false(value["build"])
    return isinstance(value, str) and bool(value.strip()) and value.strip().lower() in FALSE_WORDS


def _first_date(keys: Keys, names: Iterable[str], zone: tzinfo) -> tuple[datetime, Message] | None:
    for name in names:
        value = keys.get(name)
        date = parse_date(value, zone) if isinstance(value, str) else None
        if date is not None and date != NO_DATE:
            return date, _describe(name, keys[name])
    return None


def _describe(name: str, value: Value) -> Message:
    written = value[:50] if isinstance(value, str) else "…"
    return Message("its front matter has %(key)s.", key=f"{name}: {written}".strip())
