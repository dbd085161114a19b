"""What happens to a page beside its versions: withdrawn, brought back, a translation confirmed."""

import pytest
from django.core.exceptions import ValidationError

from pages.history import hash_chain
from pages.history.translation_basis import status_with_basis
from pages.models import Page, PublicationRecord, SiteCounter, Version
from pages.publishing.announcements import cancel
from pages.publishing.page_events import NotConfirmable, NotWithdrawable, bring_back, confirm, withdraw
from pages.publishing.records import PublicationConflict, last_record_number
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db
WHY = {"en": "It was wrong."}


@pytest.fixture
def page(moment):
    """Return a page of two versions; the translation reflects the first."""
    page = make_page()
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    publish_bodies(page, {"en": "Two"}, moment(1))
    return page


def shown(at):
    return Page.objects.public(at).exists(), Page.objects.withdrawn(at).exists()


def status(page, at, number=None):
    version = page.versions.get(number=number) if number else page.versions.order_by("-number").first()
    rows = texts_by_language(version)
    return status_with_basis(page, version, rows["ru"], rows, at)


def test_withdrawn_page_is_public_before_and_after_and_not_between(page, moment):
    withdraw(page, reasons=WHY, by=EDITOR, now=moment(2))
    bring_back(page, by=EDITOR, now=moment(4))
    assert [shown(moment(day, second)) for day, second in ((2, -1), (2, 0), (4, -1), (4, 0))] == [
        (True, False),
        (False, True),
        (False, True),
        (True, False),
    ]


def test_withdrawal_records_who_when_and_the_reasons_that_have_words(page, moment):
    value = SiteCounter.objects.get().value
    record = withdraw(page, reasons={"en": " Wrong. ", "ru": " ", "ar": "خطأ"}, by=EDITOR, now=moment(2))
    assert (record.kind, record.page, record.version, record.at, record.actor_name) == (
        "withdraw",
        page,
        None,
        moment(2),
        "Ann",
    )
    assert record.reasons == {"en": "Wrong.", "ar": "خطأ"}
    assert hash_chain.parse_record(record.canonical)["reason"] == hash_chain.mapping_digest(record.reasons)
    assert SiteCounter.objects.get().value == value + 1


@pytest.mark.parametrize("reasons", [{}, {"en": "  "}, {"ru": "Ошибка."}])
def test_reason_is_needed_in_the_source_language(page, moment, reasons):
    with pytest.raises(ValidationError) as error:
        withdraw(page, reasons=reasons, by=EDITOR, now=moment(2))
    assert error.value.message_dict == {"reason_en": ["Explain to readers why the page is withdrawn."]}
    assert PublicationRecord.objects.count() == 2


def test_only_what_readers_can_open_is_withdrawn_and_only_what_they_cannot_is_brought_back(page, moment):
    draft, announced = make_page("draft"), make_page("announced")
    publish_bodies(announced, {"en": "Soon"}, moment(), effective_at=moment(9))
    for other in (draft, announced):
        with pytest.raises(NotWithdrawable):
            withdraw(other, reasons=WHY, by=EDITOR, now=moment(2))
    with pytest.raises(NotWithdrawable):
        bring_back(page, by=EDITOR, now=moment(2))
    withdraw(page, reasons=WHY, by=EDITOR, now=moment(2))
    with pytest.raises(NotWithdrawable):
        withdraw(page, reasons=WHY, by=EDITOR, now=moment(3))
    bring_back(page, by=EDITOR, now=moment(4))
    with pytest.raises(NotWithdrawable):
        bring_back(page, by=EDITOR, now=moment(5))
    withdraw(page, reasons=WHY, by=EDITOR, now=moment(6))
    assert shown(moment(6)) == (False, True)


def test_version_that_is_published_meanwhile_waits_for_the_page_to_come_back(page, moment):
    withdraw(page, reasons=WHY, by=EDITOR, now=moment(2))
    publish_bodies(page, {"en": "Three"}, moment(3))
    assert shown(moment(3)) == (False, True)
    bring_back(page, by=EDITOR, now=moment(4))
    assert Version.objects.in_force(moment(4)).get().number == 3


def test_withdrawal_is_not_dated_back_by_a_clock_that_steps_back(page, moment):
    assert withdraw(page, reasons=WHY, by=EDITOR, now=moment(-3)).at == moment(1)
    assert bring_back(page, by=EDITOR, now=moment(-3)).at == moment(1)
    assert shown(moment(1)) == (True, False)


def test_what_was_decided_on_another_state_is_refused(page, moment):
    seen = last_record_number(page)
    publish_bodies(page, {"en": "Three"}, moment(2))
    for verb, arguments in (
        (withdraw, {"reasons": WHY}),
        (bring_back, {}),
    ):
        with pytest.raises(PublicationConflict):
            verb(page, **arguments, by=EDITOR, now=moment(3), expected_record=seen)
    with pytest.raises(PublicationConflict):
        confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(3), expected_record=seen)
    assert PublicationRecord.objects.count() == 3


def test_confirmed_translation_is_up_to_date_from_that_moment_on(page, moment):
    assert status(page, moment(2)) == ("outdated", 1)
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    assert status(page, moment(2, -1)) == ("outdated", 1)
    assert status(page, moment(2)) == ("current", 2)


def test_confirmation_counts_from_the_version_that_it_names_on(page, moment):
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    assert status(page, moment(9), number=1) == ("current", 1)
    publish_bodies(page, {"en": "Three"}, moment(3), significance="minor")
    assert status(page, moment(3)) == ("minor differences", 2)
    publish_bodies(page, {"en": "Four"}, moment(4))
    assert status(page, moment(4)) == ("outdated", 2)


def test_confirmation_is_of_that_very_text(page, moment):
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    save_bodies(page, moment(3), ru="Другой")
    choices = {"ru": TextToPublish(draft_revision(page, "ru"), "major", 1)}
    publish(page, choices, by=EDITOR, now=moment(3), notes={"ru": "Другой."})
    assert status(page, moment(3)) == ("outdated", 1)
    assert status(page, moment(3), number=2) == ("current", 2)


def test_text_that_is_published_on_keeps_what_was_confirmed_of_the_one_before(page, moment):
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    version = publish_bodies(page, {"ru": "Один."}, moment(3), significance="minor")
    assert texts_by_language(version)["ru"].based_on == 2
    assert status(page, moment(3)) == ("current", 2)


def test_confirmation_is_written_down_with_the_version_and_the_digest(page, moment):
    record = confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    digest = texts_by_language(page.versions.get(number=2))["ru"].revision.digest
    assert (record.kind, record.version.number, record.language, record.text_digest) == ("confirm", 2, "ru", digest)
    assert hash_chain.parse_record(record.canonical)["confirmed"] == {"language": "ru", "text": digest}


def test_what_cannot_be_confirmed_is_refused(page, moment):
    announced = publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(9))
    cancel(announced, by=EDITOR, now=moment(3))
    second = page.versions.get(number=2)
    for version, language, reflects in (
        (second, "en", 2),  # The source reflects nothing.
        (second, "ar", 2),  # There is no such text.
        (second, "ru", 1),  # It was noted before.
        (second, "ru", 3),  # It came later, and was cancelled.
        (second, "ru", 9),
        (page.versions.get(number=1), "ru", 2),
        (announced, "ru", 3),
    ):
        with pytest.raises(NotConfirmable):
            confirm(version, language, reflects, by=EDITOR, now=moment(4))
    confirm(second, "ru", 2, by=EDITOR, now=moment(4))
    with pytest.raises(NotConfirmable):
        confirm(second, "ru", 2, by=EDITOR, now=moment(5))
    assert PublicationRecord.objects.filter(kind="confirm").count() == 1


def test_confirmation_of_another_page_does_not_count(page, moment):
    other = make_page("other")
    save_bodies(other, moment(), en="One", ru="Один")
    publish_bodies(other, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    publish_bodies(other, {"en": "Two"}, moment(1))
    confirm(other.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    assert status(page, moment(3)) == ("outdated", 1)
