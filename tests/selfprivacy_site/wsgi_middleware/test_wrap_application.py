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


def response_bytes(application, environ):
    """Return what a server of the standard library sends for an application."""
    sent = io.BytesIO()
    setup_testing_defaults(environ)
    handler = SimpleHandler(io.BytesIO(), sent, io.StringIO(), environ, multithread=False)
    # By default the handler adds the environment variables of this process to the environ.
    handler.os_environ = {}
    handler.run(application)
    return sent.getvalue()


def test_wrapped_application_conforms_to_wsgi_on_both_sides():
    received = []

    def application(environ, start_response):
        received.append(environ)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"text"]

    wrapped = validator(wrap_application(validator(application), proxies=1, https=True, threads=2))
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.77", "QUERY_STRING": ""}
    head, _, body = response_bytes(wrapped, environ).partition(b"\r\n\r\n")

    assert (head.splitlines()[0], body) == (b"HTTP/1.0 200 OK", b"text")
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"Strict-Transport-Security: max-age=31536000; includeSubDomains" in head
    assert received[0]["REMOTE_ADDR"] == "198.51.100.0"
    assert not [name for name, value in received[0].items() if "198.51.100.77" in str(value)]


def test_error_response_gets_the_security_headers():
    def application(environ, start_response):
        try:
            raise LookupError("The text is gone.")
        except LookupError:
            start_response("500 Internal Server Error", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"sorry"]

    head = response_bytes(wrap_application(application, proxies=0, https=False, threads=2), {}).partition(b"\r\n\r\n")[
        0
    ]
    assert head.startswith(b"HTTP/1.0 500 Internal Server Error")
    assert b"Content-Security-Policy: default-src 'none'" in head


def test_wrapping_does_not_call_the_application():
    calls = []
    wrap_application(lambda environ, start_response: calls.append(environ), proxies=0, https=False, threads=2)
    assert calls == []


@pytest.mark.parametrize("path", sorted(Path(wsgi_middleware.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_middleware_imports_only_the_standard_library(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    foreign = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    # Brotli compresses what the response cache holds.
    assert not {name for name in foreign if not name.startswith("selfprivacy_site.wsgi_middleware.")} - {"brotli"}
