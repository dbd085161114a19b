"""Notice periods: a major change with less notice needs a reason, which readers see in the change note."""

import pytest
from django.core.exceptions import ValidationError

from pages.history.verification import find_problems
from pages.publishing.announcements import announce_again
from pages.publishing.corrected_texts import correct
from pages.publishing.page_tree import set_position
from pages.publishing.reverts import revert
from tests.building import EDITOR, make_fields, make_page, publish_bodies

pytestmark = pytest.mark.django_db
REASON = "Less notice than the usual 30 days: A court decided so."


@pytest.fixture
def page(moment):
    page = make_page()
    set_position(page, notice_days=30, by=EDITOR, now=moment())
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(), confirmed=["ru"])
    return page


def refusal(operation) -> dict:
    with pytest.raises(ValidationError) as error:
        operation()
    return error.value.message_dict


def notes(version) -> dict:
    return {text.language: text.change_note for text in version.texts.order_by("language") if text.change_note}


def test_major_change_without_notice_needs_a_reason(page, moment):
    (message,) = refusal(lambda: publish_bodies(page, {"en": "Two."}, moment(1)))["notice_reason"]
    assert "30 days before. The earliest date is April\xa01,\xa02024" in message
    assert page.versions.count() == 1
    version = publish_bodies(page, {"en": "Two."}, moment(1), note="More.", notice_reason=" A court decided so. ")
    assert notes(version) == {"en": f"More. {REASON}"}
    assert list(find_problems()) == []


@pytest.mark.parametrize(("days", "is_refused"), [(30, True), (31, False)])
def test_notice_is_counted_in_days(page, moment, days, is_refused):
    def announce():
        return publish_bodies(page, {"en": "Two."}, moment(1, 3600), effective_at=moment(days), note="More.")

    if is_refused:
        assert "notice_reason" in refusal(announce)
    else:
        assert notes(announce()) == {"en": "More."}


def test_first_texts_and_minor_changes_need_no_notice(page, moment):
    assert publish_bodies(page, {"en": "One"}, moment(1), significance="minor")
    assert publish_bodies(page, {"de": "Eins."}, moment(2))


def test_reason_joins_the_note_of_the_translation_if_the_source_stays(page, moment):
    version = publish_bodies(page, {"ru": "Два."}, moment(1), note="Точнее.", notice_reason="Суд.")
    assert notes(version) == {"ru": "Точнее. Уведомление короче обычного (30 дн.): Суд."}


def test_correcting_and_reverting_need_the_reason_too(page, moment):
    options = {"by": EDITOR, "significance": {"en": "major"}, "notes": {"en": "More."}}
    fixed = {"en": make_fields("Two.")}
    assert "notice_reason" in refusal(lambda: correct(page, fixed, now=moment(1), **options))
    correct(page, fixed, now=moment(1), notice_reason="A court decided so.", **options)
    first = page.versions.get(number=1)
    assert "notice_reason" in refusal(lambda: revert(page, first, ["en"], now=moment(2), **options))


def test_announcing_for_an_earlier_date_needs_the_reason(page, moment):
    announced = publish_bodies(page, {"en": "Two."}, moment(1), effective_at=moment(40), note="More.")
    options = {"by": EDITOR, "now": moment(2)}
    assert "notice_reason" in refusal(lambda: announce_again(announced, effective_at=moment(20), **options))
    # Readers have known of it since it was announced first.
    announced = announce_again(announced, effective_at=moment(31), **options)
    assert notes(announced) == {"en": "More."}
    announced = announce_again(
        announced, effective_at=moment(20), by=EDITOR, now=moment(3), notice_reason="A court decided so."
    )
    assert notes(announced) == {"en": f"More. {REASON}"}


def test_page_without_a_notice_period_needs_none(page, moment):
    set_position(page, notice_days=0, by=EDITOR, now=moment())
    assert publish_bodies(page, {"en": "Two."}, moment(1))
