"""Django middleware: the Content Security Policy, what other sites may read, cookies for editors only, the language."""

import re

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.middleware.common import CommonMiddleware
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import trans_real

from pages.languages import admin_languages

# In bytes. A login needs less than one kilobyte.
MAX_ANONYMOUS_BODY = 64 * 1024

# Policies of level 3. Public pages run no script that could connect; connect-src 'self' is for tools that inspect a
# page from within it.
PUBLIC_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
ADMIN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


# Documents for programs, and the pictures in them: scripts of other sites may read these.
SHARED = re.compile(r"/media/|(?!/admin/).*(?:\.(?:json|md|atom|zip)|/fragment\.html|/timemap/)\Z", re.DOTALL)
SHARING_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    # Beyond those that scripts may always read (Fetch, "CORS-safelisted response-header name").
    "Access-Control-Expose-Headers": "ETag, Link, Repr-Digest",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class SlashForEditorsMiddleware(CommonMiddleware):
    """Adds a missing slash to addresses of the admin only.

    Elsewhere `pages.public.redirects` does it, if there is something at the address with the slash.
    """

    def should_redirect_with_slash(self, request):
        is_admin = request.path_info == "/admin" or request.path_info.startswith("/admin/")
        return is_admin and super().should_redirect_with_slash(request)


def set_content_security_policy(get_response):
    """Set the policy of the admin or of public pages, unless the view has set its own."""

    def middleware(request):
        response = get_response(request)
        policy = ADMIN_POLICY if request.path_info.startswith("/admin/") else PUBLIC_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def share_documents(get_response):
    """Let other sites read the documents for programs. Comes before what answers 304, so that it also has the headers.

    A page of the error 404 is the same at all addresses.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code != 404 and SHARED.match(request.path_info):
            for name, value in SHARING_HEADERS.items():
                response.headers[name] = value
        return response

    return middleware


def drop_cookies_outside_admin(get_response):
    """Remove the Cookie header from requests for public pages, so that no other middleware or view can depend on it."""

    def middleware(request):
        if not request.path_info.startswith("/admin/"):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def refuse_large_anonymous_bodies(get_response):
    """Answer 413 to a large body, before anything reads it, unless its sender is logged in.

    Comes after the middleware that knows the user. A session that has ended by time counts as well: its editor gets the
    submitted text back, with a link to the login.
    """

    def middleware(request):
        is_large = int(request.META.get("CONTENT_LENGTH") or 0) > MAX_ANONYMOUS_BODY
        if is_large and not request.user.is_authenticated and not had_session(request):
            text = _(
                "You are not logged in, so this form was not read: it is larger than %(size)d KB. Log in in another "
                "tab, go back in your browser and send the form again."
            ) % {"size": MAX_ANONYMOUS_BODY // 1024}
            return HttpResponse(text, status=413, content_type="text/plain; charset=utf-8")
        return get_response(request)

    return middleware


def had_session(request):
    """Tell whether the request's session cookie belongs to a login that was not logged out, but may have expired."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    session = Session.objects.filter(session_key=key).first() if key else None
    return session is not None and SESSION_KEY in session.get_decoded()


def language_of_editor(request):
    """Return the language of the admin that the cookie asks for, else the browser, else the first one.

    Not get_language_from_request(), which knows all served languages, but not those that the admin is translated into.
    """
    browser = trans_real.parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    asked = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), *(code for code, _quality in browser)]
    # A browser that prefers pt-BR takes pt.
    codes = [code for language in asked for code in (language, language.partition("-")[0])]
    available = admin_languages()
    return next((code for code in codes if code in available), available[0])


def activate_request_language(get_response):
    """Activate the language of the path; under /admin/ the editor's cookie, else the browser's language.

    LocaleMiddleware would also ask the cookie and the browser on public pages, whose language is in the path only.
    """

    def middleware(request):
        if request.path_info.startswith("/admin/"):
            language = language_of_editor(request)
        else:
            # Not get_language_from_path(), which would also read /ru-hosting/ as Russian.
            prefix = request.path_info[1:].partition("/")[0]
            language = prefix if prefix in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response

    return middleware
