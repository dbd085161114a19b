"""What is read of the events and first versions of a page for several of its answers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pages.presentation import updates
from pages.presentation.page_events import read_events, read_recorded_events
from pages.presentation.site_state import read_site_state
from pages.presentation.sized_cache import SizedCache
from pages.public.machine_readable import feed_entries
from pages.publishing.announcements import cancel
from tests.building import EDITOR, correct_significance, make_page, publish_bodies

pytestmark = pytest.mark.django_db
NOW = timezone.now() - timedelta(days=30)
PAGES = ("policy", "announced", "other")
SUFFIXES = ("", "v/1/", "v/2/", "v/3/", "history/", "feed.atom", "history.json", "compare/1...3/")


@pytest.fixture
def pages(db):
    """Publish pages with minor, corrected and cancelled versions, and with a note in one language only."""
    policy, announced = make_page("policy"), make_page("announced")
    other = make_page("other", source_language="ru")
    publish_bodies(policy, {"en": "One.", "ru": "Один."}, NOW)
    two, note = {"en": "Two.", "ru": "Два."}, {"en": "In English only."}
    publish_bodies(policy, two, NOW + timedelta(hours=1), notes=note)
    publish_bodies(policy, {"en": "Minor.", "ru": "Мелочь."}, NOW + timedelta(days=1), significance="minor")
    corrected = publish_bodies(policy, {"en": "Three.", "de": "Drei."}, NOW + timedelta(days=2))
    correct_significance(corrected, "en", "minor", NOW + timedelta(days=3))
    publish_bodies(announced, {"en": "One."}, NOW + timedelta(days=4))
    cancelled = publish_bodies(
        announced, {"en": "Two."}, NOW + timedelta(days=5), effective_at=timezone.now() + timedelta(days=9)
    )
    cancel(cancelled, by=EDITOR, now=NOW + timedelta(days=6))
    for day in range(7, 9):
        publish_bodies(announced, {"en": f"Text {day}.", "ru": f"Текст {day}."}, NOW + timedelta(days=day))
    publish_bodies(other, {"ru": "Один."}, NOW + timedelta(days=10))
    publish_bodies(other, {"ru": "Два.", "en": "Two."}, NOW + timedelta(days=11))


def answers(client) -> dict[str, tuple[int, bytes]]:
    for cache in SizedCache.caches:
        cache.clear()
    addresses = [f"/{prefix}{page}/{suffix}" for prefix in ("", "ru/") for page in PAGES for suffix in SUFFIXES]
    responses = {address: client.get(address) for address in addresses}
    return {address: (response.status_code, response.content) for address, response in responses.items()}


def test_answers_are_the_same_whether_first_versions_are_read_together_or_not(client, pages, monkeypatch):
    together = answers(client)
    assert sum(status == 200 for status, _content in together.values()) > 30
    for module in (updates, feed_entries):
        monkeypatch.setattr(module, "FIRST_VERSIONS", 0)
    assert answers(client) == together


def test_events_of_a_published_page_are_read_once_in_a_state():
    page = make_page("new")
    publish_bodies(page, {"en": "One."}, timezone.now())
    state = read_site_state(timezone.now())
    read_events(page.pk, state)
    with CaptureQueriesContext(connection) as queries:
        assert read_events(page.pk, state) == read_recorded_events(page.pk)
    assert len(queries) == 1
