"""If the clock is behind the log, every operation shows the reason and keeps what was typed; drafts are saved."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page, PublicationRecord
from pages.publishing.page_events import withdraw
from pages.publishing.records import accept_clock
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, form_values

pytestmark = pytest.mark.django_db
REASON = "The clock of this server shows"
AHEAD = timedelta(days=2)


@pytest.fixture
def page():
    """Return a page with two versions, an announced one and a draft."""
    page, published_at = make_page("policy"), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Один."}, published_at, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, published_at)
    publish_bodies(page, {"en": "Three."}, published_at, effective_at=timezone.now() + timedelta(days=5))
    save_bodies(page, timezone.now(), en="Four.")
    return page


def set_clock_back():
    """Publish another page with a clock that is two days ahead."""
    publish_bodies(make_page("other"), {"en": "Other."}, timezone.now() + AHEAD)


def action_url(page, name, *arguments):
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *arguments])


def opened_form(client, url):
    """Return what a browser would send for the form as it was opened; unchecked boxes are left out."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


OPERATIONS = {
    "publish": (
        [],
        {"note_en": "Typed.", "significance": "major", "effective_at": "", "announcement_action": "cancel"},
    ),
    "announce": ([], {"note_en": "Typed.", "significance": "major", "effective_at": "2100-01-01T12:00"}),
    "revert": ([1], {"note_en": "Typed.", "significance": "major", "announcement_action": "cancel"}),
    "correct": (
        [],
        {
            "force_body_en": "Typed.",
            "significance_en": "major",
            "note_en": "Typed too.",
            "announcement_action": "cancel",
            "_publish": "",
        },
    ),
    "withdraw": ([], {"reason_en": "Typed."}),
    "move": ([], {"slug": "typed"}),
    "confirm": (["ru"], {"reflects": "2"}),
    "announcement": ([3], {"effective_at": "2100-01-01T12:00"}),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_is_refused_with_the_reason_and_keeps_the_input(admin_client, page, name):
    arguments, typed = OPERATIONS[name]
    url = action_url(page, {"announce": "publish"}.get(name, name), *arguments)
    data = opened_form(admin_client, url) | typed
    set_clock_back()
    before = PublicationRecord.objects.count()
    response = admin_client.post(url, data)
    assert response.status_code == 400
    form = response.context["form"]
    assert list(form.errors) == ["__all__"]
    assert REASON in form.errors["__all__"][0]
    assert REASON in response.content.decode()
    assert {field: form[field].value() for field in typed if field in form.fields} == {
        field: value for field, value in typed.items() if field in form.fields
    }
    assert PublicationRecord.objects.count() == before
    accept_clock(by=EDITOR, now=timezone.now())
    assert admin_client.post(url, data).status_code == 302


def test_page_is_not_brought_back_while_the_clock_is_behind(admin_client, page):
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=timezone.now())
    url = action_url(page, "bring_back")
    data = opened_form(admin_client, url)
    set_clock_back()
    assert REASON in admin_client.post(url, data).content.decode()
    assert Page.objects.withdrawn(timezone.now()).get() == page


def test_version_that_a_clock_stamped_ahead_is_announced_and_cancelled_at_once(admin_client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, timezone.now() - timedelta(days=1))
    publish_bodies(page, {"en": "Two."}, timezone.now() + AHEAD)
    assert "Version 2 announced for" in admin_client.get(change_url(page)).content.decode()
    url = action_url(page, "announcement", 2)
    assert url in admin_client.get(action_url(page, "publish")).content.decode()
    data = opened_form(admin_client, url)
    refused = admin_client.post(url, data).content.decode()
    assert REASON in refused
    assert "Readers see version 1: version 2 has a time of that clock" in refused
    token = admin_client.post(url, data | {"_cancel": ""}).context["form"].confirmation_token()
    assert admin_client.post(url, data | {"_cancel": "", "confirmed": token}).status_code == 302
    assert not page.versions.upcoming(timezone.now()).exists()


def test_page_whose_withdrawal_is_stamped_ahead_can_be_withdrawn_and_brought_back(admin_client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, timezone.now() - timedelta(days=1))
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=timezone.now() + AHEAD)
    html, url = admin_client.get(action_url(page, "publish")).content.decode(), action_url(page, "bring_back")
    assert url in html
    assert action_url(page, "withdraw") in html
    assert admin_client.post(url, opened_form(admin_client, url)).status_code == 302
    assert Page.objects.public(timezone.now() + AHEAD).get() == page


def test_draft_is_saved_while_the_clock_is_behind(admin_client, page):
    set_clock_back()
    url = change_url(page)
    data = form_values(admin_client, url) | {"body_en": "Typed."}
    assert admin_client.post(url, data).status_code == 302
    assert page.revisions.drafts().get(language="en").fields.body == "Typed."
