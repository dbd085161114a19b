"""Finding folders in which translations are next to the files that they translate, by the names of these files."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pages.hugo.site_structure.file_names import is_below, is_text
from pages.hugo.site_structure.structure import SiteStructure, split_language_suffix

# Languages with the codes of regions for which there are policies: Brazil, Canada or California, Switzerland, Britain.
_REGIONS = frozenset({"br", "ca", "ch", "uk"})


def with_translated_folders(structure: SiteStructure, paths: Iterable[str]) -> SiteStructure:
    """Return the structure with the folders in which these files have translations next to them.

    That is legal/de/terms.md for legal/terms.md, or for legal/fr/terms.md; and legal/terms_de.md for legal/terms.md, or
    for legal/terms_fr.md. If a Hugo config lists the languages, only Hugo's own ways to tell them count.
    """
    if not structure.allows_any_language:
        return structure
    texts = [path for path in paths if is_text(path) and structure.can_be_text(path)]
    stems = {posixpath.splitext(path)[0] for path in texts}
    parents, above = _find_sisters(_below_language_folders(structure, stems), stems)
    suffixed, next_to = _find_sisters(_certain(_with_suffixes(structure, stems)), stems)
    _, next_to_dotted = _find_sisters(_with_dotted_suffixes(structure, stems), stems)
    # At the top of the content, any folder named by a language has texts in that language.
    parents -= {folder for folder, _ in structure.folders}
    sources = above | next_to | next_to_dotted if structure.requires_language else frozenset()
    return replace(structure, language_parents=parents, suffix_folders=suffixed, source_folders=sources)


def _find_sisters(candidates: Iterable[tuple[str, str, str]], stems: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the folders of the candidates that exist without a language as well, or in two languages.

    A candidate is a folder, a language, and the stem that the text would have without its language. The other result
    has the folders of the texts that exist without a language.
    """
    languages: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for folder, language, stem in candidates:
        languages[folder, stem].add(language)
    with_source = {(folder, stem) for folder, stem in languages if stem in stems}
    folders = {folder for (folder, stem), tags in languages.items() if len(tags) > 1 or (folder, stem) in with_source}
    source_folders = {name for folder, stem in with_source for name in (folder, posixpath.dirname(stem))}
    return frozenset(folders), frozenset(source_folders)


def _below_language_folders(structure: SiteStructure, stems: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    contents = [folder for folder, _ in structure.folders]
    for stem in stems:
        content = next((folder for folder in contents if is_below(folder, stem)), "")
        parts = stem.split("/")
        for position in range(content.count("/") + 1 if content else 0, len(parts) - 1):
            if structure.is_language(parts[position]):
                folder = "/".join(parts[:position])
                yield folder, parts[position].lower(), posixpath.join(folder, *parts[position + 1 :])


def _with_suffixes(structure: SiteStructure, stems: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for stem in stems:
        folder, name = posixpath.split(stem)
        base, suffix = split_language_suffix(name, structure)
        if suffix:
            yield folder, suffix.lower(), posixpath.join(folder, base)


def _certain(candidates: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return the candidates without those of folders in which all languages can be regions as well."""
    candidates = list(candidates)
    certain = {folder for folder, language, _ in candidates if language not in _REGIONS}
    return [candidate for candidate in candidates if candidate[0] in certain]


def _with_dotted_suffixes(structure: SiteStructure, stems: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for stem in stems:
        base, _, suffix = stem.rpartition(".")
        if base and structure.is_language_suffix(suffix):
            yield posixpath.dirname(stem), suffix.lower(), base
