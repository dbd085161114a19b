"""Tests of the checks of a text before it is published."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.presentation.editors.publishing_checks import CheckKind, check_text
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.text.rendering import render
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def page():
    """Return a public page; there are also another public page, one that moved, and one without a version."""
    page = make_page()
    publish_bodies(page, {"en": "## Here\n\nText.", "ru": "## Тут\n\nТекст."}, NOW - timedelta(days=1))
    publish_bodies(make_page("other"), {"en": "## There\n\nText."}, NOW - timedelta(days=1))
    moved = make_page("moved")
    publish_bodies(moved, {"en": "Text."}, NOW - timedelta(days=1))
    move(moved, slug="new", parent=None, by=EDITOR, now=NOW - timedelta(hours=1))
    make_page("draft")
    return page


def findings(page, body, *, before=None, language="en", pictures=None):
    rendered = render(body, base_url=page.url_in(language), picture_urls=pictures or {})
    return [
        (finding.kind, finding.subject)
        for finding in check_text(page, language, body, rendered, before and render(before), NOW)
    ]


@pytest.mark.parametrize(
    "link",
    [
        "/other/", "/other", "/other/#there", "/ru/other/", "../other/", "/moved/", "/new/", "/", "#here", "/ru/",
        "/privacy-policy/#here", "/privacy-policy/v/1/", "/other/history/", "/feed.atom", "/robots.txt",
        "https://example.org/x", "mailto:a@example.org",
    ],
)  # fmt: skip
def test_link_to_an_existing_address_is_no_finding(page, link):
    assert findings(page, f"## Here\n\n[x]({link})") == []


@pytest.mark.parametrize(
    "link",
    ["/nowhere/", "/draft/", "../nowhere/", "/ru/nowhere/", "/other/v/9/", "/other/nothing/", "/media/" + "0" * 64],
)
def test_broken_link_is_found(page, link):
    resolved = link if link.startswith("/") else "/nowhere/"
    assert findings(page, f"[x]({link})") == [(CheckKind.BROKEN_LINK, resolved)]


@pytest.mark.parametrize("link", ["#nowhere", "/other/#nowhere", "/privacy-policy/#nowhere"])
def test_broken_anchor_is_found(page, link):
    assert findings(page, f"[x]({link})") == [(CheckKind.BROKEN_ANCHOR, link)]


def test_link_to_a_stored_picture_is_no_finding(page):
    digest = store_picture(b"png", "png", now=NOW)
    assert findings(page, f"[x](/media/{digest})") == []


def test_removed_heading_ids_are_found(page):
    assert findings(page, "## Three\n", before="## One\n\n## Two\n\n## Three\n") == [
        (CheckKind.VANISHED_ANCHOR, "#one"),
        (CheckKind.VANISHED_ANCHOR, "#two"),
    ]
    assert findings(page, "## Renamed {#one}\n", before="## One\n") == []


def test_pictures_and_hard_coded_dates_are_found(page):
    body = "Last updated: 3 May 2024\n\n![](/a.png) ![far](/b.png)"
    assert findings(page, body, pictures={"/a.png": "/media/1"}) == [
        (CheckKind.MISSING_ALTERNATIVE, "/media/1"),
        (CheckKind.MISSING_PICTURE, ""),
        (CheckKind.HARD_CODED_DATE, "Last updated: 3 May 2024"),
    ]
