"""Middleware that sets the Content Security Policy (Level 3) of public pages and of the admin."""

# Public pages run no script that could connect; connect-src 'self' is for tools that inspect a page from within it.
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
