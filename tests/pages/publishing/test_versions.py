"""Publishing: what a version says, when it counts from, and what an editor has to mend first."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.deletion import ProtectedError

from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.records import PublicationConflict
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from pages.publishing.versions import ForeignText, publish
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


@pytest.fixture
def page():
    return make_page()


def test_first_version_has_number_one_and_is_major_in_every_language(page, moment):
    version = publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), significance="minor", notes={})
    assert (version.number, version.published_at, version.effective_at) == (1, moment(), moment())
    assert {row.significance for row in texts_by_language(version).values()} == {"major"}
    assert {row.modified_at for row in texts_by_language(version).values()} == {moment()}


def test_edit_of_russian_leaves_the_date_of_english(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    rows = texts_by_language(publish_bodies(page, {"ru": "Два"}, moment(1)))
    assert (rows["en"].modified_at, rows["ru"].modified_at) == (moment(), moment(1))
    assert (rows["en"].significance, rows["ru"].significance) == ("unchanged", "major")


def test_minor_change_leaves_every_date(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    rows = texts_by_language(publish_bodies(page, {"en": "One."}, moment(1), significance="minor", notes={}))
    assert (rows["en"].significance, rows["en"].modified_at) == ("minor", moment())


def test_major_change_is_dated_by_the_moment_that_it_comes_into_force(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    rows = texts_by_language(publish_bodies(page, {"en": "Two"}, moment(1), effective_at=moment(30)))
    assert rows["en"].modified_at == moment(30)


def test_change_that_shows_the_same_is_minor_even_if_major_was_asked(page, moment):
    publish_bodies(page, {"en": "* a"}, moment())
    rows = texts_by_language(publish_bodies(page, {"en": "- a"}, moment(1), significance="major", notes={}))
    assert (rows["en"].significance, rows["en"].modified_at) == ("minor", moment())
    assert bytes(rows["en"].revision.source).endswith(b"\n- a\n")


def test_change_of_the_title_alone_is_as_major_as_was_asked(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    save_draft(page, {"en": make_fields("One", title="Another title")}, by=system_actor("Ann"), now=moment(1))
    version = publish(
        page, texts_to_publish(page, ["en"]), by=system_actor("Ann"), now=moment(1), notes={"en": "Renamed."}
    )
    assert texts_by_language(version)["en"].significance == "major"


def test_change_of_a_picture_alone_makes_a_version(page, moment):
    publish_bodies(page, {"en": "![Map](map.png)"}, moment())
    choice = TextToPublish(draft_revision(page, "en"), "major", pictures={"map.png": "a" * 64})
    version = publish(page, {"en": choice}, by=system_actor("Ann"), now=moment(1), notes={"en": "A new map."})
    assert (texts_by_language(version)["en"].significance, texts_by_language(version)["en"].pictures) == (
        "major",
        {"map.png": "a" * 64},
    )


def test_first_text_of_a_language_is_major_and_leaves_the_others(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    rows = texts_by_language(publish_bodies(page, {"ru": "Один"}, moment(1), significance="minor"))
    assert (rows["ru"].significance, rows["ru"].modified_at, rows["en"].modified_at) == ("major", moment(1), moment())


def test_carried_text_keeps_basis_date_and_pictures_and_never_an_old_note(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    save_bodies(page, moment(1), ru="Один")
    choice = TextToPublish(draft_revision(page, "ru"), "major", THIS_VERSION, {"map.png": "a" * 64})
    publish(page, {"ru": choice}, by=system_actor("Ann"), now=moment(1), notes={"ru": "Перевод."})
    row = texts_by_language(publish_bodies(page, {"en": "Two"}, moment(2)))["ru"]
    assert (row.significance, row.change_note) == ("unchanged", "")
    assert (row.based_on, row.modified_at, row.pictures) == (2, moment(1), {"map.png": "a" * 64})


def test_carried_text_may_bring_a_translation_of_the_new_note(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    rows = texts_by_language(
        publish_bodies(page, {"en": "Two"}, moment(1), notes={"en": "Changed.", "ru": "Изменено."})
    )
    assert (rows["ru"].significance, rows["ru"].change_note) == ("unchanged", "Изменено.")


def test_basis_is_kept_unless_it_is_confirmed(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    kept = texts_by_language(publish_bodies(page, {"en": "Two", "ru": "Два"}, moment(1)))
    confirmed = texts_by_language(publish_bodies(page, {"ru": "Два."}, moment(2), confirmed=["ru"]))
    assert (kept["ru"].based_on, confirmed["ru"].based_on) == (1, 3)


def test_source_text_has_no_basis(page, moment):
    assert texts_by_language(publish_bodies(page, {"en": "One"}, moment(), confirmed=["en"]))["en"].based_on is None


def test_confirming_alone_makes_a_version_that_moves_no_date(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    row = texts_by_language(publish_bodies(page, {"ru": "Один"}, moment(1), confirmed=["ru"], notes={}))["ru"]
    assert (row.significance, row.based_on, row.modified_at) == ("unchanged", 2, moment())


def test_removed_language_is_left_out_and_its_older_text_stays(page, moment):
    first = publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    second = publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["ru"])
    assert (set(texts_by_language(first)), set(texts_by_language(second))) == ({"en", "ru"}, {"en"})


def test_language_that_comes_back_is_a_first_text_again(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["ru"])
    row = texts_by_language(
        publish(page, texts_to_publish(page, ["ru"]), by=system_actor("Ann"), now=moment(2), notes={"ru": "Вернулось."})
    )["ru"]
    assert (row.significance, row.modified_at, row.based_on) == ("major", moment(2), None)


def refusal(call) -> dict:
    """Return the messages by field, and insist that nothing was written."""
    before = (Version.objects.count(), PublicationRecord.objects.count(), SiteCounter.objects.values().first())
    with pytest.raises(ValidationError) as error:
        call()
    after = (Version.objects.count(), PublicationRecord.objects.count(), SiteCounter.objects.values().first())
    assert before == after
    return error.value.message_dict


NOTHING = {"__all__": ["Nothing has changed since the last version: there is nothing to publish."]}
NO_SOURCE = {"__all__": ["A version needs the text in the source language."]}


def test_text_without_the_source_language_is_refused(page, moment):
    assert refusal(lambda: publish_bodies(page, {"ru": "Один"}, moment())) == NO_SOURCE


def test_taking_the_source_language_away_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    assert refusal(lambda: publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["en"])) == NO_SOURCE


def test_empty_text_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    save_bodies(page, moment(1), ru="")
    assert refusal(
        lambda: publish(
            page, texts_to_publish(page, ["ru"]), by=system_actor("Ann"), now=moment(1), notes={"ru": "Нет."}
        )
    ) == {"text_ru": ["The text is empty: to publish without this language, remove the language instead."]}


def test_binding_language_without_a_text_is_refused(page, moment):
    refused = refusal(lambda: publish_bodies(page, {"en": "One"}, moment(), binding_language="ru"))
    assert refused == {"binding_language": ["The binding language has no text in this version."]}
    assert publish_bodies(page, {"en": "One"}, moment(), binding_language="en").binding_language == "en"


def test_binding_language_that_is_taken_away_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    call = {"by": EDITOR, "now": moment(1), "removed": ["ru"], "binding_language": "ru"}
    assert refusal(lambda: publish(page, {}, **call)) == {
        "binding_language": ["The binding language has no text in this version."]
    }


def test_version_that_changes_nothing_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    assert refusal(lambda: publish_bodies(page, {"en": "One", "ru": "Один"}, moment(1))) == NOTHING
    assert refusal(lambda: publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["ar"])) == NOTHING


def test_confirming_what_was_noted_already_changes_nothing(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    same = {"ru": TextToPublish(draft_revision(page, "ru"), None, 1)}
    assert refusal(lambda: publish(page, same, by=system_actor("Ann"), now=moment(1))) == NOTHING
    assert (
        refusal(
            lambda: publish(
                page, texts_to_publish(page, ["en"], confirmed=["en"]), by=system_actor("Ann"), now=moment(1)
            )
        )
        == NOTHING
    )


def test_significance_has_to_be_said(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    refused = refusal(lambda: publish_bodies(page, {"en": "Two"}, moment(1), significance=None))
    assert refused == {"significance_en": ["Choose whether this is a major or a minor change."]}


NOTE = ["Describe the change for readers."]


def test_note_is_not_asked_of_the_first_version(page, moment):
    assert publish_bodies(page, {"en": "One"}, moment(), notes={}).number == 1


def test_note_is_asked_in_the_source_language_if_that_changed_in_a_major_way(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    both = {"en": "Two", "ru": "Два"}
    assert refusal(lambda: publish_bodies(page, both, moment(1), notes={"ru": "Изменено."})) == {"note_en": NOTE}
    assert publish_bodies(page, both, moment(1), notes={"en": "Changed."}).number == 2


def test_note_is_asked_in_a_language_that_changed_in_a_major_way_if_the_source_did_not(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один", "ar": "واحد"}, moment())
    both = {"ru": "Два", "ar": "اثنان"}
    assert refusal(lambda: publish_bodies(page, both, moment(1), notes={"en": "Changed."})) == {"note_ar": NOTE}
    assert refusal(lambda: publish_bodies(page, both, moment(1), notes={"ru": "  "})) == {"note_ar": NOTE}
    assert publish_bodies(page, both, moment(1), notes={"ru": "Изменено."}).number == 2


def test_another_newest_version_than_the_one_compared_with_is_refused(page, moment):
    publish_bodies(page, {"en": "One"}, moment(), expected_base=0)
    with pytest.raises(PublicationConflict):
        publish_bodies(page, {"en": "Two"}, moment(1), expected_base=0)
    assert publish_bodies(page, {"en": "Two"}, moment(1), expected_base=1).number == 2


def test_clock_that_steps_back_does_not_move_the_log_back(page, moment):
    publish_bodies(page, {"en": "One"}, moment(5))
    version = publish_bodies(page, {"en": "Two"}, moment(1))
    assert (version.published_at, version.effective_at) == (moment(5), moment(5))
    assert Version.objects.in_force(moment(5)).get() == version


def test_effective_moment_in_the_past_is_the_moment_of_publishing(page, moment):
    assert publish_bodies(page, {"en": "One"}, moment(5), effective_at=moment(1)).effective_at == moment(5)


def test_deleting_an_editor_takes_no_history(page, moment, django_user_model):
    user = django_user_model.objects.create_user("ann")
    save_draft(page, {"en": make_fields("One")}, by=system_actor(str(user)), now=moment())
    publish(page, texts_to_publish(page, ["en"]), by=system_actor(str(user)), now=moment())
    user.delete()
    assert Revision.objects.get().author == "ann"
    assert PublicationRecord.objects.get().actor_name == "ann"


def test_page_with_versions_cannot_be_deleted(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    with pytest.raises(ProtectedError):
        page.delete()
    assert Page.objects.filter(pk=page.pk).exists()


def test_page_that_was_never_published_goes_with_its_revisions(page, moment):
    save_bodies(page, moment(), en="One")
    page.delete()
    # A deferred constraint would only fail at the end of the transaction.
    connection.check_constraints()
    assert (Page.objects.count(), Revision.objects.count()) == (0, 0)


def test_a_forged_choice_of_another_pages_text_or_language_is_refused(page, moment):
    save_bodies(page, moment(), en="Ours.", ru="Наше.")
    other = make_page("other")
    save_bodies(other, moment(), en="Theirs.")
    for language, revision in (("en", draft_revision(other, "en")), ("en", draft_revision(page, "ru"))):
        with pytest.raises(ForeignText, match="is not a text of the page in en"):
            publish(page, {language: TextToPublish(revision)}, by=system_actor("Ann"), now=moment())
    assert not page.versions.exists()


def test_a_language_that_is_taken_away_does_not_go_out_though_it_was_chosen(page, moment):
    publish_bodies(page, {"en": "One.", "ru": "Один."}, moment())
    version = publish_bodies(page, {"en": "Two.", "ru": "Два."}, moment(1), removed=["ru"])
    assert set(texts_by_language(version)) == {"en"}
