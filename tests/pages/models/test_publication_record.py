"""The public part of the chain at a time is its beginning, without gaps."""

import pytest

from pages.models import PublicationRecord
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


def public_numbers(at) -> list[int]:
    return list(PublicationRecord.objects.public(at).order_by("number").values_list("number", flat=True))


def test_records_are_public_from_their_time_on(moment):
    page = make_page()
    for day in (0, 1, 2):
        publish_bodies(page, {"en": f"Text {day}"}, moment(day))
    assert public_numbers(moment(-1)) == []
    assert public_numbers(moment(1)) == [1, 2, 3]
    assert public_numbers(moment(9)) == [1, 2, 3, 4]


def test_no_record_is_public_after_one_that_is_dated_later(moment):
    publish_bodies(make_page("a"), {"en": "A"}, moment())
    publish_bodies(make_page("b"), {"en": "B"}, moment(5))
    publish_bodies(make_page("c"), {"en": "C"}, moment(1))
    assert public_numbers(moment(2)) == [1, 2]
    assert public_numbers(moment(5)) == [1, 2, 3, 4]
