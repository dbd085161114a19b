"""Readers' views of one page, and of the site as a whole."""

from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from pages.models import Picture, SiteCounter
from pages.models.picture import CONTENT_TYPES
from pages.presentation.navigation import read_navigation
from pages.presentation.page_lists import page_history, printed_pages, public_pages
from pages.presentation.page_presentation import (
    NothingToShow,
    PagePresentation,
    read_in_force,
    read_numbered,
    read_source,
)
from pages.presentation.public_tree import read_tree
from pages.presentation.recordings import read_recordings
from pages.presentation.redactions import has_redacted_pictures
from pages.presentation.site_presentation import SitePresentation, read_site
from pages.presentation.withdrawals import past_withdrawals, read_withdrawal_in_effect
from pages.public.machine_readable.link_headers import add_version_links
from pages.public.machine_readable.mementos import add_memento_headers, add_memento_links
from pages.public.machine_readable.structured_data import structured_data
from pages.public.public_view import end_with_the_day
from pages.public.responses import (
    IS_BAKED,
    home_links,
    language_links,
    origin,
    redacted_response,
    render_page,
    with_last_modified,
)
from selfprivacy_site.wsgi_middleware.cached_answers import REPR_DIGEST, repr_digest


def home(request, state, results_page=None):
    """Show the text of the home page, if it has one, and the public pages, in pages of results without that text."""
    language = get_language()
    site, listed = read_site(language, state), public_pages(language, state, results_page)
    if results_page:
        if results_page == 1 or results_page != listed.page_obj.number:
            raise Http404
        links = [{**link, "url": f"{link['url']}list.{results_page}/"} for link in home_links()]
        return render_page(request, "pages/home.html", {"listed": listed, "language_links": links}, state, site=site)
    try:
        presentation = read_in_force("", language, state)
    except NothingToShow:
        # No home page, or a withdrawn one: the list of pages stays available.
        return render_page(request, "pages/home.html", {"listed": listed}, state, site=site)
    context = {**_page_context(request, presentation, site), "listed": listed}
    response = render_page(request, "pages/home.html", context, state, site=site)
    add_memento_links(request, response, presentation)
    return response


def page(request, state, path):
    """Show the version in force."""
    presentation = read_in_force(path, get_language(), state)
    site = read_site(get_language(), state)
    context = {
        **_page_context(request, presentation, site),
        "navigation": read_navigation(presentation.page.pk, get_language(), state),
        "changes_at": read_tree(state).statuses[presentation.page.pk].changes_at,
    }
    response = render_page(request, "pages/page.html", context, state, site=site)
    add_version_links(response, presentation, state)
    add_memento_links(request, response, presentation)
    return response


def version(request, state, path, number, language=None):
    """Show one version at its permanent URL, with a banner that says when it was in force.

    The text is in `language` if that is given, else in the language of the site around it.
    """
    presentation = read_numbered(path, number, language or get_language(), state)
    context = {
        "presentation": presentation,
        "withdrawal": read_withdrawal_in_effect(presentation.page, get_language(), state),
        "past_withdrawals": past_withdrawals(presentation, get_language()),
        "page_status": read_tree(state).statuses[presentation.page.pk],
        "has_redacted_pictures": has_redacted_pictures(presentation.text.pictures),
        "recording": read_recordings([presentation.version.pk]).get(presentation.version.pk),
        "language_links": language_links(presentation.page, f"v/{number}/", presentation.languages),
    }
    # Search engines should find the version in force, not this one.
    response = render_page(request, "pages/version.html", context, state, noindex=True)
    add_version_links(response, presentation, state, is_numbered=True)
    add_memento_headers(request, response, presentation, state)
    return response


def history(request, state, path, results_page=None):
    """Show the public versions of a page, in pages of results. The first has no number in its address."""
    shown = page_history(path, get_language(), state, results_page or request.GET.get("page"))
    if results_page and (results_page == 1 or results_page != shown.page_obj.number):
        raise Http404
    context = {
        "history": shown,
        "withdrawal": shown.withdrawal,
        "page_status": read_tree(state).statuses[shown.page.pk],
        "language_links": language_links(shown.page, f"history/{results_page}/" if results_page else "history/"),
    }
    return render_page(request, "pages/history.html", context, state, noindex=True)


def print_view(request, state, path):
    """Show a page and all pages below it in one document for printing."""
    printed = printed_pages(path, get_language(), state)
    links = language_links(printed[0].presentation.page, "_print/")
    context = {"printed_pages": printed, "language_links": links, "today": state.at}
    response = render_page(request, "pages/print.html", context, state, noindex=True)
    # A document from the server says which day it shows.
    return response if IS_BAKED in request.META else end_with_the_day(response, state)


def source(request, state, path, number=None, language=None):
    """Return the source bytes of the text in force, or of a version's text, in the language of the URL only."""
    language = language or get_language()
    content = read_source(path, number, language, state)
    # The bytes of another language would pass for a translation.
    if content is None:
        raise Http404(_("There is no text in this language."))
    response = HttpResponse(content, content_type="text/markdown; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = language
    response.headers[REPR_DIGEST] = repr_digest(content)
    return with_last_modified(response, state)


def picture(request, _state, digest):
    """Return a picture. Browsers may cache it for ever because its URL contains the digest of its content."""
    row = get_object_or_404(Picture.objects.public(digest).select_related("blob"))
    if row.blob.is_redacted:
        return redacted_response()
    response = HttpResponse(row.content, content_type=CONTENT_TYPES[row.extension])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # An SVG opened on its own must not run the scripts in it.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@csrf_exempt
@require_safe
def health(request):
    """Answer that the process is alive, without a query."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_safe
def ready(request):
    """Answer whether the database can be reached and has its tables."""
    try:
        SiteCounter.objects.exists()
    # In Django, as in PEP 249, an InterfaceError (a lost connection) is not a DatabaseError.
    except (DatabaseError, InterfaceError):
        return HttpResponse("unavailable\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def _page_context(request, presentation: PagePresentation, site: SitePresentation) -> dict:
    return {
        "presentation": presentation,
        "language_links": language_links(presentation.page, languages=presentation.languages),
        "structured": structured_data(
            presentation, root=origin(request), publisher=site.name.text, licence_url=site.settings.licence_url
        ),
    }
