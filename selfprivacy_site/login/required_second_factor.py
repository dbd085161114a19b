"""Nobody passes who has yet to give a one-time code, or to set them up: asked once, in front of every view."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from selfprivacy_site.login.one_time_codes import GIVE_A_CODE, SET_UP, missing_step

STEPS = {GIVE_A_CODE: "one_time_code", SET_UP: "one_time_codes"}
ALWAYS_OPEN = {"admin:logout", "set_language"}


class RequireSecondFactor:
    """Lets a request whose user has a step to do reach that page, log-out and the language, nothing else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, options):
        """Answer in the view's place if a step is missing."""
        # Outside, requests have no cookies and so no user; to ask for one would vary readers' answers by cookie.
        if not request.path_info.startswith("/admin/"):
            return None
        request.missing_step = missing_step(request.user)
        if not request.missing_step:
            return None
        page = STEPS[request.missing_step]
        return None if request.resolver_match.view_name in ALWAYS_OPEN | {page} else refusal(request, reverse(page))


def refusal(request, page):
    """Lead a person who looks to the page of the step; tell one who sends something, perhaps by a script, in short."""
    if request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(f"{page}?{urlencode({'next': request.get_full_path()})}")
    sentence = _("You are not wholly logged in: your one-time code is missing. What you sent was not taken.")
    answer = HttpResponse(
        format_html('<p><strong>{}</strong> <a href="{}">{}</a></p>', sentence, page, _("Go on")), status=403
    )
    add_never_cache_headers(answer)
    return answer
