"""Filters that say a moment, a language or a difference in a reader's words."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pages.diff.comparison import ComparisonCell
from pages.languages import translated_name
from pages.presentation.as_of import day_in_words
from pages.text.rendering import RenderedBody

register = template.Library()

CHANGES = {
    "addition": _("addition"),
    "removal": _("removal"),
    "move": _("moved passage"),
    "link target": _("link target"),
    "picture": _("picture"),
    "emphasis": _("emphasis"),
    "heading level": _("heading level"),
}
FIELDS = {"link_title": _("Link title"), "description": _("Description")}
ROWS = {
    "added": _("Added"),
    "removed": _("Removed"),
    "changed": _("Changed"),
    "moved": _("Moved here"),
    "moved away": _("Moved away from here"),
}


@register.filter
def day(moment: datetime) -> str:
    """Write the day of a moment, in the site's time zone, in the language that is active."""
    return calendar_day(timezone.localtime(moment))


@register.filter
def calendar_day(value: date) -> str:
    """Write a day in the language that is active."""
    return day_in_words(value)


@register.filter
def moment_in_words(moment: datetime) -> str:
    """Write a moment to the minute, with the site's time zone."""
    local = timezone.localtime(moment)
    return f"{calendar_day(local)}, {local:%H:%M} ({local:%Z})"


@register.filter
def iso(moment: datetime) -> str:
    """Write a moment for a `datetime` attribute: to the second, with the site's offset (RFC 3339)."""
    return timezone.localtime(moment).replace(microsecond=0).isoformat()


@register.filter
def iso_day(moment: datetime) -> str:
    """Write the day of a moment for a form: in the site's time zone (ISO 8601)."""
    return timezone.localdate(moment).isoformat()


@register.filter
def language_name(code: str) -> str:
    """Name a language in the language that is active; one that Django does not know keeps its code."""
    return translated_name(code)


@register.filter
def clean_html(body: RenderedBody | ComparisonCell) -> SafeString:
    """Return rendered text for a template: its type is the proof that it went through the cleaner."""
    if not isinstance(body, (RenderedBody, ComparisonCell)):
        raise TypeError("Only what the renderer made may stand in a page unescaped.")
    return SafeString(body.html)


@register.filter
def change_name(kind: str) -> str:
    """Name a kind of change."""
    return str(CHANGES[kind])


@register.filter
def row_name(kind: str) -> str:
    """Name what happened to a passage."""
    return str(ROWS[kind])


@register.filter
def field_name(name: str) -> str:
    """Name a field that stands beside the text."""
    return str(FIELDS[name])


@register.filter
def change_count(number: int, kind: str) -> str:
    """Say how many changes of a kind there are."""
    words = {
        "addition": lambda: ngettext("%(number)d addition", "%(number)d additions", number),
        "removal": lambda: ngettext("%(number)d removal", "%(number)d removals", number),
        "move": lambda: ngettext("%(number)d moved passage", "%(number)d moved passages", number),
        "link target": lambda: ngettext("%(number)d link target", "%(number)d link targets", number),
        "picture": lambda: ngettext("%(number)d picture", "%(number)d pictures", number),
        "emphasis": lambda: ngettext("%(number)d change of emphasis", "%(number)d changes of emphasis", number),
        "heading level": lambda: ngettext("%(number)d heading level", "%(number)d heading levels", number),
    }
    return words[kind]() % {"number": number}


@register.filter
def announced_prefix(position: int) -> str:
    """Return what keeps the ids of several comparisons on one page apart."""
    return f"announced-{position}-"
