"""What names tell by themselves: whether files are texts or configs, and whether folders are languages."""

import re
from functools import cache

from babel import Locale

from pages.hugo.site_structure.site_config import site_of_config

CONTENT = "content"
INDEX_STEMS = ("_index", "index")
# What lies in such a folder belongs to another site, or was made from this one.
IGNORED_FOLDERS = frozenset(
    {".git", "bower_components", "exampleSite", "node_modules", "public", "resources", "testdata", "themes", "vendor"}
)
# The endings by which Hugo knows Markdown, and those by which it knows texts that are written otherwise.
_MARKDOWN = re.compile(r"\.(?:md|markdown|mdown)\Z", re.IGNORECASE)
_NOT_MARKDOWN = re.compile(r"\.(?:html?|mdx|adoc|asciidoc|ad|org|rst|pandoc|pdc)\Z", re.IGNORECASE)
FOLDERS_WITHOUT_TEXTS = frozenset({".git", "bower_components", "node_modules"})
# Files of a repository, where its top is the content folder.
REPOSITORY_FILES = frozenset(
    {"authors", "changelog", "code_of_conduct", "contributing", "license", "readme", "security", "support"}
)
_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?")
# Codes of languages that are names of folders first of all: nobody means Bini by bin, or Tongan as spoken in Dominica.
_WORDS = frozenset(
    {"ace", "ale", "ban", "bar", "bin", "bug", "car", "cop", "del", "den", "fan", "fat", "fur", "gay", "got", "hit"}
    | {"jam", "lol", "mad", "man", "men", "mic", "min", "mul", "new", "non", "pro", "rap", "sad", "sat", "see", "sly"}
    | {"sus", "to-do", "und", "war", "was", "zap", "zen", "zxx"}
    | {"as-is", "av", "crl", "cps", "eu-us", "os", "to", "to-be"}
)
# Codes that sites are translated into, though the CLDR has no names for them.
_FURTHER = frozenset(
    {"cak", "cnh", "gom", "hyw", "kmr", "mhr", "quy", "qvi", "skr", "son", "be-tarask", "ca-valencia", "ja-jp-mac"}
    | {"rm-puter", "rm-sursilv", "rm-surmiran", "rm-sutsilv", "rm-vallader", "sr-latin", "sr@latin"}
)


def is_text(path: str) -> bool:
    """Tell whether a file is named like a text in Markdown."""
    return bool(_MARKDOWN.search(path))


def has_unsupported_format(path: str) -> bool:
    """Tell whether a file is named like a text that Hugo would take, but is no Markdown."""
    return bool(_NOT_MARKDOWN.search(path))


def is_config(path: str) -> bool:
    """Tell whether a file is named like a config that could say how paths are to be read."""
    site = site_of_config(path)
    return site is not None and not IGNORED_FOLDERS.intersection(site.split("/"))


def is_below(folder: str, path: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


@cache
def is_known_language(tag: str) -> bool:
    """Tell whether a name is a language's tag, by the names that the CLDR has for its parts."""
    if tag in _FURTHER:
        return True
    parts = _TAG.fullmatch(tag)
    if not parts or tag in _WORDS:
        return False
    english = Locale("en")
    script, region = parts["script"], parts["region"]
    is_known = (not script or script.title() in english.scripts) and (
        not region or region.upper() in english.territories
    )
    return is_known and parts["language"] in english.languages
