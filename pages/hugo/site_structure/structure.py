"""How the paths of a Hugo site, or of a bare content folder, map to languages and pages. No file is read."""

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings

from pages.hugo.site_structure.declared_locations import NOTHING_DECLARED, DeclaredLocation
from pages.hugo.site_structure.file_names import (
    CONTENT,
    FOLDERS_WITHOUT_TEXTS,
    IGNORED_FOLDERS,
    INDEX_STEMS,
    REPOSITORY_FILES,
    has_unsupported_format,
    is_below,
    is_config,
    is_known_language,
    is_text,
)
from pages.hugo.site_structure.jekyll_names import FOLDERS_WITHOUT_PAGES, jekyll_key
from pages.hugo.site_structure.site_config import language_tag


@dataclass(frozen=True)
class TextLocation:
    """The language and page of a text's file. `key` is its path without language, extension and index."""

    language: str
    key: str


@dataclass(frozen=True)
class ContentFile:
    """A file in a content folder, in any format that Hugo reads. `content_path` is relative to the folder `root`.

    `variant` is the language in its name; empty if the file is in the language of its folder, or in the default one.
    """

    path: str
    root: str
    content_path: str
    # Empty if the path does not name it and there is no default.
    language: str
    language_folder: str
    variant: str


@dataclass(frozen=True)
class _ParsedPath:
    """The parts of a text's path."""

    folder: str
    language: str | None
    language_folder: str
    # The language in the file's name, and what separates it from the name.
    suffix: str
    separator: str
    key: str
    ending: str
    # "_index", "index" or the language code; empty if the file has the page's own name.
    stem: str
    # Whether the path itself names the language. If not, the front matter may, or it is the default one.
    names_language: bool

    def located_by(self, declared: DeclaredLocation) -> TextLocation | None:
        """Return the language and page of the text; its front matter counts where its path names no language."""
        if declared.language and not self.names_language:
            # A folder named after the language is not a part of the page: _articles/de/terms.md is a translation.
            parts = [part for part in self.key.split("/") if language_tag(part) != declared.language]
            return TextLocation(declared.language, "/".join(parts))
        return TextLocation(self.language, self.key) if self.language else None


@dataclass(frozen=True)
class SiteStructure:
    """The rules by which paths map to languages and pages. Equal structures map every path alike."""

    # The language of files that name none if the config has no default language.
    fallback_language: str
    default_language: str | None = None
    # The languages in the config and those that this site knows. Folders and suffixes are recognised by them.
    languages: frozenset[str] = frozenset()
    # Whether a folder may be named after any other language as well. This is so if the config lists no languages.
    allows_any_language: bool = True
    # The content folders, longest first, each with its language, or None if its files are in several.
    folders: tuple[tuple[str, str | None], ...] = ((CONTENT, None),)
    # Whether a file is a text only if its path contains a language: in a repository without a content folder. A page
    # can then also be a folder with one file per language, such as legal/en.md.
    requires_language: bool = False
    # Folders that a config mounts below the content: their texts are named, but not read.
    unread_folders: tuple[str, ...] = ()
    # The folders that a reference from the root, such as /images/a.png, is relative to.
    static_folders: tuple[str, ...] = ("static",)
    # Folders whose subfolders named by languages have translations of the texts next to these subfolders.
    language_parents: frozenset[str] = frozenset()
    # Folders in which a suffix such as `_de` is a language: terms_de.md next to terms.md.
    suffix_folders: frozenset[str] = frozenset()
    # Folders in which texts that name no language are those that others next to them translate.
    source_folders: frozenset[str] = frozenset()
    # Whether names and addresses are those of Jekyll. This is so without a Hugo config and a folder “content”.
    follows_jekyll: bool = False
    # Languages of the source, each with the language that this site has for it.
    language_map: tuple[tuple[str, str], ...] = ()
    # Texts that are not where texts are, but were moved there later: path, language and key.
    moved_texts: tuple[tuple[str, str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the structure as values that JSON can represent."""
        return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "SiteStructure":
        """Return a structure from the values that `as_json` returned."""
        sets = {name: frozenset(values[name]) for name in _SETS if name in values}
        pairs = {name: tuple(map(tuple, values[name])) for name in _TUPLES if name in values}
        folders = {name: tuple(values[name]) for name in ("static_folders", "unread_folders") if name in values}
        return cls(**{**values, **sets, **pairs, **folders})

    def locate_text(self, path: str, declared: DeclaredLocation = NOTHING_DECLARED) -> TextLocation | None:
        """Return the language and page of a file, or None if it is not a text of the site."""
        parsed = self._parse(path)
        location = parsed.located_by(declared) if parsed else None
        if location is None:
            return self._moved_texts.get(path) if self.moved_texts else None
        target = self._mapped_languages.get(location.language) if self.language_map else None
        return replace(location, language=target) if target else location

    @cached_property
    def _moved_texts(self) -> dict[str, TextLocation]:
        return {path: TextLocation(language, key) for path, language, key in self.moved_texts}

    @cached_property
    def _mapped_languages(self) -> dict[str, str]:
        return dict(self.language_map)

    def can_be_text(self, path: str) -> bool:
        """Tell whether a file is where texts are. Its front matter may still be needed to tell its language."""
        return self._parse(path) is not None

    def content_file(self, path: str) -> ContentFile | None:
        """Return where a file is within the site's content; None if it is in no content folder."""
        parsed = self._parse(f"{posixpath.splitext(path)[0]}.md" if has_unsupported_format(path) else path)
        if parsed is None:
            return None
        suffix = language_tag(parsed.suffix) if parsed.separator == "." else ""
        default = self.default_language or self.fallback_language
        return ContentFile(
            path=path,
            root=parsed.folder,
            content_path=path.removeprefix(f"{parsed.folder}/") if parsed.folder else path,
            language=parsed.language or "",
            language_folder=parsed.language_folder,
            variant="" if suffix == (dict(self.folders)[parsed.folder] or default) else suffix,
        )

    def united_folders(self, folder: str) -> set[str]:
        """Return a folder with those at the same place in the other content folders: Hugo sees one folder in them."""
        root = next((root for root, _ in self.folders if is_below(root, f"{folder}/")), None)
        if root is None:
            return {folder}
        inner_folder = folder.removeprefix(root).lstrip("/")
        return {posixpath.join(other, inner_folder).rstrip("/") for other, _ in self.folders}

    def reads(self, path: str, language: str) -> bool:
        """Tell whether a file is a text in a language."""
        location = self.locate_text(path)
        return location is not None and location.language == language

    def has_unknown_language(self, path: str, declared: DeclaredLocation = NOTHING_DECLARED) -> bool:
        """Tell whether a file is where texts are, but neither its path nor its front matter names a language."""
        parsed = self._parse(path)
        return parsed is not None and self.locate_text(path, declared) is None

    def names_language(self, path: str, declared: DeclaredLocation = NOTHING_DECLARED) -> bool:
        """Tell whether the path or the front matter of a text names its language."""
        parsed = self._parse(path)
        return bool(declared.language) or parsed is None or parsed.names_language

    def is_unsupported_text(self, path: str) -> bool:
        """Tell whether a file would be a text of the site if it were Markdown."""
        return has_unsupported_format(path) and self.locate_text(f"{posixpath.splitext(path)[0]}.md") is not None

    def is_next_to_content(self, path: str) -> bool:
        """Tell whether a file is a text in the folder that all content folders are in, but in none of them.

        Files that describe the repository do not count.
        """
        shared, (*parents, name) = self._shared_folder, path.split("/")
        if not shared or not is_below(shared, path) or any(is_below(folder, path) for folder, _ in self.folders):
            return False
        is_repository_file = "/".join(parents) == shared and name.partition(".")[0].lower() in REPOSITORY_FILES
        return is_text(name) and not is_repository_file and not IGNORED_FOLDERS.intersection(parents)

    @cached_property
    def _shared_folder(self) -> str:
        """The folder that all content folders are in; empty if that is the folder of the whole site or repository."""
        shared = posixpath.commonpath([folder for folder, _ in self.folders])
        return "" if any(is_below(shared, folder) for folder in self.static_folders) else shared

    def precedence(self, path: str) -> tuple[int, str, tuple[int, ...]]:
        """Return a key of a file: of several files with the same text, Hugo publishes the one with the greatest.

        An index of a folder precedes a file next to it, a name with a language one without, and among texts the last
        one by name, but among indexes the first.
        """
        parsed, folder = self._parse(path), posixpath.dirname(path)
        if parsed is None:
            return 0, folder, ()
        if parsed.stem in INDEX_STEMS:
            kind = 2 if parsed.stem == "_index" else 1
            return kind, folder, (bool(parsed.suffix), *(-ord(character) for character in parsed.ending))
        name = posixpath.basename(parsed.key) + parsed.ending
        return 0, folder, (*map(ord, name), bool(parsed.suffix))

    def is_named_by_language(self, path: str) -> bool:
        """Tell whether a file's whole name is a language code. No Hugo config can express this."""
        parsed = self._parse(path)
        return parsed is not None and parsed.stem not in ("", *INDEX_STEMS)

    def path_for(self, language: str, key: str, like: str | None = None, *, is_section: bool) -> str:
        """Return a path for a text, named like another file of the site, preferably one of the same page.

        Raises ValueError if no path would map back to that text.
        """
        model = self._parse(like) if like else None
        ending = model.ending if model else ".md"
        for code in (*(source for source, target in self.language_map if target == language), language):
            for folder, suffix in self._candidate_folders(code, model):
                for name in _candidate_names(code, key, model, is_section):
                    for name_suffix in dict.fromkeys((suffix, f".{code}")):
                        path = posixpath.join(folder, f"{name}{name_suffix}{ending}")
                        if self.locate_text(path) == TextLocation(language, key):
                            return path
        raise ValueError(f"This site has no path for a text of {key or 'the home page'} in {language}.")

    def can_change_with(self, path: str) -> bool:
        """Tell whether adding or deleting a file can change the structure, so that it must be detected again.

        This is true of a config (also if only its content changes), of a text in another content folder, and of a text
        that a repository without a content folder would have.
        """
        if is_config(path):
            return True
        bare = bare_structure(self)
        if self.folders == bare.folders:
            is_language_file = not self.requires_language and bare.is_named_by_language(path)
            return is_language_file or bool(index_at_top(path, self)) or bool(content_folder(path, bare))
        is_inside = any(is_below(folder, path) for folder, _ in self.folders)
        return not is_inside and (bool(content_folder(path, bare)) or bare.locate_text(path) is not None)

    def is_language(self, name: str) -> bool:
        """Tell whether a folder of that name contains the texts in one language."""
        tag = language_tag(name)
        return tag in self.languages or (self.allows_any_language and is_known_language(tag))

    def is_language_suffix(self, suffix: str) -> bool:
        """Tell whether the last part of a name is a language: a configured one, or one with a script or region."""
        tag = language_tag(suffix)
        return tag in self.languages or ("-" in tag and self.is_language(tag))

    def _can_be_named_by_language(self, base: str, parents: list[str]) -> bool:
        """Tell whether a file is a text of its folder's page, with the language code as its whole name."""
        is_allowed = self.requires_language and parents and not IGNORED_FOLDERS.intersection(parents)
        return bool(is_allowed) and self.is_language(base)

    def _parse(self, path: str) -> _ParsedPath | None:
        return self._parse_cached(path)

    @cached_property
    def _parse_cached(self) -> Callable[[str], _ParsedPath | None]:
        # Each commit asks for the same paths again.
        return lru_cache(maxsize=5_000)(self._parse_path)

    def _parse_path(self, path: str) -> _ParsedPath | None:
        content = next(((folder, tag) for folder, tag in self.folders if is_below(folder, path)), None)
        *parents, name = path.split("/")
        # Hugo ignores hidden files and the backup files of editors.
        if content is None or not is_text(name) or name.startswith((".", "#", "~")):
            return None
        folder, language = content
        parents = parents[folder.count("/") + 1 :] if folder else parents
        if FOLDERS_WITHOUT_TEXTS.intersection(parents) or (not folder and parents and parents[0].startswith(".")):
            return None
        if self.follows_jekyll and parents and parents[0] in FOLDERS_WITHOUT_PAGES:
            return None
        language_folder = parents.pop(0) if language is None and parents and self.is_language(parents[0]) else ""
        inner_folder = "" if language or language_folder else self._pop_inner_language_folder(folder, parents)
        full_stem, ending = posixpath.splitext(name)
        is_in_language = bool(language or language_folder or inner_folder)
        base, separator, suffix = self._split_suffix(full_stem, posixpath.dirname(path), is_in_language=is_in_language)
        if not (folder or parents or language_folder) and base.lower() in REPOSITORY_FILES:
            return None
        is_named = suffix or language_folder or inner_folder
        named_by = base if not is_named and self._can_be_named_by_language(base, parents) else ""
        stem = base if base in INDEX_STEMS else named_by
        # As in Hugo, the suffix of the file takes precedence over its folder.
        tag = language_tag(suffix or language_folder or inner_folder or named_by) or language
        names_language = tag is not None
        if tag is None and (not self.requires_language or posixpath.dirname(path) in self.source_folders):
            tag = self.default_language or self.fallback_language
        parts = parents if stem else [*parents, base]
        key = "/".join(jekyll_key(parts) if self.follows_jekyll and parts else parts)
        return _ParsedPath(folder, tag, language_folder, suffix, separator, key, ending, stem, names_language)

    def _split_suffix(self, stem: str, folder: str, *, is_in_language: bool) -> tuple[str, str, str]:
        """Split the stem of a file into its name, the separator and the suffix for its language.

        Where the folder names a language, `_eu` is the European Union.
        """
        base, _, suffix = stem.rpartition(".")
        if base and self.is_language_suffix(suffix):
            return base, ".", suffix
        if folder in self.suffix_folders and not is_in_language and (parts := split_language_suffix(stem, self))[1]:
            return parts[0], "_", parts[1]
        return stem, "", ""

    def _pop_inner_language_folder(self, content: str, parents: list[str]) -> str:
        """Remove a language folder below the first level from the parents of a file, and return it."""
        if self.language_parents:
            for position in range(1, len(parents)):
                parent = posixpath.join(content, *parents[:position])
                if parent in self.language_parents and self.is_language(parents[position]):
                    return parents.pop(position)
        return ""

    def _candidate_folders(self, language: str, model: _ParsedPath | None) -> Iterator[tuple[str, str]]:
        """Yield folders for a text in a language, each with a suffix for its name, the best first."""
        if model and model.language == language:
            yield posixpath.join(model.folder, model.language_folder), f"{model.separator}{model.suffix}"
        elif model:
            suffix = f"{model.separator}{language}" if model.suffix else ""
            yield from ((folder, suffix) for folder, tag in self.folders if tag == language)
            yield posixpath.join(model.folder, language if model.language_folder else ""), suffix
        yield from ((folder, "") for folder, tag in self.folders if tag == language)
        yield from ((posixpath.join(folder, language), "") for folder, tag in self.folders if tag is None)
        yield from ((folder, f".{language}") for folder, _ in self.folders)


# Of policies, this is the abbreviation of a region far more often than the code of Basque.
EUROPEAN_UNION = "eu"
# Fields of SiteStructure that JSON represents otherwise.
_SETS = ("languages", "language_parents", "suffix_folders", "source_folders")
_TUPLES = ("folders", "language_map", "moved_texts")


def split_language_suffix(stem: str, structure: SiteStructure) -> tuple[str, str]:
    """Split a stem such as `terms_de` or `terms_pt_BR` into its name and the language; it is empty if there is none."""
    for count in (2, 1):
        base, *parts = stem.rsplit("_", count)
        code = "-".join(parts)
        if base and len(parts) == count and code.lower() != EUROPEAN_UNION and structure.is_language(code):
            return base, stem[len(base) + 1 :]
    return stem, ""


def default_structure(language_map: Mapping[str, str] | None = None) -> SiteStructure:
    """Return the structure of a site without a config: content/LANGUAGE/…"""
    pairs = tuple((language_map or {}).items())
    languages = frozenset({*settings.MODELTRANSLATION_LANGUAGES, *(source for source, _ in pairs)})
    return SiteStructure(settings.LANGUAGE_CODE, languages=languages, language_map=pairs)


def _candidate_names(language: str, key: str, model: _ParsedPath | None, is_section: bool) -> Iterator[str]:
    """Yield names for a page's file without suffix and extension, the best first."""
    stems = ["_index" if is_section or not key else "", "", "index", "_index"]
    if model and (model.key == key or (key and not is_section and model.stem != "_index")):
        keeps_stem = model.language == language or model.stem in ("", *INDEX_STEMS)
        stems.insert(0, model.stem if keeps_stem else language)
    yield from (posixpath.join(key, stem) if stem else key for stem in dict.fromkeys(stems) if stem or key)


def bare_structure(structure: SiteStructure) -> SiteStructure:
    """Return the structure of a repository without a content folder, where every text has its language in its path."""
    return replace(structure, folders=(("", None),), requires_language=True)


def content_folder(path: str, bare: SiteStructure) -> str:
    """Return the path of the folder “content” that contains a text; empty if there is none that belongs to a site."""
    *folders, name = path.split("/")
    if CONTENT not in folders or not is_text(name) or bare.is_language(folders[0]):
        return ""
    above = folders[: (depth := folders.index(CONTENT))]
    is_repository_file = len(folders) == depth + 1 and name.partition(".")[0].lower() in REPOSITORY_FILES
    if is_repository_file or IGNORED_FOLDERS.intersection(above) or any(part.startswith(".") for part in above):
        return ""
    return "/".join(folders[: depth + 1])


def index_at_top(path: str, structure: SiteStructure) -> str:
    """Return "_index" or "index" if a file at the top of the source has that stem, else an empty string."""
    stem = posixpath.splitext(path)[0]
    base, _, suffix = stem.rpartition(".")
    stem = base if language_tag(suffix) in structure.languages else stem
    return stem if is_text(path) and stem in INDEX_STEMS else ""
