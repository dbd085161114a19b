"""The comparison of two states of a page's text in one language, drafts included: as rendered, or as source."""

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


class StateNameConverter(StringConverter):
    """A state of a text: r12 (a revision), v3 (a version), draft, or live (the version in force)."""

    # The number of digits is limited, because the database refuses larger integers.
    regex = r"(?:r[1-9][0-9]{0,17}|v[1-9][0-9]{0,8}|draft|live)"


register_converter(StateNameConverter, "state")


def call_or_404(function, *args):
    """Call a function of `pages.presentation`, and turn NothingToShow into a 404."""
    try:
        return function(*args)
    except NothingToShow as error:
        raise Http404 from error


def compare_view(model_admin, request, page: Page, language: str, older: str, newer: str):
    """Compare the rendered texts; with `?source` in the URL, the source bytes."""
    context = {
        "shown": call_or_404(compare_states, page, language, older, newer, timezone.now()),
        "shows_source": "source" in request.GET,
        "language": request.LANGUAGE_CODE,
        "writable_languages": writable_languages(actor_of(request.user)),
    }
    template = "admin/pages/page/compare.html"
    return render_page_view(model_admin, request, page, template, title=_("What changed"), **context)


def compare_selected_view(model_admin, request, page: Page):
    """Redirect to the comparison of the two states that were selected in the history."""
    names = [request.GET.get(side, "") for side in ("older", "newer")]
    history = HttpResponseRedirect(reverse("admin:pages_page_history", args=[page.pk]))
    if not all(_is_state_name(name) for name in names):
        messages.warning(request, _("Select two texts to compare, one in each column."))
        return history
    languages = _revision_languages(page, names) or {request.GET.get("language") or page.source_language}
    if len(languages) > 1:
        messages.warning(request, _("These texts are in different languages: select two texts in one language."))
        return history
    language = languages.pop()
    if language not in languages_of(page):
        raise Http404
    return HttpResponseRedirect(reverse("admin:pages_page_compare", args=[page.pk, language, *names]))


def _is_state_name(name: str) -> bool:
    return re.fullmatch(StateNameConverter.regex, name) is not None


def _revision_languages(page: Page, names: list[str]) -> set[str]:
    """Return the languages of the revisions among the names. Raise Http404 if one belongs to another page."""
    keys = {int(name[1:]) for name in names if name.startswith("r")}
    languages = dict(page.revisions.filter(pk__in=keys).values_list("pk", "language"))
    if keys - set(languages):
        raise Http404
    return set(languages.values())


VIEWS = (
    PageView("compare/", "compare_selected", compare_selected_view, can_view),
    PageView("compare/<slug:language>/<state:older>...<state:newer>/", "compare", compare_view, can_view),
)
