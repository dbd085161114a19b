"""How much of the chain may be known at a moment: its beginning, without a gap."""

import pytest

from pages.models import PublicationRecord
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


def _known(at) -> list[int]:
    return list(PublicationRecord.objects.public(at).order_by("number").values_list("number", flat=True))


def test_records_are_known_from_their_moment_on(moment):
    page = make_page()
    for day in (0, 1, 2):
        publish_bodies(page, {"en": f"Text {day}"}, moment(day))
    assert _known(moment(-1)) == []
    assert _known(moment(1)) == [1, 2]
    assert _known(moment(9)) == [1, 2, 3]


def test_nothing_is_known_beyond_a_record_that_is_still_to_come(moment):
    publish_bodies(make_page("a"), {"en": "A"}, moment())
    publish_bodies(make_page("b"), {"en": "B"}, moment(5))
    publish_bodies(make_page("c"), {"en": "C"}, moment(1))
    assert _known(moment(2)) == [1]
    assert _known(moment(5)) == [1, 2, 3]
