"""Publishing: the texts, dates and notes of a version, and the errors that an editor has to fix first."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.deletion import ProtectedError

from pages.history.translation_status import assess_version
from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version
from pages.publishing.actors import system_actor
from pages.publishing.announcements import AnnouncementAction
from pages.publishing.drafts import save_draft
from pages.publishing.records import PublicationConflict
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from pages.publishing.versions import ForeignText, OtherSource, publish
from pages.text import source
from tests.building import (
    EDITOR,
    HEAVY_BODY,
    HEAVY_BODY_ERROR,
    add_revision,
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


def test_change_in_one_language_keeps_the_date_of_another(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    rows = texts_by_language(publish_bodies(page, {"ru": "Два"}, moment(1)))
    assert (rows["en"].modified_at, rows["ru"].modified_at) == (moment(), moment(1))
    assert (rows["en"].significance, rows["ru"].significance) == ("unchanged", "major")


def test_minor_change_keeps_every_date(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    rows = texts_by_language(publish_bodies(page, {"en": "One."}, moment(1), significance="minor", notes={}))
    assert (rows["en"].significance, rows["en"].modified_at) == ("minor", moment())


def test_major_change_is_dated_when_it_takes_effect(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    rows = texts_by_language(publish_bodies(page, {"en": "Two"}, moment(1), effective_at=moment(30)))
    assert rows["en"].modified_at == moment(30)


def test_change_that_readers_cannot_see_is_minor_even_if_major_was_chosen(page, moment):
    publish_bodies(page, {"en": "* a"}, moment())
    rows = texts_by_language(publish_bodies(page, {"en": "- a"}, moment(1), significance="major", notes={}))
    assert (rows["en"].significance, rows["en"].modified_at) == ("minor", moment())
    assert bytes(rows["en"].revision.source).endswith(b"\n- a\n")


def test_change_of_only_the_title_has_the_chosen_significance(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    save_draft(page, {"en": make_fields("One", title="Another title")}, by=system_actor("Ann"), now=moment(1))
    version = publish(
        page, texts_to_publish(page, ["en"]), by=system_actor("Ann"), now=moment(1), notes={"en": "Renamed."}
    )
    assert texts_by_language(version)["en"].significance == "major"


def test_change_of_only_a_picture_makes_a_version(page, moment):
    publish_bodies(page, {"en": "![Map](map.png)"}, moment())
    text = TextToPublish(draft_revision(page, "en"), "major", pictures={"map.png": "a" * 64})
    version = publish(page, {"en": text}, by=system_actor("Ann"), now=moment(1), notes={"en": "A new map."})
    assert (texts_by_language(version)["en"].significance, texts_by_language(version)["en"].pictures) == (
        "major",
        {"map.png": "a" * 64},
    )


def test_first_text_of_a_language_is_major_and_the_others_stay(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    rows = texts_by_language(publish_bodies(page, {"ru": "Один"}, moment(1), significance="minor"))
    assert (rows["ru"].significance, rows["ru"].modified_at, rows["en"].modified_at) == ("major", moment(1), moment())


def test_carried_over_text_keeps_basis_date_and_pictures_but_not_its_note(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    save_bodies(page, moment(1), ru="Один")
    text = TextToPublish(draft_revision(page, "ru"), "major", THIS_VERSION, {"map.png": "a" * 64})
    publish(page, {"ru": text}, by=system_actor("Ann"), now=moment(1), notes={"ru": "Перевод."})
    row = texts_by_language(publish_bodies(page, {"en": "Two"}, moment(2)))["ru"]
    assert (row.significance, row.change_note) == ("unchanged", "")
    assert (row.based_on, row.modified_at, row.pictures) == (2, moment(1), {"map.png": "a" * 64})


def test_carried_over_text_can_have_a_translation_of_the_new_note(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    rows = texts_by_language(
        publish_bodies(page, {"en": "Two"}, moment(1), notes={"en": "Changed.", "ru": "Изменено."})
    )
    assert (rows["ru"].significance, rows["ru"].change_note) == ("unchanged", "Изменено.")


def test_basis_stays_with_a_minor_change_unless_the_translation_is_confirmed(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    unconfirmed = publish_bodies(page, {"en": "Two", "ru": "Один."}, moment(1), significance="minor")
    confirmed = publish_bodies(page, {"ru": "Два."}, moment(2), confirmed=["ru"])
    assert [texts_by_language(version)["ru"].based_on for version in (unconfirmed, confirmed)] == [1, 3]


def test_nobody_said_what_a_translation_with_another_meaning_reflects(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    version = publish_bodies(page, {"ru": "Два"}, moment(1))
    assert texts_by_language(version)["ru"].based_on is None
    # Not even if the source becomes what the text before reflected.
    publish_bodies(page, {"en": "Two"}, moment(2))
    reverted = publish_bodies(page, {"en": "One"}, moment(3))
    assert assess_version(reverted, texts_by_language(reverted), moment(3))["ru"].status == "behind"


def test_translation_matches_only_the_source_text_that_it_was_compared_with(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    seen = save_bodies(page, moment(1), en="Two", ru="Два")
    texts = {"ru": TextToPublish(seen["ru"], "minor", THIS_VERSION, source_digest=seen["en"].digest)}
    with pytest.raises(OtherSource) as error:
        publish(page, texts, by=EDITOR, now=moment(2))
    assert error.value.digest == texts_by_language(page.versions.get())["en"].revision.digest
    texts["en"] = TextToPublish(seen["en"], "minor")
    assert texts_by_language(publish(page, texts, by=EDITOR, now=moment(2)))["ru"].based_on == 2


def test_translation_does_not_match_what_stays_if_an_announcement_is_cancelled(page, moment):
    """The announced source text is the base until the announcement is cancelled by the same operation."""
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    announced = publish_bodies(page, {"en": "Two"}, moment(1), effective_at=moment(9))
    digest = texts_by_language(announced)["en"].revision.digest
    revision = save_bodies(page, moment(2), ru="Два")["ru"]
    texts = {"ru": TextToPublish(revision, "minor", THIS_VERSION, source_digest=digest)}
    with pytest.raises(OtherSource):
        publish(page, texts, by=EDITOR, now=moment(3), announcement_action=AnnouncementAction.CANCEL)
    assert page.versions.not_cancelled(moment(4)).count() == 2


def test_source_text_has_no_basis(page, moment):
    assert texts_by_language(publish_bodies(page, {"en": "One"}, moment(), confirmed=["en"]))["en"].based_on is None


def test_confirming_only_makes_a_version_that_changes_no_date(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    row = texts_by_language(publish_bodies(page, {"ru": "Один"}, moment(1), confirmed=["ru"], notes={}))["ru"]
    assert (row.significance, row.based_on, row.modified_at) == ("unchanged", 2, moment())


def test_removed_language_is_missing_from_the_version_and_stays_in_older_ones(page, moment):
    first = publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    second = publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["ru"])
    assert (set(texts_by_language(first)), set(texts_by_language(second))) == ({"en", "ru"}, {"en"})


def test_language_that_was_removed_and_returns_is_a_first_text_again(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["ru"])
    row = texts_by_language(
        publish(page, texts_to_publish(page, ["ru"]), by=system_actor("Ann"), now=moment(2), notes={"ru": "Вернулось."})
    )["ru"]
    assert (row.significance, row.modified_at, row.based_on) == ("major", moment(2), None)


def errors_of(call) -> dict:
    """Return the errors by field, and check that nothing was written."""
    before = (Version.objects.count(), PublicationRecord.objects.count(), SiteCounter.objects.values().first())
    with pytest.raises(ValidationError) as error:
        call()
    after = (Version.objects.count(), PublicationRecord.objects.count(), SiteCounter.objects.values().first())
    assert before == after
    return error.value.message_dict


NOTHING = {"__all__": ["Nothing has changed since the last version: there is nothing to publish."]}
NO_SOURCE = {"__all__": ["A version needs the text in the source language."]}


def test_version_without_the_source_language_is_refused(page, moment):
    assert errors_of(lambda: publish_bodies(page, {"ru": "Один"}, moment())) == NO_SOURCE


def test_removing_the_source_language_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    assert errors_of(lambda: publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["en"])) == NO_SOURCE


def test_empty_text_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    save_bodies(page, moment(1), ru="")
    assert errors_of(
        lambda: publish(
            page, texts_to_publish(page, ["ru"]), by=system_actor("Ann"), now=moment(1), notes={"ru": "Нет."}
        )
    ) == {"text_ru": ["The text is empty: to publish without this language, remove the language instead."]}


@pytest.mark.parametrize("is_published", [False, True])
def test_draft_with_too_much_markup_is_refused(page, moment, is_published):
    if is_published:
        publish_bodies(page, {"en": "One"}, moment())
    # As it could be saved before there was a limit.
    fields = make_fields(HEAVY_BODY)
    add_revision(page, "en", source.compose(fields), fields, by=EDITOR, now=moment(1))
    errors = errors_of(lambda: publish(page, texts_to_publish(page, ["en"]), by=EDITOR, now=moment(2)))
    ((field, [message]),) = errors.items()
    assert field == "text_en"
    assert re.fullmatch(HEAVY_BODY_ERROR, message)


def test_binding_language_without_a_text_is_refused(page, moment):
    errors = errors_of(lambda: publish_bodies(page, {"en": "One"}, moment(), binding_language="ru"))
    assert errors == {"binding_language": ["The binding language has no text in this version."]}
    assert publish_bodies(page, {"en": "One"}, moment(), binding_language="en").binding_language == "en"


def test_binding_language_that_is_removed_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    options = {"by": EDITOR, "now": moment(1), "removed": ["ru"], "binding_language": "ru"}
    assert errors_of(lambda: publish(page, {}, **options)) == {
        "binding_language": ["The binding language has no text in this version."]
    }


def test_version_that_changes_nothing_is_refused(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    assert errors_of(lambda: publish_bodies(page, {"en": "One", "ru": "Один"}, moment(1))) == NOTHING
    assert errors_of(lambda: publish(page, {}, by=system_actor("Ann"), now=moment(1), removed=["ar"])) == NOTHING


def test_confirming_the_same_basis_again_is_refused_as_no_change(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    same = {"ru": TextToPublish(draft_revision(page, "ru"), None, 1)}
    assert errors_of(lambda: publish(page, same, by=system_actor("Ann"), now=moment(1))) == NOTHING
    assert (
        errors_of(
            lambda: publish(
                page, texts_to_publish(page, ["en"], confirmed=["en"]), by=system_actor("Ann"), now=moment(1)
            )
        )
        == NOTHING
    )


def test_significance_has_to_be_chosen(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    errors = errors_of(lambda: publish_bodies(page, {"en": "Two"}, moment(1), significance=None))
    assert errors == {"significance_en": ["Choose whether this is a major or a minor change."]}


NOTE = ["Describe the change for readers."]


def test_first_version_needs_no_note(page, moment):
    assert publish_bodies(page, {"en": "One"}, moment(), notes={}).number == 1


def test_note_is_required_in_the_source_language_if_its_change_is_major(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    both = {"en": "Two", "ru": "Два"}
    assert errors_of(lambda: publish_bodies(page, both, moment(1), notes={"ru": "Изменено."})) == {"note_en": NOTE}
    assert publish_bodies(page, both, moment(1), notes={"en": "Changed."}).number == 2


def test_note_is_required_in_a_language_with_a_major_change_if_the_source_has_none(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один", "ar": "واحد"}, moment())
    both = {"ru": "Два", "ar": "اثنان"}
    assert errors_of(lambda: publish_bodies(page, both, moment(1), notes={"en": "Changed."})) == {"note_ar": NOTE}
    assert errors_of(lambda: publish_bodies(page, both, moment(1), notes={"ru": "  "})) == {"note_ar": NOTE}
    assert publish_bodies(page, both, moment(1), notes={"ru": "Изменено."}).number == 2


def test_publishing_on_an_outdated_base_is_refused(page, moment):
    publish_bodies(page, {"en": "One"}, moment(), expected_base=0)
    with pytest.raises(PublicationConflict):
        publish_bodies(page, {"en": "Two"}, moment(1), expected_base=0)
    assert publish_bodies(page, {"en": "Two"}, moment(1), expected_base=1).number == 2


def test_version_is_never_dated_before_the_pages_last_record(page, moment):
    publish_bodies(page, {"en": "One"}, moment(5))
    version = publish_bodies(page, {"en": "Two"}, moment(5, -5))
    assert (version.published_at, version.effective_at) == (moment(5), moment(5))
    assert Version.objects.in_force(moment(5)).get() == version


def test_effective_date_in_the_past_becomes_the_time_of_publishing(page, moment):
    assert publish_bodies(page, {"en": "One"}, moment(5), effective_at=moment(1)).effective_at == moment(5)


@pytest.mark.parametrize("versions", [1, 5])
def test_number_of_statements_does_not_depend_on_the_history(page, moment, django_assert_max_num_queries, versions):
    for number in range(versions):
        publish_bodies(page, {"en": f"One {number}.", "ru": f"Один {number}."}, moment(number))
    # In a test, each transaction is a savepoint: two statements more. One asks whether a text was redacted.
    with django_assert_max_num_queries(24):
        texts = save_bodies(page, moment(9), en="Two.", ru="Два.")
        choices = {language: TextToPublish(revision, "major", THIS_VERSION) for language, revision in texts.items()}
        publish(page, choices, by=EDITOR, now=moment(9), notes={"en": "Another.", "ru": "Другая."})


def test_deleting_a_user_keeps_the_history(page, moment, django_user_model):
    user = django_user_model.objects.create_user("ann")
    save_draft(page, {"en": make_fields("One")}, by=system_actor(str(user)), now=moment())
    publish(page, texts_to_publish(page, ["en"]), by=system_actor(str(user)), now=moment())
    user.delete()
    assert Revision.objects.get().author == "ann"
    assert PublicationRecord.objects.get(kind="publish").actor_name == "ann"


def test_page_with_versions_cannot_be_deleted(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    with pytest.raises(ProtectedError):
        page.delete()
    assert Page.objects.filter(pk=page.pk).exists()


def test_page_that_was_never_published_is_deleted_with_its_revisions(page, moment):
    save_bodies(page, moment(), en="One")
    page.delete()
    # A deferred constraint would only fail at the end of the transaction.
    connection.check_constraints()
    assert (Page.objects.count(), Revision.objects.count()) == (0, 0)


def test_text_of_another_page_or_language_is_refused(page, moment):
    save_bodies(page, moment(), en="Ours.", ru="Наше.")
    other = make_page("other")
    save_bodies(other, moment(), en="Theirs.")
    for language, revision in (("en", draft_revision(other, "en")), ("en", draft_revision(page, "ru"))):
        with pytest.raises(ForeignText, match="is not a text of the page in en"):
            publish(page, {language: TextToPublish(revision)}, by=system_actor("Ann"), now=moment())
    assert not page.versions.exists()


def test_removed_language_is_not_published_even_with_a_new_text(page, moment):
    publish_bodies(page, {"en": "One.", "ru": "Один."}, moment())
    version = publish_bodies(page, {"en": "Two.", "ru": "Два."}, moment(1), removed=["ru"])
    assert set(texts_by_language(version)) == {"en"}
