"""Tests of the Link header: the versions of a page, and never an unpublished one."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from pages.presentation.page_presentation import read_in_force, read_numbered
from pages.presentation.site_state import SiteState, read_site_state
from pages.public.machine_readable.link_headers import add_version_links
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _now() -> SiteState:
    return read_site_state(timezone.now())


def _links(presentation, *, is_numbered=False, at=None, **headers) -> dict[str, str]:
    """Return the addresses by relation and type, parsed as RFC 8288 says."""
    response = HttpResponse(headers=headers)
    add_version_links(response, presentation, read_site_state(at) if at else _now(), is_numbered=is_numbered)
    addresses = {}
    for link in re.findall(r"<[^>]*>[^,]*", response.headers["Link"]):
        assert re.fullmatch(r'<[!-~]+>(; [a-z]+="[!-~]+")+', link.strip())
        attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', link))
        addresses[f"{attributes['rel']} {attributes.get('type', '')}".strip()] = link[1 : link.index(">")]
    return addresses


@pytest.fixture
def page():
    """Return a page of three versions in both languages."""
    page = make_page("policy")
    for day in (1, 2, 3):
        publish_bodies(page, {"en": f"Text {day}.", "ru": f"Текст {day}."}, _day(day), confirmed=["ru"])
    return page


def test_page_links_to_history_source_feed_and_what_apps_read(page):
    assert _links(read_in_force("policy", "en", _now())) == {
        "version-history": "/policy/history/",
        "latest-version": "/policy/",
        "predecessor-version": "/policy/v/2/",
        "alternate text/markdown": "/policy/index.md",
        "alternate application/json": "/policy/current.json",
        "alternate application/atom+xml": "/policy/feed.atom",
    }


def test_version_links_to_its_neighbours_in_the_readers_language(page):
    assert _links(read_numbered("policy", 2, "ru", _now()), is_numbered=True) == {
        "version-history": "/ru/policy/history/",
        "latest-version": "/ru/policy/",
        "predecessor-version": "/ru/policy/v/1/",
        "successor-version": "/ru/policy/v/3/",
        "alternate text/markdown": "/ru/policy/v/2/index.md",
    }


def test_cancelled_version_has_neighbours_but_is_not_a_neighbour(page):
    later = timezone.now() + timedelta(days=9)
    cancel(publish_bodies(page, {"en": "No."}, _day(4), effective_at=later), by=system_actor("Ann"), now=_day(5))
    assert "successor-version" not in _links(read_in_force("policy", "en", _now()))
    cancelled = _links(read_numbered("policy", 4, "en", _now()), is_numbered=True)
    assert cancelled["predecessor-version"] == "/policy/v/3/"
    publish_bodies(page, {"en": "Yes."}, _day(6))
    assert _links(read_numbered("policy", 5, "en", _now()))["predecessor-version"] == "/policy/v/3/"


def test_successor_can_be_announced(page):
    in_force = read_in_force("policy", "en", read_site_state(_day(5)))
    assert "successor-version" not in _links(in_force, at=_day(5))
    publish_bodies(page, {"en": "Soon."}, _day(4), effective_at=_day(9))
    assert _links(in_force, at=_day(5))["successor-version"] == "/policy/v/4/"


def test_page_with_nothing_in_force_has_no_latest_version(db):
    publish_bodies(make_page("soon"), {"en": "Soon."}, _day(1), effective_at=timezone.now() + timedelta(days=1))
    assert "latest-version" not in _links(read_numbered("soon", 1, "en", _now()), is_numbered=True)


def test_missing_translation_links_to_the_existing_source(db):
    publish_bodies(make_page("policy"), {"en": "English."}, _day(1))
    links = _links(read_in_force("policy", "ru", _now()))
    assert links["alternate text/markdown"] == "/policy/index.md"
    assert links["alternate application/atom+xml"] == "/ru/policy/feed.atom"


@pytest.mark.parametrize("is_numbered", [False, True])
def test_text_in_a_language_not_served_links_to_the_source_of_its_version(client, is_numbered):
    publish_bodies(make_page("policy", source_language="ar"), {"ar": "نص."}, _day(1))
    address = _links(read_in_force("policy", "en", _now()), is_numbered=is_numbered)["alternate text/markdown"]
    assert address == "/ar/policy/v/1/index.md"
    assert client.get(address).content.decode().endswith("نص.\n")


def test_version_in_a_language_not_served_links_to_the_default_language(settings, page):
    settings.LANGUAGES = [("en", "English")]
    assert _links(read_numbered("policy", 2, "ru", _now()), is_numbered=True) == {
        "version-history": "/policy/history/",
        "latest-version": "/policy/",
        "predecessor-version": "/policy/v/1/",
        "successor-version": "/policy/v/3/",
        "alternate text/markdown": "/ru/policy/v/2/index.md",
    }


def test_addresses_are_percent_encoded(db):
    publish_bodies(make_page("политика"), {"en": "English."}, _day(1))
    links = _links(read_in_force("политика", "ru", _now()))
    assert links["latest-version"] == "/ru/%D0%BF%D0%BE%D0%BB%D0%B8%D1%82%D0%B8%D0%BA%D0%B0/"


def test_links_of_the_home_page_are_at_the_root(db):
    publish_bodies(make_page(""), {"en": "Welcome."}, _day(1))
    links = _links(read_in_force("", "ru", _now()))
    assert (links["version-history"], links["latest-version"]) == ("/ru/history/", "/ru/")


def test_existing_links_are_kept(page):
    assert _links(read_in_force("policy", "en", _now()), Link='</x>; rel="next"')["next"] == "/x"


def test_every_link_can_be_opened(client, page):
    for language in ("en", "ru"):
        for address in _links(read_in_force("policy", language, _now())).values():
            assert client.get(address).status_code == 200


def test_draft_is_not_a_successor(page):
    save_bodies(page, timezone.now(), en="Draft.")
    assert "successor-version" not in _links(read_in_force("policy", "en", _now()))
