"""The statuses of all translations at once are those that each has by itself, whatever happened to the page."""

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


def act(page: Page, step: tuple, now) -> None:
    """Do what a step says, as far as the verbs let it."""
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


def one_by_one(at) -> dict:
    """Return what `status_with_basis` says of each translation in force."""
    found = {}
    for version in Version.objects.in_force(at).select_related("page"):
        texts = version_texts(version)
        for text in texts.values():
            status, reflects = status_with_basis(version.page, version, text, texts, at)
            if status is not None:
                found[version.page_id, text.language] = (status, reflects)
    return found


def at_once(at) -> dict:
    return {key: (one.status, one.reflects) for key, one in assess_translations(texts_in_force(at), at).items()}


PUBLISHED = ("publish", ("en", "ru"), "One.", "major", True, 0, None)


@settings(max_examples=settings().max_examples // 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=6))
@example(
    # A translation of an announced text that is cancelled, and what follows it.
    [
        ("publish", ("en", "ru"), "Two.", "minor", True, 9, None),
        ("cancel",),
        ("publish", ("ru",), "Two.", "minor", False, 0, None),
        ("publish", ("en",), "Three.", "minor", False, 0, None),
    ]
)
@example([("publish", ("en",), "Two.", "major", False, 9, None), ("confirm", 2)])
@example(
    # Confirmed for an announcement that is then cancelled; the source that follows it is an unchanged one.
    [
        ("publish", ("en",), "Two.", "major", False, 0, None),
        ("publish", ("en",), "Three.", "minor", False, 9, None),
        ("confirm", 3),
        ("cancel",),
        ("publish", ("ar",), "Two.", "major", False, 0, None),
    ]
)
def test_all_at_once_say_what_each_says_by_itself(moment, steps):
    with transaction.atomic():
        page, now = make_page(), moment(0)
        for step in [PUBLISHED, *steps]:
            now += timedelta(days=1)
            # What a verb refuses did not happen.
            with suppress(SupersedesAnnouncement, NotCancellable, NotConfirmable, ValidationError):
                act(page, step, now)
        for at in (now, now + timedelta(days=3), now + timedelta(days=30)):
            assert at_once(at) == one_by_one(at)
        transaction.set_rollback(True)


def test_what_overtook_a_translation_is_the_first_change_that_matters(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(0), confirmed=["ru"])
    minor = publish_bodies(page, {"en": "One!"}, moment(1), significance="minor")
    publish_bodies(page, {"ru": "Раз!"}, moment(2), significance="minor")
    (judgement,) = assess_translations(texts_in_force(moment(3)), moment(3)).values()
    assert judgement == (TranslationStatus.MINOR, 1, minor.pk)
    major = publish_bodies(page, {"en": "Two."}, moment(4))
    publish_bodies(page, {"en": "Three."}, moment(5))
    (judgement,) = assess_translations(texts_in_force(moment(6)), moment(6)).values()
    assert judgement == (TranslationStatus.BEHIND, 1, major.pk)


def test_a_translation_that_reflects_nothing_is_behind_from_the_first_text_on(moment):
    page = make_page()
    first = publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(0))
    (judgement,) = assess_translations(texts_in_force(moment(1)), moment(1)).values()
    assert judgement == (TranslationStatus.BEHIND, None, first.pk)
