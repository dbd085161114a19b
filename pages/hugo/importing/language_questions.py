"""Texts that name no language although something else in the source says which one it is: that is never guessed."""

import posixpath
from collections.abc import Collection, Iterable, Iterator

from django.conf import settings

from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.site_structure.declared_locations import parse_language
from pages.hugo.site_structure.file_names import is_known_language
from pages.hugo.site_structure.servable_languages import find_relative
from pages.text.messages import Message, plural_message

# Of the texts that could be translations, so many are named.
_MAX_PROPOSALS = 20


def ask_for_languages(nameless: Collection[str], tracker: PageTracker) -> Iterator[Message]:
    """Yield what has to be decided about the texts that name no language, if an option does not say it."""
    structure = tracker.structure
    if structure is None or not nameless or tracker.options.language:
        return
    roots = sorted((folder for folder, _ in structure.folders), key=len, reverse=True)
    inner_paths = (_relative(path, roots) for path in nameless)
    default, declared = structure.default_language or structure.fallback_language, tracker.config_language
    if option := language_map_option(inner_paths, default):
        yield Message("Folders have the names of languages. Say which ones they are: %(option)s.", option=option)
    if declared and _base(declared) != _base(default):
        yield plural_message(
            "%(count)d text names no language, such as %(file)s, and the language of the site in the config is "
            "%(declared)s. Say in which language it is: %(option)s.",
            "%(count)d texts name no language, such as %(file)s, and the language of the site in the config is "
            "%(declared)s. Say in which language they are: %(option)s.",
            count=len(nameless),
            file=min(nameless),
            declared=declared,
            option=f"--language {_servable(declared)}",
        )


def language_map_option(paths: Iterable[str], default: str) -> str:
    """Return the option for folders at the top that have names of languages; empty if none but the default one has."""
    tops = {path.partition("/")[0].lower() for path in paths if "/" in path}
    codes = {top: code for top in sorted(tops) if not is_known_language(top) and (code := parse_language(top))}
    pairs = ",".join(f"{top}={code}" for top, code in codes.items())
    return f"--language-map {pairs}" if set(codes.values()) - {default} else ""


def propose_translations(nameless: Collection[str]) -> list[Message]:
    """Return messages about texts such as terms-de.md next to terms.md: is it the translation, or that for Germany?"""
    stems = {posixpath.splitext(path)[0] for path in nameless}
    found = []
    for path in sorted(nameless):
        stem, ending = posixpath.splitext(path)
        base, _separator, code = stem.replace("_", "-").rpartition("-")
        base = stem[: len(base)]
        if base in stems and is_known_language(code.lower()):
            found.append(
                Message(
                    "%(file)s is read as a page of its own. If it is the text of %(other)s in %(language)s, name it "
                    "%(name)s.",
                    file=path,
                    other=f"{base}{ending}",
                    language=code.lower(),
                    name=f"{base}.{code.lower()}{ending}",
                )
            )
    return found[:_MAX_PROPOSALS]


def _relative(path: str, roots: Iterable[str]) -> str:
    return next((path.removeprefix(f"{root}/") for root in roots if root and path.startswith(f"{root}/")), path)


def _base(language: str) -> str:
    return language.partition("-")[0]


def _servable(language: str) -> str:
    """Return the code for an option: one that can be served, if there is one."""
    servable = set(settings.MODELTRANSLATION_LANGUAGES)
    return language if language in servable else find_relative(language, servable) or language
