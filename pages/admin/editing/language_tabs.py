"""Forms with a tab for each language: the attributes of their fields, their fieldsets and their scripts."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pages.languages import direction, native_name


def language_attributes(language: str) -> dict[str, str]:
    """Return the HTML attributes of an element that holds text in a language."""
    return {"lang": language, "dir": direction(language)}


def language_title(language: str) -> str:
    """Return the name of a language in that language, capitalised for use as a title."""
    return native_name(language).capitalize()


def language_fieldset(language: str, fields, *, status_html: str = "", is_read_only: bool = False) -> tuple[str, dict]:
    """Return a fieldset that `language_tabs.js` makes the tab of a language; `status_html` is put above its fields."""
    classes = ["language-tab", f"language-tab-{language}", *(["language-tab-read-only"] if is_read_only else [])]
    options = {"fields": list(fields), "classes": classes, "description": tab_labels(language) + status_html}
    return language_title(language), options


def tab_labels(language: str) -> SafeString:
    """Return a hidden element with the translated labels that `language_tabs.js` puts on the tab.

    The script shows an icon for each state; a screen reader needs the label.
    """
    labels = {
        "language": language,
        "empty": pgettext("mark of a language tab", "empty"),
        "changed": pgettext("mark of a language tab", "changed here, not saved"),
        "error": pgettext("mark of a language tab", "has an error"),
        "preview": _("Preview"),
        "languages": _("Languages"),
    }
    data = format_html_join(" ", 'data-{}="{}"', labels.items())
    return format_html('<span class="tab-labels" hidden {}></span>', data)


class TabsMedia:
    """The scripts and styles of a form with language tabs, including those of comparisons and previews."""

    js = ("pages/admin/language_tabs.js", "pages/admin/unsaved.js", "pages/admin/translation_source.js")
    css = {"all": ("pages/admin/language_tabs.css", "pages/admin/comparison.css", "pages/admin/reader_styles.css")}
