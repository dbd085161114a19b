"""Redacting in the history of a page, which only superusers are offered."""

import pytest
from django.utils import timezone

from pages.models import Blob, Handover, PublicationRecord, VersionText
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.redactions import redact
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import client_as, visible_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One."}, now)
    publish_bodies(page, {"en": "Two."}, now, note="Call 0100.")
    withdraw(page, reasons={"en": "Ask 0100."}, by=EDITOR, now=now)
    head = draft_revision(page, "en")
    mark_ready(page, "en", revision=head.pk, message="<b>0100</b>", by=system_actor("Ann"), now=timezone.now())
    return page


def redact_url(page, digest) -> str:
    return f"/admin/pages/page/{page.pk}/redact/{digest}/"


def test_history_links_to_the_redaction_for_superusers_only(admin_client, page):
    reason = PublicationRecord.objects.get(kind="withdraw").reason_digests["en"]
    digests = [Handover.objects.get().message_digest, VersionText.objects.get(version__number=2).note_id, reason]
    url = f"/admin/pages/page/{page.pk}/history/"
    html, others = admin_client.get(url).content.decode(), client_as("publisher").get(url).content.decode()
    for digest in digests:
        assert f'href="../redact/{digest}/"' in html
    assert "/redact/" not in others


def test_message_is_shown_once_more_and_then_erased(admin_client, page):
    url, history = redact_url(page, Handover.objects.get().message_digest), f"/admin/pages/page/{page.pk}/history/"
    response = admin_client.get(url)
    assert "This text is erased for ever" in visible_text(response)
    assert "“&lt;b&gt;0100&lt;/b&gt;”" in response.content.decode()
    record = response.context["form"]["record"].value()
    assert "This field is required." in visible_text(admin_client.post(url, {"record": record}))
    assert admin_client.post(url, {"record": record, "reason": "A number."}).status_code == 302
    assert "The message was redacted." in visible_text(admin_client.get(history))
    assert "0100&lt;" not in admin_client.get(history).content.decode()
    assert "This is not possible" in visible_text(admin_client.get(url))


def test_corrected_note_and_reasons_that_were_redacted_are_left_out_of_the_history(admin_client, page):
    reason = PublicationRecord.objects.get(kind="withdraw").reason_digests["en"]
    url = redact_url(page, reason)
    record = admin_client.get(url).context["form"]["record"].value()
    assert admin_client.post(url, {"record": record, "reason": "A number."}).status_code == 302
    assert "Ask 0100." not in admin_client.get(f"/admin/pages/page/{page.pk}/history/").content.decode()


def test_text_of_another_page_is_not_found(admin_client, page):
    other = make_page("other")
    for digest in (Handover.objects.get().message_digest, "0" * 64):
        assert admin_client.get(redact_url(other, digest)).status_code == 404
    assert admin_client.get(redact_url(other, draft_revision(page, "en").digest)).status_code == 404


@pytest.fixture
def old_text(page):
    """Return the digest of the text of the first version."""
    return page.versions.get(number=1).texts.get().revision.digest


def send(client, url, **values):
    return client.post(url, {"record": client.get(url).context["form"]["record"].value(), **values})


def test_text_is_shown_with_its_uses_and_erased_after_a_second_look(admin_client, page, old_text):
    url, history = redact_url(page, old_text), f"/admin/pages/page/{page.pk}/history/"
    assert f'href="../redact/{old_text}/"' in admin_client.get(history).content.decode()
    shown = visible_text(admin_client.get(url))
    size = len(Blob.objects.get(pk=old_text).content)
    assert f"Erased for ever: the text “Privacy policy” ({size} bytes), with its title, link title and" in shown
    assert "/privacy-policy/, English: in version 1, saved as r" in shown
    assert "Readers see instead, in these versions and in comparisons with them, that the text was redacted." in shown
    asked = send(admin_client, url, reason="A number.")
    assert "What this will do" in visible_text(asked)
    assert not Blob.objects.get(pk=old_text).is_redacted
    confirmed = asked.context["form"].confirmation_token()
    assert send(admin_client, url, reason="Another reason.", confirmed=confirmed).status_code == 200
    assert send(admin_client, url, reason="A number.", confirmed=confirmed).headers["Location"] == history
    assert Blob.objects.get(pk=old_text).is_redacted
    assert "English: major change. The text was redacted." in visible_text(admin_client.get(history))
    assert f'href="../redact/{old_text}/"' not in admin_client.get(history).content.decode()
    for address in ("text/en/v1", "compare/en/v1...v2", "compare/en/draft...v1"):
        assert "redacted" in visible_text(admin_client.get(f"/admin/pages/page/{page.pk}/{address}/"))
    assert "This is not possible" in visible_text(admin_client.get(url))


def test_text_that_readers_see_is_refused_with_what_to_do_first(admin_client, page, old_text):
    bring_back(page, by=EDITOR, now=timezone.now())
    url = redact_url(page, draft_revision(page, "en").digest)
    shown = visible_text(admin_client.get(url))
    assert "Readers see it now in /privacy-policy/ (English), version 2. Publish another text first." in shown
    assert "It is in the draft of /privacy-policy/ (English). Save another draft first." in shown
    assert "Why is it redacted?" not in shown
    record = admin_client.get(redact_url(page, old_text)).context["form"]["record"].value()
    refused = admin_client.post(url, {"record": record, "reason": "A number."})
    assert (refused.status_code, Blob.objects.get(pk=draft_revision(page, "en").digest).is_redacted) == (400, False)


def test_only_superusers_redact_texts(page, old_text):
    publisher, url = client_as("publisher"), redact_url(page, old_text)
    assert (publisher.get(url).status_code, publisher.post(url, {"reason": "Forged."}).status_code) == (403, 403)
    assert f"/redact/{old_text}/" not in publisher.get(f"/admin/pages/page/{page.pk}/history/").content.decode()


@pytest.fixture
def translated():
    """Return a page of which a translation reflects the first source text, the draft that text a second time."""
    page, now = make_page("translated"), timezone.now()
    secret = {"en": "Secretword one.", "ru": "Один."}
    publish_bodies(page, secret, now, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, now, note="Two.")
    save_bodies(page, now, en="Secretword one.")
    save_bodies(page, now, en="Three.", ru="Другой.")
    return page


ADDRESSES = [
    *("change/", "publish/", "revert/1/", "correct/", "correct/1/en/", "confirm/ru/", "ready/ru/", "history/"),
    *("text/en/v1/", "text/en/v1/source/", "copy-to-draft/en/v1/", "compare/en/v1...v2/", "compare/en/draft...v1/"),
    *("compare/en/v1...v2/?source", "compare/en/v1...r1/", "translation-source/ru/", "preview/en/?revision=r1"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_redacted_words_appear_on_no_page_of_the_admin(admin_client, translated, address):
    text = translated.versions.get(number=1).texts.get(language="en")
    url = f"/admin/pages/page/{translated.pk}/{address}".replace("r1", f"r{text.revision_id}")
    url = url.replace("=r", "=")
    before = admin_client.get(url)
    redact([text.revision.digest], reasons={"en": "A number."}, by=EDITOR, now=timezone.now())
    after = admin_client.get(url)
    is_gone = ("source/" in address and "translation" not in address) or "copy-to-draft" in address
    assert (before.status_code, after.status_code) == (200, 404 if is_gone else 200)
    assert "Secretword" not in after.content.decode()


def test_redacted_text_is_not_reverted_to(admin_client, translated):
    text = translated.versions.get(number=1).texts.get(language="en")
    redact([text.revision.digest], reasons={"en": "A number."}, by=EDITOR, now=timezone.now())
    url = f"/admin/pages/page/{translated.pk}/revert/1/"
    form = admin_client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    refused = admin_client.post(
        url, {**values, "include_en": "on", "significance": "major", "note": "Back.", "note_en": "Back."}
    )
    assert "or a picture in it, was redacted: English." in visible_text(refused)
