"""Taking an old text back into the draft: byte for byte, on a click, and nothing is lost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.publishing.actors import system_actor
from pages.publishing.drafts import add_revision, save_draft
from pages.text.source import Fields
from tests.building import EDITOR, draft_revision, make_fields, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
BYTES = b"---\r\ntitle: Privacy\r\nlayout: wide\r\n---\r\n\r\nFrom a file.\r\n"


@pytest.fixture
def page():
    """Return a page whose draft has gone on since it was published."""
    page = make_page()
    publish_bodies(page, {"en": "Published.", "ru": "Издано."}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en="Begun.")
    return page


def address(page, name: str, language: str = "en") -> str:
    return reverse("admin:pages_page_take", args=[page.pk, language, name])


def head_in(response) -> str:
    """Return what the form would post."""
    return response.content.decode().partition('name="head" value="')[2].partition('"')[0]


def test_the_page_says_what_will_change_and_what_stays(admin_client, page):
    html = admin_client.get(address(page, "v1")).content.decode()
    assert re.search(r'data-kind="removed".*?Begun\.', html, re.DOTALL)
    assert f"it stays in the history as r{draft_revision(page, 'en').pk}" in html
    assert page.revisions.count() == 3


def test_a_text_is_taken_back_and_the_draft_stays_a_revision(admin_client, page):
    before = draft_revision(page, "en")
    response = admin_client.post(address(page, "v1"), {"head": before.pk}, follow=True)
    assert f"What was the draft stays in the history as r{before.pk}." in response.content.decode()
    page.refresh_from_db()
    assert page.body_en == "Published."
    assert page.revisions.filter(pk=before.pk).exists()
    assert draft_revision(page, "en").pk > before.pk
    assert "Published." in admin_client.get("/privacy-policy/").content.decode()
    assert page.versions.count() == 1


def test_every_byte_is_taken_back_with_keys_that_are_not_ours(admin_client, page):
    fields = Fields("Privacy", body="From a file.")
    kept = add_revision(page, "en", BYTES, fields, by=EDITOR, now=timezone.now(), file_name="a.md", is_draft_head=False)
    target = address(page, f"r{kept.pk}")
    admin_client.post(target, {"head": head_in(admin_client.get(target))})
    taken = draft_revision(page, "en")
    assert (bytes(taken.source), taken.title, taken.file_name) == (BYTES, "Privacy", "")


def test_what_was_saved_meanwhile_is_named_and_nothing_is_overwritten(admin_client, page):
    head = head_in(admin_client.get(address(page, "v1")))
    save_draft(page, {"en": make_fields("Theirs.")}, by=system_actor("Bea"), now=timezone.now())
    response = admin_client.post(address(page, "v1"), {"head": head})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Bea saved this language after you opened this page" in html
    assert re.search(r'data-kind="removed".*?Theirs\.', html, re.DOTALL)
    assert draft_revision(page, "en").author == "Bea"
    # The one way to go on: whoever has been told may decide anew.
    assert admin_client.post(address(page, "v1"), {"head": head_in(response)}).status_code == 302
    page.refresh_from_db()
    assert page.body_en == "Published."
    assert page.revisions.filter(author="Bea").exists()


@pytest.mark.parametrize("head", [None, "", "x", "9" * 30])
def test_a_forged_token_is_refused(admin_client, page, head):
    posted = {} if head is None else {"head": head}
    assert admin_client.post(address(page, "v1"), posted).status_code == 409
    assert draft_revision(page, "en").source != page.versions.get().texts.get(language="en").revision.source


def test_the_same_text_makes_no_revision(admin_client, page):
    response = admin_client.post(address(page, "v1", "ru"), {"head": draft_revision(page, "ru").pk}, follow=True)
    assert "The draft says the same already: nothing was changed." in response.content.decode()
    assert page.revisions.count() == 3


def test_a_language_without_a_draft_gets_one(admin_client, page):
    save_bodies(page, timezone.now(), ru="")
    target = address(page, "v1", "ru")
    admin_client.post(target, {"head": head_in(admin_client.get(target))})
    page.refresh_from_db()
    assert page.body_ru == "Издано."


def test_foreign_texts_and_missing_languages_are_not_found(admin_client, page):
    other = make_page("terms")
    save_bodies(other, timezone.now(), en="Other.")
    for name, language in (
        (f"r{draft_revision(other, 'en').pk}", "en"),
        (f"r{draft_revision(page, 'ru').pk}", "en"),
        ("v2", "en"),
    ):
        target = address(page, name, language)
        assert admin_client.get(target).status_code == 404
        assert admin_client.post(target, {"head": draft_revision(page, "en").pk}).status_code == 404
