"""Correcting the text in force while an announcement waits: both versions by one verb, or neither."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pages.models import PublicationRecord, Revision, Version
from pages.publishing.actors import user_actor
from pages.publishing.announcements import AnnouncementAction, cancel
from pages.publishing.drafts import revision_fields
from pages.publishing.pictures.storage import store_picture
from pages.publishing.records import PublicationConflict, last_record_number
from pages.publishing.versions import ForeignText, NothingInForce, correct, publish
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
    """Return a page whose English changes on the tenth day; the working copy is what is announced."""
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment(), confirmed=["ru"])
    publish_bodies(page, {"en": "Two teh"}, moment(1), effective_at=moment(10), note="News.")
    return page


def corrected(
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


def said(page):
    """Return what each version says, its languages in order."""
    return {
        version.number: [body(row) for _, row in sorted(texts_by_language(version).items())]
        for version in page.versions.order_by("number")
    }


def states(page, at):
    in_force = page.versions.in_force(at).get().number
    return in_force, [version.number for version in page.versions.upcoming(at).order_by("number")]


def rows_written():
    return Version.objects.count(), PublicationRecord.objects.count(), Revision.objects.count()


def test_correction_and_rewritten_announcement_go_out_together(page, moment):
    version = corrected(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}})
    assert version.number == 3
    assert said(page) == {
        1: ["One teh", "Один"],
        2: ["Two teh", "Один"],
        3: ["One the", "Один"],
        4: ["Two the", "Один"],
    }
    assert states(page, moment(2)) == (3, [4])
    assert states(page, moment(10)) == (4, [])
    correction, again = texts_by_language(version)["en"], texts_by_language(page.versions.get(number=4))["en"]
    assert (correction.significance, correction.modified_at, correction.change_note) == ("minor", moment(), "A typo.")
    assert (again.significance, again.modified_at, again.change_note) == ("major", moment(10), "News.")


def test_announcement_that_was_not_rewritten_is_announced_again_as_it_was(page, moment):
    corrected(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two teh"}})
    assert said(page)[4] == ["Two teh", "Один"]
    assert states(page, moment(2)) == (3, [4])


def test_cancelled_announcement_stays_readable_and_its_rewritten_text_is_not_kept(page, moment):
    corrected(
        page,
        {"en": "One the"},
        moment(2),
        announcement_action=AnnouncementAction.CANCEL,
        announced={2: {"en": "Two the"}},
    )
    assert said(page) == {1: ["One teh", "Один"], 2: ["Two teh", "Один"], 3: ["One the", "Один"]}
    assert states(page, moment(11)) == (3, [])
    assert Revision.objects.filter(is_draft_head=False).count() == 1


def test_two_announcements_are_rewritten_each(page, moment):
    publish_bodies(page, {"en": "Three teh"}, moment(1), effective_at=moment(20))
    corrected(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}, 3: {"en": "Three the"}})
    assert {number: bodies[0] for number, bodies in said(page).items()} == {
        1: "One teh",
        2: "Two teh",
        3: "Three teh",
        4: "One the",
        5: "Two the",
        6: "Three the",
    }
    assert states(page, moment(2)) == (4, [5, 6])


def test_without_an_announcement_it_is_a_plain_correction(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh"}, moment())
    assert corrected(page, {"en": "One the"}, moment(1), announcement_action=AnnouncementAction.CANCEL).number == 2
    assert states(page, moment(1)) == (2, [])
    assert body(texts_by_language(page.versions.get(number=2))["en"]) == "One the"


def test_working_copy_follows_the_text_that_it_equalled(page, moment):
    corrected(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}})
    assert revision_fields(draft_revision(page, "en")).body == "Two the"
    page.refresh_from_db()
    assert page.draft_text("en")["body"].strip() == "Two the"


def test_working_copy_that_says_something_else_stays(page, moment):
    save_bodies(page, moment(1), en="A draft")
    corrected(page, {"en": "One the"}, moment(2), announced={2: {"en": "Two the"}})
    assert revision_fields(draft_revision(page, "en")).body == "A draft"


def test_working_copy_follows_the_text_in_force_where_it_equalled_that(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment())
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(10))
    corrected(page, {"en": "One the"}, moment(2))
    assert revision_fields(draft_revision(page, "en")).body == "One the"
    # The announcement says nothing of its own in English: it carries the correction on.
    assert said(page)[4] == ["One the", "Два"]
    assert texts_by_language(page.versions.get(number=4))["en"].significance == "unchanged"


def test_text_that_the_announcement_had_left_as_it_was_can_be_rewritten_in_it(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment())
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(10))
    corrected(page, {"en": "One the"}, moment(2), announced={2: {"en": "One the, from then on"}})
    assert said(page)[4] == ["One the, from then on", "Два"]
    row = texts_by_language(page.versions.get(number=4))["en"]
    assert (row.significance, row.modified_at) == ("major", moment(10))


def test_same_correction_in_both_texts_is_one_change(moment):
    page = make_page()
    publish_bodies(page, {"en": "One teh", "ru": "Один"}, moment())
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(10))
    corrected(page, {"en": "One the"}, moment(2), announced={2: {"en": "One the"}})
    assert texts_by_language(page.versions.get(number=4))["en"].significance == "unchanged"


def test_pictures_of_a_corrected_text_are_those_that_it_shows(page, moment):
    picture = store_picture(b"picture", "png", now=moment())
    shown = f"![New](/media/{picture})"
    corrected(page, {"en": f"One {shown}"}, moment(2), announced={2: {"en": f"Two {shown}"}})
    for number in (3, 4):
        assert texts_by_language(page.versions.get(number=number))["en"].pictures == {f"/media/{picture}": picture}


def test_nothing_in_force_is_nothing_to_correct(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment(), effective_at=moment(9))
    with pytest.raises(NothingInForce):
        corrected(page, {"en": "Two"}, moment(1))


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
def test_what_an_editor_has_to_mend_is_named_by_field_and_nothing_is_written(page, moment, bodies, announced, field):
    before = rows_written()
    with pytest.raises(ValidationError) as error:
        corrected(page, bodies, moment(2), announced=announced)
    assert list(error.value.message_dict) == [field]
    assert rows_written() == before
    assert states(page, moment(2)) == (1, [2])


def test_announced_text_that_was_rewritten_but_waits_no_longer_is_not_dropped_silently(page, moment):
    cancel(page.versions.get(number=2), by=EDITOR, now=moment(2))
    before = rows_written()
    with pytest.raises(PublicationConflict):
        corrected(page, {"en": "One the"}, moment(3), announced={2: {"en": "Two the"}})
    assert rows_written() == before


def test_what_was_decided_on_another_state_is_refused(page, moment):
    seen, before = last_record_number(page), rows_written()
    cancel(page.versions.get(number=2), by=EDITOR, now=moment(2))
    with pytest.raises(PublicationConflict):
        corrected(page, {"en": "One the"}, moment(3), expected_record=seen)
    assert rows_written() == (before[0], before[1] + 1, before[2])


def test_note_is_needed_where_readers_have_to_know(page, moment):
    before = rows_written()
    with pytest.raises(ValidationError) as error:
        corrected(page, {"en": "Other"}, moment(2), significance={"en": "major"}, notes={})
    assert list(error.value.message_dict) == ["note_en"]
    assert rows_written() == before


@pytest.mark.parametrize("lacking", ["publish_page", "change_text_en", "publish_text_en"])
def test_it_takes_the_right_to_write_and_to_publish_the_language(page, moment, lacking):
    rights = {"pages.publish_page", "pages.change_text_en", "pages.publish_text_en"}
    before = rows_written()
    with pytest.raises(PermissionDenied, match=lacking):
        corrected(page, {"en": "One the"}, moment(2), by=user_actor("Ben", rights - {f"pages.{lacking}"}), notes={})
    assert rows_written() == before
    corrected(page, {"en": "One the"}, moment(2), by=user_actor("Ben", rights), notes={})


def test_announced_text_takes_the_right_to_publish_its_language(page, moment):
    publish_bodies(page, {"ru": "Два"}, moment(1), effective_at=moment(11))
    by = user_actor(
        "Ben", ["pages.publish_page", "pages.change_text_en", "pages.publish_text_en", "pages.change_text_ru"]
    )
    with pytest.raises(PermissionDenied, match="publish_text_ru"):
        corrected(page, {"en": "One the"}, moment(2), announced={3: {"ru": "Три"}}, by=by)


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
