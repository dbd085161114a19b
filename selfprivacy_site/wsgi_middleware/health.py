"""WSGI middleware that answers the probes of process managers and load balancers, for any Host and any scheme."""

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class HealthChecks:
    """Answers /healthz (the process is alive) and /readyz (the database answers) in front of the application."""

    def __init__(self, application: WSGIApplication, is_ready: Callable[[], bool]) -> None:
        self.application = application
        self.checks = {"/healthz": lambda: True, "/readyz": is_ready}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        check = self.checks.get(environ["PATH_INFO"])
        if check is None or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self.application(environ, start_response)
        status, body = ("200 OK", b"ok\n") if check() else ("503 Service Unavailable", b"unavailable\n")
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response(status, [*headers, ("Cache-Control", "no-store")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
