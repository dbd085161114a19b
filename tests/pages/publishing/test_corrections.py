"""Correcting what a version says about its change: the significance and the change note of a text."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pages.history.translation_status import TranslationStatus, assess_version
from pages.history.verification import find_problems
from pages.models.permissions import PUBLISH, publish_text_permission
from pages.publishing.actors import user_actor
from pages.publishing.announcements import announce_again
from pages.publishing.corrections import NothingToCorrect, correct_text
from pages.publishing.records import PublicationConflict
from pages.publishing.version_writer import version_texts
from tests.building import EDITOR, make_page, publish_bodies, texts_by_language

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(), confirmed=["ru"])
    return page


@pytest.fixture
def version(page, moment):
    """Return a version with a major change of the source text only."""
    return publish_bodies(page, {"en": "Two."}, moment(1), note="A typo.")


def correct(version, language="en", *, now, by=EDITOR, **corrections):
    return correct_text(version, language, by=by, now=now, **corrections)


def errors(version, language="en", *, now, **corrections) -> dict:
    before = version.page.records.count()
    with pytest.raises(ValidationError) as error:
        correct(version, language, now=now, **corrections)
    assert version.page.records.count() == before
    return error.value.update_error_dict({})


def test_corrected_significance_moves_the_date_and_the_translation_status(page, version, moment):
    assert texts_by_language(version)["en"].modified_at == moment(1)
    correct(version, significance="minor", now=moment(2))
    text = texts_by_language(version)["en"]
    assert (text.significance, text.counted_significance, text.modified_at) == ("major", "minor", moment())
    assert assess_version(version, version_texts(version), moment(2))["ru"].status == TranslationStatus.MINOR
    correct(version, significance="major", now=moment(3))
    assert texts_by_language(version)["en"].modified_at == moment(1)


def test_corrected_note_is_recorded_next_to_the_published_one(version, moment):
    record = correct(version, note="  Retention is 30 days now. ", now=moment(2))
    assert (record.note.text, record.significance, record.language) == ("Retention is 30 days now.", "", "en")
    assert version.texts.get(language="en").change_note == "A typo."
    assert list(find_problems()) == []


def test_only_what_differs_is_corrected(version, moment):
    record = correct(version, significance="minor", note="A typo.", now=moment(2))
    assert (record.significance, record.note) == ("minor", None)
    assert errors(version, significance="minor", note="A typo.", now=moment(3)).keys() == {"__all__"}
    assert errors(version, now=moment(3)).keys() == {"__all__"}


def test_first_text_of_a_language_cannot_become_minor(page, moment):
    first = page.versions.get(number=1)
    for language in ("en", "ru"):
        assert errors(first, language, significance="minor", now=moment(2)).keys() == {"significance"}
    german = publish_bodies(page, {"de": "Eins."}, moment(3))
    assert errors(german, "de", significance="minor", now=moment(4)).keys() == {"significance"}
    assert correct(german, "de", note="Auf Deutsch.", now=moment(4)).note.text == "Auf Deutsch."


@pytest.mark.parametrize("language", ["ru", "de"])
def test_text_that_the_version_did_not_change_has_nothing_to_correct(version, moment, language):
    with pytest.raises(NothingToCorrect):
        correct(version, language, significance="major", note="More.", now=moment(2))


def test_change_that_becomes_major_needs_a_note(page, moment):
    version = publish_bodies(page, {"en": "Two."}, moment(1), significance="minor", note="")
    assert errors(version, significance="major", now=moment(2)).keys() == {"note_en"}
    correct(version, significance="major", note="More is stored.", now=moment(2))
    assert texts_by_language(version)["en"].modified_at == moment(1)


def test_correction_needs_the_permission_for_its_language(version, moment):
    russian = user_actor("Ann", {f"pages.{PUBLISH}", f"pages.{publish_text_permission('ru')}"})
    with pytest.raises(PermissionDenied):
        correct(version, note="Other.", by=russian, now=moment(2))


def test_correction_of_a_page_that_changed_is_a_conflict(version, moment):
    with pytest.raises(PublicationConflict):
        correct(version, note="Other.", expected_record=1, now=moment(2))


def test_announcement_that_is_announced_again_keeps_its_corrections(page, moment):
    announced = publish_bodies(page, {"en": "Two."}, moment(1), effective_at=moment(10), note="Wrong.")
    correct(announced, significance="minor", note="Right.", now=moment(2))
    again = announce_again(announced, effective_at=moment(20), by=EDITOR, now=moment(3))
    text = again.texts.get(language="en")
    assert (text.significance, text.change_note) == ("minor", "Right.")
