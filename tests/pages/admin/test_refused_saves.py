"""A script that saves in the background is told why it failed, in a sentence, and how to go on."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from pages.models import Page
from tests.building import make_page, save_bodies
from tests.pages.admin.clients import change_url, client_as, form_values
from tests.pages.admin.editing.test_preserved_submissions import SAME_ORIGIN, with_csrf_checks

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="One.")
    return page


def test_expired_session_names_the_login(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Two."}
    editor.session.flush()
    response = editor.post(change_url(page), posted, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (403, "logged out")
    assert "You are no longer logged in." in response.json()["message"]
    assert response.json()["login_url"] == "/admin/login/"
    assert "no-store" in response.headers["Cache-Control"]


def test_missing_one_time_code_names_the_login(page, settings):
    editor = client_as("editor")
    settings.ONE_TIME_CODES = "required"
    response = editor.post(change_url(page), {"body_en": "Two."}, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (403, "logged out")


def test_token_of_an_earlier_login_is_answered_with_the_new_one(page):
    editor = with_csrf_checks(client_as("editor"))
    posted = form_values(editor, change_url(page)) | {"body_en": "Two.", "csrfmiddlewaretoken": "x" * 64}
    response = editor.post(change_url(page), posted, headers=JSON | SAME_ORIGIN)
    assert (response.status_code, response.json()["reason"]) == (403, "stale token")
    posted["csrfmiddlewaretoken"] = response.json()["token"]
    assert editor.post(change_url(page), posted, headers=JSON | SAME_ORIGIN).status_code == 200
    assert Page.objects.get().body_en == "Two."


@pytest.mark.parametrize("origin", [{"Origin": "https://evil.example"}, {}])
def test_another_site_gets_no_token(page, origin):
    response = with_csrf_checks(client_as("editor")).post(change_url(page), {"body_en": "x"}, headers=JSON | origin)
    assert response.status_code == 403
    assert "token" not in response.content.decode().replace("csrfmiddlewaretoken", "")


def test_lost_permission_is_named(page):
    translator = client_as("translator")
    posted = form_values(translator, change_url(page)) | {"title_ru": "Да", "body_ru": "Моё."}
    Permission.objects.get(codename="change_text_ru").group_set.clear()
    response = translator.post(change_url(page), posted, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (403, "forbidden")
    assert "You no longer have permission to do this." in response.json()["message"]


def test_deleted_page_is_named(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Two."}
    page.delete()
    response = editor.post(change_url(Page(pk=4711)), posted, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (404, "deleted")
    assert "somebody deleted it" in response.json()["message"]


def test_too_large_form_is_named(page, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client_as("editor").post(change_url(page), {"body_en": "x" * 2000}, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (400, "unreadable")


def test_form_that_no_script_sends_answers_as_django_does():
    response = Client().post("/admin/password_change/", {"new_password1": "secret"}, headers=JSON)
    assert response.status_code == 302
