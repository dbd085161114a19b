"""The statuses of all translations of a version at once are those that each has by itself."""

import pytest

from pages.history.translation_basis import status_with_basis, translation_statuses
from pages.history.translation_status import TranslationStatus
from pages.publishing.announcements import cancel
from pages.publishing.page_events import confirm
from pages.publishing.versions import announce
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_by_language, texts_to_publish

pytestmark = pytest.mark.django_db


def singly(page, version, at):
    of_version = texts_by_language(version)
    found = {one: status_with_basis(page, version, text, of_version, at)[0] for one, text in of_version.items()}
    return {language: status for language, status in found.items() if status}


def together(page, version, at):
    return translation_statuses(page, version, texts_by_language(version), at)


@pytest.fixture
def page(moment):
    """Return a page whose translations are current, nearly, and behind; one version was cancelled."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз.", "de": "Eins.", "fr": "Un."}, moment(), confirmed=["ru", "de"])
    publish_bodies(page, {"en": "One!", "de": "Eins!"}, moment(1), significance="minor", confirmed=["de"])
    save_bodies(page, moment(2), en="Never.")
    announced = announce(
        page, texts_to_publish(page, ["en"]), by=EDITOR, now=moment(2), effective_at=moment(9), notes={"en": "Note."}
    )
    cancel(announced, by=EDITOR, now=moment(3))
    return page


def test_all_at_once_are_what_each_is_by_itself(page, moment):
    for version in page.versions.all():
        assert together(page, version, moment(5)) == singly(page, version, moment(5))
    newest = page.versions.get(number=2)
    assert together(page, newest, moment(5)) == {
        "ru": TranslationStatus.MINOR,
        "de": TranslationStatus.UP_TO_DATE,
        "fr": TranslationStatus.BEHIND,
    }


def test_a_confirmation_counts(page, moment):
    newest = page.versions.get(number=2)
    confirm(newest, "ru", 2, by=EDITOR, now=moment(4))
    assert together(page, newest, moment(3))["ru"] == TranslationStatus.MINOR
    assert together(page, newest, moment(5))["ru"] == TranslationStatus.UP_TO_DATE
    assert together(page, newest, moment(5)) == singly(page, newest, moment(5))


def test_without_a_source_text_there_is_no_status(page, moment):
    version = page.versions.get(number=2)
    assert translation_statuses(page, version, {"ru": texts_by_language(version)["ru"]}, moment(5)) == {}
