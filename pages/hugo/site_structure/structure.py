"""How the paths of a Hugo site, or of a bare content folder, tell language and page. Nothing is read."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

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
from pages.hugo.site_structure.site_config import language_tag

# The keys under which plain values are stored with imported commits. Their digests are in the publication log.
_JSON_KEYS = {
    "fallback_language": "first_served",
    "default_language": "default_language",
    "allows_any_language": "takes_any_language",
    "requires_language": "insists_on_language",
}


@dataclass(frozen=True)
class TextLocation:
    """Which text a file is: its language, and its page by the path without language, extension and index."""

    language: str
    key: str


@dataclass(frozen=True)
class _ParsedPath:
    """A path, taken apart: what stands before the key, the key, and how the file is named."""

    folder: str
    language: str | None
    language_folder: str
    suffix: str
    key: str
    ending: str
    # "_index", "index" or the language's code; nothing where the file bears the page's own name.
    stem: str


@dataclass(frozen=True)
class SiteStructure:
    """How paths tell language and page. Equal structures read every path alike."""

    fallback_language: str
    default_language: str | None = None
    # Those that the config lists and those that the caller knows: folders and suffixes are named by them.
    languages: frozenset[str] = frozenset()
    # Whether a folder may be named by any other language as well: where the config lists none.
    allows_any_language: bool = True
    # The content folders, each with its language if all below it is in one; the longest first.
    folders: tuple[tuple[str, str | None], ...] = ((CONTENT, None),)
    # Whether a file without a language is no text: in a repository that has no folder for texts alone. There a page may
    # also be a folder, with a file named by each language.
    requires_language: bool = False
    # Where a reference from the root, such as /images/a.png, may lie.
    static_folders: tuple[str, ...] = ("static",)

    def as_json(self) -> dict[str, object]:
        """Return the structure in the types that JSON has."""
        values = {key: getattr(self, name) for name, key in _JSON_KEYS.items()}
        folders = [list(pair) for pair in self.folders]
        return {
            **values,
            "languages": sorted(self.languages),
            "folders": folders,
            "static_folders": list(self.static_folders),
        }

    @classmethod
    def from_json(cls, values: dict) -> "SiteStructure":
        """Return the structure that `as_json` made this of."""
        folders = tuple((folder, language) for folder, language in values["folders"])
        lists = {"languages": frozenset(values["languages"]), "static_folders": tuple(values["static_folders"])}
        plain = {name: values[key] for name, key in _JSON_KEYS.items()}
        return cls(**plain, **lists, folders=folders)

    def locate_text(self, path: str) -> TextLocation | None:
        """Return which text a file is; None if it is no text of the site."""
        parsed = self._read(path)
        if parsed is None or parsed.language is None:
            return None
        return TextLocation(parsed.language, parsed.key)

    def has_unknown_language(self, path: str) -> bool:
        """Tell whether a file lies among the texts, and nothing tells its language."""
        parsed = self._read(path)
        return parsed is not None and parsed.language is None

    def is_unsupported_text(self, path: str) -> bool:
        """Tell whether a file that is no Markdown would be a text if it were."""
        return has_unsupported_format(path) and self.locate_text(f"{posixpath.splitext(path)[0]}.md") is not None

    def is_named_by_language(self, path: str) -> bool:
        """Tell whether a text's file has the language's code for its name. No config of Hugo's says so."""
        parsed = self._read(path)
        return parsed is not None and parsed.stem not in ("", *INDEX_STEMS)

    def path_for(self, language: str, key: str, like: str | None = None, *, is_section: bool) -> str:
        """Return the path that a text would have, named like another file of the site: best one of the same page.

        Raises ValueError where no path could be read back as that text.
        """
        model = self._read(like) if like else None
        ending = model.ending if model else ".md"
        for before, suffix in self._frames(language, model):
            for name in _names(language, key, model, is_section):
                for part in dict.fromkeys((suffix, f".{language}")):
                    path = posixpath.join(before, f"{name}{part}{ending}")
                    if self.locate_text(path) == TextLocation(language, key):
                        return path
        raise ValueError(f"No file of this site could be the text of {key or 'the home page'} in {language}.")

    def can_change_with(self, path: str) -> bool:
        """Tell whether the structure must be read anew where this file came or went.

        That is a config, a text in another content folder, or one that a repository without any folder would have. Of
        the configs, a change of what they say counts as well.
        """
        if is_config(path):
            return True
        bare = bare_structure(self)
        if self.folders == bare.folders:
            is_of_a_page = not self.requires_language and bare.is_named_by_language(path)
            return is_of_a_page or bool(index_at_top(path, self)) or bool(content_folder(path, bare))
        is_inside = any(is_below(folder, path) for folder, _ in self.folders)
        return not is_inside and (bool(content_folder(path, bare)) or bare.locate_text(path) is not None)

    def is_language(self, name: str) -> bool:
        """Tell whether a folder of that name holds the texts in one language."""
        tag = language_tag(name)
        return tag in self.languages or (self.allows_any_language and is_known_language(tag))

    def _is_suffix(self, suffix: str) -> bool:
        """Tell whether the last part of a name is a language: one that is known, or one that says where it is used."""
        tag = language_tag(suffix)
        return tag in self.languages or ("-" in tag and self.is_language(tag))

    def _may_be_language(self, base: str, parents: list[str]) -> bool:
        """Tell whether a file without extension is a text of the folder's page, named by its language alone."""
        is_allowed = self.requires_language and parents and not IGNORED_FOLDERS.intersection(parents)
        return bool(is_allowed) and self.is_language(base)

    def _read(self, path: str) -> _ParsedPath | None:
        found = next(((folder, tag) for folder, tag in self.folders if is_below(folder, path)), None)
        *parents, name = path.split("/")
        if found is None or not is_text(name) or name.startswith((".", "#", "~")):
            return None
        folder, language = found
        parents = parents[folder.count("/") + 1 :] if folder else parents
        if FOLDERS_WITHOUT_TEXTS.intersection(parents) or (not folder and parents and parents[0].startswith(".")):
            return None
        language_folder = parents.pop(0) if language is None and parents and self.is_language(parents[0]) else ""
        whole, ending = posixpath.splitext(name)
        base, _, suffix = whole.rpartition(".")
        base, suffix = (base, suffix) if base and self._is_suffix(suffix) else (whole, "")
        if not (folder or parents or language_folder) and base.lower() in REPOSITORY_FILES:
            return None
        named_by = base if not (suffix or language_folder) and self._may_be_language(base, parents) else ""
        stem = base if base in INDEX_STEMS else named_by
        # As in Hugo, the file's own name says most.
        told = language_tag(suffix or language_folder or named_by) or language
        if told is None and not self.requires_language:
            told = self.default_language or self.fallback_language
        key = "/".join(parents if stem else [*parents, base])
        return _ParsedPath(folder, told, language_folder, suffix, key, ending, stem)

    def _frames(self, language: str, model: _ParsedPath | None) -> Iterator[tuple[str, str]]:
        """Yield where a text in a language could lie and how its name could end, the likeliest first."""
        if model and model.language == language:
            yield posixpath.join(model.folder, model.language_folder), f".{model.suffix}" if model.suffix else ""
        elif model:
            suffix = f".{language}" if model.suffix else ""
            yield from ((folder, suffix) for folder, tag in self.folders if tag == language)
            yield posixpath.join(model.folder, language if model.language_folder else ""), suffix
        yield from ((folder, "") for folder, tag in self.folders if tag == language)
        yield from ((posixpath.join(folder, language), "") for folder, tag in self.folders if tag is None)
        yield from ((folder, f".{language}") for folder, _ in self.folders)


# Where nothing is known yet: no file is a text.
UNKNOWN_STRUCTURE = SiteStructure("", allows_any_language=False, folders=(("", None),), requires_language=True)


def _names(language: str, key: str, model: _ParsedPath | None, is_section: bool) -> Iterator[str]:
    """Yield what a page's file could be named without suffix and extension, the likeliest first."""
    stems = ["_index" if is_section or not key else "", "", "index", "_index"]
    if model and (model.key == key or (key and not is_section and model.stem != "_index")):
        is_as_it_is = model.language == language or model.stem in ("", *INDEX_STEMS)
        stems.insert(0, model.stem if is_as_it_is else language)
    yield from (posixpath.join(key, stem) if stem else key for stem in dict.fromkeys(stems) if stem or key)


def bare_structure(structure: SiteStructure) -> SiteStructure:
    """Return the structure of a repository without a folder for texts alone: they all tell their languages."""
    return replace(structure, folders=(("", None),), requires_language=True)


def content_folder(path: str, bare: SiteStructure) -> str:
    """Return the folder “content” that a file is a text in; nothing where it is no site's, or the file is about it."""
    *folders, name = path.split("/")
    if CONTENT not in folders or not is_text(name) or bare.is_language(folders[0]):
        return ""
    above = folders[: (depth := folders.index(CONTENT))]
    is_about_it = len(folders) == depth + 1 and name.partition(".")[0].lower() in REPOSITORY_FILES
    if is_about_it or IGNORED_FOLDERS.intersection(above) or any(part.startswith(".") for part in above):
        return ""
    return "/".join(folders[: depth + 1])


def index_at_top(path: str, structure: SiteStructure) -> str:
    """Return "_index" or "index" where a file is that, at the top of the source; else nothing."""
    stem = posixpath.splitext(path)[0]
    base, _, suffix = stem.rpartition(".")
    stem = base if language_tag(suffix) in structure.languages else stem
    return stem if is_text(path) and stem in INDEX_STEMS else ""
