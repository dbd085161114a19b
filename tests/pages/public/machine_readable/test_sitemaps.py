"""Tests of the sitemap and the robots file: each page in the languages of its texts, with absolute addresses."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from pages.public.machine_readable import sitemaps
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _entries(client, address: str = "/sitemap.xml") -> dict[str, tuple[str | None, dict[str, str]]]:
    """Return date and alternates by address, after checking what the schema of sitemaps.org requires."""
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{MAP}urlset"
    entries = {}
    for url in root:
        assert url.tag == f"{MAP}url"
        names = [child.tag for child in url]
        assert names[0] == f"{MAP}loc"
        assert names.count(f"{MAP}loc") == 1
        assert names.count(f"{MAP}lastmod") <= 1
        assert set(names) <= {f"{MAP}loc", f"{MAP}lastmod", LINK}
        links = url.findall(LINK)
        assert {link.get("rel") for link in links} == {"alternate"}
        address, modified = url.findtext(f"{MAP}loc"), url.findtext(f"{MAP}lastmod")
        assert 12 <= len(address) <= 2048
        assert modified is None or datetime.fromisoformat(modified).tzinfo
        entries[address] = (modified, {link.get("hreflang"): link.get("href") for link in links})
    assert len(entries) == len(root)
    return entries


def test_page_is_listed_in_each_language_with_its_date(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"ru": "Два."}, _day(11), confirmed=["ru"])
    alternates = {
        "en": "http://testserver/policy/",
        "ru": "http://testserver/ru/policy/",
        "x-default": "http://testserver/policy/",
    }
    entries = _entries(client)
    assert entries["http://testserver/policy/"] == ("2024-03-01T12:00:00+00:00", alternates)
    assert entries["http://testserver/ru/policy/"] == ("2024-03-11T12:00:00+00:00", alternates)


def test_minor_change_does_not_change_the_date(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One, with a tpyo."}, _day(1))
    publish_bodies(page, {"en": "One, with a typo."}, _day(2), significance="minor")
    assert _entries(client)["http://testserver/policy/"][0] == "2024-03-01T12:00:00+00:00"


def test_missing_translation_is_not_listed(client):
    publish_bodies(make_page("policy"), {"en": "One."}, _day(1))
    russian = make_page("pravila", source_language="ru")
    publish_bodies(russian, {"ru": "Один."}, _day(1))
    entries = _entries(client)
    assert "http://testserver/ru/policy/" not in entries
    assert "http://testserver/pravila/" not in entries
    assert entries["http://testserver/ru/pravila/"][1]["x-default"] == "http://testserver/ru/pravila/"


def test_home_page_is_listed_in_the_languages_that_have_a_text(client):
    publish_bodies(make_page("policy"), {"en": "One."}, _day(1))
    entries = _entries(client)
    assert entries["http://testserver/"] == (
        None,
        {"en": "http://testserver/", "x-default": "http://testserver/"},
    )
    assert "http://testserver/ru/" not in entries


def test_home_page_with_a_text_is_listed_once(client):
    publish_bodies(make_page(""), {"en": "Welcome."}, _day(1))
    assert _entries(client)["http://testserver/"][0] == "2024-03-01T12:00:00+00:00"


def test_page_with_nothing_in_force_is_not_listed(client):
    save_bodies(make_page("draft"), _day(1), en="Draft.")
    publish_bodies(make_page("soon"), {"en": "Soon."}, _day(1), effective_at=timezone.now() + timedelta(days=1))
    assert _entries(client) == {}


def test_addresses_are_percent_encoded_and_begin_with_site_url(client, settings):
    settings.SITE_URL = "https://policies.example.org"
    publish_bodies(make_page("политика"), {"en": "One."}, _day(1))
    assert "https://policies.example.org/%D0%BF%D0%BE%D0%BB%D0%B8%D1%82%D0%B8%D0%BA%D0%B0/" in _entries(client)


def test_number_of_queries_does_not_grow_with_the_pages(client, django_assert_max_num_queries):
    for number in range(8):
        publish_bodies(make_page(f"policy-{number}"), {"en": "One.", "ru": "Один."}, _day(1), confirmed=["ru"])
    client.get("/nowhere/")
    with django_assert_max_num_queries(2):
        client.get("/sitemap.xml")


def test_sitemap_with_many_addresses_is_an_index_of_parts(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_ADDRESSES", 4)
    for number in range(4):
        publish_bodies(make_page(f"policy-{number}"), {"en": "One.", "ru": "Один."}, _day(1), confirmed=["ru"])
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    assert root.tag == f"{MAP}sitemapindex"
    parts = [element.text.removeprefix("http://testserver") for element in root.findall(f"{MAP}sitemap/{MAP}loc")]
    assert parts == ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"]
    listed = [list(_entries(client, part)) for part in parts]
    assert [len(part) for part in listed] == [4, 4, 2]
    pages = ["", *(f"policy-{number}/" for number in range(4))]
    expected = {f"http://testserver/{prefix}{page}" for page in pages for prefix in ("", "ru/")}
    assert {address for part in listed for address in part} == expected
    assert client.get("/sitemap-4.xml").status_code == 404


def test_first_part_is_the_whole_sitemap_of_a_small_site(client):
    publish_bodies(make_page("policy"), {"en": "One."}, _day(1))
    assert client.get("/sitemap-1.xml").content == client.get("/sitemap.xml").content
    assert client.get("/sitemap-2.xml").status_code == 404


def test_robots_are_allowed_everything_but_the_admin(client, settings):
    settings.SITE_URL = "https://policies.example.org"
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Allow: /",
        "Disallow: /admin/",
        "",
        "Sitemap: https://policies.example.org/sitemap.xml",
    ]


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-1.xml", "/robots.txt"])
def test_documents_are_revalidated_set_no_cookie_and_refuse_post(client, address):
    first = client.get(address)
    assert not first.cookies
    assert client.get(address, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405
