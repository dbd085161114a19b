"""`assess_translations` returns for all pages what `status_with_basis` returns for each text, after any history."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pages.history.bulk_translation_status import assess_translations, texts_in_force
from pages.history.translation_basis import status_with_basis
from pages.history.translation_status import TranslationStatus
from pages.models import Page, Version
from pages.publishing.announcements import AnnouncementAction, NotCancellable, SupersedesAnnouncement, cancel
from pages.publishing.page_events import NotConfirmable, confirm
from pages.publishing.version_writer import version_texts
from pages.publishing.versions import publish
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_to_publish

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


def statuses_one_by_one(at) -> dict:
    statuses = {}
    for version in Version.objects.in_force(at).select_related("page"):
        texts = version_texts(version)
        for text in texts.values():
            status, reflects = status_with_basis(version.page, version, text, texts, at)
            if status is not None:
                statuses[version.page_id, text.language] = (status, reflects)
    return statuses


def statuses_at_once(at) -> dict:
    assessments = assess_translations(texts_in_force(at), at)
    return {key: (assessment.status, assessment.reflects) for key, assessment in assessments.items()}


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
def test_statuses_at_once_equal_those_one_by_one(moment, steps):
    with transaction.atomic():
        page, now = make_page(), moment(0)
        for step in [PUBLISHED, *steps]:
            now += timedelta(days=1)
            # A refused operation changes nothing.
            with suppress(SupersedesAnnouncement, NotCancellable, NotConfirmable, ValidationError):
                perform(page, step, now)
        for at in (now, now + timedelta(days=3), now + timedelta(days=30)):
            assert statuses_at_once(at) == statuses_one_by_one(at)
        transaction.set_rollback(True)


def test_translation_is_behind_since_the_first_change_that_gave_it_its_status(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(0), confirmed=["ru"])
    minor = publish_bodies(page, {"en": "One!"}, moment(1), significance="minor")
    publish_bodies(page, {"ru": "Раз!"}, moment(2), significance="minor")
    (assessment,) = assess_translations(texts_in_force(moment(3)), moment(3)).values()
    assert assessment == (TranslationStatus.MINOR, 1, minor.pk)
    major = publish_bodies(page, {"en": "Two."}, moment(4))
    publish_bodies(page, {"en": "Three."}, moment(5))
    (assessment,) = assess_translations(texts_in_force(moment(6)), moment(6)).values()
    assert assessment == (TranslationStatus.BEHIND, 1, major.pk)


def test_translation_that_reflects_nothing_is_behind_since_the_first_source_text(moment):
    page = make_page()
    first = publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(0))
    (assessment,) = assess_translations(texts_in_force(moment(1)), moment(1)).values()
    assert assessment == (TranslationStatus.BEHIND, None, first.pk)
