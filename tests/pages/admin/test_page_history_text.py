"""A single text of a page in the admin: as rendered, and its exact bytes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.text.fields import Fields
from tests.building import EDITOR, add_revision, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
BYTES = b"\xef\xbb\xbf---\r\ntitle: Privacy\r\nlayout: wide\r\n---\r\n\r\nWe keep *nothing*.\xff\r\n"


@pytest.fixture
def page():
    """Return a published page with a draft, and a revision that was imported from a file."""
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now() - timedelta(days=1))
    fields = Fields("Privacy", body="We keep *nothing*.\ufffd")
    add_revision(
        page, "en", BYTES, fields, by=EDITOR, now=timezone.now(), file_name="en/privacy.md", is_draft_head=False
    )
    return page


def text_url(page, name: str, view: str = "text", language: str = "en") -> str:
    return reverse(f"admin:pages_page_{view}", args=[page.pk, language, name])


def test_revision_is_rendered_with_author_date_and_digest(admin_client, page):
    revision = page.revisions.get(file_name="en/privacy.md")
    html = admin_client.get(text_url(page, f"r{revision.pk}")).content.decode()
    assert "<em>nothing</em>" in html
    assert "layout: wide" in html
    assert revision.digest in html
    assert "by Ann" in html
    assert "imported from a file" in html
    assert "en/privacy.md" in html


def test_exact_bytes_are_downloaded_as_an_attachment(admin_client, page):
    name = f"r{page.revisions.get(file_name='en/privacy.md').pk}"
    response = admin_client.get(text_url(page, name, "text_source"))
    assert response.content == BYTES
    assert response.headers["Content-Disposition"] == f'attachment; filename="privacy-policy.en.{name}.md"'
    assert response.headers["Content-Type"].startswith("text/markdown")


@pytest.mark.parametrize("name", ["v1", "draft", "live"])
def test_version_and_draft_have_the_same_view(admin_client, page, name):
    assert "<p>English.</p>" in admin_client.get(text_url(page, name)).content.decode()


def test_empty_text_says_so(admin_client, page):
    save_bodies(page, timezone.now(), en="")
    assert "This language has no text." in admin_client.get(text_url(page, "draft")).content.decode()


@pytest.mark.parametrize("view", ["text", "text_source"])
def test_text_of_another_page_or_language_is_not_found(admin_client, page, view):
    terms = make_page("terms")
    save_bodies(terms, timezone.now(), en="Other.")
    own_revision = f"r{draft_revision(page, 'en').pk}"
    for name, language in (
        (f"r{draft_revision(terms, 'en').pk}", "en"),
        (own_revision, "ru"),
        ("v1", "ru"),
        ("v2", "en"),
    ):
        assert admin_client.get(text_url(page, name, view, language)).status_code == 404
