import pytest

from selfprivacy_site.wsgi_middleware.application_answers import ask
from selfprivacy_site.wsgi_middleware.health import HealthChecks


def application(_environ, start_response):
    start_response("404 Not Found", [])
    return [b"application"]


@pytest.mark.parametrize("is_ready", [True, False])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_probes_are_answered_for_any_host(is_ready, method):
    checks = HealthChecks(application, lambda: is_ready)
    environ = {"REQUEST_METHOD": method, "HTTP_HOST": "any"}
    alive, ready = (ask(checks, {**environ, "PATH_INFO": path}) for path in ("/healthz", "/readyz"))
    assert alive[0] == "200 OK"
    assert ready[0] == ("200 OK" if is_ready else "503 Service Unavailable")
    assert (alive[2], ready[2]) == (
        (b"", b"") if method == "HEAD" else (b"ok\n", b"ok\n" if is_ready else b"unavailable\n")
    )


@pytest.mark.parametrize(("method", "path"), [("POST", "/healthz"), ("GET", "/healthz/"), ("GET", "/policy/")])
def test_everything_else_is_passed_on(method, path):
    checks = HealthChecks(application, lambda: True)
    assert ask(checks, {"REQUEST_METHOD": method, "PATH_INFO": path})[2] == b"application"
