"""The languages of the site: which are served, what they are called, and which text a reader gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.conf import settings
from django.utils.translation import get_language, get_language_info, to_locale

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
def has_complete_catalogue(language: str) -> bool:
    """Tell whether the whole interface, that of editors too, is in a language: English, or one with a catalogue."""
    if language == "en" or language.startswith("en-"):
        return True
    return Path(settings.LOCALE_PATHS[0], to_locale(language), "LC_MESSAGES", "django.mo").exists()


def has_catalogue(language: str) -> bool:
    """Tell whether what readers see of the interface is in a language."""
    return has_complete_catalogue(language) or language in settings.PUBLIC_CATALOGUES


def interface_language() -> str:
    """Return the language that the interface is in: the active one, or English if there is no catalogue for it.

    Words, dates, numbers and names of languages are in it. In the middle of an English sentence, those of another
    language would be out of place, and if written from right to left they would tear the sentence apart.
    """
    active = get_language() or "en"
    return active if has_catalogue(active) else "en"


def admin_languages() -> list[str]:
    """Return the languages of the admin: the served ones with a complete catalogue, and English in place of others."""
    languages = (code if has_complete_catalogue(code) else "en" for code in served_languages())
    return list(dict.fromkeys(languages))


def translated_name(language: str) -> str:
    """Return the name of a language in the interface's language, as a heading has it; its code if it is unknown."""
    name = name_in_sentence(language)
    return name if name == language else name[:1].upper() + name[1:]


def name_in_sentence(language: str) -> str:
    """Return the name of a language as it is written within a sentence of the interface's language."""
    return _name_in(interface_language(), language)


@cache
def _name_in(interface: str, language: str) -> str:
    names = Locale.parse(to_locale(interface)).languages
    name = names.get(to_locale(language)) or names.get(language, language)
    # Such as "китайский, упрощенное письмо": in a list, it would be taken for two languages.
    main, comma, variant = name.partition(", ")
    return f"{main} ({variant})" if comma else name


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
