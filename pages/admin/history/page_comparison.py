"""Any two states of one language of a page beside each other, drafts included, as readers see them or byte for byte."""

import re

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import register_converter, reverse
from django.urls.converters import StringConverter
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_view, writable_languages
from pages.models import Page
from pages.presentation.comparison.state_comparison import compare_states, languages_of
from pages.presentation.page_presentation import NothingToShow


class StateName(StringConverter):
    """A state of a text in an address: r12 (a revision), v3 (a version), draft or live. Absurd numbers are none."""

    regex = r"(?:r[1-9][0-9]{0,17}|v[1-9][0-9]{0,8}|draft|live)"


register_converter(StateName, "state")


def found(reader, *arguments):
    """Return what a reading function finds, or answer 404."""
    try:
        return reader(*arguments)
    except NothingToShow as nothing:
        raise Http404 from nothing


def compare(model_admin, request, page: Page, language: str, older: str, newer: str):
    """Show what differs, in the text or, if asked for, in the source bytes."""
    shown = found(compare_states, page, language, older, newer, timezone.now())
    context = {
        "shown": shown,
        "is_source": "source" in request.GET,
        "language": request.LANGUAGE_CODE,
        "writable": writable_languages(actor_of(request.user)),
    }
    return render_page_view(
        model_admin, request, page, "admin/pages/page/compare.html", title=_("What changed"), **context
    )


def choose(model_admin, request, page: Page):
    """Lead to the comparison of the two states that were marked in the history."""
    names = [request.GET.get(side, "") for side in ("older", "newer")]
    history = HttpResponseRedirect(reverse("admin:pages_page_history", args=[page.pk]))
    if not all(_is_state(name) for name in names):
        messages.warning(request, _("Mark two texts to compare, one in each column."))
        return history
    languages = _languages_of(page, names) or {request.GET.get("language") or page.source_language}
    if len(languages) > 1:
        messages.warning(request, _("These are texts in different languages: mark two of one language."))
        return history
    language = languages.pop()
    if language not in languages_of(page):
        raise Http404
    return HttpResponseRedirect(reverse("admin:pages_page_compare", args=[page.pk, language, *names]))


def _is_state(name: str) -> bool:
    return re.fullmatch(StateName.regex, name) is not None


def _languages_of(page: Page, names: list[str]) -> set[str]:
    """Return the languages of the revisions among the names; 404 for one that is not the page's."""
    keys = {int(name[1:]) for name in names if name.startswith("r")}
    rows = dict(page.revisions.filter(pk__in=keys).values_list("pk", "language"))
    if keys - set(rows):
        raise Http404
    return set(rows.values())


VIEWS = (
    PageView("compare/", "compare_marked", choose, can_view),
    PageView("compare/<slug:language>/<state:older>...<state:newer>/", "compare", compare, can_view),
)
