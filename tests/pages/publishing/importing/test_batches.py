"""Taking texts in from outside."""

import pytest
from django.db import IntegrityError

from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.drafts import save_draft
from pages.publishing.importing.batches import import_texts
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome
from pages.publishing.pictures.storage import store_picture
from pages.publishing.versions import publish, revert
from pages.text import source
from tests.building import draft_revision, make_fields, make_page, publish_bodies, texts_by_language, texts_to_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return make_page()


def incoming(body, moment=None, *, language="en", title="Privacy policy", **options):
    content = f"---\ntitle: {title}\n---\n\n{body}\n".encode()
    return ImportedText(content, source.parse(content).fields, f"content/{language}/policy.md", moment, **options)


def take(page, now, **by_language):
    return import_texts(page, by_language, by=system_actor("import"), now=now)


def numbers_and_languages(taken):
    return [(version.number, sorted(texts_by_language(version))) for version in taken.versions]


def test_first_texts_are_published_at_their_moment_with_their_bytes(page, moment):
    english, russian = incoming("One", moment()), incoming("Один", moment(), language="ru")
    taken = take(page, moment(9), en=english, ru=russian)
    (version,) = taken.versions
    assert (version.number, version.published_at, version.effective_at) == (1, moment(), moment())
    revision = texts_by_language(version)["ru"].revision
    assert (bytes(revision.source), revision.file_name) == (russian.content, "content/ru/policy.md")
    assert (revision.author, revision.created_at) == ("import", moment(9))


def test_import_makes_its_texts_the_working_copy(page, moment):
    take(page, moment(), en=incoming("One"))
    page.refresh_from_db()
    assert page.draft_text("en")["body"] == "One"


def test_texts_with_different_moments_become_successive_versions_in_that_order(page, moment):
    later, first = incoming("One", moment(2)), incoming("Один", moment(1), language="ru")
    taken = take(page, moment(9), en=later, ru=first)
    assert numbers_and_languages(taken) == [(1, ["ru"]), (2, ["en", "ru"])]
    assert [version.published_at for version in taken.versions] == [moment(1), moment(2)]


@pytest.mark.parametrize("said", [None, 20])
def test_moment_that_is_missing_or_in_the_future_becomes_now(page, moment, said):
    taken = take(page, moment(9), en=incoming("One", said and moment(said)))
    assert [version.published_at for version in taken.versions] == [moment(9)]


@pytest.mark.parametrize(("said", "expected"), [(4, 9), (5, 9), (6, 6)])
def test_moment_not_later_than_the_last_version_becomes_now(page, moment, said, expected):
    take(page, moment(8), en=incoming("One", moment(5)))
    taken = take(page, moment(9), en=incoming("Two", moment(said)))
    assert [version.published_at for version in taken.versions] == [moment(expected)]


def test_moment_is_never_before_the_last_recorded_one_of_the_page(page, moment):
    take(page, moment(5), en=incoming("One"))
    taken = take(page, moment(4), en=incoming("Two"))
    assert [version.published_at for version in taken.versions] == [moment(5)]


def test_second_import_of_the_same_texts_changes_nothing(page, moment):
    both = {"en": incoming("One", moment()), "ru": incoming("Один", moment(1), language="ru", is_draft=True)}
    take(page, moment(8), **both)
    before = SiteCounter.objects.values().get(), Revision.objects.count()
    assert take(page, moment(9), **both) == ImportOutcome()
    assert (SiteCounter.objects.values().get(), Revision.objects.count()) == before


def test_changed_text_makes_the_next_version_and_the_others_are_carried(page, moment):
    russian = incoming("Один", moment(), language="ru")
    take(page, moment(), en=incoming("One", moment()), ru=russian)
    (version,) = take(page, moment(9), en=incoming("Two", moment(1)), ru=russian).versions
    said = {language: (row.significance, row.modified_at) for language, row in texts_by_language(version).items()}
    assert said == {"en": ("major", moment(1)), "ru": ("unchanged", moment())}


def test_change_that_shows_nothing_new_is_minor_by_itself(page, moment):
    take(page, moment(), en=incoming("One", moment()))
    (version,) = take(page, moment(9), en=incoming("One\n\n", moment(1))).versions
    row = texts_by_language(version)["en"]
    assert (row.significance, row.modified_at) == ("minor", moment())


def test_first_or_changed_translation_reflects_the_source_of_its_version(page, moment):
    take(page, moment(), en=incoming("One"), ru=incoming("Один"))
    take(page, moment(1), en=incoming("Two"), ru=incoming("Один"))
    (third,) = take(page, moment(2), ru=incoming("Два"), de=incoming("Zwei")).versions
    by_number = {version.number: texts_by_language(version) for version in page.versions.all()}
    assert [by_number[number]["ru"].based_on for number in (1, 2, 3)] == [1, 1, 3]
    assert (third.number, by_number[3]["de"].based_on, by_number[3]["en"].based_on) == (3, 3, None)


def test_translation_of_a_version_without_the_source_reflects_nothing(page, moment):
    (version,) = take(page, moment(), ru=incoming("Один")).versions
    assert texts_by_language(version)["ru"].based_on is None


def test_draft_is_skipped_as_the_working_copy_and_not_published(page, moment):
    taken = take(page, moment(), en=incoming("One", is_draft=True), ru=incoming("Один"))
    assert (taken.drafts, numbers_and_languages(taken)) == (("en",), [(1, ["ru"])])
    page.refresh_from_db()
    assert page.draft_text("en")["body"] == "One"


def test_draft_that_is_one_no_longer_is_published(page, moment):
    take(page, moment(), en=incoming("One", is_draft=True))
    taken = take(page, moment(1), en=incoming("One", title="Ready"))
    assert numbers_and_languages(taken) == [(1, ["en"])]


def test_file_that_changed_while_the_page_was_edited_here_is_set_aside(page, moment):
    take(page, moment(), en=incoming("One"), ru=incoming("Один"))
    begun = save_draft(page, {"ru": make_fields("Начато")}, by=system_actor("Ann"), now=moment(1))["ru"]
    changed = {"en": incoming("Two"), "ru": incoming("Два")}
    assert take(page, moment(2), **changed) == ImportOutcome(stored_only=("en", "ru"))
    page.refresh_from_db()
    assert (page.versions.count(), page.draft_text("en")["body"], draft_revision(page, "ru")) == (1, "One", begun)
    kept = {revision.language: revision for revision in page.revisions.filter(is_draft_head=False)}
    assert {language: bytes(revision.source) for language, revision in kept.items()} == {
        language: changed[language].content for language in ("en", "ru")
    }
    assert take(page, moment(3), **changed) == ImportOutcome()


def test_file_that_changed_after_a_version_was_made_here_is_set_aside(page, moment):
    take(page, moment(), en=incoming("One"))
    publish_bodies(page, {"en": "Here"}, moment(1))
    assert take(page, moment(2), en=incoming("Two")) == ImportOutcome(stored_only=("en",))
    assert page.versions.count() == 2


def test_file_that_did_not_change_is_left_where_the_page_was_edited_here(page, moment):
    take(page, moment(), en=incoming("One"))
    publish_bodies(page, {"en": "Here"}, moment(1))
    assert take(page, moment(2), en=incoming("One")) == ImportOutcome()


def test_announcement_of_an_imported_text_is_not_overtaken(page, moment):
    take(page, moment(), en=incoming("One"))
    take(page, moment(), ru=incoming("Один", is_draft=True))
    announced = publish(
        page,
        texts_to_publish(page, ["ru"]),
        by=system_actor("Ann"),
        now=moment(1),
        notes={"ru": "Новый."},
        effective_at=moment(9),
    )
    assert take(page, moment(2), en=incoming("Two")) == ImportOutcome(stored_only=("en",))
    cancel(announced, by=system_actor("Ann"), now=moment(3))
    assert numbers_and_languages(take(page, moment(4), en=incoming("Three"))) == [(3, ["en"])]


def test_import_after_a_revert_changes_nothing_where_the_file_did_not_change(page, moment):
    (first,) = take(page, moment(), en=incoming("One")).versions
    take(page, moment(1), en=incoming("Two"))
    revert(
        page,
        first,
        ["en"],
        by=system_actor("Ann"),
        now=moment(2),
        significance={"en": "major"},
        notes={"en": "Back."},
    )
    assert take(page, moment(3), en=incoming("Two")) == ImportOutcome()
    assert take(page, moment(4), en=incoming("Three")) == ImportOutcome(stored_only=("en",))


def test_file_that_changed_is_set_aside_where_a_revert_left_an_imported_draft_in_place(page, moment):
    (first,) = take(page, moment(), en=incoming("One")).versions
    take(page, moment(1), en=incoming("Two"))
    take(page, moment(2), en=incoming("Three", is_draft=True))
    revert(
        page,
        first,
        ["en"],
        by=system_actor("Ann"),
        now=moment(3),
        significance={"en": "major"},
        notes={"en": "Back."},
    )
    assert take(page, moment(4), en=incoming("Four")) == ImportOutcome(stored_only=("en",))


def test_another_picture_alone_makes_the_next_version(page, moment):
    old, new = (store_picture(content, "svg", now=moment()) for content in (b"<svg/>", b"<svg />"))
    take(page, moment(), en=incoming("![a](/a.svg)", moment(), pictures={"/a.svg": old}))
    replaced = incoming("![a](/a.svg)", moment(), pictures={"/a.svg": new})
    (version,) = take(page, moment(1), en=replaced).versions
    row = texts_by_language(version)["en"]
    assert (version.number, row.pictures, row.significance) == (2, {"/a.svg": new}, "major")
    assert version.published_at == moment(1)
    assert take(page, moment(2), en=replaced) == ImportOutcome()


def test_language_without_a_column_of_its_own_is_skipped_in_history(page, moment):
    (version,) = take(page, moment(), en=incoming("One"), eo=incoming("Unu")).versions
    assert sorted(texts_by_language(version)) == ["en", "eo"]
    assert not [column for column in Page._meta.get_fields() if column.name == "body_eo"]


def test_notes_stand_with_the_languages_that_they_are_in(page, moment):
    both = {"en": incoming("One"), "ru": incoming("Один")}
    (version,) = import_texts(page, both, by=system_actor("import"), now=moment(), notes={"ru": "Первый."}).versions
    assert {language: row.change_note for language, row in texts_by_language(version).items()} == {
        "en": "",
        "ru": "Первый.",
    }


def test_import_that_fails_leaves_nothing(page, moment):
    # Whatever stands in the log's first place already, the batch's own record cannot; all else was written before it.
    PublicationRecord.objects.create(number=1, kind="publish", at=moment(), canonical="{}", hash="")
    with pytest.raises(IntegrityError):
        take(page, moment(), en=incoming("One"), ru=incoming("Один"))
    assert (Version.objects.count(), Revision.objects.count()) == (0, 0)
