"""Tests of what is around the text of a page: breadcrumb, navigation, links, notices, and the print view."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.models import Link, LinkGroup, Page, SiteSettings
from pages.presentation.updates import MAX_UPDATES
from pages.publishing.page_tree import set_position
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 1, tzinfo=UTC)


def _published(slug: str, parent=None, body: str = "Text.", weight: int = 0):
    page = make_page(slug, parent=parent)
    publish_bodies(page, {"en": f"# About {slug}\n\n{body}"}, NOW)
    set_position(page, weight=weight, by=EDITOR, now=NOW)
    return page


@pytest.fixture
def tree():
    """Return a section with two pages below it, in another order by weight than by name, and an unpublished one."""
    section = _published("legal")
    _published("alpha", section, weight=2)
    beta = _published("beta", section, weight=1)
    draft = make_page("draft", parent=section)
    save_bodies(draft, NOW, en="Draft.")
    _published("below-the-draft", draft)
    _published("deep", beta)
    return section


def _html(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def _part(html: str, name: str) -> str:
    return re.search(rf'<(\w+) class="{name}".*?</\1>', html, re.DOTALL)[0]


def _targets(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html)


def test_breadcrumb_leads_from_the_outermost_page_to_this_one(client, tree):
    breadcrumb = _part(_html(client, "/legal/beta/deep/"), "breadcrumb")
    assert _targets(breadcrumb) == ["/legal/", "/legal/beta/"]
    assert breadcrumb.count('aria-current="page"') == 1


def test_section_lists_its_public_pages_by_weight(client, tree):
    children = _part(_html(client, "/legal/"), "children")
    # A page whose parent is not public is listed below its nearest public ancestor.
    assert _targets(children) == ["/legal/beta/", "/legal/alpha/", "/legal/draft/below-the-draft/"]


def test_section_navigation_is_expanded_only_down_to_the_page(client, tree):
    navigation = _part(_html(client, "/legal/alpha/"), "section-nav")
    assert "/legal/beta/" in _targets(navigation)
    assert "/legal/beta/deep/" not in _targets(navigation)
    assert re.search(r'href="/legal/alpha/"[^>]*aria-current="page"', navigation)


def test_page_without_a_version_answers_404(client, tree):
    assert client.get("/legal/draft/").status_code == 404


def test_print_view_numbers_all_pages_and_has_unique_ids(client, tree):
    html = _html(client, "/legal/_print/")
    assert re.findall(r'<h1 id="[^"]*">([\d.]*) ', html) == ["", "1", "1.1", "2", "3"]
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))
    assert all(target[1:] in identifiers for target in _targets(html) if target.startswith("#"))
    assert "Draft." not in html


def test_links_to_printed_pages_lead_to_their_place_in_the_print_view(client):
    section = _published("legal", body="[B](beta/#why), [own](#own), [self](/legal/), [out](/other/).\n\n## Own")
    _published("beta", section, body="[A](/legal/), [D](deep/), [draft](../draft/), [file](/legal/x.pdf).\n\n## Why")
    _published("deep", Page.objects.get(path="legal/beta"), body="[B](https://x.example/legal/beta/)")
    make_page("draft", parent=section)
    html = _html(client, "/legal/_print/")
    links = re.findall(r'<a href="([^"]+)">(\w+)</a>', re.sub("<nav.*?</nav>", "", html, flags=re.DOTALL))
    assert links == [
        ("#p1-why", "B"),
        ("#p-own", "own"),
        ("#p", "self"),
        ("/other/", "out"),
        ("#p", "A"),
        ("#p1-1", "D"),
        ("/legal/draft/", "draft"),
        ("/legal/x.pdf", "file"),
        ("https://x.example/legal/beta/", "B"),
    ]
    assert 'id="p1-why"' in html
    # The pages themselves link as before.
    assert '<a href="/legal/beta/#why">B</a>' in _html(client, "/legal/")
    assert '<a href="/ru/legal/beta/#why">B</a>' in _html(client, "/ru/legal/")
    assert '<a href="#p1-why">B</a>' in _html(client, "/ru/legal/_print/")


@pytest.mark.parametrize("address", ["", "v/1/", "history/", "compare/1...1/", "changes/", "_print/"])
def test_printed_pages_name_their_address(client, address):
    _published("policy")
    html = _html(client, f"/policy/{address}")
    assert f'<p class="print-only" dir="ltr">http://testserver/policy/{address}</p>' in html


def test_printed_page_names_its_permanent_address_and_digest(client):
    page = _published("policy")
    colophon = _part(_html(client, "/policy/"), "text-digest print-only")
    assert "http://testserver/policy/v/1/" in colophon
    assert draft_revision(page, "en").digest in colophon


def test_page_links_have_their_targets(client):
    SiteSettings(documentation_tracker="https://x.example/new", project_tracker="https://y.example/new").save()
    page = _published("policy")
    links = _part(_html(client, "/policy/"), "page-links")
    assert _targets(links) == [
        "/policy/index.md",
        f"/admin/pages/page/{page.pk}/change/",
        f"/admin/pages/page/add/?parent={page.pk}",
        "https://x.example/new?title=Privacy%20policy",
        "https://y.example/new",
        "/policy/_print/",
    ]
    russian = _html(client, "/ru/policy/")
    for label in ("Увидеть исходник страницы", "Создать вложенную страницу", "Распечатать весь раздел"):
        assert label in russian


def test_form_of_a_child_page_has_its_parent_and_a_starter_text(client, admin_client):
    page = _published("policy")
    form = admin_client.get(f"/admin/pages/page/add/?parent={page.pk}").context["adminform"].form
    assert form["parent"].value() == "/policy/"
    assert "## First section" in form["body_en"].value()
    assert not form["body_ru"].value()


def test_links_are_in_the_readers_language_and_plain_text_without_a_target(client):
    group = LinkGroup.objects.create(position="footer", title_en="Help", title_ru="Помощь")
    Link.objects.create(group=group, label_en="Chat", label_ru="Чат", url="https://chat.example/")
    Link.objects.create(group=group, label_en="Later")
    Link.objects.create(group=group, label_en="Policy", page=_published("policy"))
    Link.objects.create(group=group, label_en="Hidden", page=make_page("hidden"))
    html = _html(client, "/ru/policy/")
    assert '<a href="https://chat.example/" lang="ru" dir="ltr">Чат</a>' in html
    assert '<span lang="en" dir="ltr">Later</span>' in html
    assert '<a href="/ru/policy/" lang="en" dir="ltr">Policy</a>' in html
    assert '<span lang="en" dir="ltr">Hidden</span>' in html
    assert "Помощь" in html


def test_changed_link_changes_the_etag(client):
    _published("policy")
    group = LinkGroup.objects.create(position="top")
    first = client.get("/policy/").headers["ETag"]
    Link.objects.create(group=group, label_en="Blog", url="https://blog.example/")
    second = client.get("/policy/").headers["ETag"]
    Link.objects.all().delete()
    assert len({first, second}) == 2
    assert client.get("/policy/").headers["ETag"] == first


def test_licence_link_has_rel_license(client):
    SiteSettings(licence_name_en="CC0 1.0", licence_url="https://creativecommons.org/publicdomain/zero/1.0/").save()
    _published("policy")
    link = '<a rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">CC0 1.0</a>'
    assert link in _html(client, "/policy/")


@pytest.mark.parametrize(
    ("words", "minutes", "russian"),
    [
        (10, "1 minute read", "1\u00a0минута чтения"),
        (214, "2 minute read", "2\u00a0минуты чтения"),
        (1100, "6 minute read", "6\u00a0минут чтения"),
    ],
)
def test_reading_time_is_rounded_up_with_plural_forms(client, words, minutes, russian):
    page = make_page("policy")
    publish_bodies(page, {"en": "word " * words}, NOW)
    assert minutes in _html(client, "/policy/")
    assert russian in _html(client, "/ru/policy/")


def test_home_page_shows_its_text_and_does_not_list_itself(client):
    publish_bodies(make_page(""), {"en": "Welcome here."}, NOW)
    _published("policy")
    html = _html(client, "/")
    assert "Welcome here." in html
    assert 'href="/policy/"' in _part(html, "page-list")
    assert 'href="/"' not in _part(html, "page-list")


def test_alternate_links_name_only_languages_with_a_text(client):
    page = _published("policy")
    html = _html(client, "/policy/")
    assert 'hreflang="x-default" href="http://testserver/policy/"' in html
    assert 'hreflang="ru" href="http' not in html
    publish_bodies(page, {"ru": "Перевод."}, NOW)
    assert 'hreflang="ru" href="http://testserver/ru/policy/"' in _html(client, "/policy/")


def test_language_menu_does_not_link_a_missing_language(client):
    _published("policy")
    menu = _part(_html(client, "/policy/"), "language-menu")
    assert '<span class="missing" lang="ru" dir="ltr">Русский</span>' in menu


def test_binding_language_is_shown(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, NOW, binding_language="en")
    assert "this text is binding" in _html(client, "/policy/")
    assert "юридическую силу имеет текст на этом языке: английский" in _html(client, "/ru/policy/")


def test_history_is_paginated(client):
    page = make_page("policy")
    for number in range(25):
        publish_bodies(page, {"en": f"Text {number}."}, NOW)
    first = _html(client, "/policy/history/")
    assert first.count("<h2><a") == 20
    assert 'rel="next" href="/policy/history/2/"' in first
    second = _html(client, "/policy/history/2/")
    assert 'rel="prev" href="/policy/history/"' in second
    assert second.count("<h2><a") == 5
    for missing in ("1", "3"):
        assert client.get(f"/policy/history/{missing}/").status_code == 404
    assert _html(client, "/policy/history/?page=2").count("<h2><a") == 5
    for invalid in ("0", "99", "x", "-1", ""):
        assert client.get(f"/policy/history/?page={invalid}").status_code == 200


def test_page_lists_its_newest_updates_and_says_that_there_are_earlier_ones(client, db):
    start, page = timezone.now() - timedelta(days=9), make_page("policy")
    for number in range(MAX_UPDATES):
        publish_bodies(page, {"en": f"Text {number}."}, start + timedelta(minutes=number))
    complete = client.get("/policy/").content.decode()
    assert complete.count("View changes in version") == MAX_UPDATES - 1
    assert "First published." in complete
    assert "Earlier updates are in the list of all versions." not in complete
    publish_bodies(page, {"en": "Another."}, timezone.now() - timedelta(days=1))
    html = client.get("/policy/").content.decode()
    assert html.count("View changes in version") == MAX_UPDATES
    assert "First published." not in html
    assert "Earlier updates are in the list of all versions." in html


def test_language_menu_shows_the_names_of_the_settings(client):
    _published("policy")
    SiteSettings(language_name_ru="По-русски").save()
    menu = re.search('<nav class="language-menu".*?</nav>', client.get("/policy/").content.decode(), re.DOTALL)[0]
    assert re.findall(">([^<>]+)</(?:a|span)>", menu) == ["English", "По-русски"]
