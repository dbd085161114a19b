"""Tests of the readers' views: the version in force in their language, its dates, and caching headers."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.http import http_date

from pages.models import SiteCounter, SiteSettings
from pages.presentation import page_lists
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_tree import set_position
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.templatetags import page_tags
from pages.text import rendering
from selfprivacy_site.wsgi_middleware.cached_answers import repr_digest
from selfprivacy_site.wsgi_middleware.public_state import STATE_HEADER
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def page():
    """Return a page: English and Russian published on 1 March 2024, a major change of Russian on the 11th."""
    page = make_page("policy")
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"ru": "Русский, иначе."}, _day(11), confirmed=["ru"])
    return page


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _text(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    shown = re.sub("<head>.*?</head>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_each_language_has_its_own_last_updated_date(client, page):
    english, russian = _text(client, "/policy/"), _text(client, "/ru/policy/")
    assert "Last updated March 1, 2024" in english
    assert "In force since March 11, 2024" in english
    assert "Последнее обновление: 11 марта 2024 г." in russian
    assert "Впервые опубликовано: 1 марта 2024 г." in russian
    assert "Действует с 11 марта 2024 г." in russian


def test_heading_equal_to_the_title_is_shown_once_and_keeps_its_id(client):
    publish_bodies(make_page("terms"), {"en": "# Privacy policy\n\nText with [a way](#privacy-policy) up."}, _day(1))
    html, print_html = (client.get(address).content.decode() for address in ("/terms/", "/terms/_print/"))
    assert re.findall("<h1.*?</h1>", html) == ['<h1 id="privacy-policy">Privacy policy</h1>']
    assert re.findall("<h1.*?</h1>", print_html) == [
        '<h1 id="p"> <span id="p-privacy-policy">Privacy policy</span></h1>'
    ]
    assert 'href="#privacy-policy"' in html
    assert 'href="#p-privacy-policy"' in print_html
    assert "# Privacy policy" in client.get("/terms/index.md").content.decode()


def test_publication_date_is_left_out_if_it_is_the_last_update(client, page):
    assert "First published" not in _text(client, "/policy/").replace("First published.", "")


def test_last_updated_date_is_a_time_element_linked_to_the_history(client, page):
    html = client.get("/policy/").content.decode()
    time = '<time class="last-updated" datetime="2024-03-01T12:00:00+00:00">March\xa01,\xa02024</time>'
    assert f'<a href="/policy/history/">{time}' in html


def test_page_and_text_have_lang_and_dir(client, page):
    html = client.get("/ru/policy/").content.decode()
    assert '<html lang="ru" dir="ltr">' in html
    assert '<article lang="ru" dir="ltr" data-version="2">' in html


def test_missing_translation_shows_the_source_text_with_a_notice(client):
    publish_bodies(make_page("policy"), {"en": "English."}, _day(1))
    html = client.get("/ru/policy/").content.decode()
    assert '<html lang="ru" dir="ltr">' in html
    assert '<article lang="en" dir="ltr"' in html
    assert "На этом языке текста страницы нет" in html
    assert '<link rel="canonical" href="http://testserver/policy/">' in html
    assert client.get("/ru/policy/index.md").status_code == 404


def test_translation_that_is_behind_names_the_version_it_reflects(client, page):
    publish_bodies(page, {"en": "English, changed."}, _day(12))
    assert "Этот перевод соответствует версии 2 от 11 марта 2024 г." in _text(client, "/ru/policy/")


def test_translation_up_to_date_says_so(client, page):
    assert "Этот перевод соответствует оригиналу." in _text(client, "/ru/policy/")


def test_past_version_shows_when_it_was_in_force_and_is_not_indexed(client, page):
    response = client.get("/policy/v/1/")
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "This is version 1, in force from March 1, 2024 to March 11, 2024." in _text(client, "/policy/v/1/")
    assert '<link rel="canonical" href="http://testserver/policy/">' in response.content.decode()


@pytest.mark.parametrize("address", ["/v/1/", "/ru/v/1/"])
def test_past_version_of_the_home_page_leads_to_the_home_page(client, address):
    home = make_page("")
    publish_bodies(home, {"en": "Welcome.", "ru": "Привет."}, _day(1))
    publish_bodies(home, {"en": "Hello."}, _day(2))
    html = client.get(address).content.decode()
    start = address.removesuffix("v/1/")
    assert f'<link rel="canonical" href="http://testserver{start}">' in html
    assert f'<a href="{start}">' in html


def test_history_lists_versions_newest_first_with_notes_and_digests(client, page):
    text = _text(client, "/policy/history/")
    assert text.index("Version 2") < text.index("Version 1")
    assert "What changed." in text
    assert draft_revision(page, "en").digest in text
    assert "The publication log has 3 records." in text


def test_home_page_lists_pages_with_version_and_date(client, page):
    text = _text(client, "/")
    assert "Privacy policy" in text
    assert "Last updated March 1, 2024 · Version 2" in text


def test_site_notice_is_on_every_page_in_the_readers_language(client, page):
    SiteSettings(notice_en="A sample.", notice_ru="Образец.").save()
    for address in ("/policy/", "/", "/policy/history/", "/policy/v/1/", "/nowhere/"):
        assert "A sample." in client.get(address).content.decode()
        assert "Образец." in client.get(f"/ru{address}").content.decode()


def test_source_is_served_byte_for_byte(client, page):
    response = client.get("/policy/index.md")
    assert response.content == bytes(draft_revision(page, "en").source)
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.headers["Repr-Digest"] == repr_digest(response.content)


def test_unknown_address_is_answered_in_the_readers_language(client, db):
    response = client.get("/ru/nowhere/")
    assert response.status_code == 404
    assert "Страница не найдена" in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/policy/v/0/",
        "/policy/v/99999999999999999999/",
        "/policy/v/abc/",
        "/policy/v/3/",
        "/policy/v/1/2/",
        "/%00/",
        "/policy%00/",
        "/" + "a" * 2000 + "/",
        "/media/" + "0" * 64,
        "/media/../../etc/passwd",
    ],
)
def test_malformed_address_answers_404(client, page, address):
    assert client.get(address, follow=True).status_code == 404


def test_missing_slash_is_redirected(client, page):
    response = client.get("/policy?x=1")
    assert response.status_code == 301
    assert response.headers["Location"] == "/policy/?x=1"
    # The response cache knows what it was made from.
    assert STATE_HEADER in response.headers


@pytest.mark.parametrize("address", ["/", "/policy/", "/policy/history/", "/policy/v/1/", "/policy/index.md"])
def test_views_answer_head_and_unknown_parameters_but_not_post(client, page, address):
    assert client.head(address).status_code == 200
    assert client.get(address, {"utm_source": "x"}).status_code == 200
    assert client.post(address).status_code == 405


PUBLIC_ADDRESSES = [
    "/",
    "/policy/",
    "/ru/policy/",
    "/policy/history/",
    "/policy/v/1/",
    "/policy/index.md",
    "/nowhere/",
]


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_response_sets_no_cookie_has_no_script_and_a_strict_policy(client, admin_user, page, address):
    client.force_login(admin_user)
    response = client.get(address, headers={"accept-language": "ru", "cookie": "sessionid=x; csrftoken=y"})
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    # JSON-LD is a data block: browsers do not run it.
    assert not re.search('<script(?! type="application/ld.json">)', response.content.decode())
    assert " style=" not in response.content.decode()


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES[:-1])
def test_unchanged_page_is_answered_304_by_either_validator(client, page, address):
    first = client.get(address)
    assert first.headers["ETag"].startswith('"')
    again = client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    _set_age_of_last_change(seconds=60)
    dated = client.get(address)
    assert client.get(address, headers={"if-modified-since": dated.headers["Last-Modified"]}).status_code == 304


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES[:-1])
def test_visible_change_changes_both_validators(client, page, address):
    _set_age_of_last_change(seconds=60)
    first = client.get(address)
    SiteSettings(notice_en="New.", notice_ru="Новое.").save()
    _set_age_of_last_change(seconds=30)
    second = client.get(address)
    assert second.headers["Last-Modified"] != first.headers["Last-Modified"]
    assert address.endswith(".md") or second.headers["ETag"] != first.headers["ETag"]


def test_no_last_modified_within_a_second_of_a_change(client, page):
    SiteSettings(notice_en="New.").save()
    assert "Last-Modified" not in client.get("/policy/").headers


def test_no_last_modified_in_the_future_if_the_clock_was_ahead(client, page):
    tomorrow = timezone.now() + timedelta(days=1)
    publish_bodies(page, {"en": "Tomorrow."}, tomorrow)
    for _change in range(2):
        response = client.get("/policy/", headers={"if-modified-since": http_date(tomorrow.timestamp())})
        assert (response.status_code, "Last-Modified" in response.headers) == (200, False)
        SiteSettings(notice_en="New.").save()
    # Whoever has seen the text with the clock that was ahead learns of the changes after it.
    assert SiteCounter.objects.get().changed_at > tomorrow


def test_last_modified_is_the_effective_time_of_an_announced_version(client, page):
    effective_at = timezone.now() - timedelta(seconds=5)
    publish_bodies(page, {"en": "Announced."}, effective_at - timedelta(days=1), effective_at=effective_at)
    expected = effective_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert client.get("/policy/").headers["Last-Modified"] == expected


def _set_age_of_last_change(seconds: int) -> None:
    SiteCounter.objects.update(changed_at=timezone.now() - timedelta(seconds=seconds))


def test_picture_is_immutable_and_sandboxed(client, db):
    digest = store_picture(SVG, "svg", now=timezone.now())
    page = make_page("policy")
    save_bodies(page, _day(1), en="![Badge](/badge.svg)")
    choice = TextToPublish(draft_revision(page, "en"), "major", pictures={"/badge.svg": digest})
    publish(page, {"en": choice}, by=EDITOR, now=_day(1), notes={})
    response = client.get(f"/media/{digest}")
    assert response.content == SVG
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "immutable" in response.headers["Cache-Control"]


def test_health_probe_makes_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_text_and_titles_are_escaped(client, db):
    page = make_page("policy")
    save_bodies(page, _day(1), en="<script>alert(1)</script> [x](javascript:alert(1))")
    publish_bodies(page, {"en": "<img src=x onerror=alert(1)>"}, _day(2))
    html = client.get("/policy/").content.decode()
    assert "<img" not in html
    assert not re.search('<script(?! type="application/ld.json">)', html)


def test_page_and_stylesheet_are_small(client, page):
    assert len(client.get("/policy/").content) < 10_000
    stylesheet = (settings.BASE_DIR / "pages/static/pages/site.css").read_bytes()
    # One stylesheet, so that a page with a picture takes three requests; this is what readers' browsers get of it, with
    # the rules for printing.
    assert len(gzip.compress(stylesheet)) <= 5 * 1024


def test_home_page_lists_pages_below_their_parent_in_the_order_of_the_tree(client):
    pages = {}
    for path, weight in [("main", 0), ("main/a", 2), ("main/b", 1), ("main/b/c", 1), ("first", 1), ("draft/d", 1)]:
        above, _, slug = path.rpartition("/")
        if above == "draft":
            pages["draft"] = make_page("draft")
        page = pages[path] = make_page(slug, parent=pages.get(above))
        publish_bodies(page, {"en": f"Text of {path}."}, _day(1))
        set_position(page, weight=weight, by=EDITOR, now=_day(2))
    html = client.get("/").content.decode()
    tree = re.search('<ul class="page-list">.*?</main>', html, re.DOTALL)[0]
    depth, listed = 0, []
    for tag, address in re.findall('<(/?ul)|class="page-title" href="([^"]+)"', tree):
        depth += {"ul": 1, "/ul": -1, "": 0}[tag]
        listed += [(depth, address)] if address else []
    assert listed == [
        # Its parent is not public.
        (1, "/draft/d/"),
        (1, "/first/"),
        (1, "/main/"),
        (2, "/main/b/"),
        (3, "/main/b/c/"),
        (2, "/main/a/"),
    ]


@pytest.fixture
def listed(db, monkeypatch):
    """Publish a home page and five others, of which two are on a page of the list."""
    monkeypatch.setattr(page_lists, "PAGES_PER_LIST", 2)
    now = timezone.now() - timedelta(days=1)
    for slug in ("", "a", "b", "c", "d", "e"):
        publish_bodies(make_page(slug), {"en": f"# Title {slug}", "ru": f"# Имя {slug}"}, now)


@pytest.mark.parametrize(
    ("address", "paths", "links"),
    [
        ("/", ["/a/", "/b/"], {"next": "/list.2/"}),
        ("/list.2/", ["/c/", "/d/"], {"prev": "/", "next": "/list.3/"}),
        ("/list.3/", ["/e/"], {"prev": "/list.2/"}),
        ("/ru/list.2/", ["/ru/c/", "/ru/d/"], {"prev": "/ru/", "next": "/ru/list.3/"}),
    ],
)
def test_long_list_of_pages_has_several_addresses(client, listed, address, paths, links):
    html = client.get(address).content.decode()
    assert re.findall(r'class="page-title" href="([^"]+)"', html) == paths
    assert dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', html)) == links
    assert ("Title <" in html or "Имя <" in html or "<article" in html) == (address == "/")
    if "list." in address:
        assert f'<link rel="canonical" href="http://testserver{address}">' in html
        assert f'hreflang="ru" href="http://testserver/ru/{address.removeprefix("/ru").lstrip("/")}"' in html


@pytest.mark.parametrize("address", ["/list.1/", "/list.4/", "/list.0/", "/list.x/", "/list.999999999/"])
def test_page_that_the_list_does_not_have_answers_404(client, listed, address):
    assert client.get(address).status_code == 404


def test_text_that_is_older_than_the_limit_of_markup_is_shown_as_its_source(client, monkeypatch):
    page = make_page("heavy")
    bodies = [f"{number} *two*\n" * 300 for number in ("One", "Another")]
    for day, body in enumerate(bodies, start=1):
        publish_bodies(page, {"en": body}, _day(day))
    monkeypatch.setattr(rendering, "MAX_WORK_OF_STORED", 1000)
    html = client.get("/heavy/").content.decode()
    assert f"<pre><code>{bodies[1].rstrip()}" in html
    for address in ("_print/", "v/1/", "feed.atom", "compare/1...2/", "index.md"):
        response = client.get(f"/heavy/{address}")
        assert response.status_code == 200
        assert "*two*" in response.content.decode()


def test_version_that_never_came_into_force_has_no_date_of_an_update(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, _day(1))
    later = timezone.now() + timedelta(days=30)
    version = publish_bodies(page, {"en": "Never."}, timezone.now(), effective_at=later)
    assert "Last updated" not in _text(client, "/policy/v/2/")
    assert "cancelled" not in _text(client, "/policy/v/2/")
    now = timezone.now()
    cancel(version, by=system_actor("Ann"), now=now)
    text = _text(client, "/policy/v/2/")
    cancelled = " ".join(f"It was cancelled on {page_tags.day(now)}.".split())
    assert f"It never came into force. {cancelled}" in text
    assert "Last updated" not in text
    assert f"{later:%Y}" not in text.partition("Never.")[0].replace(cancelled, "")


def test_versions_of_one_day_are_told_apart_by_the_hour(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, datetime(2024, 3, 1, 9, tzinfo=UTC))
    publish_bodies(page, {"en": "Two."}, datetime(2024, 3, 1, 17, 30, tzinfo=UTC), note="Two.")
    expected = "from March 1, 2024, 09:00 (UTC) to March 1, 2024, 17:30 (UTC)"
    assert f"In force {expected}" in _text(client, "/policy/history/")
    assert f"in force {expected}" in _text(client, "/policy/v/1/")


def test_announced_version_names_the_hour_and_the_zone(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, _day(1))
    publish_bodies(page, {"en": "Soon."}, timezone.now(), effective_at=datetime(2099, 1, 1, 9, tzinfo=UTC))
    for address in ("/policy/", "/policy/history/", "/policy/v/2/", "/policy/upcoming/"):
        assert "January 1, 2099, 09:00 (UTC)" in _text(client, address)


def test_print_view_has_every_notice_and_where_it_is_from(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, datetime(2024, 3, 1, 9, tzinfo=UTC), confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, datetime(2024, 3, 2, 9, tzinfo=UTC), note="Two.", binding_language="en")
    publish_bodies(page, {"en": "Soon."}, timezone.now(), effective_at=datetime(2099, 1, 1, 9, tzinfo=UTC))
    text = _text(client, "/ru/policy/_print/")
    digest = page.versions.get(number=1).texts.get(language="ru").revision.digest
    for part in (
        "соответствует версии 1",
        "юридическую силу имеет текст на этом языке: английский",
        "1 января 2099",
        f"SHA-256 {digest}",
        "по состоянию на",
    ):
        assert part in text
