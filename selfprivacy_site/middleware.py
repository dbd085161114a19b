"""Django middleware: the Content Security Policy, cookies only in the admin, and the language of a request."""

from django.conf import settings
from django.utils import translation

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


def set_content_security_policy(get_response):
    """Set the policy of the admin or of public pages, unless the view has set its own."""

    def middleware(request):
        response = get_response(request)
        policy = ADMIN_POLICY if request.path_info.startswith("/admin/") else PUBLIC_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def drop_cookies_outside_admin(get_response):
    """Remove the Cookie header from requests for public pages, so that no other middleware or view can depend on it."""

    def middleware(request):
        if not request.path_info.startswith("/admin/"):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def activate_request_language(get_response):
    """Activate the language of the path; under /admin/ the editor's cookie, else the browser's language.

    LocaleMiddleware would also ask the cookie and the browser on public pages, whose language is in the path only.
    """

    def middleware(request):
        if request.path_info.startswith("/admin/"):
            language = translation.get_language_from_request(request)
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
