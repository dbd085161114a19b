"""How readers are answered: the frame of a page, and the validators that let a browser keep it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import get_language, get_language_info

from pages.reading.page_reading import direction
from pages.reading.site_reading import SiteReading, read_site


def answer(request, template: str, context: dict, *, at: datetime, status: int = 200) -> HttpResponse:
    """Render a reader's page in the frame of the site."""
    language = get_language()
    site = read_site(language, at)
    frame = {"site": site, "language": language, "direction": direction(language)}
    response = render(request, template, {"language_links": home_links(), **frame, **context}, status=status)
    response.headers["Cache-Control"] = "no-cache"
    return with_last_modified(response, site, at) if status == 200 else response


def with_last_modified(response: HttpResponse, site: SiteReading, at: datetime) -> HttpResponse:
    """Say when the site last changed. The ETag is set further out, from the bytes that are sent.

    A change within the last second is left unsaid: the header counts in whole seconds, and a second change in the same
    one would be hidden by a 304 (RFC 9110, section 8.8.2.2).
    """
    if site.changed_at and at - site.changed_at >= timedelta(seconds=1):
        response.headers["Last-Modified"] = http_date(site.changed_at.timestamp())
    return response


def home_links() -> list[dict]:
    """Return the links to the home page in each served language."""
    return [{**language_link(code), "url": "/" if code == settings.LANGUAGE_CODE else f"/{code}/"} for code in served()]


def language_link(code: str) -> dict:
    """Return how a language names itself."""
    return {"code": code, "name": get_language_info(code)["name_local"], "direction": direction(code)}


def served() -> list[str]:
    """Return the codes of the served languages, the default first."""
    return list(dict(settings.LANGUAGES))


def now() -> datetime:
    """Return the moment of the request: the one place where the readers' door looks at the clock."""
    return timezone.now()
