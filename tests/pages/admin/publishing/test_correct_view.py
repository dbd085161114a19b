"""A typo is mended in the text in force while an announcement waits, and in the announced text with it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.text import source
from tests.building import draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=5)
TYPO, MENDED = (
    "We keep adresses for one day, and then we delete them.",
    "We keep addresses for one day, and then we delete them.",
)


@pytest.fixture
def page():
    """Return a page with a typo in force, and in an announced text that says more."""
    page = make_page()
    publish_bodies(page, {"en": TYPO, "ru": "Русский."}, timezone.now() - timedelta(days=1), confirmed=["ru"])
    publish_bodies(page, {"en": f"{TYPO}\n\nAnd more."}, timezone.now(), effective_at=LATER)
    return page


def url(page) -> str:
    return reverse("admin:pages_page_correct", args=[page.pk])


def values(form) -> dict:
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def second_step(client, page, **changes):
    """Return the form that asks the questions, after the first step."""
    first = values(client.get(url(page)).context["form"])
    return client.post(url(page), first | changes).context["form"]


def body(text) -> str:
    return source.extract_body(bytes(text.revision.source))


def test_the_first_step_shows_what_is_in_force_whatever_the_draft_says(admin_client, page):
    save_bodies(page, timezone.now(), en="A draft.")
    form = admin_client.get(url(page)).context["form"]
    assert form["force_body_en"].value() == TYPO
    assert not [name for name in form.fields if name.startswith(("announced", "significance"))]


def test_the_second_step_has_the_announced_text_with_the_correction_in_it(admin_client, page):
    form = second_step(admin_client, page, force_body_en=MENDED)
    assert form["announced2_body_en"].value() == f"{MENDED}\n\nAnd more."
    assert not form.errors
    assert "force_body_ru" in form.fields
    assert "announced2_body_ru" not in form.fields


def test_both_versions_are_made_at_once(admin_client, page):
    form = second_step(admin_client, page, force_body_en=MENDED)
    response = admin_client.post(url(page), values(form) | {"significance_en": "minor", "_publish": "1"})
    assert response.status_code == 302
    third, fourth = page.versions.get(number=3), page.versions.get(number=4)
    assert [one.number for one in page.versions.not_cancelled(timezone.now())] == [4, 3, 1]
    assert (body(texts_by_language(third)["en"]), texts_by_language(third)["en"].significance) == (MENDED, "minor")
    assert (body(texts_by_language(fourth)["en"]), fourth.effective_at) == (f"{MENDED}\n\nAnd more.", LATER)
    # The working copy was the announced text: it goes along.
    assert body(texts_by_language(fourth)["en"]) == source.extract_body(bytes(draft_revision(page, "en").source))
    assert "addresses" in admin_client.get("/privacy-policy/").content.decode()


def test_a_draft_that_differs_stays(admin_client, page):
    save_bodies(page, timezone.now(), en="A draft.")
    form = second_step(admin_client, page, force_body_en=MENDED)
    admin_client.post(url(page), values(form) | {"significance_en": "minor", "_publish": "1"})
    assert source.extract_body(bytes(draft_revision(page, "en").source)) == "A draft."


def test_the_announcement_can_be_cancelled_instead(admin_client, page):
    form = second_step(admin_client, page, force_body_en=MENDED)
    answers = values(form) | {"significance_en": "minor", "announcement_action": "cancel", "_publish": "1"}
    assert admin_client.post(url(page), answers).status_code == 302
    assert [one.number for one in page.versions.not_cancelled(timezone.now())] == [3, 1]


def test_a_correction_whose_place_is_not_found_is_said(admin_client, page):
    publish_bodies(page, {"en": "Written anew."}, timezone.now(), effective_at=LATER, announcement_action="cancel")
    first = values(admin_client.get(url(page)).context["form"])
    response = admin_client.post(url(page), first | {"force_body_en": MENDED})
    assert response.context["form"]["announced3_body_en"].value() == "Written anew."
    assert "Not every correction could be made in the announced text by itself" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        ({}, "significance_en", "This field is required."),
        ({"significance_en": "major"}, "note_en", "Describe the change for readers."),
        ({"significance_en": "minor", "force_title_en": ""}, "force_title_en", "A text needs a title."),
        ({"significance_en": "minor", "announced2_title_en": ""}, "announced2_title_en", "A text needs a title."),
    ],
)
def test_what_is_refused_is_said_at_its_field_and_nothing_is_lost(admin_client, page, changes, field, error):
    form = second_step(admin_client, page, force_body_en=MENDED)
    response = admin_client.post(url(page), values(form) | {"_publish": "1", **changes})
    assert response.status_code == 400
    assert response.context["form"].errors == {field: [error]}
    assert response.context["form"]["force_body_en"].value() == MENDED
    assert page.versions.count() == 2


def test_what_was_published_meanwhile_is_looked_at_again(admin_client, page):
    form = second_step(admin_client, page, force_body_en=MENDED)
    publish_bodies(page, {"ru": "Иначе."}, timezone.now(), effective_at=LATER, announcement_action="cancel")
    response = admin_client.post(url(page), values(form) | {"significance_en": "minor", "_publish": "1"})
    assert "Somebody did something to this page" in str(response.context["form"].errors)
    assert response.context["form"]["force_body_en"].value() == MENDED


def test_without_a_change_there_is_nothing_to_publish(admin_client, page):
    first = values(admin_client.get(url(page)).context["form"])
    response = admin_client.post(url(page), first | {"_publish": "1"})
    assert "Nothing was changed in the text in force yet." in response.content.decode()
    assert page.versions.count() == 2


def test_without_an_announcement_a_typo_is_mended_beside_an_unfinished_draft(admin_client):
    page = make_page()
    publish_bodies(page, {"en": TYPO}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en="An unfinished draft.")
    form = second_step(admin_client, page, force_body_en=MENDED)
    assert "announcement_action" not in form.fields
    admin_client.post(url(page), values(form) | {"significance_en": "minor", "_publish": "1"})
    assert body(texts_by_language(page.versions.get(number=2))["en"]) == MENDED
    assert source.extract_body(bytes(draft_revision(page, "en").source)) == "An unfinished draft."


def test_without_anything_in_force_there_is_nothing_to_correct(admin_client):
    assert "Nothing is in force" in admin_client.get(url(make_page())).content.decode()
