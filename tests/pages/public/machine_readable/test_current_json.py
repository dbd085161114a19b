"""Tests of `current.json`, and of the lines in the documentation with which an app notices a major change."""

import io
import json
import re
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.publishing.page_events import withdraw
from tests.building import EDITOR, correct_significance, make_page, publish_bodies, save_bodies
from tests.documentation import ROOT

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _current(client, address: str = "/policy/current.json") -> dict:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    return json.loads(response.content)


@pytest.fixture
def page():
    """Return a page: both languages, a major change of Russian, and a minor one of English."""
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"ru": "Два."}, _day(11), confirmed=["ru"])
    publish_bodies(page, {"en": "One!"}, _day(12), significance="minor")
    return page


def test_document_is_made_once_for_all_languages(client, page, django_assert_num_queries):
    first = _current(client)
    # The state of the site.
    with django_assert_num_queries(1):
        assert _current(client, "/ru/policy/current.json") == first


def test_document_is_made_once_for_the_archive_that_contains_it(client, page, django_assert_num_queries):
    client.get("/policy/bundle.zip")
    with django_assert_num_queries(1):
        _current(client)


def test_document_names_the_version_in_force_and_its_texts(client, page):
    current = _current(client)
    digest = page.versions.get(number=3).texts.get(language="ru").revision.digest
    assert current["texts"].pop("en")["last_major_version"] == 1
    assert current == {
        "format": 1,
        "page": {"uuid": str(page.uuid), "path": "policy", "source_language": "en", "url": f"{SITE}/policy/"},
        "version": {
            "number": 3,
            "url": f"{SITE}/policy/v/3/",
            "published_at": "2024-03-12T12:00:00.000000Z",
            "in_force_since": "2024-03-12T12:00:00.000000Z",
            "binding_language": None,
        },
        "next": None,
        "texts": {
            "ru": {
                "title": "Privacy policy",
                "description": "",
                "last_updated": "2024-03-11T12:00:00.000000Z",
                "last_major_version": 2,
                "translation": "minor differences",
                "digest": digest,
                "url": f"{SITE}/ru/policy/",
                "permanent_url": f"{SITE}/ru/policy/v/3/",
                "markdown_url": f"{SITE}/ru/policy/v/3/index.md",
                "fragment_url": f"{SITE}/ru/policy/fragment.html",
            }
        },
        "bundle": f"{SITE}/policy/bundle.zip",
        "history": f"{SITE}/policy/history.json",
    }


def test_every_address_in_it_can_be_opened(client, page):
    addresses = re.findall(rf'"{SITE}([^"]+)"', json.dumps(_current(client)))
    assert len(addresses) == 12
    assert {client.get(address).status_code for address in addresses} == {200}


def test_next_version_and_what_it_changes_are_named(client, page):
    later = timezone.now() + timedelta(days=9)
    publish_bodies(page, {"en": "Two."}, _day(13), effective_at=later)
    current = _current(client)
    assert current["version"]["number"] == 3
    assert current["next"] == {
        "number": 4,
        "url": f"{SITE}/policy/v/4/",
        "published_at": "2024-03-13T12:00:00.000000Z",
        "in_force_from": later.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "significance": {"en": "major", "ru": "unchanged"},
    }


def test_next_version_is_the_first_of_several_that_are_announced(client, page):
    for day, number in ((10, 4), (20, 5)):
        later = timezone.now() + timedelta(days=day)
        publish_bodies(page, {"en": f"Text {number}."}, _day(13), effective_at=later)
    assert _current(client)["next"]["number"] == 4


def test_correction_of_a_significance_counts(client, page):
    correct_significance(page.versions.get(number=3), "en", "major", _day(14))
    text = _current(client)["texts"]["en"]
    assert (text["last_major_version"], text["last_updated"]) == (3, "2024-03-12T12:00:00.000000Z")


def test_document_is_the_same_in_every_language(client, page):
    english, russian = client.get("/policy/current.json"), client.get("/ru/policy/current.json")
    assert english.content == russian.content
    assert russian.headers["Link"] == '</policy/current.json>; rel="canonical"'
    assert russian.headers["X-Robots-Tag"] == "noindex"


def test_only_texts_that_readers_get_are_listed(client, settings):
    publish_bodies(make_page("policy", source_language="de"), {"de": "Eins.", "ru": "Один."}, _day(1))
    settings.LANGUAGES = [("en", "English")]
    texts = _current(client)["texts"]
    assert list(texts) == ["de"]
    assert (texts["de"]["url"], texts["de"]["fragment_url"]) == (f"{SITE}/de/policy/v/1/", None)
    assert client.get(texts["de"]["markdown_url"].removeprefix(SITE)).status_code == 200


def test_page_with_nothing_in_force_has_none(client, page):
    save_bodies(make_page("draft"), _day(13), en="Draft.")
    publish_bodies(make_page("soon"), {"en": "Soon."}, _day(13), effective_at=timezone.now() + timedelta(days=1))
    for address in ("/draft/current.json", "/soon/current.json", "/nowhere/current.json", "/current.json"):
        assert client.get(address).status_code == 404
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=_day(20))
    assert client.get("/policy/current.json").status_code == 410


def test_lines_of_the_documentation_notice_a_major_change(client, page, monkeypatch):
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "apps.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    asked: list[str] = []

    def urlopen(address):
        asked.append(address)
        return io.BytesIO(client.get(address.removeprefix(SITE)).content)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    names: dict = {}
    exec(code, names)
    find = names["find_major_change"]
    address = f"{SITE}/policy/"
    assert find(address, "ru", 1)["url"] == f"{SITE}/ru/policy/"
    assert find(address, "ru", 2) is None
    assert find(address, "en", 1) is None
    # A language without a text: what readers of the default language get.
    assert find(address, "de", 1) is None
    publish_bodies(page, {"en": "Two."}, _day(14))
    assert find(address, "de", 3)["title"] == "Privacy policy"
    assert set(asked) == {f"{address}current.json"}
