"""What Jekyll does not publish, by the front matter of a text, by its path, and by the config `_config.yml`.

As Jekyll 4.3 builds a site with `jekyll build` (`publisher.rb`, `entry_filter.rb`, `reader.rb`, `collection.rb`). A
`draft: true`, which Jekyll ignores, and a `published` that is clearly false in another way withhold a text as well.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from fnmatch import fnmatchcase

from pages.hugo.withholding.dates import NO_DATE, parse_date
from pages.hugo.withholding.path_patterns import MAX_PATTERN, UnreadablePattern, matches_glob
from pages.hugo.withholding.settings import FALSE_WORDS, is_certain, is_true, texts
from pages.hugo.withholding.withheld import NO_REASON, NOT_WITHHELD, Withholding
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message

Keys = Mapping[str, Value]

_POSTS, _DRAFTS = "posts", "_drafts"
_POST_NAME = re.compile(r"(?:.*/)?(\d{2,4}-\d{1,2}-\d{1,2})-[^/]*\Z")
_DATED_NAME = re.compile(r"(?:.*/)?(\d{4}-\d{1,2}-\d{1,2})-[^/]*\Z")
_HIDDEN = ("_", ".", "#", "~")
# What Jekyll excludes by default.
_EXCLUDED = (
    ".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "Gemfile.lock", "node_modules", "vendor/bundle/",
    "vendor/cache/", "vendor/gems/", "vendor/ruby/",
)  # fmt: skip


@dataclass(frozen=True)
class _Place:
    """Where a text is, relative to the site's source, and its collection, if it is in one."""

    path: str
    collection: str = ""
    # The path without the folders of the collection.
    inner_path: str = ""


def withhold_in_jekyll(path: str, keys: Keys, config: Keys, zone: tzinfo) -> Withholding:
    """Return why and when a text is not published. `path` is relative to the folder of the config."""
    place = _locate(path, config)
    if place is None:
        return Withholding(reason=Message("it is outside of the source folder in the config."))
    keys = {**_defaults(place, config), **keys}
    reason = next(filter(None, _reasons(place, keys, config)), NO_REASON)
    if reason:
        return Withholding(reason=reason)
    # To Jekyll a draft is a post.
    is_document = bool(place.collection) or _DRAFTS in place.path.split("/")
    return _withhold_by_date(place, keys, config, zone) if is_document else NOT_WITHHELD


def _withhold_by_date(place: _Place, keys: Keys, config: Keys, zone: tzinfo) -> Withholding:
    """Return the withholding of a document by its date. With one that is not a date, Jekyll builds nothing."""
    written = _written_date(place, keys)
    date = parse_date(written.replace("/", "-"), zone)
    if written and date is None:
        return Withholding(
            reason=Message("its %(key)s is not a date: %(value)s.", key="date", value=repr(written[:50]))
        )
    if date in (None, NO_DATE) or is_certain(config.get("future", "")):
        return NOT_WITHHELD
    return Withholding(until=date, until_reason=Message("its date is %(date)s.", date=f"{date:%Y-%m-%d}"))


def _locate(path: str, config: Keys) -> _Place | None:
    source = posixpath.normpath(_text(config, "source") or ".").strip("/")
    if source != ".":
        if not path.startswith(f"{source}/"):
            return None
        path = path.removeprefix(f"{source}/")
    folder = posixpath.normpath(_text(config, "collections_dir") or ".").strip("/")
    inside = path if folder == "." else path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else ""
    top, _slash, inner_path = inside.partition("/")
    if top.startswith("_") and top[1:] in _collections(config):
        return _Place(path, top[1:], inner_path)
    # Posts can be below any folder.
    before, found, after = inside.partition(f"_{_POSTS}/")
    if found and (not before or before.endswith("/")):
        return _Place(path, _POSTS, f"{before}{after}")
    return _Place(path, inner_path=path)


def _reasons(place: _Place, keys: Keys, config: Keys) -> Iterator[Message]:
    if "published" in keys and not is_certain(config.get("unpublished", "")):
        value = keys["published"]
        if isinstance(value, str) and value.strip().lower() in FALSE_WORDS:
            yield Message("its front matter has %(key)s.", key=f"published: {value}".strip())
    if is_true(draft := keys.get("draft", "")):
        yield Message("its front matter has %(key)s.", key=f"draft: {draft}")
    collection = _collections(config).get(place.collection)
    if collection is not None and place.collection != _POSTS and not is_true(collection.get("output", "")):
        yield Message("the collection %(collection)s has no output: true.", collection=place.collection)
    if place.collection == _POSTS and not _POST_NAME.fullmatch(place.inner_path):
        yield Message("its name does not begin with a date, as that of a post does.")
    limit = _text(config, "limit_posts").strip()
    if place.collection == _POSTS and limit not in {"", "0"}:
        # Which ones depends on all posts of the site, so all of them stay unpublished.
        yield Message("the config publishes only its latest posts: %(key)s.", key=f"limit_posts: {limit}")
    yield from _path_reasons(place, config)


def _path_reasons(place: _Place, config: Keys) -> Iterator[Message]:
    included = texts(config.get("include"))
    excluded = [pattern for pattern in (*_EXCLUDED, *texts(config.get("exclude"))) if pattern not in included]
    if _DRAFTS in place.path.split("/"):
        yield NO_REASON if is_certain(config.get("show_drafts", "")) else Message("it is in a folder of drafts.")
        return
    # Jekyll filters the names in each folder on the way to the text.
    parts, inner_names = place.path.split("/"), place.inner_path.split("/")
    for length, name in enumerate(parts, start=1):
        if any(_is_listed(name, pattern) for pattern in included):
            continue
        if name in inner_names and name.startswith(_HIDDEN):
            yield Message("the name %(name)s begins with a character that hides it.", name=name)
        entry = "/".join(parts[:length])
        # The patterns of Hexo, whose config has the same name, are relative to this folder.
        entries = {entry, entry.removeprefix(f"{_text(config, 'source_dir') or '.'}/")}
        if pattern := next((text for text in excluded if any(_is_listed(entry, text) for entry in entries)), ""):
            yield Message("the config excludes %(pattern)s.", pattern=pattern)


def _is_listed(entry: str, pattern: str) -> bool:
    """Tell whether a pattern of `exclude` or `include` matches a file or folder, as a glob or as its beginning."""
    pattern = pattern.lstrip("/")
    return entry.startswith(pattern) or f"{entry}/" == pattern or _matches(entry, pattern)


def _matches(entry: str, pattern: str) -> bool:
    """Match as Ruby's `File.fnmatch?`: `*` and `?` match slashes, too, and braces mean themselves."""
    if len(pattern) > MAX_PATTERN:
        return False
    return fnmatchcase(entry, re.sub(r"\\(.)", r"[\1]", pattern.replace("[^", "[!")))


def _written_date(place: _Place, keys: Keys) -> str:
    """Return the date of a post or of another document of a collection, from which on it is published."""
    value = keys.get("date")
    match = _DATED_NAME.fullmatch(place.inner_path)
    return value if isinstance(value, str) and value else match[1] if match else ""


def _defaults(place: _Place, config: Keys) -> dict[str, Value]:
    """Return the front matter that the config gives to a document of a collection; that of pages cannot withhold.

    Of several scopes the one with the longest path counts, then one with a type, then the last one.
    """
    items = config.get("defaults")
    found: list[tuple[tuple[int, bool], Keys]] = []
    for item in items if isinstance(items, list) and place.collection else []:
        scope, given = (item.get(name) for name in ("scope", "values")) if isinstance(item, dict) else (None, None)
        if isinstance(scope, dict) and isinstance(given, dict) and _is_in_scope(place, scope, config):
            found.append(((len(_text(scope, "path").lstrip("/")), "type" in scope), given))
    found.sort(key=lambda item: item[0])
    return {key: value for _, given in found for key, value in given.items()}


def _is_in_scope(place: _Place, scope: Keys, config: Keys) -> bool:
    folder = posixpath.normpath(_text(config, "collections_dir") or ".")
    path, wanted = (value.lstrip("/").removeprefix(f"{folder}/") for value in (place.path, _text(scope, "path")))
    return _text(scope, "type") in ("", place.collection) and _begins_with(path, wanted)


def _begins_with(path: str, scope: str) -> bool:
    """Tell whether a path begins with that of a scope, or with one that its pattern matches."""
    if "*" not in scope:
        return path.startswith(scope)
    parts = path.split("/")
    folders = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    try:
        # `**/` can be no folder at all.
        return any(matches_glob(glob, folder) for glob in (scope, scope.replace("**/", "")) for folder in folders)
    except UnreadablePattern:
        return True


def _collections(config: Keys) -> dict[str, Keys]:
    written = config.get("collections")
    if isinstance(written, dict):
        return {name: value if isinstance(value, dict) else {} for name, value in written.items()}
    return {name: {} for name in texts(written)}


def _text(values: Keys, key: str) -> str:
    value = values.get(key)
    return value.strip() if isinstance(value, str) else ""
