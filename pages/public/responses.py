"""How readers are answered: the frame of a page, and the validators that let a browser keep it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import get_language

from pages.languages import language_link, served_languages
from pages.models import Page
from pages.presentation.site_presentation import SitePresentation, base_context, read_site


def answer(
    request,
    template: str,
    context: dict,
    *,
    at: datetime,
    status: int = 200,
    noindex: bool = False,
    site: SitePresentation | None = None,
) -> HttpResponse:
    """Render a reader's page in the frame of the site, which is read here unless the view has read it."""
    language = get_language()
    site = site or read_site(language, at)
    frame = base_context(site, language, origin=origin(request), links=home_links(), noindex=noindex or status != 200)
    response = render(request, template, {**frame, **context}, status=status)
    response.headers["Cache-Control"] = "no-cache"
    if noindex:
        response.headers["X-Robots-Tag"] = "noindex"
    return with_last_modified(response, site, at) if status == 200 else response


def with_last_modified(response: HttpResponse, site: SitePresentation, at: datetime) -> HttpResponse:
    """Say when the site last changed. The ETag is set further out, from the bytes that are sent.

    A change within the last second is left unsaid: the header counts in whole seconds, and a second change in the same
    one would be hidden by a 304 (RFC 9110, section 8.8.2.2).
    """
    if site.changed_at and at - site.changed_at >= timedelta(seconds=1):
        response.headers["Last-Modified"] = http_date(site.changed_at.timestamp())
    return response


def origin(request) -> str:
    """Return the site's address for the world, without a slash at its end."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


def home_links() -> list[dict]:
    """Return the links to the home page in each served language."""
    return [
        {**language_link(code), "url": "/" if code == settings.LANGUAGE_CODE else f"/{code}/"}
        for code in served_languages()
    ]


def links_to(page: Page, door: str = "", languages=None) -> list[dict]:
    """Return the links to a door of a page in each served language; a language that has no text there is only named."""
    return [
        {
            **language_link(code),
            "url": f"{page.url_in(code)}{door}",
            "is_missing": languages is not None and code not in languages,
        }
        for code in served_languages()
    ]


def now() -> datetime:
    """Return the moment of the request: the one place where the readers' door looks at the clock."""
    return timezone.now()
