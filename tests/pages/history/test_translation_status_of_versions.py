"""The status of a translation is the same if it is assessed alone, with its version, or with all texts in force."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pages.history.translation_status import TranslationStatus, assess_translations, assess_version, texts_in_force
from pages.models import Page, Version
from pages.publishing.announcements import AnnouncementAction, NotCancellable, SupersedesAnnouncement, cancel
from pages.publishing.page_events import NotConfirmable, confirm
from pages.publishing.versions import announce, publish
from tests.building import (
    EDITOR,
    correct_significance,
    make_page,
    publish_bodies,
    save_bodies,
    texts_by_language,
    texts_to_publish,
)

pytestmark = pytest.mark.django_db

LANGUAGES = st.sampled_from([("en",), ("ru",), ("ar",), ("en", "ru")])
BODIES = st.sampled_from(["One.", "Two.", "Three."])
STEPS = st.one_of(
    st.tuples(
        st.just("publish"),
        LANGUAGES,
        BODIES,
        st.sampled_from(["major", "minor"]),
        st.booleans(),
        st.sampled_from([0, 0, 2, 9]),
        st.sampled_from([None, AnnouncementAction.CANCEL, AnnouncementAction.REANNOUNCE]),
    ),
    st.tuples(st.just("confirm"), st.integers(1, 6)),
    st.tuples(st.just("cancel")),
)


def perform(page: Page, step: tuple, now) -> None:
    newest = page.versions.order_by("-number").first()
    if step[0] == "publish":
        _name, languages, body, significance, reflects_this, days, announcement_action = step
        save_bodies(page, now, **dict.fromkeys(languages, body))
        choices = texts_to_publish(
            page, languages, significance=significance, confirmed=languages if reflects_this else ()
        )
        later = {"effective_at": now + timedelta(days=days)} if days else {}
        notes = dict.fromkeys(languages, "Note.")
        publish(page, choices, by=EDITOR, now=now, notes=notes, announcement_action=announcement_action, **later)
    elif step[0] == "cancel":
        cancel(newest, by=EDITOR, now=now)
    else:
        confirm(newest, "ru", step[1], by=EDITOR, now=now)


def assess_one_by_one(version, at) -> dict:
    """Assess each translation of a version alone, as for readers."""
    texts, source_language = texts_by_language(version), version.page.source_language
    pairs = ({name: texts[name], source_language: texts[source_language]} for name in texts if source_language in texts)
    return {name: assessment for pair in pairs for name, assessment in assess_version(version, pair, at).items()}


def assess_one_by_one_in_force(at) -> dict:
    return {
        (version.page_id, language): assessment
        for version in Version.objects.in_force(at).select_related("page")
        for language, assessment in assess_one_by_one(version, at).items()
    }


def assess_in_force(at) -> dict:
    return assess_translations(texts_in_force(at), at)


def assess_all(version, at) -> dict:
    return assess_version(version, texts_by_language(version), at)


PUBLISHED = ("publish", ("en", "ru"), "One.", "major", True, 0, None)


@settings(max_examples=settings().max_examples // 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=6))
@example(
    # A translation of an announced text that is cancelled, and the versions that follow.
    [
        ("publish", ("en", "ru"), "Two.", "minor", True, 9, None),
        ("cancel",),
        ("publish", ("ru",), "Two.", "minor", False, 0, None),
        ("publish", ("en",), "Three.", "minor", False, 0, None),
    ]
)
@example([("publish", ("en",), "Two.", "major", False, 9, None), ("confirm", 2)])
@example(
    # Confirmed for an announcement that is then cancelled; the source text after it is unchanged.
    [
        ("publish", ("en",), "Two.", "major", False, 0, None),
        ("publish", ("en",), "Three.", "minor", False, 9, None),
        ("confirm", 3),
        ("cancel",),
        ("publish", ("ar",), "Two.", "major", False, 0, None),
    ]
)
def test_statuses_in_force_equal_those_one_by_one(moment, steps):
    with transaction.atomic():
        page, now = make_page(), moment(0)
        for step in [PUBLISHED, *steps]:
            now += timedelta(days=1)
            # A refused operation changes nothing.
            with suppress(SupersedesAnnouncement, NotCancellable, NotConfirmable, ValidationError):
                perform(page, step, now)
        for at in (now, now + timedelta(days=3), now + timedelta(days=30)):
            assert assess_in_force(at) == assess_one_by_one_in_force(at)
        transaction.set_rollback(True)


def test_translation_is_behind_since_the_first_change_that_gave_it_its_status(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(0), confirmed=["ru"])
    minor = publish_bodies(page, {"en": "One!"}, moment(1), significance="minor")
    publish_bodies(page, {"ru": "Раз!"}, moment(2), significance="minor")
    (assessment,) = assess_in_force(moment(3)).values()
    assert assessment == (TranslationStatus.MINOR, 1, minor.pk)
    major = publish_bodies(page, {"en": "Two."}, moment(4))
    publish_bodies(page, {"en": "Three."}, moment(5))
    (assessment,) = assess_in_force(moment(6)).values()
    assert assessment == (TranslationStatus.BEHIND, 1, major.pk)


@pytest.mark.parametrize("bodies", [{"ru": "Два."}, {"en": "Two."}, {"en": "Two.", "ru": "Два."}])
def test_status_follows_what_is_in_force_and_no_announcement(moment, bodies):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(0), confirmed=["ru"])
    publish_bodies(page, bodies, moment(1), effective_at=moment(9))
    statuses = [next(iter(assess_in_force(moment(day)).values())).status for day in (8, 9)]
    assert statuses == [TranslationStatus.UP_TO_DATE, TranslationStatus.BEHIND]


def test_translation_that_reflects_nothing_is_behind_since_the_first_source_text(moment):
    page = make_page()
    first = publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(0))
    (assessment,) = assess_in_force(moment(1)).values()
    assert assessment == (TranslationStatus.BEHIND, None, first.pk)


@pytest.fixture
def translated_page(moment):
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


def test_statuses_of_a_version_equal_those_one_by_one(translated_page, moment):
    for version in translated_page.versions.all():
        assert assess_all(version, moment(5)) == assess_one_by_one(version, moment(5))
    newest = translated_page.versions.get(number=2)
    assert {name: assessment.status for name, assessment in assess_all(newest, moment(5)).items()} == {
        "ru": TranslationStatus.MINOR,
        "de": TranslationStatus.UP_TO_DATE,
        "fr": TranslationStatus.BEHIND,
    }


def test_confirmation_counts_from_its_time_on(translated_page, moment):
    newest = translated_page.versions.get(number=2)
    confirm(newest, "ru", 2, by=EDITOR, now=moment(4))
    assert assess_all(newest, moment(3))["ru"].status == TranslationStatus.MINOR
    assert assess_all(newest, moment(5))["ru"].status == TranslationStatus.UP_TO_DATE
    assert assess_all(newest, moment(5)) == assess_one_by_one(newest, moment(5))


def test_version_without_a_source_text_has_no_statuses(translated_page, moment):
    version = translated_page.versions.get(number=2)
    assert assess_version(version, {"ru": texts_by_language(version)["ru"]}, moment(5)) == {}


def test_correction_of_the_source_text_changes_the_status_from_its_time_on(translated_page, moment):
    second = translated_page.versions.get(number=2)
    correct_significance(second, "en", "major", moment(4))
    before, after = assess_all(second, moment(3))["ru"], assess_all(second, moment(4))["ru"]
    assert before == (TranslationStatus.MINOR, 1, second.pk)
    assert after == (TranslationStatus.BEHIND, 1, second.pk)
    assert assess_in_force(moment(4))[translated_page.pk, "ru"] == after
    correct_significance(second, "de", "minor", moment(5))
    assert assess_all(second, moment(5))["ru"] == after
    correct_significance(second, "en", "minor", moment(6))
    assert assess_all(second, moment(6))["ru"] == before
