"""Tests of Memento (RFC 7089): TimeMap, TimeGate, and the headers of versions that are or were in force."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from pages.public.responses import IS_BAKED
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.public.response_cache.cached_client import CachedClient

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _http(day: int) -> str:
    return http_date(_day(day).timestamp())


@pytest.fixture
def page():
    """Return a page with versions in force from days 1, 3, 5 and 9, a cancelled one (4), and an announced one (6)."""
    page = make_page("policy")
    for day in (1, 3):
        publish_bodies(page, {"en": f"Text {day}.", "ru": f"Текст {day}."}, _day(day))
    publish_bodies(page, {"en": "Text 5."}, _day(5) + timedelta(milliseconds=500))
    later = timezone.now() + timedelta(days=9)
    cancel(publish_bodies(page, {"en": "No."}, _day(6), effective_at=_day(8)), by=system_actor("Ann"), now=_day(7))
    publish_bodies(page, {"en": "Text 9."}, _day(9))
    publish_bodies(page, {"en": "Later."}, _day(10), effective_at=later)
    return page


def _links(text: str) -> dict[str, dict[str, str]]:
    """Return the attributes of links by relation, those of mementos by URL, parsed as RFC 6690 says."""
    links = {}
    for url, rest in re.findall(r'<([^>]*)>((?:; [a-z]+="[^"]*")*)', text):
        attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', rest)) | {"url": url}
        is_memento = attributes["rel"].endswith("memento")
        links[url.removeprefix(SITE) if is_memento else attributes["rel"]] = attributes
    return links


def _mementos(text: str) -> dict[str, str]:
    """Return the relations of mementos by URL."""
    return {url: link["rel"] for url, link in _links(text).items() if link["rel"].endswith("memento")}


def test_timemap_lists_the_versions_that_were_in_force(client, page):
    response = client.get("/policy/timemap/")
    assert response.headers["Content-Type"] == "application/link-format"
    text = response.content.decode()
    links = _links(text)
    assert links["original"]["url"] == f"{SITE}/policy/"
    assert links["timegate"]["url"] == f"{SITE}/policy/timegate/"
    assert links["self"] == {
        "rel": "self",
        "url": f"{SITE}/policy/timemap/",
        "type": "application/link-format",
        "from": _http(1),
        "until": _http(9),
    }
    assert _mementos(text) == {
        "/policy/v/1/": "first memento",
        "/policy/v/2/": "memento",
        "/policy/v/3/": "memento",
        "/policy/v/5/": "last memento",
    }
    assert links["/policy/v/3/"]["datetime"] == _http(5)


def test_only_version_is_the_first_and_the_last(client):
    publish_bodies(make_page("policy"), {"en": "One."}, _day(1))
    assert _mementos(client.get("/policy/timemap/").content.decode()) == {"/policy/v/1/": "first last memento"}
    assert _mementos(client.get("/policy/v/1/").headers["Link"]) == {"/policy/v/1/": "first last memento"}


@pytest.mark.parametrize("client_class", [Client, CachedClient])
@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (None, 5),
        (_http(9), 5),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 5),
        (_http(8), 3),
        # The version came into force half a second later; its own Memento-Datetime must lead to it.
        (_http(5), 3),
        (_http(4), 2),
        (_http(1), 1),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        ("Mon, 01 Jan 1900 00:00:00 GMT", 1),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_timegate_redirects_to_the_version_in_force_at_the_time(page, client_class, asked, number, prefix):
    client = client_class()
    # Another time before, which must not be remembered.
    client.get(f"{prefix}/policy/timegate/", headers={"accept-datetime": _http(3)})
    response = client.get(f"{prefix}/policy/timegate/", headers={"accept-datetime": asked} if asked else {})
    assert response.status_code == 302
    assert response.headers["Location"] == f"{SITE}{prefix}/policy/v/{number}/"
    assert response.headers["Vary"] == "accept-datetime"
    assert "Memento-Datetime" not in response.headers
    links = _links(response.headers["Link"])
    assert links["original"]["url"] == f"{SITE}{prefix}/policy/"
    assert links["timemap"]["url"] == f"{SITE}{prefix}/policy/timemap/"
    assert {f"{prefix}/policy/v/1/", f"{prefix}/policy/v/{number}/", f"{prefix}/policy/v/5/"} <= links.keys()


@pytest.mark.parametrize("asked", ["", "yesterday", "2024-03-01", "Fri, 31 Feb 2024 12:00:00 GMT", "x" * 5000])
def test_timegate_answers_400_to_what_is_no_time(client, page, asked):
    response = client.get("/policy/timegate/", headers={"accept-datetime": asked})
    assert response.status_code == 400
    assert response.headers["Vary"] == "accept-datetime"
    assert _links(response.headers["Link"])["timemap"]["url"] == f"{SITE}/policy/timemap/"


def test_timegate_answers_head_and_no_other_method(client, page):
    assert client.head("/policy/timegate/").status_code == 302
    for address in ("/policy/timegate/", "/policy/timemap/"):
        response = Client(enforce_csrf_checks=True).post(address)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_version_says_since_when_it_was_in_force_and_names_the_others(client, page):
    response = client.get("/ru/policy/v/3/")
    assert response.headers["Memento-Datetime"] == _http(5)
    links = _links(response.headers["Link"])
    assert links["original"]["url"] == f"{SITE}/ru/policy/"
    assert links["timegate"]["url"] == f"{SITE}/ru/policy/timegate/"
    assert _mementos(response.headers["Link"]) == {
        "/ru/policy/v/1/": "first memento",
        "/ru/policy/v/2/": "prev memento",
        "/ru/policy/v/3/": "memento",
        "/ru/policy/v/5/": "last next memento",
    }
    assert links["/ru/policy/v/2/"]["datetime"] == _http(3)
    # The relations of RFC 5829 stay.
    assert links["predecessor-version"]["url"] == "/ru/policy/v/2/"


@pytest.mark.parametrize("number", [4, 6])
def test_version_that_was_not_in_force_is_no_memento(client, page, number):
    response = client.get(f"/policy/v/{number}/")
    assert "Memento-Datetime" not in response.headers
    assert "original" not in _links(response.headers["Link"])


def test_page_is_no_memento_and_links_to_its_timegate(client, page):
    publish_bodies(make_page(""), {"en": "Welcome."}, timezone.now())
    for address in ("/policy/", "/ru/policy/", "/"):
        response = client.get(address)
        links = _links(response.headers["Link"])
        assert "Memento-Datetime" not in response.headers
        assert "Vary" not in response.headers
        assert links["timegate"]["url"] == f"{SITE}{address}timegate/"
        assert links["timemap"]["url"] == f"{SITE}{address}timemap/"


def test_withdrawn_page_keeps_its_mementos(client, page):
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=_day(20))
    assert client.get("/policy/").status_code == 410
    assert client.get("/policy/timegate/").headers["Location"] == f"{SITE}/policy/v/5/"
    assert len(_mementos(client.get("/policy/timemap/").content.decode())) == 4
    assert client.get("/policy/v/5/").headers["Memento-Datetime"] == _http(9)


def test_page_that_was_never_in_force_has_none(client):
    save_bodies(make_page("draft"), _day(1), en="Draft.")
    publish_bodies(make_page("soon"), {"en": "Soon."}, _day(1), effective_at=timezone.now() + timedelta(days=1))
    for client_class in (Client, CachedClient):
        for path in ("draft", "soon", "nowhere", "nowhere/timegate"):
            assert client_class().get(f"/{path}/timegate/").status_code == 404
            assert client_class().get(f"/{path}/timemap/").status_code == 404


def test_timegate_of_a_page_that_moved_or_in_a_language_no_longer_served_redirects(client, page, settings):
    move(page, slug="new", parent=None, by=EDITOR, now=timezone.now())
    assert client.get("/policy/timegate/").headers["Location"] == "/new/timegate/"
    settings.LANGUAGES = [("en", "English")]
    assert client.get("/ru/new/timegate/").headers["Location"] == "/new/timegate/"
    assert "Memento-Datetime" not in client.get("/ru/new/v/1/").headers


def test_static_copy_has_no_links_that_only_the_application_answers(client, page):
    for address in ("/policy/", "/policy/v/1/"):
        response = client.get(address, **{IS_BAKED: True})
        assert "Memento-Datetime" not in response.headers
        assert not {"original", "timegate", "timemap"} & _links(response.headers["Link"]).keys()


def test_every_memento_can_be_opened_and_names_its_time(client, page):
    for url, link in _links(client.get("/policy/timemap/").content.decode()).items():
        if link["rel"].endswith("memento"):
            assert client.get(url).headers["Memento-Datetime"] == link["datetime"]
