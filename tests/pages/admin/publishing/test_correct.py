"""Correcting a typo in the text in force, and with it in the announced text."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.history.translation_status import assess_version
from pages.publishing.announcements import cancel
from pages.text import source
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=5)
TYPO, CORRECTED = (
    "We keep adresses for one day, and then we delete them.",
    "We keep addresses for one day, and then we delete them.",
)


@pytest.fixture
def page():
    """Return a page with a typo in the text in force and in a longer announced text."""
    page = make_page()
    publish_bodies(page, {"en": TYPO, "ru": "Русский."}, timezone.now() - timedelta(days=1), confirmed=["ru"])
    publish_bodies(page, {"en": f"{TYPO}\n\nAnd more."}, timezone.now(), effective_at=LATER)
    return page


def correct_url(page) -> str:
    return reverse("admin:pages_page_correct", args=[page.pk])


def form_data(form) -> dict:
    """Return what a browser would send for the form."""
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def second_step(client, page, **changes):
    """Submit the first step; return the form of the second."""
    data = form_data(client.get(correct_url(page)).context["form"])
    return client.post(correct_url(page), data | changes).context["form"]


def body(text) -> str:
    return source.extract_body(bytes(text.revision.source))


def test_first_step_shows_the_text_in_force_whatever_the_draft_says(admin_client, page):
    save_bodies(page, timezone.now(), en="A draft.")
    form = admin_client.get(correct_url(page)).context["form"]
    assert form["force_body_en"].value() == TYPO
    assert not [name for name in form.fields if name.startswith(("announced", "significance"))]


def test_submission_without_any_field_is_not_an_error_of_the_site(admin_client, page):
    assert admin_client.post(correct_url(page)).status_code == 200


def test_second_step_shows_the_announced_text_with_the_correction(admin_client, page):
    form = second_step(admin_client, page, force_body_en=CORRECTED)
    assert form["announced2_body_en"].value() == f"{CORRECTED}\n\nAnd more."
    assert not form.errors
    assert "force_body_ru" in form.fields
    assert "announced2_body_ru" not in form.fields


def test_each_step_shows_all_fields_of_its_form(admin_client, page):
    data = form_data(admin_client.get(correct_url(page)).context["form"])
    first = admin_client.post(correct_url(page), data)
    second = admin_client.post(correct_url(page), data | {"force_body_en": CORRECTED})
    assert "announcement_action" in second.context["form"].fields
    for response in (first, second):
        html = response.content.decode()
        assert [name for name in response.context["form"].fields if f'name="{name}"' not in html] == []


def test_both_versions_are_published_at_once(admin_client, page):
    form = second_step(admin_client, page, force_body_en=CORRECTED)
    response = admin_client.post(correct_url(page), form_data(form) | {"significance_en": "minor", "_publish": "1"})
    assert response.status_code == 302
    third, fourth = page.versions.get(number=3), page.versions.get(number=4)
    assert [version.number for version in page.versions.not_cancelled(timezone.now())] == [4, 3, 1]
    assert (body(texts_by_language(third)["en"]), texts_by_language(third)["en"].significance) == (CORRECTED, "minor")
    assert (body(texts_by_language(fourth)["en"]), fourth.effective_at) == (f"{CORRECTED}\n\nAnd more.", LATER)
    # The draft was the announced text, so it is corrected too.
    assert body(texts_by_language(fourth)["en"]) == source.extract_body(bytes(draft_revision(page, "en").source))
    assert "addresses" in admin_client.get("/privacy-policy/").content.decode()


def test_draft_that_differs_is_not_changed(admin_client, page):
    save_bodies(page, timezone.now(), en="A draft.")
    form = second_step(admin_client, page, force_body_en=CORRECTED)
    admin_client.post(correct_url(page), form_data(form) | {"significance_en": "minor", "_publish": "1"})
    assert source.extract_body(bytes(draft_revision(page, "en").source)) == "A draft."


def test_announcement_can_be_cancelled_instead(admin_client, page):
    form = second_step(admin_client, page, force_body_en=CORRECTED)
    answers = form_data(form) | {"significance_en": "minor", "announcement_action": "cancel", "_publish": "1"}
    assert admin_client.post(correct_url(page), answers).status_code == 302
    assert [version.number for version in page.versions.not_cancelled(timezone.now())] == [3, 1]


def test_second_step_asks_what_happens_to_the_announcement(admin_client, page):
    data = form_data(admin_client.get(correct_url(page)).context["form"])
    html = admin_client.post(correct_url(page), data | {"force_body_en": CORRECTED}).content.decode()
    assert "What should happen to the announced version?" in html
    assert 'name="announcement_action"' in html


def test_correction_that_cannot_be_transferred_is_reported(admin_client, page):
    publish_bodies(page, {"en": "Rewritten."}, timezone.now(), effective_at=LATER, announcement_action="cancel")
    data = form_data(admin_client.get(correct_url(page)).context["form"])
    response = admin_client.post(correct_url(page), data | {"force_body_en": CORRECTED})
    assert response.context["form"]["announced3_body_en"].value() == "Rewritten."
    assert "Not every correction could be applied to the announced text automatically" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        ({}, "significance_en", "This field is required."),
        ({"significance_en": "major"}, "note_en", "Describe the change for readers."),
        ({"significance_en": "minor", "force_title_en": ""}, "force_title_en", "A text needs a title."),
        ({"significance_en": "minor", "announced2_title_en": ""}, "announced2_title_en", "A text needs a title."),
    ],
)
def test_error_is_shown_at_its_field_and_the_input_is_kept(admin_client, page, changes, field, error):
    form = second_step(admin_client, page, force_body_en=CORRECTED)
    response = admin_client.post(correct_url(page), form_data(form) | {"_publish": "1", **changes})
    assert response.status_code == 400
    assert response.context["form"].errors == {field: [error]}
    assert response.context["form"]["force_body_en"].value() == CORRECTED
    assert page.versions.count() == 2


def test_publication_since_the_form_was_opened_is_an_edit_conflict(admin_client, page):
    form = second_step(admin_client, page, force_body_en=CORRECTED)
    publish_bodies(page, {"ru": "Иначе."}, timezone.now(), effective_at=LATER, announcement_action="cancel")
    response = admin_client.post(correct_url(page), form_data(form) | {"significance_en": "minor", "_publish": "1"})
    assert "This page was changed after you opened this form" in str(response.context["form"].errors)
    assert response.context["form"]["force_body_en"].value() == CORRECTED


def test_unchanged_text_is_not_published(admin_client, page):
    data = form_data(admin_client.get(correct_url(page)).context["form"])
    response = admin_client.post(correct_url(page), data | {"_publish": "1"})
    assert "The text in force is not changed yet." in response.content.decode()
    assert page.versions.count() == 2


def test_correction_without_an_announcement_leaves_an_unfinished_draft_alone(admin_client):
    page = make_page()
    publish_bodies(page, {"en": TYPO}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en="An unfinished draft.")
    form = second_step(admin_client, page, force_body_en=CORRECTED)
    assert "announcement_action" not in form.fields
    admin_client.post(correct_url(page), form_data(form) | {"significance_en": "minor", "_publish": "1"})
    assert body(texts_by_language(page.versions.get(number=2))["en"]) == CORRECTED
    assert source.extract_body(bytes(draft_revision(page, "en").source)) == "An unfinished draft."


def test_page_without_a_version_in_force_cannot_be_corrected(admin_client):
    assert "No version is in force" in admin_client.get(correct_url(make_page())).content.decode()


def correct_translation(client, page, **answers):
    """Correct the Russian text in force, and publish it with these answers."""
    data = form_data(second_step(client, page, force_body_ru="Другое."))
    data = {name: value for name, value in data.items() if value is not False}
    return client.post(correct_url(page), data | {"note_ru": "Исправлено.", "_publish": "1"} | answers)


def translation_status(page) -> str:
    version = page.versions.in_force(timezone.now()).get()
    return str(assess_version(version, texts_by_language(version), timezone.now())["ru"].status)


@pytest.mark.parametrize(("significance", "status"), [("minor", "up to date"), ("major", "behind")])
def test_major_correction_of_a_translation_ends_what_was_said_about_it(admin_client, page, significance, status):
    form = second_step(admin_client, page, force_body_ru="Другое.")
    assert not form["reflects_ru"].value()
    assert correct_translation(admin_client, page, significance_ru=significance).status_code == 302
    assert translation_status(page) == status


def test_corrected_translation_can_be_said_to_match_the_source(admin_client, page):
    correct_translation(admin_client, page, significance_ru="major", reflects_ru="on")
    assert translation_status(page) == "up to date"


def test_source_text_is_not_asked_what_it_matches(admin_client, page):
    assert "reflects_en" not in second_step(admin_client, page, force_body_en=CORRECTED).fields


def test_conflict_unsets_that_a_translation_matches(admin_client, page):
    data = form_data(second_step(admin_client, page, force_body_ru="Другое."))
    data |= {"significance_ru": "major", "note_ru": "Исправлено.", "reflects_ru": "on", "_publish": "1"}
    announcement = page.versions.get(number=2)
    cancel(announcement, by=EDITOR, now=timezone.now())
    response = admin_client.post(correct_url(page), data)
    assert "This page was changed after you opened this form" in str(response.context["form"].errors)
    assert not response.context["form"]["reflects_ru"].value()


def test_text_that_came_into_force_while_the_form_was_open_is_not_overwritten(admin_client, page):
    data = form_data(second_step(admin_client, page, force_body_en=CORRECTED)) | {"significance_en": "minor"}
    data |= {"in_force": "0", "_publish": "1"}
    response = admin_client.post(correct_url(page), data)
    assert "This page was changed after you opened this form" in str(response.context["form"].errors)
    assert page.versions.count() == 2


def findings(response) -> dict[str, list[tuple[str, str]]]:
    """Return the findings of the corrected languages, with the addresses of their links."""
    links = {
        code: re.findall(rf'<a href="(#id_force_\w+_{code})"(?: data-line="(\d+)")?>', response.content.decode())
        for code in ("en", "ru")
    }
    shown = {row["code"]: row["findings"] for row in response.context["languages"]}
    assert {code: len(rows) for code, rows in shown.items()} == {code: len(rows) for code, rows in links.items()}
    return {
        code: [(str(finding.kind), *link) for finding, link in zip(rows, links[code], strict=True)]
        for code, rows in shown.items()
    }


def test_corrected_texts_are_checked_as_on_the_publish_page(admin_client, now):
    page = make_page()
    bodies = {"en": "Hello.\n\nWe keep it for 30 days.", "ru": "Привет.\n\nМы храним это 30 дней."}
    publish_bodies(page, bodies, now - timedelta(days=1), confirmed=["ru"])
    response = admin_client.get(correct_url(page))
    assert findings(response) == {"en": [], "ru": []}
    data = form_data(response.context["form"])
    russian = {"force_body_ru": "Привет.\n\nМы храним это 14 дней."}
    # A corrected translation is compared with the source text in force.
    response = admin_client.post(correct_url(page), data | russian)
    assert findings(response) == {"en": [], "ru": [("parity", "#id_force_body_ru", "3")]}
    # And with the corrected source text, if that is corrected too.
    english = {"force_body_en": "Hello.\n\nWe keep it for 14 days.\n\n[This](#no)"}
    response = admin_client.post(correct_url(page), data | russian | english)
    assert findings(response)["en"] == [("broken anchor", "#id_force_body_en", "5")]
    assert "30" not in str([finding.message.translated for finding in response.context["languages"][1]["findings"]])
    assert page.revisions.count() == 2
