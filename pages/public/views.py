"""Readers' views of one text: glue between an address, what `presentation` says, and a template."""

from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pages.models import Picture, SiteCounter
from pages.models.picture import CONTENT_TYPES
from pages.presentation.navigation import read_navigation
from pages.presentation.page_lists import page_history, printed_pages, public_pages
from pages.presentation.page_presentation import (
    NothingToShow,
    PagePresentation,
    Withdrawn,
    read_in_force,
    read_numbered,
)
from pages.presentation.site_presentation import SitePresentation, read_site
from pages.presentation.withdrawals import withdrawal_at
from pages.public.machine_readable.link_headers import add_version_links
from pages.public.machine_readable.structured_data import structured_data
from pages.public.responses import answer, links_to, now, origin, with_last_modified


@require_safe
def home(request):
    """Show the home page's own text, if it has one, and the published pages."""
    at, language = now(), get_language()
    site = read_site(language, at)
    try:
        context = _page_context(request, read_in_force("", language, at), site)
    except NothingToShow:
        context = {}
    pages = [listed for listed in public_pages(language, at) if listed.page.path]
    return answer(request, "pages/home.html", {**context, "pages": pages}, at=at, site=site)


@require_safe
def page(request, path):
    """Show the version in force."""
    at = now()
    presentation = found(read_in_force, path, get_language(), at)
    upcoming = presentation.page.versions.upcoming(at).order_by("effective_at").first()
    site = read_site(get_language(), at)
    context = {
        **_page_context(request, presentation, site),
        "navigation": read_navigation(presentation.page, get_language(), at),
        "upcoming": upcoming,
    }
    response = answer(request, "pages/page.html", context, at=at, site=site)
    add_version_links(response, presentation, at=at)
    return response


@require_safe
def numbered_version(request, path, number):
    """Show one version for ever, with a banner that says when it was in force."""
    at = now()
    presentation = found(read_numbered, path, number, get_language(), at)
    links = links_to(presentation.page, f"v/{number}/", presentation.languages)
    withdrawal = withdrawal_at(presentation.page, get_language(), at)
    context = {"presentation": presentation, "language_links": links, "withdrawal": withdrawal}
    response = answer(request, "pages/version.html", context, at=at, noindex=True)
    add_version_links(response, presentation, at=at, is_numbered=True)
    return response


@require_safe
def history(request, path):
    """Show every version that readers may know of, a sheet at a time."""
    at = now()
    listed = found(page_history, path, get_language(), at, request.GET.get("page"))
    context = {
        "history": listed,
        "withdrawal": listed.withdrawal,
        "language_links": links_to(listed.page, "history/"),
    }
    return answer(request, "pages/history.html", context, at=at, noindex=True)


@require_safe
def printed(request, path):
    """Show a page and all below it on one sheet, for paper."""
    at = now()
    printed = found(printed_pages, path, get_language(), at)
    context = {"printed_pages": printed, "language_links": links_to(printed[0].presentation.page, "_print/")}
    return answer(request, "pages/print.html", context, at=at, noindex=True)


@require_safe
def source_in_force(request, path):
    """Answer with the exact bytes of the text in force in the language of the address."""
    at = now()
    return _source(found(read_in_force, path, get_language(), at), at)


@require_safe
def source_of_version(request, path, number):
    """Answer with the exact bytes of a version's text in the language of the address."""
    at = now()
    return _source(found(read_numbered, path, number, get_language(), at), at)


@require_safe
def picture(request, digest):
    """Answer with a picture. Its address names its content, so that a browser may keep it for ever."""
    row = get_object_or_404(Picture.objects.public(digest))
    response = HttpResponse(bytes(row.content), content_type=CONTENT_TYPES[row.extension])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # An SVG that is opened by itself must not run what it contains.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def health(request):
    """Say that the process answers; the database is not asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def ready(request):
    """Say whether the database answers, its tables standing."""
    try:
        SiteCounter.objects.exists()
    except (DatabaseError, InterfaceError):
        return HttpResponse("unavailable\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def found(reader, *arguments):
    """Return what a reading function finds, or answer 404; for a withdrawn page, the addresses answer 410."""
    try:
        return reader(*arguments)
    except Withdrawn:
        raise
    except NothingToShow as nothing:
        raise Http404 from nothing


def _page_context(request, presentation: PagePresentation, site: SitePresentation) -> dict:
    return {
        "presentation": presentation,
        "language_links": links_to(presentation.page, languages=presentation.languages),
        "structured": structured_data(presentation, root=origin(request), licence_url=site.settings.licence_url),
    }


def _source(presentation: PagePresentation, at) -> HttpResponse:
    if presentation.is_fallback:
        raise Http404(_("There is no text in this language."))
    response = HttpResponse(bytes(presentation.text.revision.source), content_type="text/markdown; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return with_last_modified(response, read_site(presentation.language, at), at)
