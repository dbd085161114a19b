"""Copying an earlier text to the draft: byte for byte, and the previous draft is kept."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.text.fields import Fields
from tests.building import EDITOR, add_revision, draft_revision, make_fields, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
BYTES = b"---\r\ntitle: Privacy\r\nlayout: wide\r\n---\r\n\r\nFrom a file.\r\n"


@pytest.fixture
def page():
    """Return a published page with a newer draft."""
    page = make_page()
    publish_bodies(page, {"en": "Published.", "ru": "Издано."}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en="Begun.")
    return page


def copy_url(page, name: str, language: str = "en") -> str:
    return reverse("admin:pages_page_copy_to_draft", args=[page.pk, language, name])


def head_in(response) -> str:
    """Return the value of the hidden field `head`."""
    return response.content.decode().partition('name="head" value="')[2].partition('"')[0]


def test_page_shows_the_changes_and_which_revision_is_kept(admin_client, page):
    html = admin_client.get(copy_url(page, "v1")).content.decode()
    assert re.search(r'data-kind="removed".*?Begun\.', html, re.DOTALL)
    assert f"it stays in the history as r{draft_revision(page, 'en').pk}" in html
    assert page.revisions.count() == 3


def test_text_becomes_the_draft_and_the_previous_draft_is_kept(admin_client, page):
    before = draft_revision(page, "en")
    response = admin_client.post(copy_url(page, "v1"), {"head": before.pk}, follow=True)
    assert f"The previous draft stays in the history as r{before.pk}." in response.content.decode()
    page.refresh_from_db()
    assert page.body_en == "Published."
    assert page.revisions.filter(pk=before.pk).exists()
    assert draft_revision(page, "en").pk > before.pk
    assert "Published." in admin_client.get("/privacy-policy/").content.decode()
    assert page.versions.count() == 1


def test_bytes_and_unknown_front_matter_keys_are_copied(admin_client, page):
    fields = Fields("Privacy", body="From a file.")
    earlier = add_revision(
        page, "en", BYTES, fields, by=EDITOR, now=timezone.now(), file_name="a.md", is_draft_head=False
    )
    url = copy_url(page, f"r{earlier.pk}")
    admin_client.post(url, {"head": head_in(admin_client.get(url))})
    draft = draft_revision(page, "en")
    assert (bytes(draft.source), draft.title, draft.file_name) == (BYTES, "Privacy", "")


def test_draft_saved_since_the_page_opened_is_reported_and_not_overwritten(admin_client, page):
    head = head_in(admin_client.get(copy_url(page, "v1")))
    save_draft(page, {"en": make_fields("Theirs.")}, by=system_actor("Bea"), now=timezone.now())
    response = admin_client.post(copy_url(page, "v1"), {"head": head})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Bea saved this language after you opened this page" in html
    assert re.search(r'data-kind="removed".*?Theirs\.', html, re.DOTALL)
    assert draft_revision(page, "en").author == "Bea"
    # The form now has the new head, so that submitting it again works.
    assert admin_client.post(copy_url(page, "v1"), {"head": head_in(response)}).status_code == 302
    page.refresh_from_db()
    assert page.body_en == "Published."
    assert page.revisions.filter(author="Bea").exists()


@pytest.mark.parametrize("head", [None, "", "x", "9" * 30])
def test_invalid_head_is_a_conflict(admin_client, page, head):
    posted = {} if head is None else {"head": head}
    assert admin_client.post(copy_url(page, "v1"), posted).status_code == 409
    assert draft_revision(page, "en").source != page.versions.get().texts.get(language="en").revision.source


def test_same_text_makes_no_revision(admin_client, page):
    response = admin_client.post(copy_url(page, "v1", "ru"), {"head": draft_revision(page, "ru").pk}, follow=True)
    assert "The draft has this text already: nothing was changed." in response.content.decode()
    assert page.revisions.count() == 3


def test_emptied_draft_is_replaced(admin_client, page):
    save_bodies(page, timezone.now(), ru="")
    url = copy_url(page, "v1", "ru")
    admin_client.post(url, {"head": head_in(admin_client.get(url))})
    page.refresh_from_db()
    assert page.body_ru == "Издано."


def test_text_of_another_page_or_language_is_not_found(admin_client, page):
    terms = make_page("terms")
    save_bodies(terms, timezone.now(), en="Other.")
    for name, language in (
        (f"r{draft_revision(terms, 'en').pk}", "en"),
        (f"r{draft_revision(page, 'ru').pk}", "en"),
        ("v2", "en"),
    ):
        url = copy_url(page, name, language)
        assert admin_client.get(url).status_code == 404
        assert admin_client.post(url, {"head": draft_revision(page, "en").pk}).status_code == 404
