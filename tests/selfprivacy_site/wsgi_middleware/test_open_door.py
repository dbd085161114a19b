import ast
import io
import sys
from pathlib import Path
from wsgiref.handlers import SimpleHandler
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from selfprivacy_site import wsgi_middleware
from selfprivacy_site.wsgi_middleware import wrap_application


def answer_over_wsgi(application, environ):
    """Return the raw bytes that a server of the standard library sends for an application."""
    sent = io.BytesIO()
    setup_testing_defaults(environ)
    handler = SimpleHandler(io.BytesIO(), sent, io.StringIO(), environ, multithread=False)
    # The environment variables of this process are no part of the request.
    handler.os_environ = {}
    handler.run(application)
    return sent.getvalue()


def test_open_door_keeps_to_the_wsgi_standard_on_both_sides():
    seen = []

    def application(environ, start_response):
        seen.append(environ)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"text"]

    door_between = validator(wrap_application(validator(application), proxies=1, https=True))
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.77", "QUERY_STRING": ""}
    head, _, body = answer_over_wsgi(door_between, environ).partition(b"\r\n\r\n")

    assert (head.splitlines()[0], body) == (b"HTTP/1.0 200 OK", b"text")
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"Strict-Transport-Security: max-age=31536000; includeSubDomains" in head
    assert seen[0]["REMOTE_ADDR"] == "198.51.100.0"
    assert not [name for name, value in seen[0].items() if "198.51.100.77" in str(value)]


def test_open_door_adds_the_security_headers_to_an_error_answer():
    def application(environ, start_response):
        try:
            raise LookupError("The text is gone.")
        except LookupError:
            start_response("500 Internal Server Error", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"sorry"]

    head = answer_over_wsgi(wrap_application(application, proxies=0, https=False), {}).partition(b"\r\n\r\n")[0]
    assert head.startswith(b"HTTP/1.0 500 Internal Server Error")
    assert b"Content-Security-Policy: default-src 'none'" in head


def test_open_door_calls_nothing_before_a_request_comes():
    calls = []
    wrap_application(lambda environ, start_response: calls.append(environ), proxies=0, https=False)
    assert calls == []


@pytest.mark.parametrize("path", sorted(Path(wsgi_middleware.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_door_imports_the_standard_library_alone(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    foreign = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    assert not {name for name in foreign if not name.startswith("selfprivacy_site.wsgi_middleware.")}
