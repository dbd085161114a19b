"""Middleware that blocks the admin until the one-time code is verified, or set up where it is required."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from selfprivacy_site.login.one_time_codes import missing_login_step

ALWAYS_ALLOWED = {"admin:logout", "set_language"}


class RequireSecondFactor:
    """While a login step is missing, allows only the page of that step, logging out and choosing a language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        # Outside the admin nobody is logged in. Reading request.user there would add "Vary: Cookie" to public pages.
        if not request.path_info.startswith("/admin/"):
            return None
        request.missing_login_step = missing_login_step(request.user)
        if not request.missing_login_step:
            return None
        if request.resolver_match.view_name in {request.missing_login_step, *ALWAYS_ALLOWED}:
            return None
        return deny(request, reverse(request.missing_login_step))


def deny(request, step_url):
    """Redirect GET and HEAD requests to the missing step; answer others with a short 403, which scripts can show."""
    if request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(f"{step_url}?{urlencode({'next': request.get_full_path()})}")
    message = _("Enter a one-time code to finish logging in. Your input was not saved.")
    response = HttpResponse(
        format_html('<p><strong>{}</strong> <a href="{}">{}</a></p>', message, step_url, _("Continue")), status=403
    )
    add_never_cache_headers(response)
    return response
