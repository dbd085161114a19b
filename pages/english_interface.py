"""The words of the interface are English in a language that it is not translated into.

Without this, Django would mix them: its own catalogues translate a few of the strings, and those of the default
language most of the others. The active language stays that of the path, which decides about texts and URLs.
"""

from functools import cache

from django.utils.translation import trans_real

from pages.languages import has_catalogue

_translation = trans_real.translation


class EnglishWords(trans_real.DjangoTranslation):
    """English words, under the code of another language."""

    def __init__(self, language: str):
        super().__init__("en")
        self._code = language

    def language(self) -> str:
        return self._code

    def to_language(self) -> str:
        return self._code


_english_words = cache(EnglishWords)


def translation(language: str) -> trans_real.DjangoTranslation:
    """Return the words of a language: English ones if the interface is not translated into it."""
    return _translation(language) if has_catalogue(language) else _english_words(language)


def install() -> None:
    """Let Django take all words from here. It has no setting for that; `activate` calls this function by its name."""
    trans_real.translation = translation
