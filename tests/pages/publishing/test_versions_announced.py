"""Announced versions: they take effect by themselves, or are superseded, announced again or cancelled."""

import pytest
from django.core.exceptions import ValidationError

from pages.history.translation_status import assess_version
from pages.models import PublicationRecord, Version
from pages.presentation.page_presentation import read_numbered
from pages.presentation.site_state import read_site_state
from pages.publishing.actors import system_actor
from pages.publishing.announcements import AnnouncementAction, NotCancellable, SupersedesAnnouncement, cancel
from pages.publishing.versions import announce, publish
from tests.building import make_page, publish_bodies, save_bodies, texts_by_language, texts_to_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(moment):
    page = make_page()
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    return page


def announce_bodies(page, bodies, now, effective_at, *, confirmed=(), significance="major", **options):
    save_bodies(page, now, **bodies)
    return announce(
        page,
        texts_to_publish(page, bodies, significance=significance, confirmed=confirmed),
        by=system_actor("Ann"),
        now=now,
        effective_at=effective_at,
        **{"notes": dict.fromkeys(bodies, "Announced."), **options},
    )


def in_force(at):
    return Version.objects.in_force(at).get().number


def upcoming(at):
    return sorted(version.number for version in Version.objects.upcoming(at))


def cancelled(at):
    return sorted(version.number for version in Version.objects.cancelled(at))


def test_announced_version_comes_into_force_by_itself(page, moment):
    announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    assert (in_force(moment(9)), in_force(moment(10, -1)), in_force(moment(10))) == (1, 1, 2)
    assert (upcoming(moment(1)), upcoming(moment(10))) == ([2], [])


def test_announcement_for_a_time_that_has_passed_is_refused(page, moment):
    for effective_at in (moment(1), moment(0)):
        with pytest.raises(ValidationError) as error:
            announce_bodies(page, {"en": "Two"}, moment(1), effective_at)
        assert error.value.message_dict == {
            "effective_at": ["This time is in the past: an announcement needs a time in the future."]
        }


def test_announcement_before_the_pages_last_record_is_refused(page, moment):
    publish_bodies(page, {"en": "Two"}, moment(20))
    with pytest.raises(ValidationError) as error:
        announce_bodies(page, {"en": "Three"}, moment(20, -3), moment(20, -1))
    assert "effective_at" in error.value.message_dict


def test_superseding_an_announcement_without_an_action_is_refused(page, moment):
    announcement = announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    for effective_at in (None, moment(5), moment(10)):
        with pytest.raises(SupersedesAnnouncement, match=r"supersedes announced versions: 2") as error:
            publish_bodies(page, {"en": "Correction"}, moment(2), effective_at=effective_at)
        assert error.value.versions == [announcement]
    assert (Version.objects.count(), PublicationRecord.objects.count()) == (2, 3)


def test_later_announcement_keeps_the_earlier_one(page, moment):
    announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    announce_bodies(page, {"en": "Three"}, moment(2), moment(20))
    assert upcoming(moment(2)) == [2, 3]
    assert (in_force(moment(10)), in_force(moment(20))) == (2, 3)


def test_correction_cancels_the_announcement(page, moment):
    announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    publish_bodies(page, {"en": "Correction"}, moment(2), announcement_action=AnnouncementAction.CANCEL)
    assert (cancelled(moment(1)), cancelled(moment(2)), upcoming(moment(2))) == ([], [2], [])
    assert in_force(moment(11)) == 3


def test_correction_is_compared_with_the_text_in_force_if_the_announcement_is_cancelled(page, moment):
    announce_bodies(page, {"en": "Two", "ru": "Два"}, moment(1), moment(10))
    rows = texts_by_language(
        publish_bodies(
            page, {"en": "One."}, moment(2), significance="minor", announcement_action=AnnouncementAction.CANCEL
        )
    )
    assert (rows["en"].significance, rows["en"].modified_at) == ("minor", moment())
    assert (rows["ru"].significance, rows["ru"].modified_at) == ("unchanged", moment())


def test_announcement_is_announced_again_on_top_of_the_correction(page, moment):
    announce_bodies(page, {"ru": "Два"}, moment(1), moment(10), binding_language="en")
    publish_bodies(page, {"en": "Correction"}, moment(2), announcement_action=AnnouncementAction.REANNOUNCE)
    version = Version.objects.get(number=4)
    rows = texts_by_language(version)
    assert (cancelled(moment(2)), upcoming(moment(2)), in_force(moment(2)), in_force(moment(10))) == ([2], [4], 3, 4)
    assert (version.published_at, version.effective_at, version.binding_language) == (moment(2), moment(10), "en")
    assert bytes(rows["en"].revision.source).endswith(b"Correction\n")
    assert (rows["ru"].significance, rows["ru"].change_note, rows["ru"].modified_at) == (
        "major",
        "Announced.",
        moment(10),
    )


def test_announced_confirmation_names_the_version_that_is_announced_again(page, moment):
    announce_bodies(page, {"en": "Two", "ru": "Два"}, moment(1), moment(10), confirmed=["ru"])
    publish_bodies(page, {"en": "Correction"}, moment(2), announcement_action=AnnouncementAction.REANNOUNCE)
    assert texts_by_language(Version.objects.get(number=4))["ru"].based_on == 4


def test_confirmation_of_an_unchanged_text_is_announced_again(page, moment):
    announce_bodies(page, {"en": "Two", "ru": "Один"}, moment(1), moment(10), confirmed=["ru"])
    publish_bodies(page, {"en": "Correction"}, moment(2), announcement_action=AnnouncementAction.REANNOUNCE)
    row = texts_by_language(Version.objects.get(number=4))["ru"]
    assert (row.significance, row.based_on, row.modified_at) == ("unchanged", 4, moment())


def test_nobody_said_that_an_announced_translation_matches_a_corrected_source(page, moment):
    announce_bodies(page, {"ru": "Два"}, moment(1), moment(10), confirmed=["ru"])
    announce_bodies(page, {"ru": "Три"}, moment(1), moment(20), confirmed=["ru"])
    publish_bodies(
        page, {"en": "One."}, moment(2), significance="minor", announcement_action=AnnouncementAction.REANNOUNCE
    )
    versions = [Version.objects.get(number=number) for number in (5, 6)]
    # They still reflect the source text of version 1.
    assert [texts_by_language(version)["ru"].based_on for version in versions] == [1, 1]
    assessments = [assess_version(version, texts_by_language(version), moment(2))["ru"] for version in versions]
    assert [assessment.status for assessment in assessments] == ["minor differences", "minor differences"]


def test_announced_removal_of_a_language_is_announced_again(page, moment):
    announce_bodies(page, {}, moment(1), moment(10), removed=["ru"])
    publish_bodies(page, {"en": "Correction"}, moment(2), announcement_action=AnnouncementAction.REANNOUNCE)
    assert [set(texts_by_language(version)) for version in Version.objects.order_by("number")] == [
        {"en", "ru"},
        {"en"},
        {"en", "ru"},
        {"en"},
    ]


@pytest.mark.parametrize("second", [1, 2])
def test_two_announcements_are_announced_again_in_their_order(page, moment, second):
    announce_bodies(page, {"ar": "واحد"}, moment(1), moment(10))
    announce_bodies(page, {}, moment(second), moment(20), removed=["ar"])
    publish_bodies(page, {"en": "Correction"}, moment(second), announcement_action=AnnouncementAction.REANNOUNCE)
    assert (cancelled(moment(2)), upcoming(moment(2))) == ([2, 3], [5, 6])
    assert [set(texts_by_language(Version.objects.get(number=number))) for number in (4, 5, 6)] == [
        {"en", "ru"},
        {"en", "ru", "ar"},
        {"en", "ru"},
    ]


def test_basis_on_an_announcement_follows_its_new_number(page, moment):
    announce_bodies(page, {"en": "Two", "ru": "Два"}, moment(1), moment(10), confirmed=["ru"])
    announce_bodies(page, {"ru": "Два!"}, moment(2), moment(20), significance="minor")
    publish_bodies(page, {"en": "Correction"}, moment(3), announcement_action=AnnouncementAction.REANNOUNCE)
    assert [texts_by_language(Version.objects.get(number=number))["ru"].based_on for number in (2, 3, 4, 5, 6)] == [
        2,
        2,
        1,
        5,
        5,
    ]


def test_cancelled_announcement_never_comes_into_force_and_stays_readable(page, moment):
    announcement = announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    assert upcoming(moment(2)) == [2]
    cancel(announcement, by=system_actor("Ben"), now=moment(2), reasons={"en": "Too early."})
    assert (upcoming(moment(2)), in_force(moment(11))) == ([], 1)
    assert read_numbered(page.path, 2, "en", read_site_state(moment(2))).version == announcement
    record = PublicationRecord.objects.get(kind="cancel")
    assert (record.actor_name, record.reasons, record.at, record.version) == (
        "Ben",
        {"en": "Too early."},
        moment(2),
        announcement,
    )


def test_number_of_a_cancelled_version_is_not_used_again(page, moment):
    cancel(announce_bodies(page, {"en": "Two"}, moment(1), moment(10)), by=system_actor("Ann"), now=moment(2))
    assert publish_bodies(page, {"en": "Three"}, moment(3)).number == 3


def test_only_the_newest_version_that_is_not_cancelled_can_be_cancelled(page, moment):
    older = announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    newer = announce_bodies(page, {"en": "Three"}, moment(2), moment(20))
    with pytest.raises(NotCancellable):
        cancel(older, by=system_actor("Ann"), now=moment(3))
    cancel(newer, by=system_actor("Ann"), now=moment(3))
    cancel(older, by=system_actor("Ann"), now=moment(3))
    with pytest.raises(NotCancellable):
        cancel(older, by=system_actor("Ann"), now=moment(3))
    assert upcoming(moment(3)) == []


def test_version_in_force_cannot_be_cancelled(page, moment):
    announcement = announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    with pytest.raises(NotCancellable):
        cancel(announcement, by=system_actor("Ann"), now=moment(10))
    assert PublicationRecord.objects.filter(kind="cancel").count() == 0


def test_cancellation_is_never_dated_before_the_last_record(page, moment):
    announcement = announce_bodies(page, {"en": "Two"}, moment(5), moment(10))
    cancel(announcement, by=system_actor("Ann"), now=moment(5, -5))
    assert PublicationRecord.objects.get(kind="cancel").at == moment(5)


def test_version_without_changes_is_refused_and_the_announcement_stays(page, moment):
    announce_bodies(page, {"en": "Two"}, moment(1), moment(10))
    with pytest.raises(ValidationError, match="Nothing has changed since the last version"):
        publish(page, {}, by=system_actor("Ann"), now=moment(2), announcement_action=AnnouncementAction.CANCEL)
    assert upcoming(moment(2)) == [2]
