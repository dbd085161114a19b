"""WSGI middleware in front of Django: what must hold for every request and response, whatever produces the response.

It must not import `pages`, the settings or Django: it takes its options as arguments. It writes no access log. The
response cache is outermost: what it holds are complete answers, and it reads no client address.
"""

from wsgiref.types import WSGIApplication

from selfprivacy_site.wsgi_middleware.ip_anonymisation import IPAnonymisation
from selfprivacy_site.wsgi_middleware.request_bodies import RequestBodies
from selfprivacy_site.wsgi_middleware.security_headers import SecurityHeaders


def wrap_application(application: WSGIApplication, *, proxies: int, https: bool, threads: int) -> WSGIApplication:
    """Wrap an application in the middleware.

    `proxies` is the number of trusted reverse proxies; `https` says whether browsers must use HTTPS (HSTS);
    `threads` is the number of threads in which a server process calls the application.
    """
    return SecurityHeaders(IPAnonymisation(RequestBodies(application, threads), proxies), https)
