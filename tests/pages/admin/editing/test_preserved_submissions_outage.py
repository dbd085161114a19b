"""A submission that the database cannot store is shown again: locked, full, read-only or gone."""

import sqlite3
import time
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from pages.models import Page, Version
from pages.presentation import outages
from tests.building import make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import BROWSER_HEADERS, change_url, client_as, form_values, visible_text
from tests.pages.admin.editing.test_preserved_submissions import SAME_ORIGIN, preserved_values

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite only: its file is locked and filled"),
]
SENTENCE = "its database does not answer or cannot be written"


@contextmanager
def pragma(name, value):
    with connection.cursor() as cursor:
        before = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        cursor.execute(f"PRAGMA {name}={value}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}={before}")


@contextmanager
def locked():
    """Let another program write and not finish."""
    other = sqlite3.connect(connection.settings_dict["NAME"])
    other.execute("BEGIN IMMEDIATE")
    try:
        with pragma("busy_timeout", 100):
            yield
    finally:
        other.close()


def full():
    with connection.cursor() as cursor:
        # Without the pages that other tests left free.
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    return pragma("max_page_count", pages)


def read_only():
    return pragma("query_only", 1)


def gone():
    def refuse(*arguments):
        raise OperationalError("connection refused")

    return connection.execute_wrapper(refuse)


OUTAGES = [locked, full, read_only, gone]


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="One.")
    return page


@pytest.fixture(autouse=True)
def new_log(monkeypatch):
    """Let each test write the first line of the log, although a minute has not passed."""
    log = outages.report_failed_change.__self__
    monkeypatch.setattr(log, "_is_away", False)
    log.share(memoryview(bytearray(16)))


def browser(role):
    client = client_as(role)
    client.raise_request_exception = False
    return client


def post(client, url, values):
    return client.post(url, values, headers=BROWSER_HEADERS | SAME_ORIGIN)


@pytest.mark.parametrize("outage", OUTAGES)
def test_save_that_the_database_refuses_gives_back_everything_typed(page, outage):
    editor = browser("editor")
    # Larger than what is free in the file.
    typed = "Mine <b>& " * 20_000
    posted = form_values(editor, change_url(page)) | {"body_en": typed, "weight": "4"}
    with outage():
        response = post(editor, change_url(page), posted)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert SENTENCE in visible_text(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    values = preserved_values(response)
    assert (values["body_en"], values["weight"], response.context["can_resend"]) == (typed, "4", True)
    assert Page.objects.get().body_en == "One."
    # Sent again as it is, once the database answers.
    assert post(editor, change_url(page), values).status_code == 302
    assert Page.objects.values_list("body_en", "weight").get() == (typed.strip(), 4)


@pytest.mark.parametrize("outage", OUTAGES)
def test_script_that_saves_is_told_and_can_send_the_same_again(page, outage):
    editor = browser("editor")
    typed = "Mine <b>& " * 20_000
    posted = form_values(editor, change_url(page)) | {"body_en": typed, "_stay": "yes"}
    headers = {"Accept": "application/json"} | SAME_ORIGIN
    with outage():
        response = editor.post(change_url(page), posted, headers=headers)
    assert (response.status_code, response.json()["reason"]) == (503, "outage")
    assert "does not answer or cannot be written" in response.json()["message"]
    assert Page.objects.get().body_en == "One."
    assert editor.post(change_url(page), posted, headers=headers).json()["saved_at"]
    assert Page.objects.get().body_en == typed.strip()


@pytest.mark.parametrize("outage", [locked, read_only, gone])
def test_publishing_that_the_database_refuses_gives_back_the_note(page, outage):
    publish_bodies(page, {"en": "One."}, timezone.now())
    save_bodies(page, timezone.now(), en="Two.")
    publisher = browser("publisher")
    url = f"/admin/pages/page/{page.pk}/publish/"
    form = publisher.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value()}
    values |= {"significance": "major", "note_en": "What changed. " * 100}
    with outage():
        response = post(publisher, url, values)
    assert response.status_code == 503
    assert preserved_values(response)["note_en"] == values["note_en"]
    assert Version.objects.count() == 1


@pytest.mark.parametrize("outage", [locked, read_only, gone])
def test_login_is_answered_calmly(outage, caplog):
    client = browser("editor")
    client.logout()
    with outage():
        started = time.monotonic()
        response = post(client, "/admin/login/", {"username": "editor", "password": "hidden-secret"})
    assert response.status_code == 503
    assert time.monotonic() - started < 3
    assert "This page cannot be shown right now" in response.content.decode()
    assert "hidden-secret" not in response.content.decode() + caplog.text
    assert [record for record in caplog.records if record.exc_info] == []


def test_outage_is_logged_in_one_line(page, caplog):
    editor = browser("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine."}
    with locked():
        post(editor, change_url(page), posted)
        post(editor, change_url(page), posted)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["The database does not answer: database is locked"]


def test_defect_is_no_outage(page):
    def break_query(*arguments):
        raise ProgrammingMistake

    editor = browser("editor")
    with connection.execute_wrapper(break_query):
        assert post(editor, change_url(page), {"body_en": "Mine."}).status_code == 500


class ProgrammingMistake(Exception):
    pass


@pytest.mark.parametrize("headers", [BROWSER_HEADERS, BROWSER_HEADERS | {"Origin": "https://evil.example"}])
def test_submission_from_another_site_is_not_shown_in_an_outage(page, headers):
    editor = browser("editor")
    with gone():
        response = editor.post(change_url(page), {"body_en": "Injected."}, headers=headers)
    assert response.status_code == 503
    assert "Injected." not in response.content.decode()


def test_script_gets_the_plain_answer_in_an_outage(page):
    editor = browser("editor")
    with gone():
        response = editor.post("/admin/pages/page/preview/", {"content": "x"}, headers=SAME_ORIGIN)
    assert response.status_code == 503
    assert "preserved-form" not in response.content.decode()
