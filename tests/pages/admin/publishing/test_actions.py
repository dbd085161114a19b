"""The pages that withdraw, bring back, move, confirm, and cancel or repeat an announcement."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page, PublicationRecord
from pages.presentation.as_of import format_moment
from pages.publishing.page_events import withdraw
from tests.building import EDITOR, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
LATER = timezone.now().replace(microsecond=0, second=0) + timedelta(days=5)


@pytest.fixture
def page():
    """Return a page with two versions, whose Russian is behind its English."""
    page, published_at = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Один."}, published_at, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, published_at + timedelta(days=1))
    return page


@pytest.fixture
def announced(page):
    return publish_bodies(page, {"en": "Three."}, timezone.now(), effective_at=LATER)


def action_url(page, name: str, *arguments) -> str:
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *arguments])


def form_data(client, url: str) -> dict:
    """Return what a browser would send for the form as it was opened."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def record_kinds() -> list[str]:
    return list(PublicationRecord.objects.order_by("number").values_list("kind", flat=True))


def test_page_is_withdrawn_with_reasons_and_brought_back(admin_client, page):
    url = action_url(page, "withdraw")
    reasons = {"reason_en": "Out of date.", "reason_ru": "Устарела."}
    assert admin_client.post(url, form_data(admin_client, url) | reasons).status_code == 302
    assert PublicationRecord.objects.latest("number").reasons == {"en": "Out of date.", "ru": "Устарела."}
    assert Page.objects.withdrawn(timezone.now()).get() == page
    back = action_url(page, "bring_back")
    assert "Out of date." in admin_client.get(back).content.decode()
    assert admin_client.post(back, form_data(admin_client, back)).status_code == 302
    assert Page.objects.public(timezone.now()).get() == page
    assert record_kinds()[-2:] == ["withdraw", "bring back"]


def test_withdrawal_needs_a_reason_in_the_source_language_and_keeps_the_input(admin_client, page):
    url = action_url(page, "withdraw")
    response = admin_client.post(url, form_data(admin_client, url) | {"reason_ru": "Устарела."})
    assert response.status_code == 400
    form = response.context["form"]
    assert form.errors == {"reason_en": ["Explain to readers why the page is withdrawn."]}
    assert form["reason_ru"].value() == "Устарела."
    assert Page.objects.public(timezone.now()).exists()


def test_edit_conflict_is_reported_and_submitting_again_works(admin_client, page):
    url = action_url(page, "withdraw")
    data = form_data(admin_client, url) | {"reason_en": "Out of date."}
    publish_bodies(page, {"en": "In between."}, timezone.now())
    response = admin_client.post(url, data)
    assert "This page was changed after you opened this form" in str(response.context["form"].errors)
    assert response.context["form"]["reason_en"].value() == "Out of date."
    data["record"] = response.context["form"]["record"].value()
    assert admin_client.post(url, data).status_code == 302


@pytest.mark.parametrize(("name", "is_withdrawn"), [("withdraw", True), ("bring_back", False)])
def test_operation_that_would_change_nothing_is_refused(admin_client, page, name, is_withdrawn):
    url = action_url(page, name)
    data = form_data(admin_client, url) | {"reason_en": "Why."}
    if is_withdrawn:
        record = withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=timezone.now())
        data["record"] = record.number
    assert "This is not possible in the page's current state." in admin_client.get(url).content.decode()
    before = record_kinds()
    assert "This is not possible" in str(admin_client.post(url, data).context["form"].errors)
    assert record_kinds() == before


def test_page_moves_and_its_old_path_redirects(admin_client, page):
    section, url = make_page("legal"), action_url(page, "move")
    data = form_data(admin_client, url) | {"parent": str(section), "slug": "privacy"}
    assert admin_client.post(url, data).status_code == 302
    page.refresh_from_db()
    assert (page.path, page.redirects.get().old_path) == ("legal/privacy", "privacy-policy")


@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("history", "The site uses the name “history” itself."),
        ("taken", "A page at /taken/ already exists."),
        ("privacy-policy", "The page already has this address."),
        ("a b", "A slug consists of letters, digits, hyphens and underscores."),
    ],
)
def test_invalid_slug_is_reported_at_its_field(admin_client, page, slug, error):
    make_page("taken")
    url = action_url(page, "move")
    response = admin_client.post(url, form_data(admin_client, url) | {"slug": slug})
    assert response.context["form"].errors == {"slug": [error]}
    assert response.context["form"]["slug"].value() == slug


def test_page_that_moved_since_the_form_was_opened_is_an_edit_conflict(admin_client):
    draft = make_page("draft")
    url = action_url(draft, "move")
    data = form_data(admin_client, url)
    Page.objects.filter(pk=draft.pk).update(path="elsewhere", slug="elsewhere")
    response = admin_client.post(url, data | {"slug": "there"})
    assert "This page was changed after you opened this form" in str(response.context["form"].errors)


def test_page_below_cannot_be_the_parent(admin_client, page):
    make_page("child", parent=page)
    url = action_url(page, "move")
    make_page("other")
    assert re.findall('<option value="([^"]*)"', admin_client.get(url).content.decode()) == ["/other/"]
    response = admin_client.post(url, form_data(admin_client, url) | {"parent": "/privacy-policy/child/"})
    assert response.context["form"].errors == {"parent": ["A page cannot be its own descendant."]}


def test_parent_is_shown_and_chosen_by_its_path(admin_client, page):
    child = make_page("child", parent=page)
    url = action_url(child, "move")
    assert form_data(admin_client, url)["parent"] == "/privacy-policy/"
    response = admin_client.post(url, form_data(admin_client, url) | {"parent": "/nowhere/"})
    assert response.context["form"].errors == {"parent": ["No page has the path /nowhere/."]}
    assert admin_client.post(url, form_data(admin_client, url) | {"parent": ""}).status_code == 302
    assert Page.objects.get(pk=child.pk).path == "child"


def test_translation_is_confirmed_without_a_new_version(admin_client, page):
    assert 'data-status="behind"' in admin_client.get("/ru/privacy-policy/").content.decode()
    url = action_url(page, "confirm", "ru")
    html = admin_client.get(url).content.decode()
    assert "The translation is behind its source." in html
    assert "/privacy-policy/compare/1...2/" in html
    assert admin_client.post(url, form_data(admin_client, url)).status_code == 302
    assert 'data-status="up-to-date"' in admin_client.get("/ru/privacy-policy/").content.decode()
    assert page.versions.count() == 2


def test_text_that_came_into_force_while_the_form_was_open_is_not_confirmed(admin_client, page):
    """It is another text than the one that the publisher compared."""
    url = action_url(page, "confirm", "ru")
    response = admin_client.post(url, form_data(admin_client, url) | {"shown_version": "1"})
    assert "This page was changed after you opened this form" in str(response.context["form"].errors)
    assert not page.records.filter(kind="confirm").exists()


@pytest.mark.parametrize("language", ["en", "ar", "xx"])
def test_language_that_is_not_a_translation_cannot_be_confirmed(admin_client, page, language):
    assert admin_client.get(action_url(page, "confirm", language)).status_code == 404


def test_announcement_is_cancelled(admin_client, page, announced):
    url = action_url(page, "announcement", announced.number)
    data = form_data(admin_client, url) | {"_cancel": "1"}
    # The first click only asks.
    response = admin_client.post(url, data)
    assert f"Version 3 does not come into force on {format_moment(LATER)}." in response.content.decode()
    assert page.versions.upcoming(timezone.now()).exists()
    confirmed = data | {"confirmed": response.context["form"].confirmation_token()}
    response = admin_client.post(url, confirmed, follow=True)
    done = f"The announcement of version 3 for {format_moment(LATER)} is cancelled."
    assert done in response.content.decode()
    assert not page.versions.upcoming(timezone.now()).exists()


def test_announcement_is_made_again_for_another_time(admin_client, page, announced):
    url = action_url(page, "announcement", announced.number)
    effective_at = LATER + timedelta(days=2)
    assert f"Announce again for {format_moment(LATER)}" in admin_client.get(url).content.decode()
    data = form_data(admin_client, url) | {"effective_at": f"{effective_at:%Y-%m-%dT%H:%M}"}
    # The button named another time: nothing is done before one that names this time was pressed.
    response = admin_client.post(url, data | {"promised": f"{LATER:%Y-%m-%dT%H:%M}"})
    assert f"Announce again for {format_moment(effective_at)}" in response.content.decode()
    assert page.versions.upcoming(timezone.now()).get() == announced
    response = admin_client.post(url, data | {"promised": data["effective_at"]}, follow=True)
    assert f"Version 4 is announced for {format_moment(effective_at)}." in response.content.decode()
    upcoming = page.versions.upcoming(timezone.now()).get()
    assert (upcoming.number, upcoming.effective_at) == (4, effective_at)


@pytest.mark.parametrize(
    ("effective_at", "error"),
    [
        ("2020-01-01T00:00", "This time is in the past: an announcement needs a time in the future."),
        ("", "Choose when it comes into force."),
        ("soon", "Enter a valid date/time."),
        ("9999-12-31T23:59", "Check the year: a version can be announced for the next 100 years."),
        ("0001-01-01T00:00", "This time is in the past: an announcement needs a time in the future."),
    ],
)
def test_invalid_effective_date_is_reported_at_its_field(admin_client, page, announced, effective_at, error):
    url = action_url(page, "announcement", announced.number)
    response = admin_client.post(url, form_data(admin_client, url) | {"effective_at": effective_at})
    assert response.context["form"].errors == {"effective_at": [error]}
    assert page.versions.upcoming(timezone.now()).get() == announced


def test_version_in_force_cannot_be_cancelled(admin_client, page):
    url = action_url(page, "announcement", 2)
    assert "This is not possible" in admin_client.get(url).content.decode()
    response = admin_client.post(url, form_data(admin_client, url) | {"_cancel": "1"})
    assert "This is not possible" in str(response.context["form"].errors)


def test_tool_bar_follows_the_state_of_the_page(admin_client, page):
    save_bodies(page, timezone.now(), en="Draft.")
    url = action_url(page, "publish")
    assert "Withdraw…" in admin_client.get(url).content.decode()
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=timezone.now())
    html = admin_client.get(url).content.decode()
    assert "Bring back…" in html
    assert "Withdraw…" not in html
    assert "This page is withdrawn" in html


def test_withdrawal_names_the_pages_that_stay_public(admin_client, page):
    below = make_page("below", parent=page)
    assert "stays public" not in admin_client.get(action_url(page, "withdraw")).content.decode()
    publish_bodies(below, {"en": "Below."}, timezone.now())
    html = admin_client.get(action_url(page, "withdraw")).content.decode()
    assert f"1 page below it stays public: /{below.path}/. Withdraw it as well if it must not be read." in html
