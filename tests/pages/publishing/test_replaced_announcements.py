"""What an announcement changes is not lost when another version is announced instead of it."""

import pytest

from pages.publishing.replaced_announcements import AnnouncedChanges, find_announced_changes
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from tests.building import draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз.", "ar": "واحد"}, moment(), confirmed=["ru"])
    return page


def changes(page, moment, **replaced):
    texts = {language: TextToPublish(revision) for language, revision in replaced.items()}
    return find_announced_changes(page, texts, effective_at=moment(9), at=moment(5))


def test_without_an_announcement_there_is_nothing_to_keep(page, moment):
    assert changes(page, moment) == AnnouncedChanges()


def test_earlier_announcement_stays_and_is_not_repeated(page, moment):
    publish_bodies(page, {"en": "Two."}, moment(1), effective_at=moment(8))
    assert changes(page, moment) == AnnouncedChanges()


def test_changed_texts_keep_significance_note_and_what_was_said_about_them(page, moment):
    texts = {"en": "Two.", "ru": "Два."}
    publish_bodies(page, texts, moment(1), note="Soon.", confirmed=["ru"], effective_at=moment(9), significance="minor")
    kept = changes(page, moment)
    assert {language: (text.significance, text.based_on) for language, text in kept.texts.items()} == {
        "en": ("minor", None),
        "ru": ("minor", THIS_VERSION),
    }
    assert (kept.notes, kept.removed) == ({"en": "Soon.", "ru": "Soon."}, frozenset())


def test_language_that_gets_another_text_is_left_out_and_ends_claims_about_the_source(page, moment):
    publish_bodies(page, {"en": "Two.", "ru": "Два."}, moment(1), confirmed=["ru"], effective_at=moment(9))
    save_bodies(page, moment(2), en="Three.")
    kept = changes(page, moment, en=draft_revision(page, "en"))
    assert {language: text.based_on for language, text in kept.texts.items()} == {"ru": 2}


def test_removed_language_stays_removed_unless_it_gets_a_text(page, moment):
    publish_bodies(page, {}, moment(1), removed=["ar"], effective_at=moment(9))
    assert changes(page, moment).removed == {"ar"}
    assert changes(page, moment, ar=draft_revision(page, "ar")).removed == frozenset()


def test_changes_of_two_announcements_are_kept(page, moment):
    publish_bodies(page, {"en": "Two."}, moment(1), effective_at=moment(9))
    publish_bodies(page, {"ru": "Два."}, moment(2), effective_at=moment(10))
    kept = changes(page, moment)
    assert {language: text.significance for language, text in kept.texts.items()} == {"en": "major", "ru": "major"}


def test_claim_about_an_unchanged_text_is_kept(page, moment):
    publish_bodies(page, {"en": "Two.", "ru": "Раз."}, moment(1), confirmed=["ru"], effective_at=moment(9))
    assert changes(page, moment).texts["ru"].based_on == THIS_VERSION
