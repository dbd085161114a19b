"""Readers' view of a page in two languages side by side."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import get_language

from pages.languages import served_languages
from pages.presentation.comparison.side_by_side import read_side_by_side
from pages.presentation.page_presentation import PagePresentation, read_in_force
from pages.presentation.site_presentation import is_page_at
from pages.presentation.site_state import SiteState
from pages.public import views
from pages.public.responses import language_links, redirect_for_now, render_page


def side_by_side(request, state, path, other):
    """Show the version in force in the language of the address, next to that in another language.

    A page that has had this address since before the site used it takes precedence.
    """
    own_path = f"{path}/with/{other}".lstrip("/")
    if is_page_at(own_path, state):
        return views.page(request, state, own_path)
    presentation = read_in_force(path, get_language(), state)
    if other == get_language():
        return redirect_for_now(presentation.page.get_absolute_url())
    readable = set(presentation.languages) & set(served_languages())
    missing = [code for code in (get_language(), other) if code not in readable]
    if missing:
        return _answer_missing(request, presentation, missing[0], state)
    shown = read_side_by_side(path, get_language(), other, state)
    context = {"shown": shown, "language_links": _links(presentation, other)}
    return render_page(request, "pages/side_by_side.html", context, state, noindex=True)


def _answer_missing(request, presentation: PagePresentation, missing: str, state: SiteState) -> HttpResponse:
    """Answer 404, and say that there is no text to show in a language, and in which others there is one."""
    if missing not in {*settings.MODELTRANSLATION_LANGUAGES, *presentation.languages}:
        raise Http404
    context = {
        "presentation": presentation,
        "missing": missing,
        # A text that was published when the language was served stays at its permanent address.
        "is_unserved": missing in presentation.languages,
        "missing_url": presentation.page.version_url(presentation.version.number, missing),
        "language_links": language_links(presentation.page, languages=presentation.languages),
    }
    return render_page(request, "pages/side_by_side_missing.html", context, state, status=404, noindex=True)


def _links(presentation: PagePresentation, other: str) -> list[dict]:
    """Return a link to the same two texts for each of their languages, and to others next to the language named."""
    links = language_links(presentation.page, languages=presentation.languages)
    second = dict.fromkeys(served_languages(), other) | {other: presentation.language}
    return [{**link, "url": f"{link['url']}with/{second[link['code']]}/"} for link in links]
