"""Redacting texts of pages and pictures: what is erased with them, and what has to be done before."""

import uuid
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError

from pages.history.verification import find_problems
from pages.models import Blob, EditingSession, Page, Picture, Revision, SiteCounter, SiteSettings, VersionText
from pages.publishing.actors import Actor
from pages.publishing.announcements import cancel
from pages.publishing.drafts import copy_to_draft, save_draft
from pages.publishing.editing_sessions import OpenForm, TypedText, record_session
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.pictures.storage import find_stored_pictures, store_picture, validate_not_redacted
from pages.publishing.redactable_contents import find_content, find_obstacles
from pages.publishing.redactions import NothingToRedact, StillUsed, redact
from pages.publishing.reverts import revert
from pages.publishing.versions import publish
from pages.text.fields import Fields
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_to_publish

pytestmark = pytest.mark.django_db
SECRET = Fields(title="Secret title", link_title="Secret link", description="Secret description", body="Secret body.")


def erase(*digests, now, by=EDITOR):
    return redact(digests, reasons={"en": "A phone number."}, by=by, now=now)


def publish_secret(page, now, *languages: str, **options) -> str:
    """Publish the text to be redacted, and return its digest."""
    save_draft(page, dict.fromkeys(languages or ["en"], SECRET), by=EDITOR, now=now)
    texts = texts_to_publish(page, languages or ["en"])
    notes = dict.fromkeys(texts, "First.")
    publish(page, texts, by=EDITOR, now=now, **{"notes": notes, **options})
    return draft_revision(page, next(iter(texts))).digest


@pytest.fixture
def page(moment):
    """Return a page of which the first version has the text to be redacted."""
    page = make_page()
    publish_secret(page, moment())
    publish_bodies(page, {"en": "In force."}, moment(1))
    return page


@pytest.fixture
def digest(page):
    return page.versions.get(number=1).texts.get().revision.digest


def stored_words() -> list[str]:
    """Return what is stored of the text in revisions, blobs and drafts."""
    columns = ("title", "link_title", "description")
    values = [value for row in Revision.objects.values_list(*columns) for value in row]
    values += [bytes(blob.content or b"").decode(errors="replace") for blob in Blob.objects.all()]
    values += [str(value) for row in Page.objects.values() for value in row.values()]
    return [value for value in values if "Secret" in value]


def test_text_is_erased_with_its_fields_and_the_history_is_valid(page, digest, moment):
    counter = SiteCounter.objects.get().value
    assert len(stored_words()) == 4
    record = erase(digest, now=moment(2))
    assert (record.kind, stored_words()) == ("redact", [])
    revision = page.versions.get(number=1).texts.get().revision
    assert (revision.digest, revision.is_redacted, bytes(revision.salt)) == (digest, True, b"")
    assert SiteCounter.objects.get().value > counter
    assert list(find_problems()) == []


def test_text_that_was_saved_and_published_twice_is_valid_after_its_redaction(moment):
    page = make_page()
    digest = publish_secret(page, moment(), "en", "ru")
    save_bodies(page, moment(1), en="Other.")
    save_draft(page, {"en": SECRET, "ru": Fields(title="Другое", body="Другое.")}, by=EDITOR, now=moment(2))
    texts = texts_to_publish(page, ["en", "ru"], significance=None)
    publish(page, texts | {"ru": replace(texts["ru"], significance="minor")}, by=EDITOR, now=moment(3))
    assert Revision.objects.filter(blob=digest, language="en").count() == 2
    publish_bodies(page, {"en": "In force."}, moment(4))
    erase(digest, now=moment(5))
    assert stored_words() == []
    assert list(find_problems()) == []


def test_text_in_force_and_in_the_draft_is_refused(page, moment):
    digest = draft_revision(page, "en").digest
    with pytest.raises(StillUsed) as refused:
        erase(digest, now=moment(2))
    assert refused.value.messages == [
        "Readers see it now in /privacy-policy/ (English), version 2. Publish another text first.",
        "It is in the draft of /privacy-policy/ (English). Save another draft first.",
    ]
    assert not Blob.objects.get(pk=digest).is_redacted


def test_announced_text_is_refused_until_it_is_cancelled(page, moment):
    publish_bodies(page, {"en": "Announced."}, moment(2), effective_at=moment(9))
    digest = draft_revision(page, "en").digest
    save_bodies(page, moment(3), en="Another draft.")
    with pytest.raises(StillUsed, match="It is announced for /privacy-policy/"):
        erase(digest, now=moment(4))
    cancel(page.versions.get(number=3), by=EDITOR, now=moment(5))
    erase(digest, now=moment(6))
    assert Blob.objects.get(pk=digest).is_redacted


def test_text_that_another_page_shows_is_refused(page, digest, moment):
    publish_secret(make_page("other"), moment(2))
    assert [(use.page.path, use.versions) for use in find_content(digest).uses] == [
        ("other", (1,)),
        ("privacy-policy", (1,)),
    ]
    with pytest.raises(StillUsed, match="Readers see it now in /other/"):
        erase(digest, now=moment(3))


def test_same_bytes_in_another_language_and_page_are_erased_too(page, digest, moment):
    other = make_page("other")
    assert publish_secret(other, moment(2), "en", "ru") == digest
    publish_bodies(other, {"en": "Now.", "ru": "Сейчас."}, moment(3))
    uses = [(use.page.path, use.language, use.versions) for use in find_content(digest).uses]
    assert uses == [("other", "en", (1,)), ("other", "ru", (1,)), ("privacy-policy", "en", (1,))]
    erase(digest, now=moment(4))
    assert stored_words() == []
    assert list(find_problems()) == []


def test_last_text_of_a_withdrawn_page_is_redacted_and_it_comes_back_with_another(moment):
    page = make_page()
    digest = publish_secret(page, moment())
    withdraw(page, reasons={"en": "Closed."}, by=EDITOR, now=moment(1))
    with pytest.raises(StillUsed, match="Save another draft first"):
        erase(digest, now=moment(2))
    save_bodies(page, moment(3), en="Another draft.")
    erase(digest, now=moment(4))
    with pytest.raises(ValidationError, match="The text of version 1 in this language was redacted: English"):
        bring_back(page, by=EDITOR, now=moment(5))
    publish_bodies(page, {"en": "Another draft."}, moment(6))
    bring_back(page, by=EDITOR, now=moment(7))
    assert list(find_problems()) == []


def test_redacted_text_is_neither_copied_nor_published_again(page, digest, moment):
    erase(digest, now=moment(2))
    first = page.versions.get(number=1)
    with pytest.raises(ValidationError, match="nothing is left to be copied"):
        copy_to_draft(first.texts.get().revision, by=EDITOR, now=moment(3), expected_revision=None)
    with pytest.raises(
        ValidationError, match="The text of version 1 in this language, or a picture in it, was redacted"
    ):
        revert(page, first, ["en"], by=EDITOR, now=moment(3), significance={"en": "major"}, notes={"en": "Back."})
    assert page.versions.count() == 2


def test_unsaved_texts_that_were_begun_with_it_are_deleted(page, digest, moment):
    person = get_user_model().objects.create(username="ann")
    revision = page.versions.get(number=1).texts.get().revision
    typed = {
        "begun with it": (page, TypedText(replace(SECRET, body="Secret body, changed."), revision.pk)),
        "the same": (None, TypedText(replace(SECRET, title="New page"), None)),
        "another": (page, TypedText(Fields(title="Other", body="Other."), draft_revision(page, "en").pk)),
    }
    for of_page, text in typed.values():
        record_session(of_page, OpenForm(person.pk, uuid.uuid4()), "en", {"en": text}, by=EDITOR, now=moment(2))
    assert len(find_content(digest).unsaved) == 2
    erase(digest, now=moment(3))
    assert [session.fields.title for session in EditingSession.objects.all()] == ["Other"]


@pytest.fixture
def picture(page, moment):
    """Return the digest of a picture that only a past version shows."""
    digest = store_picture(b"\x89PNG secret", "png", now=moment(2))
    reference = f"/media/{digest}"
    save_bodies(page, moment(2), en=f"![A sign]({reference})")
    texts = {"en": replace(texts_to_publish(page, ["en"])["en"], pictures={reference: digest})}
    publish(page, texts, by=EDITOR, now=moment(2), notes={"en": "With a sign."})
    return digest


def test_picture_is_erased_when_nothing_shows_it_any_more(page, picture, moment):
    assert find_obstacles(picture, moment(3)) == [
        "Readers see it now in /privacy-policy/ (English), version 3. Publish another text first.",
        "It is in the draft of /privacy-policy/ (English). Save another draft first.",
    ]
    publish_bodies(page, {"en": "Without it."}, moment(3))
    erase(picture, now=moment(4))
    assert Picture.objects.get(pk=picture).content == b""
    assert find_stored_pictures([f"/media/{picture}"], {}) == {}
    with pytest.raises(ValidationError, match="This picture was removed from this site for ever"):
        validate_not_redacted(b"\x89PNG secret")
    version = page.versions.get(number=3)
    with pytest.raises(ValidationError, match="or a picture in it, was redacted"):
        revert(page, version, ["en"], by=EDITOR, now=moment(5), significance={"en": "major"}, notes={"en": "Back."})
    assert list(find_problems()) == []


def test_refusal_of_several_contents_names_their_digests(page, picture, digest, moment):
    with pytest.raises(StillUsed) as refused:
        erase(digest, picture, now=moment(3))
    assert [message.split(" ")[0] for message in refused.value.messages] == [f"{picture[:12]}:"] * 2


def test_logo_is_refused(moment):
    digest = store_picture(b"\x89PNG logo", "png", now=moment())
    SiteSettings.objects.create(pk=1, logo_id=digest)
    with pytest.raises(StillUsed, match="It is the logo of the site"):
        erase(digest, now=moment(1))


def test_only_a_superuser_redacts_a_text_and_nothing_twice(page, digest, moment):
    with pytest.raises(PermissionDenied):
        erase(digest, now=moment(2), by=Actor("Eve", frozenset({"publish_page", "change_page"})))
    erase(digest, now=moment(2))
    with pytest.raises(NothingToRedact):
        erase(digest, now=moment(3))
    assert VersionText.objects.filter(revision__blob=digest).count() == 1
