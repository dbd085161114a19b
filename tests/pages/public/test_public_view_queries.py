"""How many queries an answer takes that is not in memory: the same on a small site and on a large one."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from pages.models import Page
from pages.presentation.sized_cache import SizedCache
from pages.publishing.announcements import AnnouncementAction
from tests.building import make_page, publish_bodies
from tests.pages.public.endpoints import PAGE_ENDPOINTS, VERSION_ENDPOINTS

pytestmark = pytest.mark.django_db

# The default language first.
LANGUAGES = django_settings.MODELTRANSLATION_LANGUAGES[:15]
# That of the first version.
DAY = timezone.localdate(timezone.now() - timedelta(days=90))
# One query is for the state of the site. What all pages show was read before, in the same state.
QUERIES = {
    "/policy/": 4,
    # Behind its source: also which version it reflects, and the newest change of the source.
    "/ru/policy/": 6,
    "/policy/index.md": 2,
    "/policy/v/1/": 7,
    "/policy/v/1/index.md": 2,
    "/policy/current.json": 8,
    "/policy/fragment.html": 2,
    "/policy/bundle.zip": 9,
    "/policy/timemap/": 3,
    "/policy/timegate/": 3,
    # With the languages of the version before the last one on the page.
    "/policy/history/": (5, 6),
    "/policy/history.json": 9,
    "/policy/feed.atom": 10,
    "/feed.atom": 11,
    "/policy/_print/": 5,
    "/policy/compare/1...2/": 8,
    "/policy/upcoming/": 9,
    "/policy/sections/": 6,
    # With the source texts since the version that the translation reflects. If there are more than 20 versions, the
    # updates of each language are read by a query of their own, however many there are.
    "/policy/with/ru/": (10, 11),
    f"/policy/changes/?since={DAY}": 9,
    f"/policy/as-of/{DAY}/": 3,
    "/policy/as-of/": 1,
    "/": 2,
    "/sitemap.xml": 2,
    "/publication-log.json": 4,
    "/publication-log.atom": 4,
    "/llms.txt": 1,
    # One looks for a page that had this address once.
    "/verify/": 2,
    "/verify/check_history.py": 1,
    "/nowhere/": 4,
    "/old/": 4,
}


@pytest.fixture(scope="module")
def counts(build_once):
    """Return the numbers of queries by address on a small site, and on the same site when it has grown."""
    return build_once(count_on_both)


@override_settings(LANGUAGES=[(code, code) for code in LANGUAGES])
def count_on_both() -> list[dict[str, int]]:
    now = timezone.now() - timedelta(days=90)
    page = make_page("policy")
    publish_versions(page, now, 2, ["en", "ru"])
    small = count_queries()
    for number in range(50):
        publish_bodies(make_page(f"page-{number}"), {"en": "One.", "ru": "Один."}, now + timedelta(days=2))
    publish_versions(page, now + timedelta(days=3), 28, LANGUAGES)
    return [small, count_queries()]


def publish_versions(page: Page, start, count: int, languages: list[str]) -> None:
    """Publish versions, one a day, and announce another one. The translations do not follow the last ones."""
    for day in range(count):
        bodies = {"en": f"# Title\n\nText {day} {count}."}
        if day == 0:
            bodies |= {language: f"# {language}\n\nText {count}." for language in languages}
        confirmed = [language for language in bodies if language != "en"]
        at, action = start + timedelta(days=day), AnnouncementAction.CANCEL
        publish_bodies(page, bodies, at, confirmed=confirmed, announcement_action=action)
    later = timezone.now() + timedelta(days=30)
    publish_bodies(page, {"en": f"Later {count}."}, start + timedelta(days=count), effective_at=later)


def count_queries() -> dict[str, int]:
    client = Client()
    return {address: count_of(client, address) for address in QUERIES}


def count_of(client: Client, address: str) -> int:
    # What all pages show, and the titles that lists show.
    for other in ("/nowhere/", "/", "/ru/", "/policy/", "/ru/policy/"):
        client.get(other)
    for cache in SizedCache.caches:
        cache.clear()
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


@pytest.mark.parametrize("address", QUERIES)
def test_number_of_queries_is_the_same_on_a_small_and_a_large_site(counts, address):
    small, large = (on_site[address] for on_site in counts)
    expected = QUERIES[address]
    assert (small, large) == (expected if isinstance(expected, tuple) else (expected, expected))


def test_each_kind_of_address_is_listed():
    listed = {address.removeprefix("/ru").partition("?")[0] for address in QUERIES}
    endpoints = [endpoint.address.partition("?")[0] for endpoint in PAGE_ENDPOINTS + VERSION_ENDPOINTS]
    addresses = {
        address.format(prefix="", number=1, other="ru").replace("earliest...live", "1...2") for address in endpoints
    }
    assert addresses <= listed
