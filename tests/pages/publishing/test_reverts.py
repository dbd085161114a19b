"""Reverting: publishing the texts of an earlier version again."""

import pytest
from django.core.exceptions import ValidationError

from pages.history.translation_status import assess_version
from pages.models import Revision, Version
from pages.publishing.actors import system_actor
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement, cancel
from pages.publishing.reverts import revert
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db

NOTES = {"en": "Back to what it was.", "ru": "Как было."}
MAJOR = {"en": "major", "ru": "major"}


@pytest.fixture
def page():
    return make_page()


def revert_to(page, version, languages, now, **options):
    options = {"significance": MAJOR, "notes": NOTES, **options}
    return revert(page, version, languages, by=system_actor("Ben"), now=now, **options)


def source_of(version, language):
    return bytes(texts_by_language(version)[language].revision.source)


def test_revert_makes_a_new_revision_and_version_with_the_old_text(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(1))
    version = revert_to(page, first, ["en"], moment(2))
    row = texts_by_language(version)["en"]
    assert (version.number, row.significance, row.modified_at) == (3, "major", moment(2))
    assert source_of(version, "en") == source_of(first, "en")
    assert row.revision_id not in {texts_by_language(first)["en"].revision_id, None}
    assert (row.revision.author, row.revision.created_at) == ("Ben", moment(2))


def test_revert_restores_pictures_and_basis_of_the_old_version(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    save_bodies(page, moment(1), ru="Два")
    text = TextToPublish(draft_revision(page, "ru"), "major", "this", {"map.png": "a" * 64})
    second = publish(page, {"ru": text}, by=system_actor("Ann"), now=moment(1), notes=NOTES)
    publish_bodies(page, {"ru": "Три"}, moment(2), confirmed=["ru"])
    row = texts_by_language(revert_to(page, second, ["ru"], moment(3)))["ru"]
    assert (row.pictures, row.based_on) == ({"map.png": "a" * 64}, 2)


def test_revert_keeps_languages_that_were_not_chosen(page, moment):
    first = publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    second = publish_bodies(page, {"en": "Two", "ru": "Два"}, moment(1))
    third = revert_to(page, first, ["ru"], moment(2))
    assert source_of(third, "en") == source_of(second, "en")
    assert source_of(third, "ru") == source_of(first, "ru")


def test_revert_keeps_languages_that_the_old_version_lacks(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two", "ru": "Два"}, moment(1))
    third = revert_to(page, first, ["en", "ru"], moment(2))
    assert (set(texts_by_language(third)), texts_by_language(third)["ru"].significance) == ({"en", "ru"}, "unchanged")


def test_draft_follows_if_it_equals_the_text_in_force(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(1))
    version = revert_to(page, first, ["en"], moment(2))
    page.refresh_from_db()
    assert (page.body_en, draft_revision(page, "en").pk) == ("One", texts_by_language(version)["en"].revision_id)


def test_draft_with_unpublished_changes_stays(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(1))
    draft = save_bodies(page, moment(1), en="Draft")["en"]
    version = revert_to(page, first, ["en"], moment(2))
    page.refresh_from_db()
    assert (page.body_en, draft_revision(page, "en")) == ("Draft", draft)
    assert (texts_by_language(version)["en"].revision.is_draft_head, source_of(version, "en")) == (
        False,
        source_of(first, "en"),
    )


def test_empty_draft_follows_if_the_language_is_not_in_force(page, moment):
    first = publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    save_bodies(page, moment(1), ru="")
    publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["ru"])
    revert_to(page, first, ["ru"], moment(2))
    page.refresh_from_db()
    assert page.body_ru == "Один"


def test_refused_revert_leaves_no_revision(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(1))
    before = list(Revision.objects.values_list("pk", flat=True))
    with pytest.raises(ValidationError) as error:
        revert_to(page, first, ["en"], moment(2), notes={})
    assert error.value.message_dict == {"note_en": ["Describe the change for readers."]}
    assert list(Revision.objects.values_list("pk", flat=True)) == before


def test_revert_to_the_text_in_force_is_refused(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    with pytest.raises(ValidationError, match="Nothing has changed since the last version"):
        revert_to(page, first, ["en"], moment(1))


def test_revert_that_supersedes_an_announcement_needs_an_action(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(1))
    publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(10))
    with pytest.raises(SupersedesAnnouncement):
        revert_to(page, first, ["en"], moment(3))
    revert_to(page, first, ["en"], moment(3), announcement_action=AnnouncementAction.CANCEL)
    assert Version.objects.in_force(moment(11)).get().number == 4


def test_revert_to_the_announced_text_is_a_change_if_the_announcement_is_cancelled(page, moment):
    first = publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(1))
    publish_bodies(page, {"en": "One"}, moment(2), effective_at=moment(10))
    version = revert_to(page, first, ["en"], moment(3), announcement_action=AnnouncementAction.CANCEL)
    assert (version.number, source_of(version, "en")) == (4, source_of(first, "en"))


def test_revert_to_a_cancelled_version_keeps_the_status_of_its_translation(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    both = {"en": "Two", "ru": "Два"}
    announced = publish_bodies(page, both, moment(1), confirmed=["ru"], effective_at=moment(10))
    cancel(announced, by=system_actor("Ann"), now=moment(2))
    publish_bodies(page, {"en": "Three"}, moment(3))
    rows = texts_by_language(version := revert_to(page, announced, ["en", "ru"], moment(4)))
    assert assess_version(version, rows, moment(99))["ru"][:2] == ("up to date", announced.number)


def test_translation_of_a_cancelled_version_is_behind_next_to_another_source_text(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    both = {"en": "Two", "ru": "Два"}
    announced = publish_bodies(page, both, moment(1), confirmed=["ru"], effective_at=moment(10))
    cancel(announced, by=system_actor("Ann"), now=moment(2))
    rows = texts_by_language(version := revert_to(page, announced, ["ru"], moment(4)))
    assert assess_version(version, rows, moment(99))["ru"][:2] == ("behind", announced.number)
