"""The languages of the site: which are served, what they are called, and which text a reader gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.utils.translation import get_language, get_language_info

Text = TypeVar("Text")


def served_languages() -> list[str]:
    """Return the codes of the served languages, the default first."""
    return list(dict(settings.LANGUAGES))


def served_or_default(language: str | None) -> str:
    """Return the language if it is served, else the default language."""
    return language if language in served_languages() else settings.LANGUAGE_CODE


def native_name(language: str) -> str:
    """Return what a language calls itself, or its code if Django does not know it."""
    try:
        return get_language_info(language)["name_local"]
    except KeyError:
        return language


def translated_name(language: str) -> str:
    """Return the name of a language in the active language, or its code if Django does not know it."""
    try:
        return str(get_language_info(language)["name_translated"])
    except KeyError:
        return language


def name_in_sentence(language: str) -> str:
    """Return the name of a language as it is written within a sentence of the active language."""
    name = translated_name(language)
    # Among the languages of interfaces, English and German write names of languages with a capital letter.
    return name if (get_language() or "en").startswith(("en", "de")) else name[:1].lower() + name[1:]


def direction(language: str) -> str:
    """Return the `dir` of text in a language: `rtl` or `ltr`; `ltr` if Django does not know the language."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


def language_link(language: str) -> dict[str, str]:
    """Return what a link to a language shows: its code, its own name and its direction."""
    return {"code": language, "name": native_name(language), "direction": direction(language)}


@dataclass(frozen=True)
class LocalizedText:
    """A text and its language, which can differ from that of the page around it."""

    text: str
    language: str

    @property
    def direction(self) -> str:
        """Return the `dir` of the text."""
        return direction(self.language)


def text_for(texts: Mapping[str, Text], language: str, source_language: str) -> Text:
    """Return the text that a reader of a language gets.

    This is the text in that language, else in the source language, else in the first served language that has one, else
    in any language. There must be at least one text.
    """
    order = [language, source_language, *served_languages(), *sorted(texts)]
    return next(texts[candidate] for candidate in order if candidate in texts)
