"""WSGI middleware that adds security headers to every response, whichever layer behind it made the response."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

DISABLED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "interest-cohort", "local-fonts",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip

CONTENT_SECURITY_POLICY = (
    "Content-Security-Policy",
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
)
STRICT_TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in DISABLED_FEATURES)),
)


class SecurityHeaders:
    """Adds the security headers that a response does not set itself."""

    def __init__(self, application: WSGIApplication, https: bool) -> None:
        self.application = application
        self.headers = (*SECURITY_HEADERS, STRICT_TRANSPORT_SECURITY) if https else SECURITY_HEADERS
        self.headers_with_policy = (*self.headers, CONTENT_SECURITY_POLICY)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start_with_security_headers(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, [*headers, *self.missing_headers(status, headers)], *exc_info)

        return self.application(environ, start_with_security_headers)

    def missing_headers(self, status: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the security headers to add to a response with this status and these headers."""
        # The headers of a 304 replace those of the stored response (RFC 9111, section 3.2). This fallback policy would
        # replace the page's own one and block its stylesheet.
        required = self.headers if status.startswith("304") else self.headers_with_policy
        names = {name.lower() for name, _ in headers}
        return [(name, value) for name, value in required if name.lower() not in names]
