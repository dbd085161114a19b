"""Redacting in the history of a page, which only superusers are offered."""

import pytest
from django.utils import timezone

from pages.models import Handover, PublicationRecord, VersionText
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready
from pages.publishing.page_events import withdraw
from tests.building import EDITOR, draft_revision, make_page, publish_bodies
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


def test_text_of_another_page_and_text_of_a_policy_are_not_found(admin_client, page):
    other = make_page("other")
    for digest in (Handover.objects.get().message_digest, "0" * 64):
        assert admin_client.get(redact_url(other, digest)).status_code == 404
    assert admin_client.get(redact_url(page, draft_revision(page, "en").digest)).status_code == 404
