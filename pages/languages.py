"""The languages of the site: which are served, what they are called, and which text a reader gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.conf import settings
from django.utils.translation import get_language, get_language_info, override, to_locale

Text = TypeVar("Text")
# BCP 47: the language is undetermined.
UNKNOWN_LANGUAGE = "und"


def served_languages() -> list[str]:
    """Return the codes of the served languages, the default first."""
    return list(dict(settings.LANGUAGES))


def served_or_default(language: str | None) -> str:
    """Return the language if it is served, else the default language."""
    return language if language in served_languages() else settings.LANGUAGE_CODE


@cache
def native_name(language: str) -> str:
    """Return what a language calls itself, or its code if Django does not know it."""
    try:
        return get_language_info(language)["name_local"]
    except KeyError:
        return language


@cache
def has_catalogue(language: str) -> bool:
    """Tell whether the interface is in a language: English, or one that it is translated into."""
    if language == "en" or language.startswith("en-"):
        return True
    catalogues = (Path(folder, to_locale(language), "LC_MESSAGES", "django.mo") for folder in settings.LOCALE_PATHS)
    return any(catalogue.exists() for catalogue in catalogues)


def interface_language() -> str:
    """Return the language that the interface is in: the active one, or English if there is no catalogue for it.

    Dates and names of languages follow it. In the middle of an English sentence, those of another language would be out
    of place, and in a language that is written from right to left they would tear the sentence apart.
    """
    active = get_language() or "en"
    return active if has_catalogue(active) else "en"


def translated_name(language: str) -> str:
    """Return the name of a language in the interface's language, or its code if Django does not know it."""
    return _name_in(interface_language(), language)


@cache
def _name_in(interface: str, language: str) -> str:
    try:
        with override(interface):
            return str(get_language_info(language)["name_translated"])
    except KeyError:
        return language


def name_in_sentence(language: str) -> str:
    """Return the name of a language as it is written within a sentence of the interface's language."""
    name = translated_name(language)
    # Of the languages that the interface is likely to have, only English and German capitalise names of languages.
    return name if interface_language().startswith(("en", "de")) else name[:1].lower() + name[1:]


@cache
def direction(language: str) -> str:
    """Return the `dir` of text in a language: `rtl` or `ltr`; `ltr` if Django does not know the language.

    It is `auto`, by the text itself, if the language is unknown.
    """
    if language == UNKNOWN_LANGUAGE:
        return "auto"
    try:
        info = get_language_info(language)
        # Azerbaijani is written in Latin letters, which Django 5.2 gets wrong (its LANGUAGES_BIDI has it right).
        return "rtl" if info["bidi"] and info["code"] != "az" else "ltr"
    except KeyError:
        return "ltr"


@cache
def open_graph_locale(language: str) -> str:
    """Return a language as the Open Graph protocol writes it: `ru_RU`.

    Without a territory of its own, the language has the one where CLDR finds it most likely; without that either, it is
    returned alone.
    """
    try:
        locale = Locale.parse(language, sep="-", resolve_likely_subtags=True)
    except (UnknownLocaleError, ValueError):
        return language
    if locale.language != language.partition("-")[0]:
        # Babel takes an unknown language for English.
        return language
    likely = get_global("likely_subtags")
    name = likely.get(f"{locale.language}_{locale.script}") or likely.get(locale.language, "")
    territory = locale.territory or name.rpartition("_")[2]
    # CLDR has numbers for parts of the world: nobody but the whole world speaks Esperanto.
    return f"{locale.language}_{territory}" if territory.isalpha() else locale.language


@dataclass(frozen=True)
class LocalizedText:
    """A text and its language, which can differ from that of the page around it."""

    text: str
    language: str


def text_for(texts: Mapping[str, Text], language: str, source_language: str) -> Text:
    """Return the text that a reader of a language gets.

    This is the text in that language, else in the source language, else in the first served language that has one, else
    in any language. There must be at least one text.
    """
    order = [language, source_language, *served_languages(), *sorted(texts)]
    return next(texts[candidate] for candidate in order if candidate in texts)
