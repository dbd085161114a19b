"""How the files of a site without a stored structure are to be read, and the config that says so of any."""

import json
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from django.conf import settings

from pages.hugo.site_structure.detection import NoContentFound, detect_structure
from pages.hugo.site_structure.structure import SiteStructure

CONFIG = "hugo.toml"


def default_structure() -> SiteStructure:
    """Return the structure of a site that came from no files: content/LANGUAGE/…"""
    return SiteStructure(settings.LANGUAGE_CODE.lower(), languages=frozenset(settings.MODELTRANSLATION_LANGUAGES))


def matching_structure(structure: SiteStructure, names: Mapping[str, str]) -> SiteStructure | None:
    """Return a structure that reads every file in its language: the given one if possible; None if none does."""
    for candidate in _candidates(structure, names):
        places = ((candidate.locate_text(path), language) for path, language in names.items())
        if all(place and place.language == language for place, language in places):
            return candidate
    return None


def _candidates(structure: SiteStructure, names: Mapping[str, str]) -> Iterator[SiteStructure]:
    yield structure
    found = [structure]
    try:
        first, known = settings.LANGUAGE_CODE, settings.MODELTRANSLATION_LANGUAGES
        found.append(detect_structure(names, lambda _path: None, known, fallback_language=first))
        yield found[-1]
    except NoContentFound:
        # What had a config once can lie anywhere; then the structure stays what it is.
        pass
    for candidate in [*found, *_with_their_folders(structure, names)]:
        yield from (replace(candidate, default_language=language) for language in sorted(set(names.values())))


def _with_their_folders(structure: SiteStructure, names: Mapping[str, str]) -> Iterator[SiteStructure]:
    """Yield a structure by which each language has the folder that all its files lie in, or all have one."""
    parts = {path: path.split("/") for path in names}
    shared = posixpath.commonprefix([folders[:-1] for folders in parts.values()])
    own: dict[str, set[str]] = {}
    for path, language in names.items():
        own.setdefault(language, set()).add("/".join(parts[path][: len(shared) + 1]))
    folders = [next(iter(tops)) for tops in own.values() if len(tops) == 1]
    if len(set(folders)) == len(own) > 1 and not names.keys() & set(folders):
        pairs = sorted(zip(folders, own, strict=True), key=lambda pair: (-len(pair[0]), pair[0]))
        yield replace(structure, folders=tuple(pairs))
    if shared:
        yield replace(structure, folders=((shared[0], None),))


def language_folder(path: str, structure: SiteStructure) -> str:
    """Return the folder that a text's language has for itself, or shares with others."""
    folder, tag = next(
        ((folder, tag) for folder, tag in structure.folders if not folder or path.startswith(f"{folder}/")), ("", None)
    )
    first, _, rest = path.removeprefix(folder).lstrip("/").partition("/")
    return posixpath.join(folder, first) if tag is None and rest and structure.is_language(first) else folder


def build_config(structure: SiteStructure, folders: Mapping[str, Collection[str]]) -> bytes:
    """Return a config by which Hugo and the import read the files like the structure; `folders` are those by language.

    A language that has several gets none of its own: by the names of folders and files the import knows it still.
    """
    default = structure.default_language or structure.fallback_language
    shared = next((folder for folder, tag in structure.folders if tag is None), "content")
    lines = [f"defaultContentLanguage = {_quoted(default)}", f"contentDir = {_quoted(shared or '.')}"]
    static = structure.static_folders or ("static",)
    if static != ("static",):
        lines.append(f"staticDir = [{', '.join(map(_quoted, static))}]")
    for language in sorted({default, *folders}):
        lines += ["", f"[languages.{_quoted(language)}]", *_own_folder(folders.get(language, ()), shared)]
    return ("\n".join(lines) + "\n").encode()


def _own_folder(folders: Iterable[str], shared: str) -> list[str]:
    own = list(folders)
    return [f"contentDir = {_quoted(own[0])}"] if len(own) == 1 and own[0] not in ("", shared) else []


def _quoted(text: str) -> str:
    # A basic string of TOML is one of JSON, but for DEL, which is in no folder's name.
    return json.dumps(text, ensure_ascii=False)
