"""Large bodies are read only if their sender is logged in, or was until the session expired."""

import io

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from selfprivacy_site.middleware import MAX_ANONYMOUS_BODY
from tests.pages.admin.clients import BROWSER_HEADERS, client_as

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, size=-1):
        raise AssertionError("The body was read.")

    readline = read


def post(client, path=LOGIN, *, size=MAX_ANONYMOUS_BODY + 1, content_type="multipart/form-data; boundary=x", **extra):
    client.handler.enforce_csrf_checks = True
    client.cookies["csrftoken"] = "x" * 32
    environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(size), "CONTENT_TYPE": content_type, **extra}
    return client.generic("POST", path, **environ)


@pytest.mark.parametrize(
    "path", [LOGIN, "/admin/language/setlang/", "/admin/logout/", "/admin/pages/page/preview/", "/admin/missing/"]
)
@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_large_anonymous_body_is_refused_unread(path, content_type):
    response = post(Client(), path, content_type=content_type)
    assert response.status_code == 413
    assert "larger than 64 KB. Log in in another tab" in response.content.decode()


def test_refused_body_writes_no_log_line(caplog):
    post(Client())
    Client(enforce_csrf_checks=True).post(LOGIN, {"username": "ann"})
    assert caplog.text == ""


def test_body_of_a_made_up_session_is_refused_unread():
    assert post(Client(), HTTP_COOKIE=f"csrftoken={'x' * 32}; sessionid={'y' * 32}").status_code == 413


def test_small_anonymous_body_is_read():
    response = Client(enforce_csrf_checks=True).post(LOGIN, {"username": "x" * (MAX_ANONYMOUS_BODY - 1000)})
    assert response.status_code == 403


def test_large_body_of_an_editor_is_read():
    body = "x" * (MAX_ANONYMOUS_BODY + 1)
    assert body in client_as("editor").post("/admin/pages/page/preview/", {"content": body}).content.decode()


def test_expired_session_gets_the_large_form_back():
    editor = client_as("editor")
    Session.objects.update(expire_date=timezone.now())
    body = {"body_en": "x" * (MAX_ANONYMOUS_BODY + 1)}
    response = editor.post("/admin/pages/page/4711/publish/", body, headers=BROWSER_HEADERS)
    assert response.status_code == 403
    assert "You are no longer logged in" in response.content.decode()
    assert body["body_en"] in response.content.decode()
