"""Addresses in languages that the site no longer serves.

The texts of versions keep their permanent URLs. Other addresses lead to the same address in the default language.
Django's URL patterns know the served languages only, so the code of another one arrives as the first part of a path;
where a page has that path, the page is shown. Codes of MODELTRANSLATION_LANGUAGES are reserved slugs, but an imported
history can hold texts in any language.
"""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language

from pages.languages import served_languages
from pages.models import VersionText
from pages.presentation.site_presentation import VERIFY_PATH
from pages.presentation.site_state import SiteState
from pages.public import views

# The path of a page, and the name of the view, at the addresses that are not about one page.
OF_SITE = {("", "page"), ("", "feed"), (VERIFY_PATH, "page")}
TEXT_VIEWS = {"version": views.version, "version-source": views.source}


def answer_unserved(
    request, state: SiteState, path: str, number: int | None = None, **_arguments
) -> HttpResponse | None:
    """Answer a request for an address in a language that is not served; return None if no page had a text in it."""
    language, _slash, path = path.partition("/")
    view_name, texts = request.resolver_match.url_name, texts_in_unserved_language(language)
    # Without a path, these are the list of pages and the feed of the site.
    if (path, view_name) not in OF_SITE:
        texts = texts.filter(version__page__path=path)
    if not texts.exists():
        return None
    if view_name in TEXT_VIEWS and texts.filter(version__number=number).exists():
        return TEXT_VIEWS[view_name](request, state, path=path, number=number, language=language)
    return _redirect_to_default_language(request, language)


def texts_in_unserved_language(language: str):
    """Return the texts of all versions in a language; none if it is served, or if its code follows that of another."""
    is_after_another = get_language() != settings.LANGUAGE_CODE
    texts = VersionText.objects.filter(language=language)
    return texts.none() if language in served_languages() or is_after_another else texts


def _redirect_to_default_language(request, language: str) -> HttpResponse:
    response = HttpResponseRedirect(request.get_full_path().removeprefix(f"/{language}"))
    # The language may be served again.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
