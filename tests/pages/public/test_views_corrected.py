"""A correction of a significance changes the last-updated date and the translation status wherever readers see them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.building import correct_significance, make_page, publish_bodies

pytestmark = pytest.mark.django_db
OTHER = {"major": "minor", "minor": "major"}
LAST_UPDATE = {"major": "2024-03-02T12:00:00", "minor": "2024-03-01T12:00:00"}
DATES = [
    ("/", r'Last updated <time datetime="([^"+]+)'),
    ("/policy/", r'class="last-updated" datetime="([^"+]+)'),
    ("/policy/", r'article:modified_time" content="([^"+]+)'),
    ("/policy/", r'"dateModified": ?"([^"+.]+)'),
    ("/policy/v/2/", r'class="last-updated" datetime="([^"+]+)'),
    ("/policy/history.json", r'"modified_at": "([^"+.]+)'),
    ("/sitemap.xml", r"/policy/</loc><lastmod>([^<+]+)"),
]


@pytest.fixture(params=["major", "minor"])
def version(request, moment):
    """Return a version of 2 March 2024 that changes only the source text."""
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, moment(), confirmed=["ru"])
    return publish_bodies(page, {"en": "Two."}, moment(1), significance=request.param)


@pytest.fixture
def significances(version, moment):
    """Yield the significance of the change in English, before and after its correction."""

    def correct():
        published = version.texts.get(language="en").significance
        yield published
        correct_significance(version, "en", OTHER[published], moment(2))
        yield OTHER[published]

    return correct()


def find_all(pattern, client, address):
    return re.findall(pattern, client.get(address).content.decode())


@pytest.mark.parametrize(("address", "pattern"), DATES)
def test_last_updated_date_follows_the_correction(client, significances, address, pattern):
    for significance in significances:
        assert find_all(pattern, client, address)[0] == LAST_UPDATE[significance]


def test_updates_and_feeds_follow_the_correction(client, significances):
    for significance in significances:
        numbers = {"major": ["2", "1"], "minor": ["1"]}[significance]
        assert find_all(r'<li value="(\d)"', client, "/policy/") == numbers
        for address in ("/feed.atom", "/policy/feed.atom"):
            assert find_all(r'<link href="[^"]*/policy/v/(\d)/"', client, address) == numbers


def test_history_shows_the_corrected_significance(client, significances):
    for significance in significances:
        badges = find_all(r'data-significance="(\w+)">English: ([\w ]+)<', client, "/policy/history/")
        assert badges == [(significance, f"{significance} change"), ("major", "major change")]


def test_translation_status_follows_the_correction(client, significances):
    for significance in significances:
        status = {"major": "behind", "minor": "minor"}[significance]
        assert find_all(r'class="notice[^>]*data-status="([\w-]+)"', client, "/ru/policy/") == [status]


def test_history_json_keeps_the_published_significance(client, version, significances):
    published, corrected = significances
    text = client.get("/policy/history.json").json()["versions"][0]["texts"]["en"]
    assert (text["significance"], text["corrected_significance"]) == (published, corrected)


def test_correction_does_not_count_before_its_time(client, version):
    published = version.texts.get(language="en").significance
    correct_significance(version, "en", OTHER[published], timezone.now() + timedelta(days=1))
    for address, pattern in DATES:
        assert find_all(pattern, client, address)[0] == LAST_UPDATE[published]
