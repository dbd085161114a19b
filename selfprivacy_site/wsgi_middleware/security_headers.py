"""Adds the security headers to every answer, whichever layer gave it. It must not know what an answer holds."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SWITCHED_OFF = (
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
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in SWITCHED_OFF)),
)


class SecurityHeaders:
    """Adds to each answer those of the headers that it has not set itself."""

    def __init__(self, application: WSGIApplication, https: bool) -> None:
        self.application = application
        self.without_content = (*ALWAYS, STRICT_TRANSPORT_SECURITY) if https else ALWAYS
        self.with_content = (*self.without_content, CONTENT_SECURITY_POLICY)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start_with_security_headers(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, [*headers, *self.missing(status, headers)], *exc_info)

        return self.application(environ, start_with_security_headers)

    def missing(self, status: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the security headers that an answer with this status and these headers lacks."""
        # The headers of a 304 replace those of the stored answer (RFC 9111, 3.2): this policy would take a page's
        # stylesheet away from a reader who comes back.
        wanted = self.without_content if status.startswith("304") else self.with_content
        names = {name.lower() for name, _ in headers}
        return [(name, value) for name, value in wanted if name.lower() not in names]
