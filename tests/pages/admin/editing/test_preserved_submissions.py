"""A submission that fails is shown again to its sender, and to nobody else."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.models import Page
from tests.building import make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import BROWSER_HEADERS, change_url, client_as, form_values, visible_text

pytestmark = pytest.mark.django_db
SAME_ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="One.")
    return page


def with_csrf_checks(client: Client) -> Client:
    """Switch on the CSRF checks, which Django's test client skips."""
    client.handler.enforce_csrf_checks = True
    return client


def preserved_values(response) -> dict:
    """Return the values in the form that sends the submission again."""
    texts = {text.name: text.text for text in response.context["texts"]}
    return texts | dict(response.context["hidden_values"])


def test_save_after_the_session_expired_preserves_all_values(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine <b>&", "weight": "4", "_continue": "x"}
    editor.session.flush()
    response = editor.post(change_url(page) + "?from=list", posted, headers=BROWSER_HEADERS)
    assert response.status_code == 403
    assert "no-store" in response.headers["Cache-Control"]
    assert "You are no longer logged in" in visible_text(response)
    assert "Mine &lt;b&gt;&amp;</textarea>" in response.content.decode()
    assert response.context["address"] == change_url(page) + "?from=list"
    editor = client_as("editor")
    assert editor.post(change_url(page), preserved_values(response)).status_code == 302
    assert Page.objects.values_list("body_en", "weight").get() == ("Mine <b>&", 4)


@pytest.mark.parametrize("path", ["publish/", "delete/", "translation-source/ru/"])
def test_every_form_of_this_app_is_preserved(page, path):
    response = Client().post(
        f"/admin/pages/page/{page.pk}/{path}", {"note_en": "What changed."}, headers=BROWSER_HEADERS
    )
    assert response.status_code == 403
    assert preserved_values(response) == {"note_en": "What changed."}


def test_texts_of_every_operation_can_be_read(page):
    values = {
        "message": "Too short.",
        "notice_reason": "In a hurry.",
        "force_body_en": "One.",
        "announced3_body_ru": "Раз.",
    }
    response = Client().post(
        f"/admin/pages/page/{page.pk}/correct/", values | {"force_x": "1"}, headers=BROWSER_HEADERS
    )
    assert {text.name: text.text for text in response.context["texts"]} == values
    assert preserved_values(response) == values | {"force_x": "1"}
    text = visible_text(response)
    assert "Message Too short. Reason In a hurry." in text
    assert "English: Text One. Русский: Text Раз." in text


@pytest.mark.parametrize("url", ["/admin/auth/user/add/", "/admin/password_change/", "/admin/"])
def test_forms_of_other_apps_get_django_s_response(url):
    response = Client().post(url, {"password1": "secret", "old_password": "secret"}, headers=BROWSER_HEADERS)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


def test_client_that_does_not_accept_html_gets_the_original_response(page):
    assert Client().post(change_url(page), {"body_en": "x"}, headers={"Accept": "*/*"}).status_code == 302
    assert Client().post("/admin/pages/page/preview/", {"content": "x"}).status_code == 403


def test_submission_with_an_old_token_gets_a_new_one(page):
    editor = with_csrf_checks(client_as("editor"))
    response = editor.post(
        change_url(page), {"body_en": "Mine.", "csrfmiddlewaretoken": "x" * 64}, headers=BROWSER_HEADERS | SAME_ORIGIN
    )
    assert response.status_code == 403
    assert "You have logged in again" in visible_text(response)
    assert preserved_values(response) == {"body_en": "Mine."}
    token = str(response.context["csrf_token"])
    posted = form_values(editor, change_url(page)) | preserved_values(response) | {"csrfmiddlewaretoken": token}
    assert editor.post(change_url(page), posted, headers=BROWSER_HEADERS | SAME_ORIGIN).status_code == 302
    assert Page.objects.get().body_en == "Mine."


@pytest.mark.parametrize(
    "origin",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://testserver.evil.example"},
        {},
    ],
)
def test_submission_from_another_site_is_refused_and_not_shown(page, origin):
    response = with_csrf_checks(client_as("editor")).post(
        change_url(page), {"body_en": "Injected."}, headers=BROWSER_HEADERS | origin
    )
    assert response.status_code == 403
    assert "Injected." not in response.content.decode()
    assert "texts" not in (response.context or {})


def test_login_form_is_never_shown_again():
    response = with_csrf_checks(Client()).post(
        "/admin/login/", {"username": "editor", "password": "hidden-secret"}, headers=BROWSER_HEADERS | SAME_ORIGIN
    )
    assert response.status_code == 403
    assert "hidden-secret" not in response.content.decode()


def test_permission_removed_while_editing_preserves_the_text(page):
    translator = client_as("translator")
    posted = form_values(translator, change_url(page)) | {"title_ru": "Да", "body_ru": "Моё."}
    Permission.objects.get(codename="change_text_ru").group_set.clear()
    response = translator.post(change_url(page), posted, headers=BROWSER_HEADERS)
    assert response.status_code == 403
    assert "You do not have permission to do this" in visible_text(response)
    assert preserved_values(response)["body_ru"] == "Моё."
    assert not page.revisions.filter(language="ru").exists()


def test_submission_with_a_forged_language_saves_nothing(page):
    translator = client_as("translator")
    posted = form_values(translator, change_url(page)) | {"title_ru": "Да", "body_ru": "Моё.", "body_en": "Forged."}
    assert translator.post(change_url(page), posted, headers=BROWSER_HEADERS).status_code == 403
    assert page.revisions.count() == 1


def test_publishing_a_deleted_page_preserves_the_note(page):
    response = client_as("publisher").post(
        "/admin/pages/page/4711/publish/", {"note_en": "Long note."}, headers=BROWSER_HEADERS
    )
    assert response.status_code == 404
    assert preserved_values(response) == {"note_en": "Long note."}
    assert not response.context["can_resend"]


def test_too_large_submission_gets_an_explanation(page, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client_as("editor").post(change_url(page), {"body_en": "x" * 2000}, headers=BROWSER_HEADERS)
    assert response.status_code == 400
    assert "too large or damaged" in visible_text(response)


def test_preserved_submission_has_the_content_security_policy(page):
    response = Client().post(change_url(page), {"body_en": "x"}, headers=BROWSER_HEADERS)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")


def test_successful_submission_is_not_changed(page):
    publisher = client_as("publisher")
    publish_bodies(page, {"en": "Two."}, timezone.now())
    assert (
        publisher.post(change_url(page), form_values(publisher, change_url(page)), headers=BROWSER_HEADERS).status_code
        == 302
    )
    assert publisher.get(reverse("admin:pages_page_change", args=[4711])).status_code == 302


def test_form_errors_and_json_views_keep_their_own_response(page):
    publish_bodies(page, {"en": "Two."}, timezone.now())
    save_bodies(page, timezone.now(), en="Three.")
    response = client_as("publisher").post(
        f"/admin/pages/page/{page.pk}/publish/", {"include_en": "on"}, headers=BROWSER_HEADERS
    )
    assert response.status_code in {200, 400}
    assert "Not saved: your text is below" not in visible_text(response)
    assert response.context["form"].errors
    response = client_as("reviewer").post("/admin/pages/page/picture/", {"alternative": "x"}, headers=BROWSER_HEADERS)
    assert response.status_code == 403
    assert "You do not have permission to upload pictures." in visible_text(response)


@pytest.mark.parametrize("origin", [{"Origin": "https://evil.example"}, {}])
def test_exempt_view_blocked_by_the_second_factor_shows_nothing(settings, origin):
    editor = with_csrf_checks(client_as("editor"))
    settings.ONE_TIME_CODES = "required"
    # The view would check the token itself, but is not reached.
    response = editor.post("/admin/pages/page/picture/", {"alternative": "Injected."}, headers=BROWSER_HEADERS | origin)
    assert response.status_code == 403
    assert "Injected." not in response.content.decode()
