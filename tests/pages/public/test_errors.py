"""Tests of withdrawn pages: the response at their address, what stays readable, and where they are left out."""

import re
from datetime import UTC, datetime

import pytest
from django.utils.http import http_date

from pages.models import Link, LinkGroup
from pages.publishing.page_events import bring_back, withdraw
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db


def _day(day: int, hour: int = 12) -> datetime:
    return datetime(2024, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def page():
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"en": "Two.", "ru": "Два."}, _day(5), confirmed=["ru"])
    return page


def _withdraw(page, day: int = 10, **reasons: str):
    return withdraw(page, reasons=reasons or {"en": "It was wrong."}, by=EDITOR, now=_day(day))


def _html(client, address: str, status: int = 410) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def _visible_text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_withdrawn_page_shows_date_and_reason_and_links_to_the_history(client, page):
    _withdraw(page)
    html = _html(client, "/policy/")
    assert "This page was withdrawn on March 10, 2024. It was wrong." in _visible_text(html)
    assert '<h1><span lang="en" dir="ltr">Privacy policy</span>' in html
    assert 'href="/policy/history/"' in html
    assert "Two." not in html
    assert "Read the version in force" not in html


def test_withdrawn_page_is_not_indexed_and_has_no_alternates(client, page):
    _withdraw(page)
    response = client.get("/policy/")
    html = response.content.decode()
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Link" not in response.headers
    assert 'rel="alternate"' not in html
    assert "application/ld+json" not in html
    assert 'rel="canonical"' not in html


def test_reason_is_shown_in_the_readers_language(client, page):
    _withdraw(page, en="It was wrong.", ru="Она была ошибочной.")
    html = _html(client, "/ru/policy/")
    assert '<p class="withdrawal-reason" lang="ru" dir="ltr">Она была ошибочной.</p>' in html
    assert "Эта страница снята с публикации 10 марта 2024 г." in _visible_text(html)


def test_untranslated_reason_is_shown_in_the_source_language_with_lang_and_dir(client, settings):
    page = make_page("policy", source_language="ar")
    publish_bodies(page, {"ar": "واحد", "en": "One."}, _day(1))
    _withdraw(page, ar="سبب", en="Reason.")
    assert '<p class="withdrawal-reason" lang="ar" dir="rtl">سبب</p>' in _html(client, "/ru/policy/")


def test_reason_is_escaped(client, page):
    _withdraw(page, en="<b>Wrong</b>\nin two lines")
    assert "&lt;b&gt;Wrong&lt;/b&gt;<br>in two lines" in _html(client, "/policy/")


def test_title_is_that_at_the_time_of_the_withdrawal(client, page):
    _withdraw(page)
    publish_bodies(page, {"en": "# Other"}, _day(11))
    assert "Privacy policy (withdrawn)" in _html(client, "/policy/")


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2024-02-29", 404),
        ("2024-03-04", 302),
        ("2024-03-09", 302),
        ("2024-03-10", 410),
        ("2024-03-19", 410),
        ("2024-03-20", 302),
        ("2999-01-01", 416),
    ],
)
def test_as_of_answers_by_the_state_of_the_page_on_that_day(client, page, day, status):
    _withdraw(page, 10)
    bring_back(page, by=EDITOR, now=_day(20))
    assert client.get(f"/policy/as-of/{day}/").status_code == status


def test_past_withdrawal_is_shown_with_its_end_and_a_link_to_the_page(client, page):
    _withdraw(page, 10)
    bring_back(page, by=EDITOR, now=_day(20))
    html = _html(client, "/policy/as-of/2024-03-15/")
    assert "withdrawn from March 10, 2024, 12:00 (UTC) to March 20, 2024, 12:00 (UTC). It was wrong." in _visible_text(
        html
    )
    assert '<a href="/policy/">Read the version in force</a>' in html


def test_as_of_a_day_before_the_withdrawal_redirects_to_the_version_of_that_day(client, page):
    _withdraw(page)
    assert client.get("/policy/as-of/2024-03-02/").headers["Location"] == "/policy/v/1/"


def test_version_shows_the_withdrawal_and_links_to_no_url_that_answers_410(client, page):
    _withdraw(page)
    first, second = _html(client, "/policy/v/1/", 200), _html(client, "/policy/v/2/", 200)
    for html in (first, second):
        assert "This page was withdrawn on March 10, 2024. It was wrong." in _visible_text(html)
        assert not re.search(r'href="/policy/(changes/|index.md|feed.atom|upcoming/)?"', html)
    assert "This is version 1, in force from March 1, 2024 to March 5, 2024." in _visible_text(first)
    assert "This is version 2, in force from March 5, 2024 until the page was withdrawn." in _visible_text(second)
    assert "latest-version" not in client.get("/policy/v/2/").headers["Link"]
    assert 'rel="canonical"' not in second


def test_version_published_while_withdrawn_is_not_shown_as_in_force(client, page):
    _withdraw(page)
    publish_bodies(page, {"en": "Three."}, _day(12))
    assert "in force since" not in _html(client, "/policy/v/3/", 200)
    assert "version 3. On its effective date, March 12, 2024, the page was withdrawn." in _visible_text(
        _html(client, "/policy/v/3/", 200)
    )


def test_history_shows_all_withdrawals_newest_first(client, page):
    _withdraw(page, 10, en="Wrong once.")
    bring_back(page, by=EDITOR, now=_day(20))
    _withdraw(page, 22, en="Wrong twice.")
    words = _visible_text(_html(client, "/policy/history/", 200))
    assert words.index("This page was withdrawn on March 22, 2024. Wrong twice.") < words.index("Wrong once.")
    assert "In force from March 5, 2024 until the page was withdrawn" in words
    assert "Read the version in force" not in words
    bring_back(page, by=EDITOR, now=_day(23))
    assert "In force since March 5, 2024" in _visible_text(_html(client, "/policy/history/", 200))


def test_comparisons_stay_and_show_the_withdrawal(client, page):
    _withdraw(page)
    for address in ("compare/1...2/", "compare/1...live/"):
        assert "This page was withdrawn on March 10, 2024." in _visible_text(_html(client, f"/policy/{address}", 200))


def test_withdrawn_page_is_left_out_of_menus_and_its_children_move_up(client):
    section = make_page("legal")
    publish_bodies(section, {"en": "Section."}, _day(1))
    middle = make_page("middle", parent=section)
    publish_bodies(middle, {"en": "Middle."}, _day(1))
    publish_bodies(make_page("below", parent=middle), {"en": "Below."}, _day(1))
    group = LinkGroup.objects.create(position="footer", title_en="Policies")
    Link.objects.create(group=group, label_en="The middle", page=middle)
    _withdraw(middle)
    for address in ("/", "/legal/", "/legal/middle/below/", "/sitemap.xml", "/feed.atom", "/legal/_print/"):
        html = _html(client, address, 200)
        assert '/legal/middle/"' not in html
        assert "/legal/middle/<" not in html
        assert "/legal/middle/v/" not in html
        assert "Middle." not in html
    assert 'href="/legal/middle/below/"' in _html(client, "/legal/", 200)
    assert '<span lang="en" dir="ltr">The middle</span>' in _html(client, "/legal/", 200)


def test_withdrawn_home_page_still_lists_the_pages(client, page):
    home = make_page("")
    publish_bodies(home, {"en": "Welcome here."}, _day(8))
    _withdraw(home)
    html = _html(client, "/", 200)
    assert "Welcome here." not in html
    assert 'href="/policy/"' in html
    assert "It was wrong." in _html(client, "/index.md")
    assert "Welcome here." in _html(client, "/v/1/", 200)


def test_withdrawal_invalidates_cached_responses(client, page):
    publish_bodies(make_page("other"), {"en": "Other."}, _day(8))
    cached, home = client.get("/policy/"), client.get("/")
    _withdraw(page)
    for headers in ({"if-none-match": cached.headers["ETag"]}, {"if-modified-since": cached.headers["Last-Modified"]}):
        assert client.get("/policy/", headers=headers).status_code == 410
    for headers in ({"if-none-match": home.headers["ETag"]}, {"if-modified-since": home.headers["Last-Modified"]}):
        assert client.get("/", headers=headers).status_code == 200
    bring_back(page, by=EDITOR, now=_day(20))
    # The ETag matches again because the bytes are the same; Last-Modified is the time of the last change.
    assert client.get("/policy/", headers={"if-none-match": cached.headers["ETag"]}).status_code == 304
    assert client.get("/policy/").headers["Last-Modified"] == http_date(_day(20).timestamp())
    assert client.get("/policy/", headers={"if-modified-since": cached.headers["Last-Modified"]}).status_code == 200


def test_announced_version_of_a_withdrawn_page_is_in_force_once_brought_back(client, page):
    publish_bodies(page, {"en": "Three."}, _day(8), effective_at=_day(15))
    _withdraw(page)
    assert client.get("/policy/").status_code == 410
    bring_back(page, by=EDITOR, now=_day(20))
    assert "Three." in _html(client, "/policy/", 200)


def test_withdrawn_page_refuses_posts_and_sets_no_cookie(client, page):
    _withdraw(page)
    assert client.post("/policy/").status_code == 405
    response = client.head("/policy/")
    assert (response.status_code, response.content, bool(response.cookies)) == (410, b"", False)
