"""Filters that say a moment in a reader's words."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from pages.text.rendering import Rendered

register = template.Library()


@register.filter
def day(moment: datetime) -> str:
    """Write the day of a moment, in the site's time zone, in the language that is active."""
    local = timezone.localtime(moment)
    # Django's English format shortens some months; a policy's date is read aloud, quoted and searched for.
    return date_format(local, "F j, Y" if (get_language() or "").startswith("en") else "DATE_FORMAT")


@register.filter
def iso(moment: datetime) -> str:
    """Write a moment for a `datetime` attribute: to the second, with the site's offset (RFC 3339)."""
    return timezone.localtime(moment).replace(microsecond=0).isoformat()


@register.filter
def language_name(code: str) -> str:
    """Name a language in the language that is active; one that Django does not know keeps its code."""
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return code


@register.filter
def clean_html(body: Rendered) -> SafeString:
    """Return a rendered body for a template: the renderer's type is the proof that it went through the cleaner."""
    if not isinstance(body, Rendered):
        raise TypeError("Only what the renderer made may stand in a page unescaped.")
    return SafeString(body.html)
