"""Correcting the text in force while a version is announced: both versions are written, or neither."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pages.models import PublicationRecord, Revision, Version
from pages.publishing.actors import user_actor
from pages.publishing.announcements import AnnouncementAction, cancel
from pages.publishing.corrected_texts import NothingInForce, correct
from pages.publishing.pictures.storage import store_picture
from pages.publishing.records import PublicationConflict, last_record_number
from pages.publishing.versions import ForeignText, publish
from pages.text import source
from tests.building import (
    EDITOR,
    draft_revision,
    make_fields,
    make_page,
    publish_bodies,
    save_bodies,
    texts_by_language,
    texts_to_publish,
)

pytestmark = pytest.mark.django_db
NOTE = {"en": "A typo.", "ru": "Опечатка."}


@pytest.fixture
def page(moment):
    """Return a page whose English text changes on day 10; the draft is the announced text."""
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment(), confirmed=["ru"])
    publish_bodies(page, {"en": "Two teh"}, moment(1), effective_at=moment(10), note="News.")
    return page


def correct_bodies(
    page, bodies, now, *, announcement_action=AnnouncementAction.REANNOUNCE, announced=None, by=EDITOR, **options
):
    return correct(
        page,
        {language: make_fields(body) for language, body in bodies.items()},
        by=by,
        now=now,
        announcement_action=announcement_action,
        announced={
            number: {language: make_fields(body) for language, body in bodies.items()}
            for number, bodies in (announced or {}).items()
        },
        **{"significance": dict.fromkeys(bodies, "minor"), "notes": NOTE, **options},
    )


def body(row):
    return source.extract_body(bytes(row.revision.source)).strip()


def bodies_by_version(page):
    """Return the bodies of each version, sorted by language."""
    return {
        version.number: [body(row) for _, row in sorted(texts_by_language(version).items())]
        for version in page.versions.order_by("number")
    }


def states(page, at):
    in_force = page.versions.in_force(at).get().number
    return in_force, [version.number for version in page.versions.upcoming(at).order_by("number")]


def row_counts():
    return Version.objects.count(), PublicationRecord.objects.count(), Revision.objects.count()


def test_correction_and_rewritten_announcement_are_published_together(page, moment):
    version = correct_bodies(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}})
    assert version.number == 3
    assert bodies_by_version(page) == {
        1: ["One teh", "Один"],
        2: ["Two teh", "Один"],
        3: ["One the", "Один"],
        4: ["Two the", "Один"],
    }
    assert states(page, moment(2)) == (3, [4])
    assert states(page, moment(10)) == (4, [])
    correction, announced = texts_by_language(version)["en"], texts_by_language(page.versions.get(number=4))["en"]
    assert (correction.significance, correction.modified_at, correction.change_note) == ("minor", moment(), "A typo.")
    assert (announced.significance, announced.modified_at, announced.change_note) == ("major", moment(10), "News.")


def test_announcement_that_was_not_rewritten_is_announced_again_unchanged(page, moment):
    correct_bodies(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two teh"}})
    assert bodies_by_version(page)[4] == ["Two teh", "Один"]
    assert states(page, moment(2)) == (3, [4])


def test_cancelled_announcement_stays_readable_and_its_rewritten_text_is_not_stored(page, moment):
    correct_bodies(
        page,
        {"en": "One the"},
        moment(2),
        announcement_action=AnnouncementAction.CANCEL,
        announced={2: {"en": "Two the"}},
    )
    assert bodies_by_version(page) == {1: ["One teh", "Один"], 2: ["Two teh", "Один"], 3: ["One the", "Один"]}
    assert states(page, moment(11)) == (3, [])
    assert Revision.objects.filter(is_draft_head=False).count() == 1


def test_two_announcements_can_be_rewritten(page, moment):
    publish_bodies(page, {"en": "Three teh"}, moment(1), effective_at=moment(20))
    correct_bodies(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}, 3: {"en": "Three the"}})
    assert {number: bodies[0] for number, bodies in bodies_by_version(page).items()} == {
        1: "One teh",
        2: "Two teh",
        3: "Three teh",
        4: "One the",
        5: "Two the",
        6: "Three the",
    }
    assert states(page, moment(2)) == (4, [5, 6])


def test_correction_without_an_announcement_makes_one_version(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh"}, moment())
    assert correct_bodies(page, {"en": "One the"}, moment(1), announcement_action=AnnouncementAction.CANCEL).number == 2
    assert states(page, moment(1)) == (2, [])
    assert body(texts_by_language(page.versions.get(number=2))["en"]) == "One the"


def test_draft_follows_the_announced_text_that_it_equals(page, moment):
    correct_bodies(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}})
    assert draft_revision(page, "en").fields.body == "Two the"
    page.refresh_from_db()
    assert page.draft_text("en")["body"].strip() == "Two the"


def test_draft_with_another_text_stays(page, moment):
    save_bodies(page, moment(1), en="A draft")
    correct_bodies(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}})
    assert draft_revision(page, "en").fields.body == "A draft"


def test_draft_follows_the_text_in_force_that_it_equals(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment())
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(10))
    correct_bodies(page, {"en": "One the"}, moment(2))
    assert draft_revision(page, "en").fields.body == "One the"
    # The announcement does not change English, so it carries the correction over.
    assert bodies_by_version(page)[4] == ["One the", "Два"]
    assert texts_by_language(page.versions.get(number=4))["en"].significance == "unchanged"


def test_text_that_the_announcement_does_not_change_can_be_rewritten_in_it(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment())
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(10))
    correct_bodies(page, {"en": "One the"}, moment(2), announced={2: {"en": "One the, from then on"}})
    assert bodies_by_version(page)[4] == ["One the, from then on", "Два"]
    row = texts_by_language(page.versions.get(number=4))["en"]
    assert (row.significance, row.modified_at) == ("major", moment(10))


def test_same_correction_in_both_texts_is_unchanged_in_the_announcement(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment())
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(10))
    correct_bodies(page, {"en": "One the"}, moment(2), announced={2: {"en": "One the"}})
    assert texts_by_language(page.versions.get(number=4))["en"].significance == "unchanged"


def test_corrected_text_has_the_pictures_that_it_shows(page, moment):
    picture = store_picture(b"picture", "png", now=moment())
    image = f"![New](/media/{picture})"
    correct_bodies(page, {"en": f"One {image}"}, moment(2), announced={2: {"en": f"Two {image}"}})
    for number in (3, 4):
        assert texts_by_language(page.versions.get(number=number))["en"].pictures == {f"/media/{picture}": picture}


def test_correction_without_a_text_in_force_is_refused(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment(), effective_at=moment(9))
    with pytest.raises(NothingInForce):
        correct_bodies(page, {"en": "Two"}, moment(1))


@pytest.mark.parametrize(
    ("bodies", "announced", "field"),
    [
        ({"en": "One teh"}, {}, "__all__"),
        ({"en": ""}, {}, "text_en"),
        ({"en": "One the"}, {2: {"en": ""}}, "announced2_body_en"),
        ({"en": "x" * 300_000}, {}, "body_en"),
        ({"en": "One the"}, {2: {"en": "x" * 300_000}}, "announced2_body_en"),
    ],
)
def test_errors_are_reported_by_field_and_nothing_is_written(page, moment, bodies, announced, field):
    before = row_counts()
    with pytest.raises(ValidationError) as error:
        correct_bodies(page, bodies, moment(2), announced=announced)
    assert list(error.value.message_dict) == [field]
    assert row_counts() == before
    assert states(page, moment(2)) == (1, [2])


def test_rewritten_announcement_that_was_cancelled_is_a_conflict(page, moment):
    cancel(page.versions.get(number=2), by=EDITOR, now=moment(2))
    before = row_counts()
    with pytest.raises(PublicationConflict):
        correct_bodies(page, {"en": "One the"}, moment(3), announced={2: {"en": "Two the"}})
    assert row_counts() == before


def test_correction_on_an_outdated_form_is_refused(page, moment):
    seen, before = last_record_number(page), row_counts()
    cancel(page.versions.get(number=2), by=EDITOR, now=moment(2))
    with pytest.raises(PublicationConflict):
        correct_bodies(page, {"en": "One the"}, moment(3), expected_record=seen)
    assert row_counts() == (before[0], before[1] + 1, before[2])


def test_major_correction_requires_a_note(page, moment):
    before = row_counts()
    with pytest.raises(ValidationError) as error:
        correct_bodies(page, {"en": "Other"}, moment(2), significance={"en": "major"}, notes={})
    assert list(error.value.message_dict) == ["note_en"]
    assert row_counts() == before


@pytest.mark.parametrize("missing", ["publish_page", "change_text_en", "publish_text_en"])
def test_correction_requires_the_permissions_to_change_and_publish_the_language(page, moment, missing):
    permissions = {"pages.publish_page", "pages.change_text_en", "pages.publish_text_en"}
    before = row_counts()
    with pytest.raises(PermissionDenied, match=missing):
        correct_bodies(
            page, {"en": "One the"}, moment(2), by=user_actor("Ben", permissions - {f"pages.{missing}"}), notes={}
        )
    assert row_counts() == before
    correct_bodies(page, {"en": "One the"}, moment(2), by=user_actor("Ben", permissions), notes={})


def test_rewriting_an_announced_text_requires_the_permission_to_publish_its_language(page, moment):
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(11))
    by = user_actor(
        "Ben", ["pages.publish_page", "pages.change_text_en", "pages.publish_text_en", "pages.change_text_ru"]
    )
    with pytest.raises(PermissionDenied, match="publish_text_ru"):
        correct_bodies(page, {"en": "One the"}, moment(2), announced={3: {"ru": "Три"}}, by=by)


def test_rewritten_text_of_another_page_is_refused(page, moment):
    other = make_page("other")
    foreign = save_bodies(other, moment(), en="Foreign")["en"]
    save_bodies(page, moment(2), en="One the")
    with pytest.raises(ForeignText):
        publish(
            page,
            texts_to_publish(page, ["en"]),
            by=EDITOR,
            now=moment(2),
            notes=NOTE,
            announcement_action=AnnouncementAction.REANNOUNCE,
            rewritten={2: {"en": foreign}},
        )
