"""Withdrawing pages, bringing them back, and confirming translations."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pages.history import hash_chain
from pages.history.translation_status import assess_version
from pages.history.verification import find_problems
from pages.models import Page, PublicationRecord, SiteCounter, Version
from pages.publishing.actors import user_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import (
    NotConfirmable,
    NotReviewable,
    NotWithdrawable,
    bring_back,
    confirm,
    next_review,
    review,
    withdraw,
)
from pages.publishing.page_tree import set_position
from pages.publishing.records import PublicationConflict, last_record_number
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db
REASONS = {"en": "It was wrong."}


@pytest.fixture
def page(moment):
    """Return a page with two versions; the translation reflects the first."""
    page = make_page()
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    publish_bodies(page, {"en": "Two"}, moment(1))
    return page


def public_and_withdrawn(at):
    return Page.objects.public(at).exists(), Page.objects.withdrawn(at).exists()


def status(page, at, number=None):
    version = page.versions.get(number=number) if number else page.versions.order_by("-number").first()
    rows = texts_by_language(version)
    return assess_version(version, rows, at)["ru"][:2]


def test_withdrawn_page_is_not_public_until_it_is_brought_back(page, moment):
    withdraw(page, reasons=REASONS, by=EDITOR, now=moment(2))
    bring_back(page, by=EDITOR, now=moment(4))
    assert [public_and_withdrawn(moment(day, second)) for day, second in ((2, -1), (2, 0), (4, -1), (4, 0))] == [
        (True, False),
        (False, True),
        (False, True),
        (True, False),
    ]


def test_withdrawal_records_the_actor_the_time_and_the_nonempty_reasons(page, moment):
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
    assert hash_chain.parse_record(record.canonical)["reasons"] == record.reason_digests
    assert SiteCounter.objects.get().value == value + 1


@pytest.mark.parametrize("reasons", [{}, {"en": "  "}, {"ru": "Ошибка."}])
def test_withdrawal_requires_a_reason_in_the_source_language(page, moment, reasons):
    with pytest.raises(ValidationError) as error:
        withdraw(page, reasons=reasons, by=EDITOR, now=moment(2))
    assert error.value.message_dict == {"reason_en": ["Explain to readers why the page is withdrawn."]}
    assert PublicationRecord.objects.count() == 3


def test_only_a_public_page_can_be_withdrawn_and_only_a_withdrawn_one_brought_back(page, moment):
    draft, announced = make_page("draft"), make_page("announced")
    publish_bodies(announced, {"en": "Soon"}, moment(1), effective_at=moment(9))
    for other in (draft, announced):
        with pytest.raises(NotWithdrawable):
            withdraw(other, reasons=REASONS, by=EDITOR, now=moment(2))
    with pytest.raises(NotWithdrawable):
        bring_back(page, by=EDITOR, now=moment(2))
    withdraw(page, reasons=REASONS, by=EDITOR, now=moment(2))
    with pytest.raises(NotWithdrawable):
        withdraw(page, reasons=REASONS, by=EDITOR, now=moment(3))
    bring_back(page, by=EDITOR, now=moment(4))
    with pytest.raises(NotWithdrawable):
        bring_back(page, by=EDITOR, now=moment(5))
    withdraw(page, reasons=REASONS, by=EDITOR, now=moment(6))
    assert public_and_withdrawn(moment(6)) == (False, True)


def test_version_of_a_withdrawn_page_is_public_once_the_page_is_brought_back(page, moment):
    withdraw(page, reasons=REASONS, by=EDITOR, now=moment(2))
    publish_bodies(page, {"en": "Three"}, moment(3))
    assert public_and_withdrawn(moment(3)) == (False, True)
    bring_back(page, by=EDITOR, now=moment(4))
    assert Version.objects.in_force(moment(4)).get().number == 3


def test_withdrawal_is_never_dated_before_the_last_record(page, moment):
    assert withdraw(page, reasons=REASONS, by=EDITOR, now=moment(1, -3)).at == moment(1)
    assert bring_back(page, by=EDITOR, now=moment(1, -3)).at == moment(1)
    assert public_and_withdrawn(moment(1)) == (True, False)


def test_operation_on_an_outdated_form_is_refused(page, moment):
    seen = last_record_number(page)
    publish_bodies(page, {"en": "Three"}, moment(2))
    for operation, arguments in (
        (withdraw, {"reasons": REASONS}),
        (bring_back, {}),
    ):
        with pytest.raises(PublicationConflict):
            operation(page, **arguments, by=EDITOR, now=moment(3), expected_record=seen)
    with pytest.raises(PublicationConflict):
        confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(3), expected_record=seen)
    assert PublicationRecord.objects.count() == 4


def test_confirmed_translation_is_up_to_date_from_the_confirmation_on(page, moment):
    assert status(page, moment(2)) == ("behind", 1)
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    assert status(page, moment(2, -1)) == ("behind", 1)
    assert status(page, moment(2)) == ("up to date", 2)


def test_confirmation_counts_in_the_confirmed_version_and_later(page, moment):
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    assert status(page, moment(9), number=1) == ("up to date", 1)
    publish_bodies(page, {"en": "Three"}, moment(3), significance="minor")
    assert status(page, moment(3)) == ("minor differences", 2)
    publish_bodies(page, {"en": "Four"}, moment(4))
    assert status(page, moment(4)) == ("behind", 2)


def test_confirmation_counts_only_for_the_same_text(page, moment):
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    save_bodies(page, moment(3), ru="Другой")
    texts = {"ru": TextToPublish(draft_revision(page, "ru"), "major", 1)}
    publish(page, texts, by=EDITOR, now=moment(3), notes={"ru": "Другой."})
    assert status(page, moment(3)) == ("behind", 1)
    assert status(page, moment(3), number=2) == ("up to date", 2)


def test_next_text_keeps_the_confirmed_basis_of_the_one_before(page, moment):
    confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    version = publish_bodies(page, {"ru": "Один."}, moment(3), significance="minor")
    assert texts_by_language(version)["ru"].based_on == 2
    assert status(page, moment(3)) == ("up to date", 2)


def test_confirmation_records_the_version_and_the_digest_of_the_text(page, moment):
    record = confirm(page.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    digest = texts_by_language(page.versions.get(number=2))["ru"].revision.digest
    assert (record.kind, record.version.number, record.language, record.text_digest) == ("confirm", 2, "ru", digest)
    assert {"language": "ru", "text": digest, "version": 2}.items() <= hash_chain.parse_record(record.canonical).items()


def test_impossible_confirmation_is_refused(page, moment):
    announced = publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(9))
    cancel(announced, by=EDITOR, now=moment(3))
    second = page.versions.get(number=2)
    for version, language, reflects in (
        (second, "en", 2),  # The source reflects nothing.
        (second, "ar", 2),  # The language has no text.
        (second, "ru", 1),  # It reflects that version already.
        (second, "ru", 3),  # It is later, and was cancelled.
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
    publish_bodies(other, {"en": "One", "ru": "Один"}, moment(1), confirmed=["ru"])
    publish_bodies(other, {"en": "Two"}, moment(1))
    confirm(other.versions.get(number=2), "ru", 2, by=EDITOR, now=moment(2))
    assert status(page, moment(3)) == ("behind", 1)


def test_review_is_recorded_for_the_version_in_force_and_moves_the_next_one(page, moment):
    set_position(page, review_months=12, by=EDITOR, now=moment(2))
    page.refresh_from_db(fields=["review_months"])
    due = next_review(page, moment(2))
    assert due == date(2025, 3, 3)
    record = review(page, review_by=due, by=EDITOR, now=moment(2))
    assert (record.kind, record.version, record.at) == ("review", page.versions.get(number=2), moment(2))
    assert Page.objects.get(pk=page.pk).review_by == due
    assert list(find_problems()) == []


def test_review_without_a_period_asks_for_the_next_date(page, moment):
    assert next_review(page, moment(2)) is None
    review(page, by=EDITOR, now=moment(2))
    assert Page.objects.get(pk=page.pk).review_by is None
    with pytest.raises(ValidationError):
        review(page, review_by=moment(2).date(), by=EDITOR, now=moment(2))


def test_page_that_readers_cannot_open_is_not_reviewed(page, moment):
    with pytest.raises(NotReviewable):
        review(make_page("draft"), by=EDITOR, now=moment(2))
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=moment(2))
    with pytest.raises(NotReviewable):
        review(page, by=EDITOR, now=moment(3))


def test_review_needs_its_permission(page, moment):
    with pytest.raises(PermissionDenied):
        review(page, by=user_actor("Ann", {"pages.publish_page"}), now=moment(2))


@pytest.mark.parametrize(
    ("today", "months", "due"),
    [((2024, 1, 31), 1, (2024, 2, 29)), ((2024, 12, 15), 1, (2025, 1, 15)), ((2024, 2, 29), 24, (2026, 2, 28))],
)
def test_next_review_is_on_the_same_day_of_a_later_month_or_its_last(today, months, due):
    page = Page(review_months=months)
    assert next_review(page, datetime(*today, 12, tzinfo=UTC)) == date(*due)
