"""The language of a request: from the path alone for readers, the editor's own choice under /admin/."""

from django.conf import settings
from django.utils import translation


def language_of_the_path(get_response):
    """Activate the request's language. Django's LocaleMiddleware would ask a reader's cookie and browser too."""

    def middleware(request):
        if request.path_info.startswith("/admin/"):
            language = translation.get_language_from_request(request)
        else:
            # Django would also take /ru-hosting/ for Russian.
            first = request.path_info[1:].partition("/")[0]
            language = first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response

    return middleware
