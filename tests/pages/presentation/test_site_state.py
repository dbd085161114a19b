"""Tests of the state of the site at a time, and of reading from one state of the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from pages.models import SiteCounter, SiteSettings
from pages.presentation.site_state import SiteState, read_site_state, read_snapshot
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from tests.building import make_page, publish_bodies


@pytest.mark.django_db
def test_state_of_a_new_site_has_no_times():
    assert read_site_state(timezone.now()).key == SiteState(at=timezone.now()).key == (0, None)


@pytest.mark.django_db
def test_state_changes_at_the_effective_time_of_an_announced_version(django_assert_num_queries):
    now = timezone.now()
    page, later = make_page("policy"), now + timedelta(days=3)
    publish_bodies(page, {"en": "One."}, now)
    publish_bodies(page, {"en": "Two."}, now, effective_at=later)
    with django_assert_num_queries(1):
        before = read_site_state(now)
    just_before, after = read_site_state(later - timedelta(microseconds=1)), read_site_state(later)
    assert before.changes_at == later
    assert before.key == just_before.key
    assert after.key == (before.counter, later)
    assert after.changes_at is None
    assert after.last_changed_at == later


@pytest.mark.django_db
def test_state_changes_at_the_time_of_a_record_that_a_wrong_clock_stamped_ahead():
    now = timezone.now()
    version = publish_bodies(make_page("policy"), {"en": "One."}, now, effective_at=now + timedelta(days=9))
    cancel(version, by=system_actor("Ann"), now=now + timedelta(days=1))
    assert read_site_state(now).changes_at == now + timedelta(days=1)


def rename_site(name: str) -> None:
    SiteSettings.objects.update(name_en=name)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_all_queries_in_a_snapshot_see_one_state():
    SiteSettings.objects.create(name_en="Before")
    with read_snapshot():
        before = (read_site_state(timezone.now()).counter, SiteSettings.objects.get().name_en)
        with ThreadPoolExecutor(1) as other_thread:
            other_thread.submit(rename_site, "After").result()
        inside = (read_site_state(timezone.now()).counter, SiteSettings.objects.get().name_en)
    after = (read_site_state(timezone.now()).counter, SiteSettings.objects.get().name_en)
    assert inside == before == (after[0] - 1, "Before")
    assert after[1] == "After"


@pytest.mark.django_db(transaction=True)
def test_snapshot_refuses_to_write():
    with pytest.raises(DatabaseError), read_snapshot():
        SiteCounter.objects.advance(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
