"""Why a submission was not saved, and the answer to a script that saves in the background: the form stays open."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

LOGGED_OUT, STALE_TOKEN, FORBIDDEN = "logged out", "stale token", "forbidden"
DELETED, CHANGED, UNREADABLE, OUTAGE = "deleted", "changed", "unreadable", "outage"
MESSAGES = {
    LOGGED_OUT: _("You are no longer logged in. Log in in another tab, come back here and try again."),
    STALE_TOKEN: _("You have logged in again since you opened the form. Try again."),
    FORBIDDEN: _("You no longer have permission to do this. Copy your text, and ask the administrator of the site."),
    DELETED: _("This page no longer exists: somebody deleted it. Copy your text to use it elsewhere."),
    CHANGED: _(
        "What this form is about is no longer there: it was removed after you opened the form, or by sending this form "
        "before. See the history of the page."
    ),
    UNREADABLE: _("The text is too large, or was damaged on its way to the site. Copy it, and save less at once."),
    OUTAGE: _("The database of the site does not answer or cannot be written. Wait a moment and try again."),
}


def wants_json(request) -> bool:
    """Tell whether the request comes from a script that shows the answer itself."""
    # Without an Accept header this is HTML, the type that comes first.
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def refused_save(request, reason: str, *, status: int) -> HttpResponse:
    """Answer with the reason and a sentence, and if a login has rotated the CSRF token, with the new one."""
    payload = {"reason": reason, "message": str(MESSAGES[reason])}
    if reason == LOGGED_OUT:
        payload["login_url"] = reverse("admin:login")
    if reason == STALE_TOKEN:
        payload["token"] = get_token(request)
    response = JsonResponse(payload, status=status)
    add_never_cache_headers(response)
    return response
