"""Shows a submitted form again if the request fails: an expired login, a missing permission, a deleted page, an outage.

This applies only to the forms of this app, so passwords are never shown, and only to requests from this site: otherwise
another site could place text into a page of the admin. A script that saves in the background keeps its form, so it gets
the reason as JSON.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, UnreadablePostError
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.middleware.csrf import get_token as csrf_token
from django.shortcuts import render
from django.template import loader
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import csrf

from pages.admin.refused_saves import (
    CHANGED,
    DELETED,
    FORBIDDEN,
    LOGGED_OUT,
    MESSAGES,
    OUTAGE,
    STALE_TOKEN,
    UNREADABLE,
    refused_save,
    wants_json,
)
from pages.languages import served_languages
from pages.models import Page
from pages.models.page import text_field
from pages.presentation.outages import RETRY_AFTER_SECONDS, is_outage, report_failed_change
from pages.text.fields import FIELDS

# The text fields that get a visible field; all other values are sent again from hidden fields.
_TEXT_LABELS = {
    **{declared.name: declared.label for declared in FIELDS},
    "note": gettext_lazy("Describe the change for readers"),
    "reason": gettext_lazy("Reason"),
}
# Texts without a language of their own.
_OTHER_LABELS = {
    "message": gettext_lazy("message"),
    "notice_reason": gettext_lazy("Reason"),
}
# Of the form that corrects the text in force, and the announced texts next to it.
_PREFIX = re.compile(r"^(?:force|announced\d+)_")


@dataclass(frozen=True)
class SubmittedText:
    """A text field of the submission."""

    name: str
    language: str
    label: str
    text: str

    @property
    def rows(self) -> int:
        # A line of the field shows about 80 characters.
        return min(20, 1 + self.text.count("\n") + len(self.text) // 80)


class PreserveSubmissions:
    """Middleware that replaces the response to a failed submission by a page that shows what was sent.

    It has to be the last in MIDDLEWARE. Then Django calls its `process_view` only if no other middleware has answered
    the request before the view.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.view_answered = False
        response = self.get_response(request)
        if request.method != "POST" or not _is_our_form(request):
            return response
        if not _is_answered(request) or hasattr(response, "preserves_submission"):
            return response
        # What failed the CSRF check can come from any site: only `csrf_failure` decides whether to show it.
        if response.status_code == 403 and not getattr(request, "csrf_processing_done", False):
            return response
        reason = _reason(request, response)
        # Instead of the redirect to the login, which would lose the submission.
        status = response.status_code if response.status_code >= 400 else 403
        return show_submission(request, reason, status=status) if reason else response

    def process_view(self, request, view, arguments, options):
        """Note that no other middleware answered the request."""
        request.view_answered = True

    def process_exception(self, request, exception):
        """Note that the view raised an exception, such as PermissionDenied or Http404, instead of answering.

        An outage of the database is answered here: the view was reached, so the submission comes from this site.
        """
        request.view_answered = False
        if is_outage(exception) and request.method == "POST" and _is_our_form(request) and _is_answered(request):
            report_failed_change(exception)
            return show_submission_in_outage(request)
        return None


def preserve_in_outage(get_response):
    """Middleware that also shows a submission if the database fails before the view, where the login is checked.

    It comes before all middleware that uses the database. Without the check of the token, the browser's Origin header
    says that the submission comes from this site.
    """

    def middleware(request):
        response = get_response(request)
        is_preserved = hasattr(response, "preserves_submission")
        if request.method != "POST" or response.status_code != 503 or is_preserved or not _is_answered(request):
            return response
        with suppress(Resolver404):
            request.resolver_match = request.resolver_match or resolve(request.path_info)
        is_from_here = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
        if is_from_here and _is_our_form(request):
            return show_submission_in_outage(request)
        return response

    return middleware


def csrf_failure(request, reason=""):
    """Show the submission if its CSRF token is out of date, as a login rotates the token.

    A request from another site gets Django's own response.
    """
    # Browsers send the Origin header with every POST (Fetch, section 3.2), and Django has compared it with the site's.
    origin = request.headers.get("Origin", "")
    is_same_origin = origin and reason != REASON_BAD_ORIGIN % origin
    if request.method == "POST" and _is_our_form(request) and is_same_origin:
        return show_submission(request, STALE_TOKEN if _is_logged_in(request) else LOGGED_OUT, status=403)
    return csrf.csrf_failure(request, reason)


def show_submission(request, reason: str, *, status: int):
    """Return a page with the submitted values, in a form that sends them again."""
    if wants_json(request):
        return refused_save(request, reason, status=status)
    context = {**admin.site.each_context(request), **_context(request, reason)}
    response = render(request, "admin/pages/preserved_submission.html", context, status=status)
    add_never_cache_headers(response)
    return response


def show_submission_in_outage(request) -> HttpResponse:
    """Return that page without a query, and therefore without the user and the navigation."""
    if wants_json(request):
        response = refused_save(request, OUTAGE, status=503)
        response.preserves_submission = True
        return response
    site = {"site_title": admin.site.site_title, "site_header": admin.site.site_header, "has_permission": False}
    context = {**site, **_context(request, OUTAGE), "csrf_token": csrf_token(request)}
    content = loader.get_template("admin/pages/preserved_submission.html").render(context)
    response = HttpResponse(content, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    response.preserves_submission = True
    add_never_cache_headers(response)
    return response


def _context(request, reason: str) -> dict:
    submitted = _submitted_values(request)
    texts = _submitted_texts(submitted)
    text_names = {text.name for text in texts}
    return {
        "title": _("Not saved: your text is below"),
        "reason": reason,
        "message": MESSAGES[reason],
        "address": request.get_full_path(),
        "login_url": reverse("admin:login"),
        "texts": texts,
        "hidden_values": [
            (name, value) for name, values in submitted.items() for value in values if name not in text_names
        ],
        "has_files": submitted and request.FILES,
        "can_resend": bool(submitted) and reason in {LOGGED_OUT, STALE_TOKEN, FORBIDDEN, OUTAGE},
    }


def _is_answered(request) -> bool:
    """Tell whether the response is for a person, or for the script that saves; other scripts get the original one."""
    return "text/html" in request.headers.get("Accept", "") or wants_json(request)


def _reason(request, response) -> str | None:
    if response.status_code == 302 and urlsplit(response.headers["Location"]).path == reverse("admin:login"):
        return LOGGED_OUT
    if request.view_answered:
        return None
    if response.status_code == 403:
        # The middleware that requires a second factor answers 403 until the one-time code is verified.
        return LOGGED_OUT if not _is_logged_in(request) else FORBIDDEN
    if response.status_code in {404, 410}:
        return CHANGED if _page_exists(request) else DELETED
    return {400: UNREADABLE, 413: UNREADABLE}.get(response.status_code)


def _page_exists(request) -> bool:
    """Tell whether the form is that of an operation on a page that exists."""
    key = request.resolver_match.kwargs.get("pk")
    return key is not None and Page.objects.filter(pk=key).exists()


def _is_logged_in(request) -> bool:
    return admin.site.has_permission(request) and not getattr(request, "missing_login_step", None)


def _is_our_form(request) -> bool:
    match = request.resolver_match
    # An exempt view checks the token itself. If it was not reached, the submission can come from any site.
    if not match or getattr(match.func, "csrf_exempt", False):
        return False
    # The answer for the script repeats no value, so it can be about the form of a user, with a password.
    prefixes = ("pages_", "auth_") if wants_json(request) else "pages_"
    return match.namespace == "admin" and (match.url_name or "").startswith(prefixes)


def _submitted_values(request) -> dict[str, list[str]]:
    try:
        posted = request.POST
    except (SuspiciousOperation, UnreadablePostError):
        # The body is larger than Django accepts, or the connection broke.
        return {}
    # The page that shows the submission has a new token.
    return {name: posted.getlist(name) for name in posted if name != "csrfmiddlewaretoken"}


def _submitted_texts(submitted) -> list[SubmittedText]:
    columns = _text_columns()
    prefixed = {name: _PREFIX.sub("", name) for name in submitted if _PREFIX.match(name)}
    columns |= {name: columns[column] for name, column in prefixed.items() if column in columns}
    # Like Django's QueryDict, use the last value of a repeated field.
    return [
        SubmittedText(name, language, capfirst(label), text)
        for name, (language, label) in columns.items()
        if (text := "".join(submitted.get(name, [])[-1:]))
    ]


def _text_columns() -> dict[str, tuple[str, str]]:
    """Return the language and the label of each text field by name; the language is "" if it can be any."""
    texts = {
        text_field(name, language): (language, label)
        for language in served_languages()
        for name, label in _TEXT_LABELS.items()
    }
    return texts | {name: ("", label) for name, label in _OTHER_LABELS.items()}
