"""Saving drafts: one revision per changed language, edit conflicts, and copying old texts to the draft."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from pages.models import Blob, Page, Revision, SiteCounter, Version
from pages.publishing.actors import Actor, system_actor
from pages.publishing.drafts import DraftConflict, copy_to_draft, save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.writer import writing
from pages.text.fields import Fields
from pages.text.parsing import MAX_BODY_BYTES
from pages.text.source import digest
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
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return make_page()


def heads(page):
    return {revision.language: revision.pk for revision in page.revisions.drafts()}


def test_page_is_created_below_its_parent():
    section = create_page(slug="legal", parent=None, source_language="en", by=EDITOR)
    page = create_page(slug="privacy", parent=section, source_language="ru", weight=3, by=EDITOR)
    assert (page.path, page.weight, page.source_language) == ("legal/privacy", 3, "ru")


def test_page_at_a_taken_path_is_refused(page):
    with pytest.raises(ValidationError) as error:
        make_page(page.slug)
    assert error.value.message_dict == {"slug": ["A page at /privacy-policy/ already exists."]}


def test_save_stores_the_exact_source_and_updates_the_draft(page, moment):
    revision = save_draft(
        page,
        {"ru": Fields("Политика", "Коротко", "Одно предложение.", body="Раз\r\nДва\n")},
        by=system_actor("Ann"),
        now=moment(),
    )["ru"]
    expected = '---\ntitle: "Политика"\nlinkTitle: "Коротко"\ndescription: "Одно предложение."\n---\n\nРаз\nДва\n'
    assert bytes(revision.source).decode() == expected
    assert (revision.digest, revision.author, revision.created_at) == (digest(expected.encode()), "Ann", moment())
    page.refresh_from_db()
    assert (page.title_ru, page.link_title_ru, page.body_ru) == ("Политика", "Коротко", "Раз\nДва")
    assert not page.title_en


def test_save_makes_revisions_only_of_changed_languages(page, moment):
    save_bodies(page, moment(), en="One", ru="Один")
    assert set(save_bodies(page, moment(1), en="One", ru="Два")) == {"ru"}
    assert save_bodies(page, moment(2), en="One\n\n", ru="\nДва ") == {}
    assert Revision.objects.count() == 3


def test_save_patches_an_imported_file(page, moment):
    file = b"---\r\nweight: 7 # seven\r\ntitle: 'Old'\r\n---\r\nOne\r\n"
    add_revision(
        page, "en", file, Fields("Old", body="One"), by=system_actor("Ann"), now=moment(), file_name="index.md"
    )
    saved = save_draft(page, {"en": Fields("New", body="One\nTwo")}, by=system_actor("Ann"), now=moment(1))["en"]
    assert bytes(saved.source) == b'---\r\nweight: 7 # seven\r\ntitle: "New"\r\n---\r\nOne\r\nTwo\r\n'


def test_save_patches_a_file_with_front_matter_in_toml(page, moment):
    file = b"+++\ntitle = 'Old' # comment\n[params]\na = 1\n+++\nOne\n"
    add_revision(page, "en", file, Fields("Old", body="One"), by=system_actor("Ann"), now=moment())
    saved = save_draft(page, {"en": Fields("New", "N", body="Two")}, by=system_actor("Ann"), now=moment(1))["en"]
    expected = b'+++\ntitle = "New" # comment\nlinkTitle = "N"\n[params]\na = 1\n+++\nTwo\n'
    assert bytes(saved.source) == expected


def test_columns_have_the_values_of_the_bytes_even_of_a_key_that_no_editor_has_seen(page, moment):
    file = b"---\ndescription: From the file\n---\nOne\n"
    head = add_revision(page, "en", file, Fields("Policy", body="One"), by=system_actor("Ann"), now=moment())
    page.refresh_from_db()
    assert (head.title, head.description) == ("Policy", "From the file")
    assert (page.title_en, page.description_en) == ("Policy", "From the file")


@pytest.mark.parametrize("file", [b"---\ntitle: [\n---\nOne\n", b"---\ntitle: Old\n", b"---\ntitle: \xff\n---\nOne\n"])
def test_save_replaces_a_file_that_cannot_be_patched_by_the_editors_text(page, moment, file):
    add_revision(page, "en", file, Fields("Old", body="One"), by=system_actor("Ann"), now=moment())
    saved = save_draft(page, {"en": Fields("New", body="Two")}, by=system_actor("Ann"), now=moment(1))["en"]
    assert saved.fields == Fields("New", body="Two")


def test_empty_text_is_an_empty_revision(page, moment):
    assert save_bodies(page, moment(), en="") == {}
    save_bodies(page, moment(), en="One")
    assert save_bodies(page, moment(1), en="")["en"].is_empty
    assert save_bodies(page, moment(2), en="") == {}
    assert bytes(save_bodies(page, moment(3), en="Two")["en"].source).endswith(b"\n\nTwo\n")


def test_text_without_a_title_is_refused_and_nothing_is_saved(page, moment):
    with pytest.raises(ValidationError) as error:
        save_draft(page, {"en": make_fields("One"), "ru": Fields(body="Один")}, by=system_actor("Ann"), now=moment())
    assert error.value.message_dict == {"title_ru": ["A text needs a title."]}
    assert Revision.objects.count() == 0


def test_text_that_is_too_long_in_bytes_is_refused(page, moment):
    save_bodies(page, moment(), en="я" * (MAX_BODY_BYTES // 2))
    with pytest.raises(ValidationError) as error:
        save_bodies(page, moment(), en="я" * (MAX_BODY_BYTES // 2) + "a")
    limit = MAX_BODY_BYTES // 1024
    expected = f"The text has {limit + 1} KB; a page may have at most {limit} KB."
    assert error.value.message_dict == {"body_en": [expected]}


def test_text_with_too_much_markup_is_refused_with_the_line(page, moment):
    with pytest.raises(ValidationError) as error:
        save_bodies(page, moment(), en=HEAVY_BODY, ru="Один")
    ((field, [message]),) = error.value.message_dict.items()
    assert field == "body_en"
    assert re.fullmatch(HEAVY_BODY_ERROR, message)
    with override("ru"), pytest.raises(ValidationError, match=r"Markdown этого текста .* предел достигнут в строке"):
        save_bodies(page, moment(), en=HEAVY_BODY)
    assert Revision.objects.count() == 0


def test_language_saved_by_somebody_else_is_a_conflict_and_nothing_is_saved(page, moment):
    save_bodies(page, moment(), en="One", ru="Один")
    opened = heads(page)
    theirs = save_bodies(page, moment(1), en="Theirs")
    both = {"en": make_fields("Mine"), "ru": make_fields("Моё")}
    with pytest.raises(DraftConflict, match="saved by somebody else: en") as error:
        save_draft(page, both, by=system_actor("Ben"), now=moment(2), expected_revisions=opened)
    assert error.value.saved == theirs
    page.refresh_from_db()
    assert (page.body_en, page.body_ru) == ("Theirs", "Один")


def test_first_text_of_a_language_saved_by_somebody_else_is_a_conflict(page, moment):
    save_bodies(page, moment(), en="Theirs")
    with pytest.raises(DraftConflict):
        save_draft(
            page, {"en": make_fields("Mine")}, by=system_actor("Ben"), now=moment(1), expected_revisions={"en": None}
        )


def test_saves_of_different_languages_merge(page, moment):
    save_bodies(page, moment(), en="One", ru="Один")
    opened = heads(page)
    save_bodies(page, moment(1), en="Theirs")
    save_draft(page, {"ru": make_fields("Моё")}, by=system_actor("Ben"), now=moment(2), expected_revisions=opened)
    page.refresh_from_db()
    assert (page.body_en, page.body_ru) == ("Theirs", "Моё")


def test_same_text_as_somebody_else_saved_is_not_a_conflict(page, moment):
    save_bodies(page, moment(), en="Same")
    assert (
        save_draft(
            page, {"en": make_fields("Same")}, by=system_actor("Ben"), now=moment(1), expected_revisions={"en": None}
        )
        == {}
    )


def test_revision_that_is_not_the_draft_head_leaves_the_draft(page, moment):
    mine = save_bodies(page, moment(), en="Mine")["en"]
    arguments = (page, "en", b"Imported\n", Fields("Imported", body="Imported"))
    add_revision(*arguments, by=system_actor("Ben"), now=moment(1), is_draft_head=False)
    assert draft_revision(page, "en") == mine


def test_save_changes_nothing_public(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    before = SiteCounter.objects.get().value
    save_bodies(page, moment(1), en="Two")
    assert (Version.objects.count(), SiteCounter.objects.get().value) == (1, before)
    assert Page.objects.public(moment(2)).count() == 1


def test_old_text_is_copied_to_the_draft_byte_for_byte(page, moment):
    first = save_bodies(page, moment(), en="First.")["en"]
    second = save_bodies(page, moment(1), en="Second.")["en"]
    copy = copy_to_draft(first, by=EDITOR, now=moment(2), expected_revision=second.pk)
    page.refresh_from_db()
    assert (bytes(copy.source), page.body_en) == (bytes(first.source), "First.")
    assert draft_revision(page, "en") == copy
    assert list(page.revisions.order_by("pk")) == [first, second, copy]
    assert copy_to_draft(first, by=EDITOR, now=moment(3), expected_revision=copy.pk) is None


@pytest.mark.parametrize("expected", ["first", None])
def test_copying_over_a_draft_that_the_person_did_not_see_is_a_conflict(page, moment, expected):
    first = save_bodies(page, moment(), en="First.")["en"]
    second = save_bodies(page, moment(1), en="Second.")["en"]
    with pytest.raises(DraftConflict) as conflict:
        copy_to_draft(first, by=EDITOR, now=moment(2), expected_revision=first.pk if expected else None)
    assert conflict.value.saved == {"en": second}
    assert page.revisions.count() == 2


def test_copying_requires_the_permission_to_change_the_language(page, moment):
    first = save_bodies(page, moment(), en="First.")["en"]
    second = save_bodies(page, moment(1), en="Second.")["en"]
    with pytest.raises(PermissionDenied):
        copy_to_draft(
            first, by=Actor("Vera", frozenset({"change_text_ru"})), now=moment(2), expected_revision=second.pk
        )
    assert page.revisions.count() == 2


def test_empty_text_can_be_copied_to_the_draft(page, moment):
    save_bodies(page, moment(), en="First.")
    empty = save_bodies(page, moment(1), en="")["en"]
    third = save_bodies(page, moment(2), en="Third.")["en"]
    copy_to_draft(empty, by=EDITOR, now=moment(3), expected_revision=third.pk)
    page.refresh_from_db()
    assert (page.title_en, page.body_en) == ("", "")


def redact(revision, now) -> None:
    with writing(EDITOR, now) as writer:
        writer.record("redact", at=now, details={"digests": [revision.digest]}, reasons={"en": "A court."})
    Blob.objects.filter(pk=revision.digest).update(content=None, salt=b"")


def test_text_that_was_redacted_is_refused_letter_for_letter(page, moment):
    (revision,) = save_bodies(page, moment(), en="A phone number.").values()
    save_bodies(page, moment(1), en="Nothing.")
    redact(revision, moment(2))
    with pytest.raises(ValidationError) as error:
        save_bodies(page, moment(3), en="A phone number.")
    message = "This text, letter for letter, was removed from this site for ever. Change it to save it."
    assert error.value.message_dict == {"body_en": [message]}
    assert draft_revision(page, "en").fields.body == "Nothing."
    assert save_bodies(page, moment(3), en="A telephone number.")["en"].fields.body == "A telephone number."
