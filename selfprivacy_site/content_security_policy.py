"""What a page may load (Content Security Policy Level 3): readers a stylesheet and pictures, editors scripts too."""

# No script runs on readers' pages, so nothing on them can connect; tools that look at a page from within it may.
READERS = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
EDITORS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def content_security_policy(get_response):
    """Set the policy of the part of the site that a request is for, unless the view has set a stricter one."""

    def middleware(request):
        response = get_response(request)
        policy = EDITORS if request.path_info.startswith("/admin/") else READERS
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware
