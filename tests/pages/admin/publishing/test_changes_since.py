"""An edit conflict says what was done to the page, and keeps what was typed: the answer to a form can be lost.

A server that is killed between a publication and its answer leaves no note of the answer in the session.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.admin.publishing.changes_since import MAX_CHANGES, SENT_BEFORE
from pages.admin.repeated_submissions import ANSWERED
from pages.models import Handover, Page, PublicationRecord
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready
from pages.publishing.page_tree import create_page
from tests.building import draft_revision, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import BROWSER_HEADERS, visible_text

pytestmark = pytest.mark.django_db
ASKED_AGAIN = "This page was changed after you opened this form."
TYPED = {
    "reason_en": "Typed reason.",
    "note_en": "Typed note.",
    "message": "Typed message.",
    "notice_reason": "Typed notice.",
}


@pytest.fixture
def page():
    page, published_at = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Один."}, published_at, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, published_at + timedelta(days=1))
    return page


def url(page, name: str, *arguments) -> str:
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *arguments])


def opened(client, address: str, **typed) -> dict:
    """Return what a browser would send for the form as it was opened."""
    response = client.get(address)
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields} | {"_form": str(response.context["form_key"])}
    return {name: value for name, value in values.items() if value is not None and value is not False} | typed


def lose_answer(client, address: str, values: dict) -> None:
    """Send a form, and forget its answer, as a server that is killed before it has saved the session."""
    assert client.post(address, values).status_code == 302
    session = client.session
    del session[ANSWERED]
    session.save()


def number_of_changes() -> tuple[int, int]:
    return PublicationRecord.objects.count(), Handover.objects.count()


def save_draft(page) -> None:
    save_bodies(page, timezone.now(), en="Three.")


def remove_later_drafts(page) -> None:
    """Leave no other text that could be published."""
    Page.objects.filter(pk=page.pk).update(notice_days=30)
    save_draft(page)


CASES = {
    "publish": ([], {"significance": "major", "note_en": TYPED["note_en"]}, "Version 3 published"),
    "revert": ([1], {"significance": "major", "note_en": TYPED["note_en"]}, "Version 3 published"),
    "remove_language": (["ru"], {"note_en": TYPED["note_en"]}, "Version 3 published"),
    "withdraw": ([], {"reason_en": TYPED["reason_en"]}, "Page withdrawn"),
    "review": ([], {}, "Page reviewed"),
    "move": ([], {"slug": "elsewhere"}, "Page moved"),
    "confirm": (["ru"], {}, "Translation confirmed"),
    "ready": (["en"], {"message": TYPED["message"]}, "Marked as ready: English"),
    "send_back": (["en"], {"message": TYPED["message"]}, "Sent back: English"),
}


@pytest.mark.parametrize("name", CASES)
def test_form_that_is_sent_again_after_its_answer_was_lost_says_that_it_was_done(admin_client, page, name):
    arguments, typed, done = CASES[name]
    save_draft(page)
    if name == "send_back":
        head = draft_revision(page, "en").pk
        mark_ready(page, "en", revision=head, by=system_actor("Boris"), now=timezone.now())
    address = url(page, name, *arguments)
    values = opened(admin_client, address, **typed)
    lose_answer(admin_client, address, values)
    changes = number_of_changes()
    response = admin_client.post(address, values, headers=BROWSER_HEADERS)
    text = visible_text(response)
    assert ASKED_AGAIN in text
    assert f"{done} – " in text
    assert "admin." in text
    assert str(SENT_BEFORE) in text
    assert number_of_changes() == changes
    assert all(value in response.content.decode() for value in typed.values() if value in TYPED.values())


def test_reason_for_a_short_notice_is_kept_if_nothing_is_left_to_publish(admin_client):
    page = make_page()
    publish_bodies(page, {"en": "One."}, timezone.now() - timedelta(days=9))
    remove_later_drafts(page)
    later = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    typed = {"note_en": TYPED["note_en"], "notice_reason": TYPED["notice_reason"]}
    address = url(page, "publish")
    values = opened(admin_client, address, significance="major", effective_at=later, **typed)
    lose_answer(admin_client, address, values)
    response = admin_client.post(address, values)
    text = visible_text(response)
    assert "Version 2 announced – " in text
    assert not response.context["changed_texts"]
    assert all(value in text for value in typed.values())


def test_unpublished_page_that_was_moved_by_the_form_says_where_it_is(admin_client):
    page = create_page(slug="draft", parent=None, source_language="en", by=system_actor("Ann"))
    values = opened(admin_client, url(page, "move"), slug="elsewhere")
    lose_answer(admin_client, url(page, "move"), values)
    text = visible_text(admin_client.post(url(page, "move"), values))
    assert "The address of the page is now /elsewhere/." in text
    assert str(SENT_BEFORE) in text


def test_conflict_names_only_the_newest_changes(admin_client, page):
    values = opened(admin_client, url(page, "withdraw"), reason_en="Mine.")
    for number in range(MAX_CHANGES + 1):
        publish_bodies(page, {"en": f"Text {number}."}, timezone.now())
    text = visible_text(admin_client.post(url(page, "withdraw"), values))
    assert "Version 3 published" not in text
    assert text.index("Version 4 published") < text.index("Version 8 published")


def test_conflict_over_a_saved_draft_claims_nothing_of_the_page(admin_client, page):
    save_draft(page)
    values = opened(admin_client, url(page, "publish"), significance="major", note_en="New.")
    save_bodies(page, timezone.now(), en="Four.")
    text = visible_text(admin_client.post(url(page, "publish"), values))
    assert ASKED_AGAIN in text
    assert str(SENT_BEFORE) not in text


@pytest.mark.parametrize("record", ["", "x", "-1", "9" * 40])
def test_number_of_a_forged_form_is_a_conflict(admin_client, page, record):
    values = opened(admin_client, url(page, "withdraw"), reason_en="Mine.") | {"record": record}
    assert ASKED_AGAIN in visible_text(admin_client.post(url(page, "withdraw"), values))


def test_form_about_something_that_was_removed_does_not_say_that_the_page_was_deleted(admin_client, page):
    response = admin_client.post(url(page, "correct_record", 99, "en"), TYPED, headers=BROWSER_HEADERS)
    text = visible_text(response)
    assert response.status_code == 404
    assert "What this form is about is no longer there" in text
    assert "somebody deleted it" not in text
    assert TYPED["note_en"] in text
    withdrawn = admin_client.post("/admin/pages/page/999/publish/", TYPED, headers=BROWSER_HEADERS)
    assert "somebody deleted it" in visible_text(withdrawn)


def test_correction_that_is_sent_again_after_its_answer_was_lost_says_that_it_was_done(admin_client, page):
    address = url(page, "correct")
    answers = {"significance_en": "major", "note_en": TYPED["note_en"], "_publish": "x"}
    values = opened(admin_client, address, force_body_en="Corrected.") | answers
    lose_answer(admin_client, address, values)
    text = visible_text(admin_client.post(address, values))
    assert "Version 3 published – " in text
    assert TYPED["note_en"] in text
    assert "Corrected." in text


def test_message_that_was_redacted_before_the_answer_was_lost(admin_client, page):
    save_draft(page)
    head = draft_revision(page, "en").pk
    mark = mark_ready(page, "en", revision=head, message="Phone 1", by=system_actor("Boris"), now=timezone.now())
    address = url(page, "redact", mark.message_digest)
    values = opened(admin_client, address, reason="Typed reason.")
    lose_answer(admin_client, address, values)
    text = visible_text(admin_client.post(address, values, headers=BROWSER_HEADERS))
    assert "Redacted – " in text
    assert "Typed reason." in text
