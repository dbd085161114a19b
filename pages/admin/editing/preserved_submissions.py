"""What was sent and not taken is shown and kept, whatever the reason: an expired login, a lost right, a lost page.

Only for the forms of this app, and only for what came from this very site: a foreign page must not get anything shown
here, and a password is never repeated.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.http import UnreadablePostError
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import csrf

from pages.admin.editing.language_tabs import language_attributes, language_title
from pages.languages import served_languages
from pages.models.page import text_field

LOGGED_OUT, STALE, REFUSED, GONE, UNREADABLE = "logged out", "stale", "refused", "gone", "unreadable"
_REASONS = {
    LOGGED_OUT: gettext_lazy(
        "You are not logged in any more, so it was not saved. Log in in another tab, come back here and send it again."
    ),
    STALE: gettext_lazy(
        "You have logged in anew since you opened the form, so it was not saved. Send it again: it is all below."
    ),
    REFUSED: gettext_lazy(
        "Your account may not do this, so it was not saved. Keep your text, and ask whoever looks after the rights."
    ),
    GONE: gettext_lazy(
        "What you were working on is not there any more: somebody has deleted it. Keep your text, and use it elsewhere."
    ),
    UNREADABLE: gettext_lazy(
        "What was sent is too large or damaged, so it was not saved. Go back in your browser: your text is still in "
        "the form. Copy it, and send less at once."
    ),
}
_TEXTS = {
    "title": gettext_lazy("Title"),
    "link_title": gettext_lazy("Link title"),
    "description": gettext_lazy("Description"),
    "body": pgettext_lazy("the body of a page", "Text"),
    "note": gettext_lazy("Describe the change for readers"),
    "reason": gettext_lazy("Reason"),
}


@dataclass(frozen=True)
class SubmittedText:
    """A text as it was sent."""

    name: str
    label: str
    text: str
    attributes: dict[str, str]

    @property
    def rows(self) -> int:
        """Return how high its field has to be."""
        return min(20, 1 + self.text.count("\n") + len(self.text) // 80)


class PreserveSubmissions:
    """Stands right in front of the views: where a form was sent in vain, it answers with what was sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Look at what became of a form that was sent."""
        request.view_answered = False
        response = self.get_response(request)
        if request.method != "POST" or not _is_our_form(request) or hasattr(response, "is_rescue"):
            return response
        # A program asks for something else than a page, and reads the bare answer.
        if "text/html" not in request.headers.get("Accept", ""):
            return response
        reason = _reason(request, response)
        # The browser is led nowhere: here is what was sent, and 403 says that it was not taken.
        status = response.status_code if response.status_code >= 400 else 403
        return rescued(request, reason, status=status) if reason else response

    def process_view(self, request, view, arguments, options):
        """Note that nothing in front of the view has refused the form."""
        request.view_answered = True

    def process_exception(self, request, exception):
        """Note that the view has refused it without an answer of its own."""
        request.view_answered = False


def csrf_failure(request, reason=""):
    """Answer a form whose token is out of date: a login gives out a new one. What others send gets Django's refusal."""
    if request.method == "POST" and _is_our_form(request) and _is_from_here(request):
        return rescued(request, STALE if _is_inside(request) else LOGGED_OUT, status=403)
    response = csrf.csrf_failure(request, reason)
    response.is_rescue = True
    return response


def rescued(request, reason: str, *, status: int):
    """Show what was sent, in a form that sends it again."""
    sent = _sent(request)
    texts = _texts(sent)
    named = {text.name for text in texts}
    context = {
        **admin.site.each_context(request),
        "title": _("Not saved, and nothing is lost"),
        "reason": reason,
        "sentence": _REASONS[reason],
        "address": request.get_full_path(),
        "login_url": reverse("admin:login"),
        "texts": texts,
        "others": [(name, value) for name, values in sent.items() for value in values if name not in named],
        "has_files": bool(sent) and bool(request.FILES),
        "may_send_again": bool(sent) and reason in {LOGGED_OUT, STALE, REFUSED},
    }
    response = render(request, "admin/pages/preserved_submission.html", context, status=status)
    response.is_rescue = True
    add_never_cache_headers(response)
    return response


def _reason(request, response) -> str | None:
    if response.status_code == 302 and urlsplit(response.headers["Location"]).path == reverse("admin:login"):
        return LOGGED_OUT
    if request.view_answered:
        return None
    if response.status_code == 403:
        # The second step of the login, where there is one, stands in front of the views as well.
        return LOGGED_OUT if not _is_inside(request) else REFUSED
    return {404: GONE, 410: GONE, 400: UNREADABLE, 413: UNREADABLE}.get(response.status_code)


def _is_inside(request) -> bool:
    return admin.site.has_permission(request) and not getattr(request, "missing_login_step", None)


def _is_our_form(request) -> bool:
    match = request.resolver_match
    # What checks its token in the view has proven nothing yet in front of it: anybody could have sent it.
    if not match or getattr(match.func, "csrf_exempt", False):
        return False
    return match.namespace == "admin" and (match.url_name or "").startswith("pages_")


def _is_from_here(request) -> bool:
    """Tell whether the form was sent from a page of this very site (Fetch, section 3.2: browsers name its origin)."""
    origin = request.headers.get("Origin", "")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    return parts.scheme == request.scheme and split_domain_port(parts.netloc) == split_domain_port(request.get_host())


def _sent(request) -> dict[str, list[str]]:
    try:
        posted = request.POST
    except (SuspiciousOperation, UnreadablePostError):
        return {}
    return {name: posted.getlist(name) for name in posted if name != "csrfmiddlewaretoken"}


def _texts(sent) -> list[SubmittedText]:
    found = []
    for language in served_languages():
        for name, label in _TEXTS.items():
            column = text_field(name, language)
            if text := "".join(sent.get(column, [])[-1:]):
                label_of_both = f"{language_title(language)}: {label}"
                found.append(SubmittedText(column, label_of_both, text, language_attributes(language)))
    return found
