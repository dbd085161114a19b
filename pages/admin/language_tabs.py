"""Fields that exist once per language: how their widgets speak it, and the tab that they stand in."""

from django.conf import settings
from django.utils.translation import get_language_info


def language_attributes(language: str) -> dict[str, str]:
    """Return the attributes of a widget that holds text in a language."""
    return {"lang": language, "dir": "rtl" if get_language_info(language)["bidi"] else "ltr"}


def language_title(language: str) -> str:
    """Return what a language calls itself, as a title; one that Django does not know keeps its code."""
    try:
        return get_language_info(language)["name_local"].capitalize()
    except KeyError:
        return language


def language_fieldset(language: str, fields) -> tuple[str, dict]:
    """Return the fieldset of a language, named by itself; the script makes tabs of those."""
    return language_title(language), {"fields": list(fields), "classes": ["language-tab", f"language-tab-{language}"]}


def served_languages() -> list[str]:
    """Return the codes of the served languages; the others' fields stay out of every form."""
    return list(dict(settings.LANGUAGES))


class TabsMedia:
    """The script and the style of the tab bar."""

    js = ("pages/admin/language_tabs.js",)
    css = {"all": ("pages/admin/language_tabs.css",)}
