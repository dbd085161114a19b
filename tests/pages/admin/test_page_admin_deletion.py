"""Deletion in the admin: only of pages that were never published, and not if the text changed since the question."""

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page
from tests.building import make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, client_as, visible_text

pytestmark = pytest.mark.django_db


def delete_url(page: Page) -> str:
    return reverse("admin:pages_page_delete", args=[page.pk])


def test_text_saved_after_the_confirmation_page_stops_the_deletion():
    page, editor = make_page(), client_as("editor")
    token = editor.get(delete_url(page)).context["last_revision"]
    save_bodies(page, timezone.now(), ru="Только что.")
    response = editor.post(delete_url(page), {"post": "yes", "last_revision": token}, follow=True)
    assert "The page was not deleted: Ann saved a text of it at" in visible_text(response)
    assert Page.objects.exists()
    token = response.context["last_revision"]
    editor.post(delete_url(page), {"post": "yes", "last_revision": token})
    assert not Page.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "-1", "9" * 30, "9" * 5000])
def test_deletion_without_a_valid_token_is_refused(token):
    page, editor = make_page(), client_as("editor")
    save_bodies(page, timezone.now(), en="Text.")
    editor.post(delete_url(page), {"post": "yes", "last_revision": token})
    assert Page.objects.exists()


@pytest.mark.parametrize("role", ["translator", "reviewer"])
def test_deletion_without_permission_is_refused(role):
    page = make_page()
    assert client_as(role).get(delete_url(page)).status_code == 403
    assert client_as(role).post(delete_url(page), {"post": "yes", "last_revision": "0"}).status_code == 403


def test_page_with_versions_cannot_be_deleted():
    page = make_page()
    publish_bodies(page, {"en": "Known."}, timezone.now())
    publisher = client_as("publisher")
    for response in (
        publisher.get(delete_url(page), follow=True),
        publisher.post(delete_url(page), {"post": "yes", "last_revision": "1"}, follow=True),
    ):
        assert response.redirect_chain == [(change_url(page), 302)]
        assert "A published page cannot be deleted: withdraw it instead." in visible_text(response)
    assert Page.objects.filter(pk=page.pk).exists()


def test_there_is_no_bulk_deletion():
    page = make_page()
    posted = {"action": "delete_selected", "_selected_action": [page.pk], "post": "yes"}
    client_as("editor").post("/admin/pages/page/", posted)
    assert Page.objects.exists()


@pytest.mark.parametrize("key", ["x", "²", "9" * 30, "1" * 5000])
def test_impossible_key_is_not_a_server_error(key):
    editor, url = client_as("editor"), f"/admin/pages/page/{key}/delete/"
    assert editor.get(url).status_code == 302
    assert editor.post(url, {"post": "yes"}).status_code == 404
