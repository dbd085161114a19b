"""Forms with a tab for each language: the attributes of their fields, their fieldsets and their scripts."""

from django.template.loader import render_to_string

from pages.languages import direction, native_name


def language_attributes(language: str) -> dict[str, str]:
    """Return the HTML attributes of an element that holds text in a language."""
    return {"lang": language, "dir": direction(language)}


def language_fieldset(language: str, fields, *, tab=None, page=None) -> tuple[str, dict]:
    """Return a fieldset that `language_tabs.js` makes the tab of a language.

    In the form of a page, `tab` is the status of the language, which is shown above the fields.
    """
    classes = ["language-tab", f"language-tab-{language}"]
    if tab and tab.is_read_only:
        classes.append("language-tab-read-only")
    description = tab_description(language, tab=tab, page=page)
    return native_name(language).capitalize(), {"fields": list(fields), "classes": classes, "description": description}


def tab_description(language: str, *, tab=None, page=None) -> str:
    """Return the HTML above the fields of a language, with the labels for the script."""
    context = {"text_language": language, "tab": tab, "original": page}
    return render_to_string("admin/pages/page/tab_status.html", context)


class TabsMedia:
    """The scripts and styles of a form with language tabs, including those of comparisons and previews."""

    js = (
        "pages/admin/language_tabs.js",
        "pages/admin/new_page.js",
        "pages/admin/unsaved.js",
        "pages/admin/translation_source.js",
    )
    css = {"all": ("pages/admin/language_tabs.css", "pages/admin/reader_styles.css")}


class PageFormMedia(TabsMedia):
    """The same, with the scripts that save, and send the forms of operations, in the background or open a line."""

    js = (
        *TabsMedia.js,
        "pages/admin/background.js",
        "pages/admin/saving.js",
        "pages/admin/sending.js",
        "pages/admin/editor_line.js",
    )
