"""Texts that the configs of other generators exclude: MkDocs, mdBook, Docusaurus, VitePress, Eleventy, Quartz, Sphinx.

Configs that are programs are not run. Of them only lists of strings are read; what else excludes texts is named. As in
MkDocs 1.6, mdBook 0.4, Docusaurus 3, VitePress 1, Eleventy 3, Quartz 4, Sphinx 8 and Pelican 4.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from urllib.parse import unquote

from pages.hugo.site_structure.config_files import MAX_BYTES, Read, UnreadableConfig, read_plain_config
from pages.hugo.site_structure.file_names import IGNORED_FOLDERS, is_below
from pages.hugo.withholding.ignore_patterns import find_ignoring
from pages.hugo.withholding.path_patterns import UnreadablePattern, compile_expression, matches_glob
from pages.hugo.withholding.settings import texts
from pages.hugo.withholding.withheld import NO_REASON
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message

_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")
# What MkDocs excludes by default.
_MKDOCS_EXCLUDED = (".*", "/templates/")
_IGNORE_FILES = (".eleventyignore", ".bookignore")
_MDBOOK, _CONTENTS = "book.toml", "SUMMARY.md"
# Front matter in files of their own, for Eleventy, with what withholds texts in it.
_DATA = ".11tydata.json"
_WITHHOLDING_DATA = (("permalink", "false"), ("draft", "true"), ("published", "false"))
_SCRIPT = r"\.[cm]?[jt]s"
# The names of programs, with the names of what excludes texts in them: those that can have a list, and others.
_PROGRAMS = tuple(
    (re.compile(rf"(?:.*/)?{name}"), lists, others)
    for name, lists, others in (
        (rf"docusaurus\.config{_SCRIPT}", "exclude", r"include\s*:|onlyIncludeVersions|includeCurrentVersion\s*:\s*f"),
        (rf"\.vitepress/config(?:/index)?{_SCRIPT}", "srcExclude", ""),
        (rf"quartz\.config{_SCRIPT}", "ignorePatterns", ""),
        (rf"(?:\.eleventy|eleventy\.config){_SCRIPT}", "ignores", ""),
        (r"conf\.py", "exclude_patterns", ""),
        (r"pelicanconf\.py", "ARTICLE_EXCLUDES|PAGE_EXCLUDES|IGNORE_FILES", ""),
    )
)
_STRING = r"(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\\$]*`)"
# The same, also if it does not end: so each character is read once.
_QUOTED = r"\"(?:[^\"\\\n]|\\.?)*+\"?|'(?:[^'\\\n]|\\.?)*+'?|`(?:[^`\\]|\\.?)*+`?"
_COMMENTS = {
    True: re.compile(rf"({_QUOTED})|#[^\n]*", re.DOTALL),
    False: re.compile(rf"({_QUOTED})|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL),
}
_LIST = rf"\[\s*(?:{_STRING}\s*(?:,\s*|(?=\])))*\]"
# A list that nothing is done with, or one string.
_VALUE = rf"['\"]?\s*[:=]\s*({_LIST}|{_STRING})(?!\s*[.+\[(])|\s*\.\s*add\(\s*({_STRING})\s*\)"
_EXTENDED_GLOB = re.compile(r"[!?*+@]\(")
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK_TARGET = re.compile(r"\]\(\s*<?([^)>#\n]+)")
# A pattern without a folder means files in the folder of the config, or of the content in it, such as `docs`.
_MAX_DEPTH = 2
_CACHED_PATHS = 5_000
_MAX_PROGRAM = 100_000


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """What a config excludes of a folder. `find` gets a path within it, and returns why the file is not published."""

    folder: str
    find: Callable[[str], Message]

    def reason(self, path: str) -> Message:
        """Return why a file is not published; empty if it is not excluded."""
        if not is_below(self.folder, path):
            return NO_REASON
        return self.find(path.removeprefix(f"{self.folder}/") if self.folder else path)


def can_exclude(path: str) -> bool:
    """Tell whether a file can be a config that excludes texts."""
    name = posixpath.basename(path)
    is_config = name in (*_MKDOCS, *_IGNORE_FILES, _MDBOOK, _CONTENTS) or bool(_program(path) or _data_of(path))
    return is_config and not IGNORED_FOLDERS.intersection(path.split("/"))


def read_exclusions(path: str, read: Read) -> tuple[list[Exclusion], Message]:
    """Return what a config excludes, and what of it is not known; empty if all is. Raises UnreadableConfig."""
    folder, name = posixpath.split(path)
    if name in _MKDOCS:
        return _read_mkdocs(path, read_plain_config(path, read))
    if name == _MDBOOK:
        return list(_read_mdbook(path, read)), NO_REASON
    if name in _IGNORE_FILES:
        return [_ignoring(path, folder, _read(path, read).splitlines())], NO_REASON
    if _data_of(path):
        return list(_read_data(path, read)), NO_REASON
    return _read_program(path, read) if _program(path) else ([], NO_REASON)


def exclude_all(path: str, folder: str) -> Exclusion:
    """Return the exclusion of all texts of a site whose config cannot be read: nobody knows what it excludes."""
    reason = Message("%(file)s cannot be read.", file=path)
    return Exclusion(folder=folder, find=lambda _inner: reason)


def _read(path: str, read: Read, limit: int = MAX_BYTES) -> str:
    content = read(path) or b""
    if (size := len(content)) > limit:
        raise UnreadableConfig(path, Message("it has %(size)d bytes; the limit is %(limit)d.", size=size, limit=limit))
    return content.decode(errors="replace").removeprefix("\ufeff")


def _excluded_by(path: str, pattern: str) -> Message:
    if not pattern:
        return NO_REASON
    return Message("%(file)s excludes %(pattern)s.", file=path, pattern=pattern[:100])


def _ignoring(path: str, folder: str, lines: Iterable[str]) -> Exclusion:
    find = partial(find_ignoring, lines=tuple(lines))
    return _exclusion(path, folder, find)


def _exclusion(path: str, folder: str, find: Callable[[str], str]) -> Exclusion:
    # The same texts are asked for with each commit.
    return Exclusion(folder=folder, find=lru_cache(_CACHED_PATHS)(lambda inner: _excluded_by(path, find(inner))))


# --- MkDocs and mdBook ------------------------------------------------------------------------------------------------


def _read_mkdocs(path: str, config: Mapping[str, Value]) -> tuple[list[Exclusion], Message]:
    folder = _folder_of_texts(path, config.get("docs_dir"), "docs")
    lines = [*_MKDOCS_EXCLUDED, *_lines(config.get("exclude_docs"))]
    exclusions = [_ignoring(path, folder, lines), _ignoring(path, folder, _lines(config.get("draft_docs")))]
    for values in _plugin(config.get("plugins"), "exclude"):
        find = partial(_find_by_plugin, globs=texts(values.get("glob")), expressions=texts(values.get("regex")))
        exclusions.append(_exclusion(path, folder, find))
    return exclusions, _unknown("INHERIT") if "inherit" in config else NO_REASON


def _folder_of_texts(path: str, value: Value | None, default: str) -> str:
    folder = next(iter(texts(value)), default)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), folder))
    return "" if joined == "." else joined


def _lines(value: Value | None) -> list[str]:
    return value.splitlines() if isinstance(value, str) else texts(value)


def _plugin(plugins: Value | None, name: str) -> Iterator[Mapping[str, Value]]:
    """Yield the options of a plugin, in a list of plugins or in a mapping."""
    for item in plugins if isinstance(plugins, list) else [plugins]:
        values = item.get(name) if isinstance(item, dict) else None
        if isinstance(values, dict):
            yield values


def _find_by_plugin(path: str, *, globs: Iterable[str], expressions: Iterable[str]) -> str:
    """Return what excludes a path in the plugin mkdocs-exclude. Its `*` matches slashes, too."""
    for pattern in globs:
        if _matches(pattern.replace("*", "**"), path):
            return pattern
    return next((expression for expression in expressions if _begins_with(expression, path)), "")


def _begins_with(expression: str, path: str) -> bool:
    try:
        return bool(compile_expression(expression).match(path))
    except UnreadablePattern:
        return True


def _read_mdbook(path: str, read: Read) -> Iterator[Exclusion]:
    """Yield what mdBook does not publish: any text that the table of contents does not list."""
    book = read_plain_config(path, read).get("book")
    folder = _folder_of_texts(path, book.get("src") if isinstance(book, dict) else None, "src")
    contents = posixpath.join(folder, _CONTENTS)
    if text := _HTML_COMMENT.sub("", _read(contents, read)):
        names = {posixpath.normpath(form) for name in _LINK_TARGET.findall(text) for form in (name, unquote(name))}
        reason = Message("the table of contents %(file)s does not list it.", file=contents)
        yield Exclusion(folder=folder, find=lambda inner: NO_REASON if inner in names else reason)


def _data_of(path: str) -> str:
    """Return the folder or the name of the text that a file has front matter for in Eleventy; empty if it has none."""
    folder, name = posixpath.split(path)
    if name.endswith(_DATA):
        stem = posixpath.join(folder, name.removesuffix(_DATA))
        return folder if posixpath.basename(folder) == posixpath.basename(stem) else stem
    return folder if folder and name == f"{posixpath.basename(folder)}.json" else ""


def _read_data(path: str, read: Read) -> Iterator[Exclusion]:
    """Yield what data for Eleventy withholds: the texts in the folder, or the one of the name."""
    place, values = _data_of(path), dict[str, Value]()
    # Others than Eleventy have files such as legal/legal.json, too.
    with ExitStack() if path.endswith(_DATA) else suppress(UnreadableConfig):
        values = read_plain_config(path, read)
    keys = [f"{key}: {word}" for key, word in _WITHHOLDING_DATA if str(values.get(key)) == word]
    if keys:
        reason = Message("%(file)s has %(key)s.", file=path, key=keys[0])
        start = f"{place}/" if place == posixpath.dirname(path) else f"{place}."
        yield Exclusion(folder="", find=lambda inner: reason if inner.startswith(start) else NO_REASON)


# --- Programs ---------------------------------------------------------------------------------------------------------


def _program(path: str) -> tuple[str, str] | None:
    return next(((lists, others) for name, lists, others in _PROGRAMS if name.fullmatch(path)), None)


def _read_program(path: str, read: Read) -> tuple[list[Exclusion], Message]:
    lists, others = _program(path) or ("", "")
    text = _COMMENTS[path.endswith(".py")].sub(lambda match: match[1] or " ", _read(path, read, _MAX_PROGRAM))
    values = [value for match in re.finditer(rf"\b(?:{lists}){_VALUE}", text) for value in match.groups() if value]
    patterns = [string[1:-1] for value in values for string in re.findall(_STRING, value)]
    names = re.findall(rf"\b(?:{lists})\b(?=['\"]?\s*[:=.]|\s*[,}}])", text)
    is_known = len(names) <= len(values) and not any(map(_EXTENDED_GLOB.search, patterns))
    other = re.search(rf"\b(?:{others})", text) if others else None
    name = "" if is_known else next(iter(names), lists)
    name = name or (other[0].rstrip(": f") if other else "")
    folder = re.sub(r"(?:\A|/)\.vitepress(?:/config)?\Z", "", posixpath.dirname(path))
    exclusion = _exclusion(path, folder, partial(_find_glob, patterns=patterns))
    return [exclusion] if patterns else [], _unknown(name) if name else NO_REASON


def find_ignored_by_zola(path: str, config: Mapping[str, Value]) -> Message:
    """Return why Zola's config excludes a text, by its path in the content folder; empty if it does not."""
    pattern = _find_glob(path, patterns=texts(config.get("ignored_content")))
    return Message("the config excludes %(pattern)s.", pattern=pattern[:100]) if pattern else NO_REASON


def _unknown(name: str) -> Message:
    return Message(
        "it is not run: which texts its “%(name)s” leaves out is not known, and they are published here unless another "
        "rule withholds them.",
        name=name,
    )


def _find_glob(path: str, *, patterns: Iterable[str]) -> str:
    """Return the glob that excludes a path, relative to any folder above: it can be the folder of the content."""
    parts = path.split("/")
    for pattern in patterns:
        glob = re.sub(r"\A(?:\.{0,2}/)+", "", pattern).rstrip("/")
        starts = len(parts) if "/" in glob or parts[0] == "i18n" else min(_MAX_DEPTH + 1, len(parts))
        candidates = ("/".join(parts[start:end]) for start in range(starts) for end in range(start + 1, len(parts) + 1))
        if not pattern.startswith("!") and any(_matches(glob, candidate) for candidate in candidates):
            return pattern
    return ""


def _matches(glob: str, path: str) -> bool:
    """Tell whether a path matches; `**/` can be no folder. A pattern that cannot be read is taken to match."""
    try:
        return matches_glob(glob, path) or ("**/" in glob and matches_glob(glob.replace("**/", ""), path))
    except UnreadablePattern:
        return True
