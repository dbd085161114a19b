"""Template filters: dates, language names, labels of changes, and HTML that is already clean."""

import json
from collections.abc import Hashable
from datetime import date, datetime

from babel.lists import format_list
from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from pages.diff.comparison import ComparisonCell
from pages.history.version_spans import Span
from pages.languages import (
    admin_languages,
    direction,
    interface_language,
    name_in_sentence,
    native_name,
    open_graph_locale,
    translated_name,
)
from pages.models.page import text_field
from pages.presentation import recordings
from pages.presentation.as_of import format_day, format_effective_time, format_moment
from pages.presentation.site_presentation import SitePresentation
from pages.text.rendering import RenderedBody

register = template.Library()
register.filter("language_name", translated_name)
register.filter("language_name_in_sentence", name_in_sentence)
register.filter("native_name", native_name)
register.filter("text_direction", direction)
register.filter("open_graph_locale", open_graph_locale)
register.filter("date_and_time", format_moment)
register.filter("effective_time", format_effective_time)
register.filter("form_field", text_field)
register.simple_tag(interface_language)
# Characters are mirrored in a line from right to left, arrows are not.
register.simple_tag(lambda: "←" if direction(interface_language()) == "rtl" else "→", name="arrow")
register.simple_tag(lambda: [(code, native_name(code)) for code in admin_languages()], name="admin_languages")
register.simple_tag(lambda: settings.SENDS_MAIL, name="sends_mail")

CHANGE_LABELS = {
    "addition": _("addition"),
    "removal": _("removal"),
    "replacement": _("replacement"),
    "move": _("moved passage"),
    "numbering": _("numbering"),
    "link target": _("link target"),
    "picture": _("picture"),
    "emphasis": _("emphasis"),
    "heading level": _("heading level"),
    "line break": _("line break"),
    "structure": _("layout"),
    "address": _("address of a section"),
    "invisible characters": _("invisible characters"),
}
# By HTML element, in the order in which they are named.
EMPHASIS_NAMES = {
    "strong": _("bold"),
    "em": _("italic"),
    "code": _("code"),
    "s": _("struck through"),
    "u": _("underlined"),
    "sup": _("superscript"),
    "sub": _("subscript"),
}
ROW_LABELS = {
    "added": _("Added"),
    "removed": _("Removed"),
    "changed": _("Changed"),
    "same text": _("The same words in another form"),
    "moved": _("Moved here"),
    "moved away": _("Moved away from here"),
}
# A raw "<" could end the script element or open a comment. In JSON these characters occur only within strings, where
# the escape means the same.
JSON_LD_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def remembered(context: Context, name: str, template: str, **values: Hashable) -> SafeString:
    """Include a template that depends on the variable `name`, the language and `values` only; render it only once.

    The result is kept in the `fragments` of the variable, which are as old as the variable itself.
    """
    owner, languages = context[name], (context["language"], get_language())
    key = (template, languages, *sorted(values.items()))
    if (fragment := owner.fragments.get(key)) is None:
        shown = {name: owner, "language": languages[0], "direction": direction(languages[0]), **values}
        fragment = owner.fragments[key] = get_template(template).template.render(context.new(shown))
    return fragment


@register.filter
def language_menu_name(site: SitePresentation, language: str) -> str:
    """Return what the site calls a language in its menu: the name in its settings, else the usual one."""
    column = build_localized_fieldname("language_name", language)
    return getattr(site.settings, column, None) or native_name(language)


@register.filter
def day(timestamp: datetime) -> str:
    """Format the day of a timestamp in the site's time zone and the active language."""
    return calendar_day(timezone.localtime(timestamp))


@register.filter
def calendar_day(value: date) -> str:
    """Format a date in the active language."""
    return format_day(value)


@register.filter
def span_start(span: Span) -> str:
    """Format when a version came into force: to the minute, if it ended on the same day."""
    return _span_time(span, span.since)


@register.filter
def span_end(span: Span) -> str:
    return _span_time(span, span.until)


def _span_time(span: Span, timestamp: datetime | None) -> str:
    if timestamp is None:
        return ""
    is_one_day = bool(span.since and span.until) and timezone.localdate(span.since) == timezone.localdate(span.until)
    return format_moment(timestamp) if is_one_day else day(timestamp)


@register.filter
def commit_url(commit: str, site: SitePresentation) -> str:
    """Return the address of an imported commit, or "" if that of the repository is not known."""
    return recordings.commit_url(commit, site.settings.documentation_tracker)


@register.filter
def iso(timestamp: datetime) -> str:
    """Format a timestamp for a `datetime` attribute: to the second, with the site's UTC offset (RFC 3339)."""
    return timezone.localtime(timestamp).replace(microsecond=0).isoformat()


@register.filter
def iso_day(timestamp: datetime) -> str:
    """Format the day of a timestamp in the site's time zone for a date input (ISO 8601)."""
    return timezone.localdate(timestamp).isoformat()


@register.filter
def cleaned_html(body: RenderedBody | ComparisonCell) -> SafeString:
    """Mark rendered HTML as safe. Only these two types can pass, because their HTML has been cleaned.

    Raises TypeError for anything else.
    """
    if not isinstance(body, (RenderedBody, ComparisonCell)):
        raise TypeError("Only rendered bodies and comparison cells may be written to a page unescaped.")
    return SafeString(body.html)


@register.filter
def json_ld(data: dict) -> SafeString:
    """Return a JSON-LD script element: a data block that browsers do not run (HTML Standard, section 4.12.1)."""
    payload = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(JSON_LD_ESCAPES)
    return SafeString(f'<script type="application/ld+json">{payload}</script>')


@register.filter
def change_label(kind: str) -> str:
    return str(CHANGE_LABELS[kind])


@register.filter
def row_label(kind: str) -> str:
    """Return the label of a comparison row, by the row's kind."""
    return str(ROW_LABELS[kind])


@register.filter
def change_count(number: int, kind: str) -> str:
    """Return the number of changes of a kind with the kind's name in the right plural."""
    labels = {
        "addition": lambda: ngettext("%(number)d addition", "%(number)d additions", number),
        "removal": lambda: ngettext("%(number)d removal", "%(number)d removals", number),
        "replacement": lambda: ngettext("%(number)d replacement", "%(number)d replacements", number),
        "numbering": lambda: ngettext("%(number)d change of numbering", "%(number)d changes of numbering", number),
        "move": lambda: ngettext("%(number)d moved passage", "%(number)d moved passages", number),
        "link target": lambda: ngettext("%(number)d changed link target", "%(number)d changed link targets", number),
        "picture": lambda: ngettext("%(number)d changed picture", "%(number)d changed pictures", number),
        "emphasis": lambda: ngettext("%(number)d change of emphasis", "%(number)d changes of emphasis", number),
        "heading level": lambda: ngettext(
            "%(number)d changed heading level", "%(number)d changed heading levels", number
        ),
        "line break": lambda: ngettext("%(number)d changed line break", "%(number)d changed line breaks", number),
        "structure": lambda: ngettext("%(number)d change of layout", "%(number)d changes of layout", number),
        "address": lambda: ngettext(
            "%(number)d changed address of a section", "%(number)d changed addresses of sections", number
        ),
        "invisible characters": lambda: ngettext(
            "%(number)d change of invisible characters", "%(number)d changes of invisible characters", number
        ),
    }
    return labels[kind]() % {"number": number}


@register.filter
def emphasis_name(elements: str) -> str:
    """Name the emphasis that HTML elements give, such as "bold and italic"; the elements are separated by spaces."""
    present = set(elements.split())
    names = [*(str(name) for element, name in EMPHASIS_NAMES.items() if element in present)]
    return join_list([*names, *sorted(present - EMPHASIS_NAMES.keys())]) or str(_("plain"))


@register.filter
def change_counts(counts: dict[str, int]) -> str:
    """Write the numbers of changes by kind as one list."""
    return join_list([change_count(number, kind) for kind, number in counts.items()])


def join_list(words: list[str]) -> str:
    """Join words as the interface's language does (CLDR), such as "bold and italic"."""
    return format_list(words, locale=to_locale(interface_language()))


@register.filter
def comparison_prefix(position: int) -> str:
    """Return the prefix that keeps ids unique where a page shows several comparisons of announced versions."""
    return f"announced-{position}-"
