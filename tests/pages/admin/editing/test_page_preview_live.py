"""The live preview shows what readers would get, only to editors, and answers every request with short HTML."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from pages.admin.editing.page_preview import PREVIEWS
from pages.admin.editing.preview_queue import Replaced
from pages.publishing.actors import system_actor
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.text.parsing import MAX_BODY_BYTES
from pages.text.rendering import render
from tests.building import HEAVY_BODY, HEAVY_BODY_ERROR, draft_revision, make_page, save_bodies

pytestmark = pytest.mark.django_db
PREVIEW_URL = "/admin/pages/page/preview/"
BODY = (
    "## Heading {#here}\n\n| a |\n|---|\n| <b>raw</b> |\n\n[x](javascript:alert(1)) ![far](https://example.org/a.png)\n"
)


def test_preview_is_what_readers_get(admin_client):
    response = admin_client.post(PREVIEW_URL, {"content": BODY})
    assert response.content.decode() == render(BODY).html
    assert "no-store" in response.headers["Cache-Control"]


def test_preview_shows_pictures_and_resolves_links_of_the_page(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="![a](/a.png)")
    digest = store_picture(b"png", "png", now=timezone.now())
    choice = TextToPublish(draft_revision(page, "en"), pictures={"/a.png": digest})
    publish(page, {"en": choice}, by=system_actor("Ann"), now=timezone.now())
    html = admin_client.post(f"{PREVIEW_URL}?page={page.pk}", {"content": "![a](/a.png) [b](sub/)"}).content.decode()
    assert f'<img src="/admin/pages/page/picture/{digest}/" alt="a">' in html
    assert 'href="/privacy-policy/sub/"' in html


@pytest.mark.parametrize("key", ["0", "99999999999999999999999", "x", "-1", "1%00"])
def test_impossible_page_key_is_ignored(admin_client, key):
    assert admin_client.post(f"{PREVIEW_URL}?page={key}", {"content": "Text."}).status_code == 200


def test_too_long_text_gets_a_message(admin_client):
    html = admin_client.post(PREVIEW_URL, {"content": "a" * (MAX_BODY_BYTES + 1)}).content.decode()
    assert html == "<p><strong>The text has 257 KB; a page may have at most 256 KB.</strong></p>"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_text_with_too_much_markup_gets_a_message_in_the_editors_language(admin_client, language):
    expected = {"en": HEAVY_BODY_ERROR, "ru": r"Markdown этого текста .* предел достигнут в строке \d+\. .*"}[language]
    response = admin_client.post(PREVIEW_URL, {"content": HEAVY_BODY}, headers={"accept-language": language})
    assert re.fullmatch(f"<p><strong>{expected}</strong></p>", response.content.decode())


def test_preview_that_a_newer_one_replaced_gets_a_message(admin_client, monkeypatch):
    def raise_replaced():
        raise Replaced

    monkeypatch.setattr(PREVIEWS, "turn", raise_replaced)
    html = admin_client.post(PREVIEW_URL, {"content": "Text."}).content.decode()
    assert html == "<p data-replaced><strong>Another preview is being rendered. This one follows.</strong></p>"


@pytest.mark.parametrize("user_kind", ["nobody", "reader", "inactive", "staff without permission"])
def test_users_without_permission_get_a_message_and_no_login_page(client, user_kind):
    if user_kind != "nobody":
        user = get_user_model().objects.create_user(
            "u", is_staff=user_kind != "reader", is_active=user_kind != "inactive"
        )
        if user_kind != "staff without permission":
            user.user_permissions.add(Permission.objects.get(codename="view_page"))
        client.force_login(user)
    response = client.post(PREVIEW_URL, {"content": "Secret"})
    assert response.status_code == 403
    assert response.content.startswith(b"<p><strong>You are logged out")
    assert len(response.content) < 300


def test_preview_requires_post_and_a_csrf_token(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.post(PREVIEW_URL, {"content": "x"}).status_code == 403
    assert client.get(PREVIEW_URL).status_code == 405


@pytest.mark.parametrize("url", ["/markdownx/upload/", "/markdownx/markdownify/", "/admin/markdownx/upload/"])
def test_urls_of_the_markdownx_package_do_not_exist(admin_client, url):
    assert admin_client.post(url, {"content": "x"}).status_code in {404, 405}
