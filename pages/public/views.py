"""Readers' views: glue between an address, what `reading` says, and a template."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pages.models import Picture
from pages.models.picture import CONTENT_TYPES
from pages.public.answers import answer, language_link, now, served, with_last_modified
from pages.reading.page_lists import page_history, public_pages
from pages.reading.page_reading import NothingToRead, PageReading, read_in_force, read_numbered
from pages.reading.site_reading import read_site


@require_safe
def home(request):
    """Show the published pages."""
    at = now()
    return answer(request, "pages/home.html", {"pages": public_pages(get_language(), at)}, at=at)


@require_safe
def page(request, path):
    """Show the version in force."""
    at = now()
    reading = _read(read_in_force, path, get_language(), at)
    return answer(request, "pages/page.html", _page_context(reading), at=at)


@require_safe
def numbered_version(request, path, number):
    """Show one version for ever, with a banner that says when it was in force."""
    at = now()
    reading = _read(read_numbered, path, number, get_language(), at)
    response = answer(request, "pages/version.html", _page_context(reading), at=at)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def history(request, path):
    """Show every version that readers may know of."""
    at = now()
    listed_page, versions = _read(page_history, path, get_language(), at)
    context = {
        "page": listed_page,
        "versions": versions,
        "title_text": versions[0].texts[0],
        "language_links": [{**language_link(code), "url": _history_url(listed_page, code)} for code in served()],
    }
    response = answer(request, "pages/history.html", context, at=at)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def source_in_force(request, path):
    """Answer with the exact bytes of the text in force in the language of the address."""
    at = now()
    return _source(_read(read_in_force, path, get_language(), at), at)


@require_safe
def source_of_version(request, path, number):
    """Answer with the exact bytes of a version's text in the language of the address."""
    at = now()
    return _source(_read(read_numbered, path, number, get_language(), at), at)


@require_safe
def picture(request, digest):
    """Answer with a picture. Its address names its content, so that a browser may keep it for ever."""
    found = get_object_or_404(Picture, digest=digest)
    response = HttpResponse(bytes(found.content), content_type=CONTENT_TYPES[found.extension])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # An SVG that is opened by itself must not run what it contains.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def health(request):
    """Say that the process answers; the database is not asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def _read(reader, *arguments):
    try:
        return reader(*arguments)
    except NothingToRead as nothing:
        raise Http404 from nothing


def _page_context(reading: PageReading) -> dict:
    links = [
        {**language_link(code), "url": reading.page.url_in(code), "is_missing": code not in reading.languages}
        for code in served()
    ]
    return {"reading": reading, "language_links": links}


def _history_url(listed_page, code: str) -> str:
    return f"{listed_page.url_in(code)}history/"


def _source(reading: PageReading, at) -> HttpResponse:
    if reading.is_fallback:
        raise Http404(_("There is no text in this language."))
    response = HttpResponse(bytes(reading.text.revision.source), content_type="text/markdown; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return with_last_modified(response, read_site(reading.language, at), at)
