import sys

import pytest

from selfprivacy_site.wsgi_middleware.security_headers import SecurityHeaders

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}


def sent_headers(status="200 OK", headers=(), *, https=False):
    """Return the headers that the middleware sends for a response, as pairs."""
    started = []

    def application(environ, start_response):
        start_response(status, list(headers))
        return [b"text"]

    SecurityHeaders(application, https)({}, lambda status, headers: started.extend(headers))
    return started


@pytest.mark.parametrize("status", ["200 OK", "301 Moved Permanently", "404 Not Found", "500 Internal Server Error"])
@pytest.mark.parametrize(("name", "value"), EXPECTED.items(), ids=EXPECTED)
def test_security_headers_are_sent_with_every_status(name, value, status):
    assert (name, value) in sent_headers(status)


@pytest.mark.parametrize("feature", ["browsing-topics", "camera", "geolocation", "interest-cohort", "microphone"])
def test_security_headers_disable_browser_features(feature):
    assert f"{feature}=()" in dict(sent_headers())["Permissions-Policy"].split(", ")


@pytest.mark.parametrize("spelling", [str, str.lower, str.upper], ids=["usual", "lower", "upper"])
@pytest.mark.parametrize("name", [*EXPECTED, "Permissions-Policy", "Strict-Transport-Security"])
def test_security_headers_do_not_override_the_response(name, spelling):
    headers = sent_headers(headers=[(spelling(name), "its own")], https=True)
    assert [value for present, value in headers if present.lower() == name.lower()] == ["its own"]


def test_security_headers_follow_the_headers_of_the_response_in_order():
    own = [("Content-Type", "text/html"), ("Link", "</a>"), ("Link", "</b>")]
    assert sent_headers(headers=own)[:3] == own


def test_hsts_is_sent_only_by_a_site_with_https():
    assert dict(sent_headers(https=True))["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in dict(sent_headers(https=False))


def test_304_does_not_replace_the_stored_content_security_policy():
    names = set(dict(sent_headers("304 Not Modified", https=True)))
    assert names == {*EXPECTED, "Permissions-Policy", "Strict-Transport-Security"} - {"Content-Security-Policy"}


def test_error_that_replaces_a_started_response_gets_the_security_headers():
    started = []

    def application(environ, start_response):
        start_response("200 OK", [])
        try:
            raise LookupError("The text is gone.")
        except LookupError:
            start_response("500 Internal Server Error", [], sys.exc_info())
        return [b""]

    SecurityHeaders(application, https=False)({}, lambda *arguments: started.append(arguments))
    status, headers, (kind, error, _) = started[1]
    assert (status, kind, str(error)) == ("500 Internal Server Error", LookupError, "The text is gone.")
    assert set(EXPECTED) < set(dict(headers))


def test_write_callable_of_the_server_is_passed_on():
    written = []

    def application(environ, start_response):
        start_response("200 OK", [])(b"text")
        return []

    SecurityHeaders(application, https=False)({}, lambda status, headers: written.append)
    assert written == [b"text"]


def test_body_is_passed_on_unchanged():
    body = [b"text"]
    assert SecurityHeaders(lambda environ, start_response: body, https=False)({}, None) is body


def test_header_list_of_the_application_is_not_changed():
    own = [("Content-Type", "text/html")]

    def application(environ, start_response):
        start_response("200 OK", own)
        return []

    SecurityHeaders(application, https=False)({}, lambda status, headers: None)
    assert own == [("Content-Type", "text/html")]
