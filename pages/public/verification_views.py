"""How to check the site: an explanation for readers, and the script that checks the site from outside."""

from functools import cache
from hashlib import sha256

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language

from pages.presentation.site_presentation import is_page_at, read_site
from pages.presentation.site_state import SiteState
from pages.public import views
from pages.public.redirects import redirect_old_address
from pages.public.responses import home_links, render_page, with_last_modified

# The only copy: the documentation links to it too.
SCRIPT = settings.BASE_DIR / "docs" / "check_history.py"


def verify(request, state, path):
    """Explain how to check the site.

    A page that has had this address since before the site used it, or had it once, takes precedence.
    """
    if is_page_at(path, state):
        return views.page(request, state, path)
    return redirect_old_address(request, state) or _explanation(request, path, state)


def _explanation(request, path: str, state: SiteState) -> HttpResponse:
    site = read_site(get_language(), state)
    context = {
        "language_links": [{**link, "url": f"{link['url']}{path}/"} for link in home_links()],
        "script_digest": sha256(read_script()).hexdigest(),
    }
    return render_page(request, "pages/verify.html", context, state, site=site)


def check_script(_request, state):
    """Return the script. Browsers show it as text, so that it can be read before it is run."""
    response = HttpResponse(read_script(), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return with_last_modified(response, state)


@cache
def read_script() -> bytes:
    return SCRIPT.read_bytes()
