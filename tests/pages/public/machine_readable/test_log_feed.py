"""Tests of `publication-log.atom`: valid, complete with its archives, and archives that never change."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from pages.models import PublicationRecord, SiteSettings
from pages.public.machine_readable import log_feed
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
ATOM, HISTORY = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/history/1.0}"
FEED = "/publication-log.atom"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _ten_records_a_document(monkeypatch):
    monkeypatch.setattr(log_feed, "RECORDS_PER_DOCUMENT", 10)


@pytest.fixture
def page():
    """Return a page of 24 versions: the log has 25 records, with that of the start."""
    page = make_page("policy")
    for hour in range(24):
        publish_bodies(page, {"en": f"Text {hour}."}, _day(1) + timedelta(hours=hour))
    return page


def _read(client, address: str = FEED) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def _numbers(feed) -> list[int]:
    return [int(entry.findtext(f"{ATOM}id").rpartition("/")[2]) for entry in feed.findall(f"{ATOM}entry")]


def _related(feed) -> dict[str, str]:
    links = {
        link.get("rel"): link.get("href").removeprefix("http://testserver") for link in feed.findall(f"{ATOM}link")
    }
    return {name: url for name, url in links.items() if name != "alternate"}


def test_entry_has_the_exact_text_of_its_hash(client, page):
    entries = _read(client).findall(f"{ATOM}entry")
    for entry, record in zip(entries, PublicationRecord.objects.order_by("-number"), strict=False):
        text = entry.findtext(f"{ATOM}content")
        assert hashlib.sha256(text.encode()).hexdigest() == record.hash
        assert entry.findtext(f"{ATOM}summary") == f"SHA-256 {record.hash}"
        assert entry.find(f"{ATOM}content").get("type") == "text"
        assert json.loads(text)["record"] == record.number
    assert entries[0].findtext(f"{ATOM}title") == "Record 25: publish /policy/ version 24"
    assert entries[0].findtext(f"{ATOM}updated") == "2024-03-02T11:00:00+00:00"


def test_feed_and_archives_have_all_records(client, page):
    feed = _read(client)
    assert _numbers(feed) == list(range(25, 15, -1))
    assert _related(feed) == {"self": FEED, "prev-archive": "/publication-log-archive-2.atom"}
    assert feed.find(f"{HISTORY}archive") is None
    second = _read(client, "/publication-log-archive-2.atom")
    assert _numbers(second) == list(range(20, 10, -1))
    assert second.find(f"{HISTORY}archive") is not None
    first_url = "/publication-log-archive-1.atom"
    assert _related(second) == {
        "self": "/publication-log-archive-2.atom", "current": FEED, "prev-archive": first_url
    }  # fmt: skip
    first = _read(client, first_url)
    assert _numbers(first) == list(range(10, 0, -1))
    assert _related(first) == {"self": first_url, "current": FEED}
    assert {document.findtext(f"{ATOM}id") for document in (feed, second, first)} == {"tag:testserver,2024-03-01:log"}


@pytest.mark.parametrize("number", [0, 3, 4])
def test_archive_that_is_not_complete_does_not_exist(client, page, number):
    assert client.get(f"/publication-log-archive-{number}.atom").status_code == 404


@pytest.mark.parametrize("versions", [0, 1, 9, 10])
def test_short_log_has_no_archive_before_it_has_one_to_name(client, versions):
    page = make_page("policy")
    for hour in range(versions):
        publish_bodies(page, {"en": f"Text {hour}."}, _day(1) + timedelta(hours=hour))
    feed, count = _read(client), PublicationRecord.objects.count()
    assert len(_numbers(feed)) == min(count, 10)
    assert ("prev-archive" in _related(feed)) == (count > 10)
    assert feed.findtext(f"{ATOM}updated")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "testserver"


def test_archive_never_changes(client, page):
    address = "/publication-log-archive-1.atom"
    before = client.get(address).content
    SiteSettings(name_en="Another name").save()
    move(page, slug="new", parent=None, by=EDITOR, now=_day(3))
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=_day(4))
    for hour in range(10):
        publish_bodies(make_page(f"page-{hour}"), {"en": "Text."}, _day(5))
    assert client.get(address).content == before


def test_feed_is_revalidated_and_not_indexed(client, page):
    first = client.get(FEED)
    assert client.get(FEED, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
