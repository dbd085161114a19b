"""What a text's own front matter says about where it belongs: its language, and its page by a translation key."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf.locale import LANG_INFO

from pages.hugo.site_structure.file_names import is_known_language
from pages.hugo.site_structure.site_config import language_tag

# Jekyll's plugins use these keys; the first one that names a language counts.
_LANGUAGE_KEYS = ("lang", "language", "locale")
# Longer values name no language.
_MAX_NAME = 50


@dataclass(frozen=True)
class DeclaredLocation:
    """`language` is a code in lower case. Texts with one `translation_key` are translations of each other, as in Hugo.

    Each is empty if the front matter does not have it.
    """

    language: str = ""
    translation_key: str = ""


NOTHING_DECLARED = DeclaredLocation()


def declared_location(front_matter: Mapping[str, str]) -> DeclaredLocation:
    """Return what the front matter, with keys in lower case, says about the text's language and page."""
    languages = (parse_language(front_matter[key]) for key in _LANGUAGE_KEYS if key in front_matter)
    language = next(filter(None, languages), "")
    translation_key = front_matter.get("translationkey", "").strip()
    return DeclaredLocation(language, translation_key) if language or translation_key else NOTHING_DECLARED


def parse_language(value: str) -> str:
    """Return the code of a language from a code, a locale such as `de_DE.UTF-8`, or a name; empty for anything else."""
    name = value.strip()[:_MAX_NAME]
    tag = language_tag(name.partition(".")[0])
    return tag if is_known_language(tag) else _codes_by_name().get(name.casefold(), "")


@cache
def _codes_by_name() -> dict[str, str]:
    """Return the codes of languages by their English and their own names."""
    languages = [(code, info) for code, info in LANG_INFO.items() if "name" in info]
    return {info[name].casefold(): code for name in ("name", "name_local") for code, info in languages}
