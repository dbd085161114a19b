"""The site structure of an export: how file names show page and language, and the Hugo config that matches it."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from pages.hugo.site_details.writing import ConfigWriter, quote
from pages.hugo.site_structure.detection import NoContentFound, detect_structure
from pages.hugo.site_structure.file_names import is_below
from pages.hugo.site_structure.structure import SiteStructure, default_structure

CONFIG = "hugo.toml"


def matching_structure(structure: SiteStructure, languages: Mapping[str, str]) -> SiteStructure | None:
    """Return a structure that reads every file in its language: the given one if possible; None if none does.

    `languages` has the language of every file by path.
    """
    for candidate in _candidates(structure, languages):
        if all(candidate.reads(path, language) for path, language in languages.items()):
            return candidate
    return None


def _candidates(structure: SiteStructure, languages: Mapping[str, str]) -> Iterator[SiteStructure]:
    yield structure
    candidates = [structure]
    try:
        candidates.append(detect_structure(languages, lambda _path: None, default_structure()))
        yield candidates[-1]
    except NoContentFound:
        # The imported site had a config, which is not stored: its files can be in any folder.
        pass
    for candidate in [*candidates, *_from_folders(structure, languages)]:
        yield from (replace(candidate, default_language=language) for language in sorted(set(languages.values())))


def _from_folders(structure: SiteStructure, languages: Mapping[str, str]) -> Iterator[SiteStructure]:
    """Yield a structure with one folder per language if the files allow it, and one with the folder that all share."""
    parts = {path: path.split("/") for path in languages}
    shared = posixpath.commonprefix([folders[:-1] for folders in parts.values()])
    top_folders: dict[str, set[str]] = {}
    for path, language in languages.items():
        top_folders.setdefault(language, set()).add("/".join(parts[path][: len(shared) + 1]))
    folders = [next(iter(tops)) for tops in top_folders.values() if len(tops) == 1]
    if len(set(folders)) == len(top_folders) > 1 and not languages.keys() & set(folders):
        pairs = sorted(zip(folders, top_folders, strict=True), key=lambda pair: (-len(pair[0]), pair[0]))
        yield replace(structure, folders=tuple(pairs))
    if shared:
        yield replace(structure, folders=((shared[0], None),))


def language_folder(path: str, structure: SiteStructure) -> str:
    """Return the folder of a text's language, or the content folder that languages share."""
    folder, language = next((pair for pair in structure.folders if is_below(pair[0], path)), ("", None))
    first, _, rest = path.removeprefix(folder).lstrip("/").partition("/")
    return posixpath.join(folder, first) if language is None and rest and structure.is_language(first) else folder


def build_config(structure: SiteStructure, folders: Mapping[str, Collection[str]], site: ConfigWriter) -> bytes:
    """Return a hugo.toml with which Hugo and the import read the files; `folders` has the folders of each language.

    A language with several folders gets no contentDir: the import recognises it by the names of folders and files.
    """
    default = structure.default_language or structure.fallback_language
    shared = next((folder for folder, language in structure.folders if language is None), "content")
    languages = {language: _content_dir(folders.get(language, ()), shared) for language in sorted({default, *folders})}
    lines = [*site.head(default), f"defaultContentLanguage = {quote(default)}", f"contentDir = {quote(shared or '.')}"]
    static = structure.static_folders or ("static",)
    if static != ("static",):
        lines.append(f"staticDir = [{', '.join(map(quote, static))}]")
    # Settings and links can be in languages without a text, for which Hugo must not build pages.
    if others := sorted(site.languages - languages.keys()):
        lines.append(f"disableLanguages = [{', '.join(map(quote, others))}]")
        has_folders = all(languages.values())
        languages |= {language: posixpath.join(shared, language) if has_folders else "" for language in others}
    for language, folder in languages.items():
        content_dir = [f"contentDir = {quote(folder)}"] if folder else []
        lines += ["", f"[languages.{quote(language)}]", *site.language(language), *content_dir]
    return ("\n".join([*lines, *site.tables(list(languages))]) + "\n").encode()


def _content_dir(folders: Iterable[str], shared: str) -> str:
    names = list(folders)
    return names[0] if len(names) == 1 and names[0] not in ("", shared) else ""
