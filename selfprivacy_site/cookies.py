"""Middleware that ignores cookies outside the admin."""


def drop_cookies_outside_admin(get_response):
    """Remove the Cookie header from requests for public pages, so that no other middleware or view can depend on it."""

    def middleware(request):
        if not request.path_info.startswith("/admin/"):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware
