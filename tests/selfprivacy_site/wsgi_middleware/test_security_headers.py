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


def headers_of(status="200 OK", headers=(), *, https=False):
    """Return, as pairs, the headers that leave the layer around an answer."""
    started = []

    def application(environ, start_response):
        start_response(status, list(headers))
        return [b"text"]

    SecurityHeaders(application, https)({}, lambda status, headers: started.extend(headers))
    return started


@pytest.mark.parametrize("status", ["200 OK", "301 Moved Permanently", "404 Not Found", "500 Internal Server Error"])
@pytest.mark.parametrize(("name", "value"), EXPECTED.items(), ids=EXPECTED)
def test_security_headers_are_on_an_answer_of_any_status(name, value, status):
    assert (name, value) in headers_of(status)


@pytest.mark.parametrize("feature", ["browsing-topics", "camera", "geolocation", "interest-cohort", "microphone"])
def test_security_headers_switch_off_what_a_policy_does_not_need(feature):
    assert f"{feature}=()" in dict(headers_of())["Permissions-Policy"].split(", ")


@pytest.mark.parametrize("spelling", [str, str.lower, str.upper], ids=["usual", "lower", "upper"])
@pytest.mark.parametrize("name", [*EXPECTED, "Permissions-Policy", "Strict-Transport-Security"])
def test_security_headers_keep_what_the_answer_has_set(name, spelling):
    headers = headers_of(headers=[(spelling(name), "its own")], https=True)
    assert [value for present, value in headers if present.lower() == name.lower()] == ["its own"]


def test_security_headers_keep_the_answers_own_headers_first_and_in_order():
    own = [("Content-Type", "text/html"), ("Link", "</a>"), ("Link", "</b>")]
    assert headers_of(headers=own)[:3] == own


def test_security_headers_insist_on_https_only_where_the_site_has_it():
    assert dict(headers_of(https=True))["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in dict(headers_of(https=False))


def test_security_headers_leave_the_stored_content_policy_alone_on_a_304():
    names = set(dict(headers_of("304 Not Modified", https=True)))
    assert names == {*EXPECTED, "Permissions-Policy", "Strict-Transport-Security"} - {"Content-Security-Policy"}


def test_security_headers_are_on_an_error_that_replaces_an_answer_begun():
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


def test_security_headers_hand_on_the_servers_write_callable():
    written = []

    def application(environ, start_response):
        start_response("200 OK", [])(b"text")
        return []

    SecurityHeaders(application, https=False)({}, lambda status, headers: written.append)
    assert written == [b"text"]


def test_security_headers_hand_on_the_body_itself():
    body = [b"text"]
    assert SecurityHeaders(lambda environ, start_response: body, https=False)({}, None) is body


def test_security_headers_do_not_change_the_applications_list():
    own = [("Content-Type", "text/html")]

    def application(environ, start_response):
        start_response("200 OK", own)
        return []

    SecurityHeaders(application, https=False)({}, lambda status, headers: None)
    assert own == [("Content-Type", "text/html")]
