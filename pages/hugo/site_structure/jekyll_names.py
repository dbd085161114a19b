"""Names of files and addresses as Jekyll reads them: collections, posts with dates in their names, permalinks."""

import re
from collections.abc import Mapping, Sequence

# Folders of a Jekyll site that have no texts.
FOLDERS_WITHOUT_PAGES = frozenset({"_data", "_includes", "_layouts", "_plugins", "_sass", "_site"})
# Pages outside of the top folder: their folder is not a part of their address.
_PAGES, _POSTS = "_pages", "_posts"
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)", re.DOTALL)
# Styles that only the config can set, and what Eleventy has for a text without an address.
_NO_ADDRESSES = frozenset({"date", "pretty", "ordinal", "weekdate", "none", "false"})
_PLACEHOLDER = re.compile(r":\w+")


def jekyll_key(parts: Sequence[str]) -> list[str]:
    """Return the parts of a page's address: _articles/a is articles/a, and _posts/2024-05-01-a is 2024/05/01/a."""
    if _POSTS in parts[:-1]:
        above, name = parts[: parts.index(_POSTS)], parts[-1]
        match = _DATED.fullmatch(name)
        return [*above, *match.groups()] if match else [*above, name]
    if len(parts) > 1 and parts[0] == _PAGES:
        return list(parts[1:])
    is_collection = len(parts) > 1 and parts[0].startswith("_") and parts[0] != "_index"
    return [parts[0].lstrip("_") or parts[0], *parts[1:]] if is_collection else list(parts)


def date_in_name(path: str) -> str:
    """Return the date in the name of a post, such as 2024-05-01; empty for any other file."""
    folders, _, name = path.rpartition("/")
    match = _DATED.fullmatch(name) if _POSTS in folders.split("/") else None
    return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}" if match else ""


def permalink_url(front_matter: Mapping[str, str], key: str) -> str:
    """Return the address in a text's `permalink`; empty if it has none, or one that only Jekyll can complete."""
    permalink = front_matter.get("permalink", "").strip()
    return "" if permalink.lower() in _NO_ADDRESSES else fill_permalink(permalink, front_matter, key)


def fill_permalink(pattern: str, front_matter: Mapping[str, str], key: str, collection: str = "") -> str:
    """Return the address by a pattern; empty if only Jekyll can complete it. `key` is that within the collection."""
    name = key.rpartition("/")[2]
    values = {":title": front_matter.get("slug", "") or name, ":slug": front_matter.get("slug", "") or name}
    values |= {":name": name, ":basename": name, ":path": key, ":output_ext": ".html"}
    values |= {":collection": collection} if collection else {}
    url = _PLACEHOLDER.sub(lambda match: values.get(match[0], match[0]), pattern)
    return "" if _PLACEHOLDER.search(url) else url
