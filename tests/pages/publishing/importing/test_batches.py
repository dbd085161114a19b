"""Importing the texts of one page."""

import pytest
from django.db import IntegrityError

from pages.history.translation_status import assess_version
from pages.models import Blob, Page, PublicationRecord, Revision, SiteCounter, Version
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.drafts import save_draft
from pages.publishing.importing.batches import Batches, import_texts
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome, PageUpdate
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.records import ClockBehind, accept_clock
from pages.publishing.reverts import revert
from pages.publishing.versions import publish
from pages.text import source
from tests.building import draft_revision, make_fields, make_page, publish_bodies, texts_by_language, texts_to_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return make_page()


def imported_text(body, modified_at=None, *, language="en", title="Privacy policy", **options):
    content = f"---\ntitle: {title}\n---\n\n{body}\n".encode()
    return ImportedText(content, source.parse(content).fields, f"content/{language}/policy.md", modified_at, **options)


def run_import(page, now, **by_language):
    return import_texts(page, by_language, by=system_actor("import"), now=now)


def numbers_and_languages(outcome):
    return [(version.number, sorted(texts_by_language(version))) for version in outcome.versions]


def test_first_texts_are_published_at_their_date_with_their_bytes(page, moment):
    english, russian = imported_text("One", moment()), imported_text("Один", moment(), language="ru")
    outcome = run_import(page, moment(9), en=english, ru=russian)
    (version,) = outcome.versions
    assert (version.number, version.published_at, version.effective_at) == (1, moment(), moment())
    revision = texts_by_language(version)["ru"].revision
    assert (bytes(revision.source), revision.file_name) == (russian.content, "content/ru/policy.md")
    assert (revision.author, revision.created_at) == ("import", moment(9))


def test_imported_text_becomes_the_draft(page, moment):
    run_import(page, moment(), en=imported_text("One"))
    page.refresh_from_db()
    assert page.draft_text("en")["body"] == "One"


def test_texts_with_different_dates_become_successive_versions_in_that_order(page, moment):
    later, first = imported_text("One", moment(2)), imported_text("Один", moment(1), language="ru")
    outcome = run_import(page, moment(9), en=later, ru=first)
    assert numbers_and_languages(outcome) == [(1, ["ru"]), (2, ["en", "ru"])]
    assert [version.published_at for version in outcome.versions] == [moment(1), moment(2)]


@pytest.mark.parametrize("day", [None, 20])
def test_date_that_is_missing_or_in_the_future_becomes_now(page, moment, day):
    outcome = run_import(page, moment(9), en=imported_text("One", day and moment(day)))
    assert [version.published_at for version in outcome.versions] == [moment(9)]


@pytest.mark.parametrize(("day", "expected"), [(4, 9), (5, 9), (6, 6)])
def test_date_that_is_not_after_the_last_version_becomes_now(page, moment, day, expected):
    run_import(page, moment(8), en=imported_text("One", moment(5)))
    outcome = run_import(page, moment(9), en=imported_text("Two", moment(day)))
    assert [version.published_at for version in outcome.versions] == [moment(expected)]


def test_version_is_never_dated_before_the_pages_last_record(page, moment):
    run_import(page, moment(5), en=imported_text("One"))
    outcome = run_import(page, moment(5, -5), en=imported_text("Two"))
    assert [version.published_at for version in outcome.versions] == [moment(5)]


def test_version_is_dated_now_if_the_pages_last_record_is_stamped_ahead(page, moment):
    run_import(page, moment(), en=imported_text("One"))
    ahead = run_import(page, moment(9), en=imported_text("Two")).versions[0]
    cancel(ahead, by=system_actor("Ann"), now=moment(1))
    # The cancellation is the last record now; a move by a clock that is ahead follows it.
    move(page, slug="moved", parent=None, by=system_actor("Ann"), now=moment(9))
    accept_clock(by=system_actor("Ann"), now=moment(2))
    (version,) = run_import(page, moment(3), en=imported_text("Three", moment(2, 60))).versions
    assert (version.number, version.published_at, version.effective_at) == (3, moment(2, 60), moment(2, 60))


def test_import_is_refused_while_the_clock_is_behind_and_writes_nothing(page, moment):
    publish_bodies(make_page("other"), {"en": "Other."}, moment(5))
    before = (Revision.objects.count(), PublicationRecord.objects.count())
    with pytest.raises(ClockBehind):
        run_import(page, moment(5, -6), en=imported_text("One", moment()))
    assert (Revision.objects.count(), PublicationRecord.objects.count()) == before


def test_import_continues_if_somebody_has_published_since_it_began(page, moment):
    batches, other = Batches(by=system_actor("import")), make_page("other")
    with batches.batch(moment()) as importer:
        importer.import_tree(page, {"en": imported_text("One")}, {})
    publish_bodies(other, {"en": "Other."}, moment(0, 60))
    with batches.batch(moment()) as importer:
        importer.import_tree(page, {"en": imported_text("Two")}, {})
    assert page.versions.count() == 2
    recorded = list(PublicationRecord.objects.order_by("number").values_list("recorded_at", flat=True))
    assert recorded == [moment(), moment(), moment(0, 60), moment(0, 60)]


def test_second_import_of_the_same_texts_changes_nothing(page, moment):
    both = {"en": imported_text("One", moment()), "ru": imported_text("Один", moment(1), language="ru", is_draft=True)}
    run_import(page, moment(8), **both)
    before = SiteCounter.objects.values().get(), Revision.objects.count()
    assert run_import(page, moment(9), **both) == ImportOutcome()
    assert (SiteCounter.objects.values().get(), Revision.objects.count()) == before


def test_changed_text_makes_a_version_and_the_others_are_carried_over(page, moment):
    russian = imported_text("Один", moment(), language="ru")
    run_import(page, moment(), en=imported_text("One", moment()), ru=russian)
    (version,) = run_import(page, moment(9), en=imported_text("Two", moment(1)), ru=russian).versions
    texts = {language: (row.significance, row.modified_at) for language, row in texts_by_language(version).items()}
    assert texts == {"en": ("major", moment(1)), "ru": ("unchanged", moment())}


def test_change_that_readers_cannot_see_is_minor(page, moment):
    run_import(page, moment(), en=imported_text("One", moment()))
    (version,) = run_import(page, moment(9), en=imported_text("One\n\n", moment(1))).versions
    row = texts_by_language(version)["en"]
    assert (row.significance, row.modified_at) == ("minor", moment())


def test_first_or_changed_translation_reflects_the_source_of_its_version(page, moment):
    run_import(page, moment(), en=imported_text("One"), ru=imported_text("Один"))
    run_import(page, moment(1), en=imported_text("Two"), ru=imported_text("Один"))
    (third,) = run_import(page, moment(2), ru=imported_text("Два"), de=imported_text("Zwei")).versions
    by_number = {version.number: texts_by_language(version) for version in page.versions.all()}
    assert [by_number[number]["ru"].based_on for number in (1, 2, 3)] == [1, 1, 3]
    assert (third.number, by_number[3]["de"].based_on, by_number[3]["en"].based_on) == (3, 3, None)


def test_translation_in_a_version_without_the_source_has_no_basis(page, moment):
    (version,) = run_import(page, moment(), ru=imported_text("Один")).versions
    assert texts_by_language(version)["ru"].based_on is None


def test_draft_file_becomes_the_draft_and_is_not_published(page, moment):
    outcome = run_import(page, moment(), en=imported_text("One", is_draft=True), ru=imported_text("Один"))
    assert (outcome.drafts, numbers_and_languages(outcome)) == (("en",), [(1, ["ru"])])
    page.refresh_from_db()
    assert page.draft_text("en")["body"] == "One"


def test_file_that_is_no_longer_a_draft_is_published(page, moment):
    run_import(page, moment(), en=imported_text("One", is_draft=True))
    outcome = run_import(page, moment(1), en=imported_text("One", title="Ready"))
    assert numbers_and_languages(outcome) == [(1, ["en"])]


def test_changed_file_is_stored_but_not_published_if_the_draft_was_edited_here(page, moment):
    run_import(page, moment(), en=imported_text("One"), ru=imported_text("Один"))
    draft = save_draft(page, {"ru": make_fields("Черновик")}, by=system_actor("Ann"), now=moment(1))["ru"]
    changed = {"en": imported_text("Two"), "ru": imported_text("Два")}
    assert run_import(page, moment(2), **changed) == ImportOutcome(stored_only=("en", "ru"))
    page.refresh_from_db()
    assert (page.versions.count(), page.draft_text("en")["body"], draft_revision(page, "ru")) == (1, "One", draft)
    stored = {revision.language: revision for revision in page.revisions.filter(is_draft_head=False)}
    assert {language: bytes(revision.source) for language, revision in stored.items()} == {
        language: changed[language].content for language in ("en", "ru")
    }
    assert run_import(page, moment(3), **changed) == ImportOutcome()


def test_changed_file_is_stored_but_not_published_if_a_version_was_published_here(page, moment):
    run_import(page, moment(), en=imported_text("One"))
    publish_bodies(page, {"en": "Here"}, moment(1))
    assert run_import(page, moment(2), en=imported_text("Two")) == ImportOutcome(stored_only=("en",))
    assert page.versions.count() == 2


def test_unchanged_file_changes_nothing_if_the_page_was_edited_here(page, moment):
    run_import(page, moment(), en=imported_text("One"))
    publish_bodies(page, {"en": "Here"}, moment(1))
    assert run_import(page, moment(2), en=imported_text("One")) == ImportOutcome()


def test_changed_file_is_stored_but_not_published_while_a_version_is_announced(page, moment):
    run_import(page, moment(), en=imported_text("One"))
    run_import(page, moment(), ru=imported_text("Один", is_draft=True))
    announced = publish(
        page,
        texts_to_publish(page, ["ru"]),
        by=system_actor("Ann"),
        now=moment(1),
        notes={"ru": "Новый."},
        effective_at=moment(9),
    )
    assert run_import(page, moment(2), en=imported_text("Two")) == ImportOutcome(stored_only=("en",))
    cancel(announced, by=system_actor("Ann"), now=moment(3))
    assert numbers_and_languages(run_import(page, moment(4), en=imported_text("Three"))) == [(3, ["en"])]


def test_unchanged_file_changes_nothing_after_a_revert(page, moment):
    (first,) = run_import(page, moment(), en=imported_text("One")).versions
    run_import(page, moment(1), en=imported_text("Two"))
    revert(
        page,
        first,
        ["en"],
        by=system_actor("Ann"),
        now=moment(2),
        significance={"en": "major"},
        notes={"en": "Back."},
    )
    assert run_import(page, moment(3), en=imported_text("Two")) == ImportOutcome()
    assert run_import(page, moment(4), en=imported_text("Three")) == ImportOutcome(stored_only=("en",))


def test_changed_file_is_stored_but_not_published_after_a_revert_that_kept_an_imported_draft(page, moment):
    (first,) = run_import(page, moment(), en=imported_text("One")).versions
    run_import(page, moment(1), en=imported_text("Two"))
    run_import(page, moment(2), en=imported_text("Three", is_draft=True))
    revert(
        page,
        first,
        ["en"],
        by=system_actor("Ann"),
        now=moment(3),
        significance={"en": "major"},
        notes={"en": "Back."},
    )
    assert run_import(page, moment(4), en=imported_text("Four")) == ImportOutcome(stored_only=("en",))


def test_replaced_picture_makes_a_version(page, moment):
    old, new = (store_picture(content, "svg", now=moment()) for content in (b"<svg/>", b"<svg />"))
    run_import(page, moment(), en=imported_text("![a](/a.svg)", moment(), pictures={"/a.svg": old}))
    replaced = imported_text("![a](/a.svg)", moment(), pictures={"/a.svg": new})
    (version,) = run_import(page, moment(1), en=replaced).versions
    row = texts_by_language(version)["en"]
    assert (version.number, row.pictures, row.significance) == (2, {"/a.svg": new}, "major")
    assert version.published_at == moment(1)
    assert run_import(page, moment(2), en=replaced) == ImportOutcome()


def test_language_without_draft_columns_is_still_published(page, moment):
    (version,) = run_import(page, moment(), en=imported_text("One"), eo=imported_text("Unu")).versions
    assert sorted(texts_by_language(version)) == ["en", "eo"]
    assert not [column for column in Page._meta.get_fields() if column.name == "body_eo"]


def test_notes_belong_to_their_languages(page, moment):
    both = {"en": imported_text("One"), "ru": imported_text("Один")}
    (version,) = import_texts(page, both, by=system_actor("import"), now=moment(), notes={"ru": "Первый."}).versions
    assert {language: row.change_note for language, row in texts_by_language(version).items()} == {
        "en": "",
        "ru": "Первый.",
    }


def test_failed_import_writes_nothing(page, moment):
    # The number is taken, so inserting the batch's record fails after everything else was written.
    actor = Blob.of_text("Ann")
    actor.save()
    columns = {"at": moment(), "recorded_at": moment(), "actor": actor, "canonical": "{}", "hash": ""}
    PublicationRecord.objects.create(number=1, kind="publish", **columns)
    with pytest.raises(IntegrityError):
        run_import(page, moment(), en=imported_text("One"), ru=imported_text("Один"))
    assert (Version.objects.count(), Revision.objects.count()) == (0, 0)


def test_translation_that_becomes_the_source_language_is_not_what_the_others_reflect(page, moment):
    """They reflect the text that is gone, and nobody compared them with the translation that takes its place."""
    bodies = {"en": "One", "ru": "Один", "de": "Eins"}
    run_import(page, moment(), **{language: imported_text(body) for language, body in bodies.items()})
    update = PageUpdate({}, frozenset({"ru", "de"}), moment(1), "Ann", "Gone.", "ru")
    with Batches(by=system_actor("import")).batch(moment(2)) as importer:
        importer.import_commit(page, update)
    page.refresh_from_db()
    version = page.versions.get(number=2)
    rows = texts_by_language(version)
    assert (page.source_language, {language: row.based_on for language, row in rows.items()}) == (
        *("ru", {"ru": None, "de": None}),
    )
    assert assess_version(version, rows, moment(3))["de"].status == "behind"
