"""Cookies are the editors' alone: whatever a browser or a proxy sends along to a public page is not looked at."""


def readers_have_no_cookies(get_response):
    """Take the cookies out of every request outside the admin, so that no layer further in can answer them."""

    def middleware(request):
        if not request.path_info.startswith("/admin/"):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware
