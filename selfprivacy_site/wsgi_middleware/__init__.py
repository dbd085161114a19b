"""The WSGI layers in front of the application: what must hold for every request and answer, whoever gives the answer.

The door must not know pages, settings or Django: it takes what it needs as arguments and uses the standard library
alone. It writes no access log. A response cache has its place between the cutting of addresses and the application:
it never sees a whole address, and what it answers gets the security headers too.
"""

from wsgiref.types import WSGIApplication

from selfprivacy_site.wsgi_middleware.ip_anonymisation import IPAnonymisation
from selfprivacy_site.wsgi_middleware.security_headers import SecurityHeaders


def wrap_application(application: WSGIApplication, *, proxies: int, https: bool) -> WSGIApplication:
    """Return the application behind its door, which trusts that many reverse proxies and, with https, insists on it."""
    return SecurityHeaders(IPAnonymisation(application, proxies), https)
