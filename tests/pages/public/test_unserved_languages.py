"""Tests of addresses in languages that are no longer served: permalinks show their text, others are redirected."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pages.models import Redirect
from pages.publishing.announcements import cancel
from pages.publishing.page_tree import move
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import EDITOR, add_revision, make_fields, make_page, publish_bodies

pytestmark = pytest.mark.django_db
LINK = "[Terms](../terms/)"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _only_english(settings):
    settings.LANGUAGES = [("en", "English")]


@pytest.fixture
def page():
    """Return a page: English and Russian, then a version without Russian."""
    page = make_page("policy")
    publish_bodies(page, {"en": "English.", "ru": f"Русский. {LINK}"}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"en": "English only."}, _day(2), removed=["ru"])
    return page


def _html(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def _banner(client, address: str) -> str:
    banner = re.search('<aside class="notice version-banner".*?</aside>', _html(client, address), re.DOTALL)[0]
    return " ".join(re.sub("<[^>]+>", " ", banner).split())


def _redirect_target(client, address: str) -> str | None:
    response = client.get(address)
    assert response.status_code in (302, 404)
    return response.headers.get("Location")


def test_permalink_of_a_text_in_force_links_to_no_view_that_does_not_exist(client):
    page = make_page("terms")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, _day(1))
    publish_bodies(page, {"en": "Two."}, _day(2))
    html = _html(client, "/ru/terms/v/2/")
    assert "In force since March\xa02,\xa02024" in html
    links = set(re.findall(r'href="(/terms/[^"]*)"', html))
    assert links
    assert {client.get(link).status_code for link in links} <= {200, 302}


def test_permalink_shows_the_text_below_a_banner(client, page):
    assert _banner(client, "/ru/policy/v/1/") == (
        "This site no longer publishes this page in Russian. "
        "This is version 1, as it was published on March 1, 2024. Read the version in force "
        "In force from March 1, 2024 to March 2, 2024"
    )
    html = _html(client, "/ru/policy/v/1/")
    # It was confirmed, but nobody keeps it up to date any more.
    assert "up to date" not in html
    assert "Русский." in html
    assert "English." not in html
    assert '<a href="/policy/">Read the version in force</a>' in html


def test_interface_is_in_the_default_language_and_the_text_in_its_own(client):
    publish_bodies(make_page("policy"), {"en": "English.", "ar": "نص."}, _day(1))
    html = _html(client, "/ar/policy/v/1/")
    assert '<html lang="en" dir="ltr">' in html
    assert '<article lang="ar" dir="rtl" data-version="1">' in html


def test_banner_is_in_the_default_language(client, settings, page):
    settings.LANGUAGE_CODE, settings.LANGUAGES = "ru", [("ru", "Russian")]
    html = _html(client, "/en/policy/v/2/")
    assert '<html lang="ru" dir="ltr">' in html
    assert _banner(client, "/en/policy/v/2/").startswith(
        "Эта страница больше не публикуется на этом языке: английский. "
        "Это версия 2 в том виде, в каком она опубликована 2 марта 2024 г."
    )


@pytest.mark.parametrize("address", ["/ru/policy/v/1/", "/ru/policy/v/1/index.md"])
def test_permalink_is_not_indexed_and_can_be_revalidated(client, page, address):
    response = client.get(address)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert client.get(address, headers={"if-none-match": response.headers["ETag"]}).status_code == 304
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_page_has_no_alternates_and_no_links_in_the_unserved_language(client, page):
    html = _html(client, "/ru/policy/v/1/")
    assert '<meta name="robots" content="noindex">' in html
    assert 'rel="canonical"' not in html
    assert "hreflang" not in html
    assert 'href="/ru' not in html


def test_relative_links_of_the_text_lead_to_the_default_language(client, page):
    assert '<a href="/terms/">Terms</a>' in _html(client, "/ru/policy/v/1/")


def test_source_is_served_byte_for_byte_in_its_language(client, page):
    response = client.get("/ru/policy/v/1/index.md")
    text = page.versions.get(number=1).texts.get(language="ru")
    assert response.content == text.revision.source
    assert response.headers["Content-Language"] == "ru"


def test_language_menu_links_the_version_in_served_languages_and_marks_none_as_current(client, settings):
    publish_bodies(make_page("policy"), {"en": "English.", "ru": "Русский.", "de": "Deutsch."}, _day(1))
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    menu = re.search('<nav class="language-menu".*?</nav>', _html(client, "/ru/policy/v/1/"), re.DOTALL)[0]
    assert re.findall('href="([^"]+)"', menu) == ["/policy/v/1/", "/de/policy/v/1/"]
    assert "aria-current" not in menu


@pytest.mark.parametrize("address", ["/", "/policy/", "/policy/history/", "/feed.atom", "/policy/feed.atom"])
def test_no_other_page_links_to_the_language(client, page, address):
    html = _html(client, address)
    assert "/ru/" not in html
    assert 'hreflang="ru"' not in html


def test_sitemap_has_no_address_in_the_language(client, page):
    assert "/ru/" not in _html(client, "/sitemap.xml")


def test_announced_and_cancelled_versions_say_so(client, page):
    later = timezone.now() + timedelta(days=9)
    cancel(publish_bodies(page, {"ru": "Три."}, _day(3), effective_at=later), by=EDITOR, now=_day(4))
    publish_bodies(page, {"ru": "Четыре."}, _day(5), effective_at=later)
    assert "published on March 3, 2024. It never came into force." in _banner(client, "/ru/policy/v/3/")
    assert "published on March 5, 2024. It comes into force on" in _banner(client, "/ru/policy/v/4/")


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/ru/policy/", "/policy/"),
        ("/ru/policy/changes/?since=2024-03-01&x=%D1%8F", "/policy/changes/?since=2024-03-01&x=%D1%8F"),
        ("/ru/policy/compare/1...live/", "/policy/compare/1...live/"),
        ("/ru/policy/as-of/2024-03-01/", "/policy/as-of/2024-03-01/"),
        ("/ru/policy/v/2/", "/policy/v/2/"),
        ("/ru/policy/v/2/index.md", "/policy/v/2/index.md"),
        ("/ru/", "/"),
        ("/ru/feed.atom", "/feed.atom"),
        ("/ru/history/", None),
        ("/ru/v/1/", None),
        ("/ru/nothing/", None),
        ("/ru/policy/nothing/", None),
        ("/de/", None),
        ("/de/policy/", None),
        ("/de/policy/v/1/", None),
    ],
)
def test_other_addresses_redirect_if_the_page_ever_had_a_text_in_the_language(client, page, address, target):
    assert _redirect_target(client, address) == target


@pytest.mark.parametrize("suffix", ["", "v/1/"])
def test_default_language_in_an_address_is_left_out(client, page, suffix):
    response = client.get(f"/en/policy/{suffix}")
    assert (response.status_code, response.headers["Location"]) == (301, f"/policy/{suffix}")


@pytest.mark.parametrize("suffix", ["", "v/1/", "v/1/index.md", "history/"])
@pytest.mark.parametrize("slug", ["policy", "old"])
def test_code_after_that_of_a_served_language_is_no_address(client, settings, page, slug, suffix):
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    Redirect.objects.create(old_path="old", page=page)
    assert client.get(f"/ru/{slug}/{suffix}").status_code in (200, 301, 302)
    assert client.get(f"/de/ru/{slug}/{suffix}").status_code == 404


def test_redirect_is_neither_cached_nor_indexed(client, page):
    response = client.get("/ru/policy/")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_permalinks_of_the_home_page_stay(client):
    publish_bodies(make_page(""), {"en": "Welcome.", "ru": "Привет."}, _day(1))
    assert "Привет." in _html(client, "/ru/v/1/")
    assert _redirect_target(client, "/ru/history/") == "/history/"


@pytest.mark.parametrize(
    ("old", "new"),
    [("/ru/policy/v/1/", "/ru/moved/v/1/"), ("/ru/policy/", "/ru/moved/"), ("/de/policy/v/1/", None)],
)
def test_old_address_redirects_in_the_language_if_the_page_had_a_text_in_it(client, page, old, new):
    move(page, slug="moved", parent=None, by=EDITOR, now=_day(3))
    response = client.get(old)
    assert (response.status_code, response.headers.get("Location")) == (301 if new else 404, new)


def test_language_that_drafts_cannot_have_keeps_its_permalinks_unless_a_page_has_the_path(client):
    page = make_page("policy", source_language="eo")
    revision = add_revision(page, "eo", b"Unu.", make_fields("Unu."), by=EDITOR, now=_day(1))
    publish(page, {"eo": TextToPublish(revision)}, by=EDITOR, now=_day(1))
    assert "in Esperanto." in _banner(client, "/eo/policy/v/1/")
    assert client.get("/eo/policy/v/1/index.md").content == b"Unu."
    publish_bodies(make_page("policy", parent=make_page("eo")), {"en": "Page below."}, _day(1))
    assert "Page below." in _html(client, "/eo/policy/v/1/")


@pytest.mark.parametrize("address", ["/policy/", "/policy/v/1/", "/policy/v/1/index.md"])
def test_no_query_looks_for_a_language_where_there_is_a_page(client, page, address):
    with CaptureQueriesContext(connection) as queries:
        _html(client, address)
    # The first part of the path, as the code of a language.
    assert not [query["sql"] for query in queries if "\"language\" = 'policy'" in query["sql"]]


def test_missing_page_takes_one_query_to_look_for_a_language(client, page):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/policy/nothing/").status_code == 404
    assert len([query["sql"] for query in queries if "\"language\" = 'policy'" in query["sql"]]) == 1
