"""Tests of translation tasks: the version, the status, and the changes of the source."""

import pytest

from pages.presentation.editors.translation_tasks import translation_task
from pages.publishing.versions import announce
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_to_publish

pytestmark = pytest.mark.django_db


def test_task_is_behind_since_the_first_major_change(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(), confirmed=["ru"])
    publish_bodies(page, {"en": "Onr."}, moment(1), significance="minor")
    publish_bodies(page, {"en": "Two."}, moment(2))
    publish_bodies(page, {"en": "Three."}, moment(3))
    task = translation_task(page, "ru", moment(4))
    assert (task.status, task.behind_since) == ("behind", moment(2))
    assert (task.changes.older.version.number, task.changes.newer.version.number) == (1, 4)
    assert task.source.revision.fields.body == "Three."
    earlier = translation_task(page, "ru", moment(1, 1))
    assert (earlier.status, earlier.behind_since) == ("minor differences", None)
    assert earlier.source.revision.fields.body == "Onr."


def test_translation_up_to_date_has_no_changes(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(), confirmed=["ru"])
    task = translation_task(page, "ru", moment(1))
    assert (task.status, task.behind_since, task.changes) == ("up to date", None, None)


def test_missing_translation_has_the_status_missing(moment):
    page = make_page()
    publish_bodies(page, {"en": "One."}, moment())
    task = translation_task(page, "ru", moment(1))
    assert (task.status, task.changes) == ("missing", None)


def test_task_is_for_the_version_in_force_or_else_the_announced_one(moment):
    page = make_page()
    save_bodies(page, moment(), en="One.")
    announce(page, texts_to_publish(page, ["en"]), by=EDITOR, now=moment(), effective_at=moment(5), notes={})
    assert translation_task(page, "ru", moment(1)).source.revision.fields.body == "One."
    published = make_page("other")
    publish_bodies(published, {"en": "Now."}, moment())
    save_bodies(published, moment(1), en="Later.")
    announce(
        published,
        texts_to_publish(published, ["en"]),
        by=EDITOR,
        now=moment(1),
        effective_at=moment(5),
        notes={"en": "x"},
    )
    assert translation_task(published, "ru", moment(2)).source.revision.fields.body == "Now."


def test_page_without_a_version_has_no_task(moment):
    assert translation_task(make_page(), "ru", moment()) is None
