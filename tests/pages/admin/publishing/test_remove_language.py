"""Removing a language is an action of its own: nothing else is published with it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.building import draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db
LATER = timezone.now().replace(microsecond=0, second=0) + timedelta(days=9)


@pytest.fixture
def page():
    page, then = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Раз.", "de": "Eins."}, then, confirmed=["ru", "de"])
    return page


def remove_url(page, language="ru") -> str:
    return reverse("admin:pages_page_remove_language", args=[page.pk, language])


def remove(client, page, language="ru", **answers):
    form = client.get(remove_url(page, language)).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return client.post(remove_url(page, language), values | answers, follow=True)


def bodies(version) -> dict:
    return {language: text.revision.fields.body for language, text in texts_by_language(version).items()}


def test_only_the_language_is_removed_and_no_draft_is_published(admin_client, page):
    save_bodies(page, timezone.now(), en="Draft.", ru="Черновик.")
    response = remove(admin_client, page, note_en="There is no Russian text any more.")
    assert "Version 2 is without this language: Russian." in response.content.decode()
    version = page.versions.get(number=2)
    assert bodies(version) == {"en": "One.", "de": "Eins."}
    assert version.texts.get(language="en").change_note == "There is no Russian text any more."
    assert draft_revision(page, "ru").fields.body == "Черновик."


def test_removed_language_does_not_come_back_by_default(admin_client, page):
    remove(admin_client, page)
    save_bodies(page, timezone.now(), en="Two.")
    url = reverse("admin:pages_page_publish", args=[page.pk])
    response = admin_client.get(url)
    form = response.context["form"]
    assert (form["include_en"].value(), form["include_ru"].value()) == (True, False)
    assert "This language was removed from readers." in response.content.decode()
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    admin_client.post(url, values | {"significance": "minor"})
    assert set(bodies(page.versions.get(number=3))) == {"en", "de"}


def test_announced_version_stays_announced_without_the_language(admin_client, page):
    publish_bodies(page, {"en": "Two.", "ru": "Два."}, timezone.now() - timedelta(days=1), effective_at=LATER)
    remove(admin_client, page)
    in_force = page.versions.in_force(timezone.now()).get()
    (announced,) = page.versions.upcoming(timezone.now())
    assert bodies(in_force) == {"en": "One.", "de": "Eins."}
    assert (bodies(announced), announced.effective_at) == ({"en": "Two.", "de": "Eins."}, LATER)


def test_announcement_of_only_that_language_is_not_made_again(admin_client, page):
    publish_bodies(page, {"ru": "Два."}, timezone.now() - timedelta(days=1), effective_at=LATER)
    remove(admin_client, page)
    assert not page.versions.upcoming(timezone.now()).exists()
    assert bodies(page.versions.in_force(timezone.now()).get()) == {"en": "One.", "de": "Eins."}


def test_text_of_a_cancelled_announcement_does_not_go_into_force(admin_client, page):
    publish_bodies(page, {"en": "Two."}, timezone.now() - timedelta(days=1), effective_at=LATER)
    remove(admin_client, page, announcement_action="cancel")
    assert not page.versions.upcoming(timezone.now()).exists()
    assert bodies(page.versions.in_force(timezone.now()).get()) == {"en": "One.", "de": "Eins."}


def test_removal_can_be_announced_and_the_binding_language_goes_along(admin_client):
    page, then = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, then, binding_language="ru")
    html = admin_client.get(remove_url(page)).content.decode()
    assert "Remove this language now: Russian" in html
    remove(admin_client, page, effective_at=f"{LATER:%Y-%m-%dT%H:%M}")
    announced = page.versions.upcoming(timezone.now()).get()
    assert (set(bodies(announced)), announced.effective_at, announced.binding_language) == ({"en"}, LATER, None)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_only_a_published_translation_can_be_removed(admin_client, page, language):
    assert admin_client.get(remove_url(page, language)).status_code == 404


@pytest.mark.parametrize(("in_force", "announced"), [(None, "en"), ("en", None), ("ru", "en")])
def test_binding_language_of_an_announcement_does_not_come_into_force_early(admin_client, page, in_force, announced):
    now = timezone.now()
    publish_bodies(page, {"en": "Two."}, now - timedelta(days=2), binding_language=in_force)
    publish_bodies(page, {"en": "Three."}, now - timedelta(days=1), effective_at=LATER, binding_language=announced)
    remove(admin_client, page, "de")
    assert page.versions.in_force(timezone.now()).get().binding_language == in_force
    assert page.versions.upcoming(timezone.now()).get().binding_language == announced
