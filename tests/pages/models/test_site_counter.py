"""The site counter is one row that only advances."""

import pytest
from django.db import IntegrityError, transaction

from pages.models import SiteCounter
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


def counter():
    return SiteCounter.objects.get()


def test_counter_is_created_by_the_first_advance(moment):
    assert not SiteCounter.objects.exists()
    SiteCounter.objects.advance(moment())
    assert (counter().pk, counter().value, counter().changed_at, counter().last_record) == (1, 1, moment(), 0)


def test_time_of_the_last_change_never_steps_back_or_stays(moment):
    SiteCounter.objects.advance(moment(5))
    SiteCounter.objects.advance(moment(1))
    assert (counter().value, counter().changed_at) == (2, moment(5, 1))


def test_advance_keeps_the_head_of_the_log(moment):
    publish_bodies(make_page(), {"en": "One"}, moment())
    head = counter().head
    SiteCounter.objects.advance(moment(1))
    assert (counter().head, counter().last_record, counter().value) == (head, 2, 2)
    assert len(head) == 64


def test_second_row_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteCounter.objects.create(pk=2)
