"""Redacting notes, reasons, names and messages: what is erased, what stays, and who may do it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pages.history.verification import find_problems
from pages.models import Blob, Handover, Page, PublicationRecord, VersionText
from pages.models.revision import EMPTY_DIGEST
from pages.publishing.actors import Actor, system_actor
from pages.publishing.corrections import correct_text
from pages.publishing.handovers import mark_ready, send_back
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.page_tree import delete_page
from pages.publishing.redactions import NothingToRedact, StillUsed, read_redactable, redact, redactable_digests
from tests.building import draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
ANN = system_actor("Ann")
SECRET = "+1 555 0100"


def mark(page, moment) -> Handover:
    head = draft_revision(page, "en")
    return mark_ready(page, "en", revision=head.pk, message=f"Call {SECRET}.", by=ANN, now=moment)


def erase(*digests, now, by=ANN, reasons=None) -> PublicationRecord:
    return redact(digests, reasons={"en": "A phone number."} if reasons is None else reasons, by=by, now=now)


@pytest.fixture
def page(moment):
    """Return a page of which a message, a change note, its correction and a reason have a phone number."""
    page = make_page()
    publish_bodies(page, {"en": "One."}, moment())
    version = publish_bodies(page, {"en": "Two."}, moment(1), note=f"New number: {SECRET}.")
    correct_text(version, "en", note=f"The number is {SECRET}.", by=ANN, now=moment(2))
    withdraw(page, reasons={"en": f"Ask {SECRET}.", "ru": "Закрыто."}, by=ANN, now=moment(3))
    bring_back(page, by=ANN, now=moment(4))
    mark(page, moment(5))
    return page


def secrets() -> set[str]:
    """Return the digests of everything with the phone number."""
    blobs = {blob.pk for blob in Blob.objects.exclude(salt=b"") if SECRET in blob.text}
    return blobs | set(Handover.objects.filter(message__contains=SECRET).values_list("message_digest", flat=True))


def test_notes_reasons_and_messages_are_erased_and_the_history_is_valid(page, moment, client):
    digests = secrets()
    assert len(digests) == 4
    assert digests <= redactable_digests(page)
    assert SECRET in client.get("/privacy-policy/history/").content.decode()
    record = erase(*digests, now=moment(6))
    assert (record.kind, record.page, record.actor_name, record.reasons) == (
        "redact",
        None,
        "Ann",
        {"en": "A phone number."},
    )
    assert secrets() == set()
    assert list(find_problems()) == []
    for url in ("/privacy-policy/history/", "/privacy-policy/", "/privacy-policy/history.json", "/feed.atom"):
        assert SECRET not in client.get(url).content.decode()


def test_rest_of_a_handover_stays(page, moment):
    before = Handover.objects.get()
    erase(before.message_digest, now=moment(6))
    after = Handover.objects.get()
    assert (after.message, bytes(after.salt), after.is_redacted) == ("", b"", True)
    for name in ("kind", "by", "at", "revision_id", "source_digest", "message_digest"):
        assert getattr(after, name) == getattr(before, name)
    assert VersionText.objects.get(version__number=2).change_note == f"New number: {SECRET}."


def test_handover_with_an_erased_message_can_still_be_sent_back(page, moment):
    handover = Handover.objects.get()
    erase(handover.message_digest, now=moment(6))
    send_back(page, "en", handover=handover.pk, message="Once more.", by=ANN, now=moment(7))
    assert [row.is_redacted for row in Handover.objects.order_by("pk")] == [True, False]


def test_message_on_a_page_that_was_never_published_is_redacted_and_the_page_can_be_deleted(moment):
    draft = make_page("draft")
    save_bodies(draft, moment(), en="A draft.")
    erase(mark(draft, moment(1)).message_digest, now=moment(2))
    assert list(find_problems()) == []
    delete_page(draft, by=ANN)
    assert (Page.objects.count(), Handover.objects.count()) == (0, 0)


def test_name_is_erased(page, moment):
    record = PublicationRecord.objects.get(kind="withdraw")
    erase(record.actor_id, now=moment(6))
    assert PublicationRecord.objects.get(kind="withdraw").actor_name == ""
    assert list(find_problems()) == []


@pytest.mark.parametrize("kind", ["text", "unknown", "empty", "empty text", "redacted"])
def test_what_cannot_be_redacted_changes_nothing(page, moment, kind):
    message = Handover.objects.get().message_digest
    if kind == "redacted":
        erase(message, now=moment(6))
    save_bodies(make_page("other"), moment(5), en="A text.")
    save_bodies(Page.objects.get(path="other"), moment(5), en="")
    digests = {"text": draft_revision(page, "en").digest, "unknown": "0" * 64, "empty": "", "redacted": message}
    digests |= {"empty text": EMPTY_DIGEST}
    other, count = VersionText.objects.get(version__number=2).note_id, PublicationRecord.objects.count()
    with pytest.raises(StillUsed if kind == "text" else NothingToRedact):
        erase(other, digests[kind], now=moment(7))
    assert PublicationRecord.objects.count() == count
    assert read_redactable(other) == f"New number: {SECRET}."


def test_redaction_needs_a_reason_and_a_superuser(page, moment):
    digest, count = Handover.objects.get().message_digest, PublicationRecord.objects.count()
    with pytest.raises(ValidationError):
        erase(digest, now=moment(6), reasons={"en": " "})
    with pytest.raises(PermissionDenied):
        erase(digest, now=moment(6), by=Actor("Eve", frozenset({"publish_page", "change_page"})))
    assert (PublicationRecord.objects.count(), read_redactable(digest)) == (count, f"Call {SECRET}.")


def test_digests_of_a_page_are_not_those_of_another(page, moment):
    other = make_page("other")
    publish_bodies(other, {"en": "Other."}, moment(6))
    publish_bodies(other, {"en": "Others."}, moment(7), note="Other note.")
    assert redactable_digests(other)
    assert not redactable_digests(other) & redactable_digests(page)
