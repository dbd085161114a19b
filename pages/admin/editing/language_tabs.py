"""Fields that exist once per language: how their widgets speak it, and the tab that they stand in."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pages.languages import direction, native_name


def language_attributes(language: str) -> dict[str, str]:
    """Return the attributes of a widget that holds text in a language."""
    return {"lang": language, "dir": direction(language)}


def language_title(language: str) -> str:
    """Return what a language calls itself, as a title; one that Django does not know keeps its code."""
    return native_name(language).capitalize()


def language_fieldset(language: str, fields, *, notes: str = "", is_read_only: bool = False) -> tuple[str, dict]:
    """Return the fieldset of a language, named by itself; the script makes tabs of those. `notes` is HTML."""
    classes = ["language-tab", f"language-tab-{language}", *(["language-tab-read-only"] if is_read_only else [])]
    options = {"fields": list(fields), "classes": classes, "description": tab_labels(language) + notes}
    return language_title(language), options


def tab_labels(language: str) -> SafeString:
    """Return the words for what the script finds in a tab: the mark alone would say nothing to a screen reader."""
    words = {
        "language": language,
        "empty": pgettext("mark of a language tab", "empty"),
        "changed": pgettext("mark of a language tab", "changed here, not saved"),
        "error": pgettext("mark of a language tab", "has an error"),
        "preview": _("Preview"),
        "languages": _("Languages"),
    }
    data = format_html_join(" ", 'data-{}="{}"', words.items())
    return format_html('<span class="tab-labels" hidden {}></span>', data)


class TabsMedia:
    """The scripts and the styles of forms with tabs, and of the texts that are shown beside them."""

    js = ("pages/admin/language_tabs.js", "pages/admin/unsaved.js", "pages/admin/translation_source.js")
    css = {"all": ("pages/admin/language_tabs.css", "pages/admin/comparison.css", "pages/admin/reader_styles.css")}
