"""Cancelling announcements, and announcing them again for another date."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pages.models import PublicationRecord, Version
from pages.publishing.actors import user_actor
from pages.publishing.announcements import NotCancellable, announce_again, cancel
from pages.publishing.records import PublicationConflict, last_record_number
from pages.publishing.versions import publish
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_by_language, texts_to_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(moment):
    page = make_page()
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    return page


@pytest.fixture
def announced(page, moment):
    """Return version 2, which takes effect on day 10 and changes both languages."""
    bodies = {"en": "Two", "ru": "Два"}
    return publish_bodies(
        page, bodies, moment(1), effective_at=moment(10), confirmed=["ru"], note="News.", binding_language="en"
    )


def upcoming(at):
    return {version.number: version.effective_at for version in Version.objects.upcoming(at)}


@pytest.mark.parametrize("day", [5, 20])
def test_announcing_again_keeps_everything_but_the_effective_date(page, announced, moment, day):
    assert upcoming(moment(1)) == {2: moment(10)}
    again = announce_again(announced, effective_at=moment(day), by=EDITOR, now=moment(2))
    assert (again.number, again.published_at, again.binding_language) == (3, moment(2), "en")
    assert upcoming(moment(2)) == {3: moment(day)}
    rows, old = texts_by_language(again), texts_by_language(announced)
    assert {name: row.revision for name, row in rows.items()} == {name: row.revision for name, row in old.items()}
    assert {(row.significance, row.change_note, row.modified_at) for row in rows.values()} == {
        ("major", "News.", moment(day))
    }
    assert rows["ru"].based_on == 3
    assert [record.kind for record in PublicationRecord.objects.order_by("number")][3:] == ["cancel", "publish"]


def test_effective_date_that_has_passed_is_refused_and_the_announcement_stays(page, announced, moment):
    for effective_at in (moment(1), moment(2)):
        with pytest.raises(ValidationError) as error:
            announce_again(announced, effective_at=effective_at, by=EDITOR, now=moment(2))
        assert error.value.message_dict == {
            "effective_at": ["This time is in the past: an announcement needs a time in the future."]
        }
    assert upcoming(moment(2)) == {2: moment(10)}


def test_announcement_must_stay_after_an_earlier_one(page, announced, moment):
    later = publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(20))
    for effective_at in (moment(10), moment(5)):
        with pytest.raises(ValidationError) as error:
            announce_again(later, effective_at=effective_at, by=EDITOR, now=moment(3))
        assert error.value.message_dict == {
            "effective_at": ["Version 2 is announced for a later time: this version has to follow it."]
        }
    announce_again(later, effective_at=moment(11), by=EDITOR, now=moment(3))
    assert upcoming(moment(3)) == {2: moment(10), 4: moment(11)}


def test_only_the_newest_upcoming_version_can_be_announced_again(page, announced, moment):
    publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(20))
    with pytest.raises(NotCancellable):
        announce_again(announced, effective_at=moment(12), by=EDITOR, now=moment(3))
    with pytest.raises(NotCancellable):
        announce_again(page.versions.get(number=1), effective_at=moment(12), by=EDITOR, now=moment(3))
    with pytest.raises(NotCancellable):
        announce_again(page.versions.get(number=3), effective_at=moment(40), by=EDITOR, now=moment(30))


def test_first_version_can_be_announced_again(moment):
    page = make_page("new")
    announced = publish_bodies(page, {"en": "One"}, moment(), effective_at=moment(10))
    announce_again(announced, effective_at=moment(5), by=EDITOR, now=moment(1))
    assert upcoming(moment(1)) == {2: moment(5)}
    assert texts_by_language(page.versions.get(number=2))["en"].significance == "major"


@pytest.mark.parametrize("operation", [cancel, announce_again])
def test_operation_on_an_outdated_form_is_refused(page, announced, moment, operation):
    seen = last_record_number(page)
    publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(20))
    options = {} if operation is cancel else {"effective_at": moment(12)}
    with pytest.raises(PublicationConflict):
        operation(announced, **options, by=EDITOR, now=moment(3), expected_record=seen)
    assert PublicationRecord.objects.count() == 4


@pytest.mark.parametrize("operation", [cancel, announce_again])
@pytest.mark.parametrize(
    ("changes", "language"),
    [
        ({"bodies": {"en": "Two"}}, "en"),
        ({"bodies": {"ru": "Два"}}, "ru"),
        ({"bodies": {}, "removed": ["ru"]}, "ru"),
        ({"bodies": {"ru": "Один", "en": "Two"}, "confirmed": ["ru"]}, "ru"),
    ],
)
def test_operation_requires_the_permission_to_publish_each_language_that_the_announcement_changes(
    page, moment, operation, changes, language
):
    version = publish_bodies(page, **changes, now=moment(1), effective_at=moment(10))
    options = {} if operation is cancel else {"effective_at": moment(12)}
    permissions = {"pages.publish_page", "pages.publish_text_en", "pages.publish_text_ru"}
    unprivileged = user_actor("Ben", permissions - {f"pages.publish_text_{language}"})
    with pytest.raises(PermissionDenied, match=f"publish_text_{language}"):
        operation(version, **options, by=unprivileged, now=moment(2))
    assert upcoming(moment(2)) == {2: moment(10)}
    operation(version, **options, by=user_actor("Ben", permissions), now=moment(2))
    assert 2 not in upcoming(moment(2))


def test_cancelling_an_announcement_by_publishing_requires_the_permission_for_its_languages(page, announced, moment):
    russian = user_actor("Ben", ["pages.publish_page", "pages.publish_text_ru"])
    with pytest.raises(PermissionDenied, match="publish_text_en"):
        _publish_russian(page, russian, moment(2), "cancel")
    assert upcoming(moment(2)) == {2: moment(10)}
    # Announcing it again changes nothing, so that needs no permission.
    _publish_russian(page, russian, moment(2), "again")
    assert upcoming(moment(2)) == {4: moment(10)}


def _publish_russian(page, by, now, announcement_action):
    save_bodies(page, now, ru="Один!")
    return publish(
        page, texts_to_publish(page, ["ru"]), by=by, now=now, notes={"ru": "!"}, announcement_action=announcement_action
    )
