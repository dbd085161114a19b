"""The forms that only make a record: corrections of a note or a significance, and reviews."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page
from pages.publishing.page_tree import set_position
from tests.building import EDITOR, make_page, publish_bodies, texts_by_language
from tests.pages.admin.clients import client_as, visible_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    page, then = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, then, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, then + timedelta(days=3), note="Wrong.")
    return page


def correct_url(page, number=2, language="en") -> str:
    return reverse("admin:pages_page_correct_record", args=[page.pk, number, language])


def form_data(client, url) -> dict:
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def test_correction_shows_first_what_follows_from_it(page):
    publisher, url = client_as("publisher"), correct_url(page)
    data = form_data(publisher, url)
    assert (data["significance"], data["note_en"]) == ("major", "Wrong.")
    # That is what the form that confirms translations says.
    assert "reflects yet" not in visible_text(publisher.get(url))
    data |= {"significance": "minor", "note_en": "Right."}
    response = publisher.post(url, data)
    text = visible_text(response)
    assert "English, last updated:" in text
    assert "Russian, translation: minor differences instead of behind" in text
    assert "Record the correction" in response.content.decode()
    assert not page.records.filter(kind="correct").exists()
    confirmed = {"confirmed": response.context["form"].confirmation_token()}
    assert publisher.post(url, data | confirmed).status_code == 302
    row = texts_by_language(page.versions.get(number=2))["en"]
    assert (row.counted_significance, page.records.get(kind="correct").note.text) == ("minor", "Right.")


def test_other_answers_are_previewed_again(page):
    publisher, url = client_as("publisher"), correct_url(page)
    data = form_data(publisher, url) | {"note_en": "Right."}
    response = publisher.post(url, data)
    assert "No last-updated date and no translation status changes." in visible_text(response)
    confirmed = {"confirmed": response.context["form"].confirmation_token(), "significance": "minor"}
    assert publisher.post(url, data | confirmed).status_code == 200
    assert not page.records.filter(kind="correct").exists()


def test_first_text_offers_no_significance(page):
    assert "significance" not in form_data(client_as("publisher"), correct_url(page, 1))


def test_unchanged_text_has_no_form(page):
    publisher = client_as("publisher")
    assert [publisher.get(correct_url(page, *args)).status_code for args in ((2, "ru"), (2, "de"), (9, "en"))] == [
        404
    ] * 3


def test_correction_that_differs_in_nothing_is_refused(page):
    publisher, url = client_as("publisher"), correct_url(page)
    response = publisher.post(url, form_data(publisher, url))
    assert response.status_code == 400
    assert "there is nothing to correct" in visible_text(response)


def test_history_links_to_the_correction_and_shows_both_notes(page):
    publisher, url = client_as("publisher"), correct_url(page)
    history_url = reverse("admin:pages_page_history", args=[page.pk])
    assert 'href="../correct/2/en/"' in publisher.get(history_url).content.decode()
    data = form_data(publisher, url) | {"note_en": "Right.", "significance": "minor"}
    token = publisher.post(url, data).context["form"].confirmation_token()
    publisher.post(url, data | {"confirmed": token})
    text = visible_text(publisher.get(history_url))
    assert "English: minor change (published as: major change)" in text
    assert "Right. (published as: Wrong. )" in text
    assert "../correct/" not in client_as("editor").get(history_url).content.decode()


def test_review_is_recorded_by_a_reviewer_with_the_next_date(page):
    set_position(page, review_months=6, by=EDITOR, now=timezone.now())
    reviewer, url = client_as("reviewer"), reverse("admin:pages_page_review", args=[page.pk])
    data = form_data(reviewer, url)
    assert reviewer.post(url, data).status_code == 302
    assert page.records.get(kind="review").actor_name == "reviewer"
    assert Page.objects.get().review_by == data["review_by"]
    assert "Page reviewed" in visible_text(reviewer.get(reverse("admin:pages_page_history", args=[page.pk])))


def test_page_that_readers_cannot_open_is_not_reviewed():
    draft = make_page()
    response = client_as("reviewer").get(reverse("admin:pages_page_review", args=[draft.pk]))
    assert "This is not possible" in visible_text(response)
