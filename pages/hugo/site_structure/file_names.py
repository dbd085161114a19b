"""Recognising texts, configs and languages by the names of files and folders."""

import posixpath
import re
from functools import cache

from babel import Locale

from pages.hugo.site_structure.config_files import can_define_structure, site_of_config

CONTENT = "content"
INDEX_STEMS = ("_index", "index")
# Files below these folders belong to another site or were generated from this one.
IGNORED_FOLDERS = frozenset(
    {".git", "bower_components", "exampleSite", "node_modules", "public", "resources", "testdata", "themes", "vendor"}
)
# The file extensions that Hugo reads as Markdown, and those of its other text formats.
_MARKDOWN = re.compile(r"\.(?:md|markdown|mdown)\Z", re.IGNORECASE)
_NOT_MARKDOWN = re.compile(r"\.(?:html?|mdx|adoc|asciidoc|ad|org|rst|pandoc|pdc)\Z", re.IGNORECASE)
FOLDERS_WITHOUT_TEXTS = frozenset({".git", "bower_components", "node_modules"})
# Names of files that describe the repository itself. They matter if its top folder is the content folder.
REPOSITORY_FILES = frozenset(
    {"authors", "changelog", "code_of_conduct", "contributing", "license", "readme", "security", "support"}
)
_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?")
# Language codes that are far more likely to be names of folders: nobody means Bini by `bin`, or Tongan by `to`.
_COMMON_WORDS = frozenset(
    {"ace", "ale", "ban", "bar", "bin", "bug", "car", "cop", "del", "den", "fan", "fat", "fur", "gay", "got", "hit"}
    | {"jam", "lol", "mad", "man", "men", "mic", "min", "mul", "new", "non", "pro", "rap", "sad", "sat", "see", "sly"}
    | {"sus", "to-do", "und", "war", "was", "zap", "zen", "zxx"}
    | {"as-is", "av", "crl", "cps", "eu-us", "os", "to", "to-be"}
)
# Language codes in use by translators for which the CLDR has no names. Hebrew was `iw` until 1989.
_OTHER_CODES = frozenset(
    {
        "iw",
        "cak",
        "cnh",
        "gom",
        "hyw",
        "kmr",
        "mhr",
        "quy",
        "qvi",
        "skr",
        "son",
        "be-tarask",
        "ca-valencia",
        "ja-jp-mac",
    }
    | {"rm-puter", "rm-sursilv", "rm-surmiran", "rm-sutsilv", "rm-vallader", "sr-latin", "sr@latin"}
)


def is_text(path: str) -> bool:
    """Tell whether a path has the file extension of a Markdown text."""
    return bool(_MARKDOWN.search(path))


def has_unsupported_format(path: str) -> bool:
    """Tell whether a path has the file extension of a text that Hugo reads but this site does not."""
    return bool(_NOT_MARKDOWN.search(path))


def is_config(path: str) -> bool:
    """Tell whether a path has the name of a Hugo config that can define the site structure."""
    site = site_of_config(path)
    return site is not None and can_define_structure(path) and not IGNORED_FOLDERS.intersection(site.split("/"))


def is_repository_file(path: str) -> bool:
    """Tell whether a file has a name such as README.md, which describes the repository."""
    return posixpath.basename(path).partition(".")[0].lower() in REPOSITORY_FILES


def is_below(folder: str, path: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


@cache
def is_known_language(tag: str) -> bool:
    """Tell whether a tag consists of a language, script and region that the CLDR has names for."""
    if tag in _OTHER_CODES:
        return True
    match = _TAG.fullmatch(tag)
    if not match or tag in _COMMON_WORDS:
        return False
    english = Locale("en")
    script, region = match["script"], match["region"]
    is_known = (not script or script.title() in english.scripts) and (
        not region or region.upper() in english.territories
    )
    return is_known and match["language"] in english.languages
