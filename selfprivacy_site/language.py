"""Middleware that activates the language of a request, in place of Django's LocaleMiddleware."""

from django.conf import settings
from django.utils import translation


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
