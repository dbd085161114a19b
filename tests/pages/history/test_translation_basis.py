"""`translation_statuses` returns for all translations what `status_with_basis` returns for each."""

import pytest

from pages.history.translation_basis import status_with_basis, translation_statuses
from pages.history.translation_status import TranslationStatus
from pages.publishing.announcements import cancel
from pages.publishing.page_events import confirm
from pages.publishing.versions import announce
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_by_language, texts_to_publish

pytestmark = pytest.mark.django_db


def statuses_one_by_one(page, version, at):
    texts = texts_by_language(version)
    statuses = {name: status_with_basis(page, version, text, texts, at)[0] for name, text in texts.items()}
    return {language: status for language, status in statuses.items() if status}


def statuses_at_once(page, version, at):
    return translation_statuses(page, version, texts_by_language(version), at)


@pytest.fixture
def page(moment):
    """Return a page with translations in every status, and a cancelled version."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз.", "de": "Eins.", "fr": "Un."}, moment(), confirmed=["ru", "de"])
    publish_bodies(page, {"en": "One!", "de": "Eins!"}, moment(1), significance="minor", confirmed=["de"])
    save_bodies(page, moment(2), en="Never.")
    announced = announce(
        page, texts_to_publish(page, ["en"]), by=EDITOR, now=moment(2), effective_at=moment(9), notes={"en": "Note."}
    )
    cancel(announced, by=EDITOR, now=moment(3))
    return page


def test_statuses_at_once_equal_those_one_by_one(page, moment):
    for version in page.versions.all():
        assert statuses_at_once(page, version, moment(5)) == statuses_one_by_one(page, version, moment(5))
    newest = page.versions.get(number=2)
    assert statuses_at_once(page, newest, moment(5)) == {
        "ru": TranslationStatus.MINOR,
        "de": TranslationStatus.UP_TO_DATE,
        "fr": TranslationStatus.BEHIND,
    }


def test_confirmation_counts_from_its_time_on(page, moment):
    newest = page.versions.get(number=2)
    confirm(newest, "ru", 2, by=EDITOR, now=moment(4))
    assert statuses_at_once(page, newest, moment(3))["ru"] == TranslationStatus.MINOR
    assert statuses_at_once(page, newest, moment(5))["ru"] == TranslationStatus.UP_TO_DATE
    assert statuses_at_once(page, newest, moment(5)) == statuses_one_by_one(page, newest, moment(5))


def test_version_without_a_source_text_has_no_statuses(page, moment):
    version = page.versions.get(number=2)
    assert translation_statuses(page, version, {"ru": texts_by_language(version)["ru"]}, moment(5)) == {}
