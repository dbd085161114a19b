"""Responses to readers: pages rendered into `base.html`, with the headers that let a browser revalidate them."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.languages import served_languages
from pages.models import Page
from pages.presentation.site_presentation import SitePresentation, base_context, read_site
from pages.presentation.site_state import SiteState

# A key of the WSGI environ, which no request can set: the page is for a static copy, without forms and links to what
# only the application can answer, and without what each publication on the site would change.
IS_BAKED = "selfprivacy_site.is_baked"


def render_page(
    request,
    template: str,
    context: dict,
    state: SiteState,
    *,
    status: int = 200,
    noindex: bool = False,
    site: SitePresentation | None = None,
) -> HttpResponse:
    """Render a template that extends `base.html`. Pass `site` if the view has read it already."""
    language = get_language()
    site = site or read_site(language, state)
    is_hidden = noindex or status != 200
    base = base_context(site, language, origin=origin(request), links=home_links(), noindex=is_hidden)
    # Without the request: no template needs what context processors would take from it.
    # What does not exist is the same page at each address.
    shown = {
        "is_baked": IS_BAKED in request.META,
        "address": f"{origin(request)}{request.path}" if status == 200 else "",
    }
    content = get_template(template).render({**base, **context, **shown})
    response = HttpResponse(content, status=status)
    # Browsers may store the page, but have to revalidate it for each use.
    response.headers["Cache-Control"] = "no-cache"
    if noindex:
        response.headers["X-Robots-Tag"] = "noindex"
    return with_last_modified(response, state) if status == 200 else response


def redirect_for_now(url: str) -> HttpResponse:
    """Redirect from an address that can lead elsewhere tomorrow."""
    response = HttpResponseRedirect(url)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def redacted_response() -> HttpResponse:
    """Answer 410 at the address of a file that was redacted, with the sentence that the pages around it show."""
    text = _("This was redacted: it was removed from this site for ever. Its SHA-256 digest stays in the log.")
    response = HttpResponse(f"{text}\n", status=410, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def with_last_modified(response: HttpResponse, state: SiteState) -> HttpResponse:
    """Set Last-Modified to the last change of the site. ConditionalGetMiddleware sets the ETag.

    The header is left out within a second of the change: it counts in whole seconds, so a 304 would hide another change
    in that second (RFC 9110, section 8.8.2.2).
    """
    changed_at = state.last_changed_at
    if changed_at and state.at - changed_at >= timedelta(seconds=1):
        response.headers["Last-Modified"] = http_date(changed_at.timestamp())
    return response


def origin(request) -> str:
    """Return the public origin of the site: scheme, host and port, without a slash at its end."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


def home_links() -> list[dict]:
    """Return a link to the home page in each served language."""
    return [
        {"code": code, "url": "/" if code == settings.LANGUAGE_CODE else f"/{code}/"} for code in served_languages()
    ]


def language_links(page: Page, suffix: str = "", languages=None) -> list[dict]:
    """Return a link to a URL below a page in each served language.

    `languages` are those that the page has a text in; the others are marked as missing.
    """
    return [
        {
            "code": code,
            "url": f"{page.url_in(code)}{suffix}",
            "is_missing": languages is not None and code not in languages,
        }
        for code in served_languages()
    ]
