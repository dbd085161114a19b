"""The header of every admin page of a page: title, state, tabs, and what its menu offers to whom."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page
from pages.publishing.page_events import bring_back, withdraw
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, client_as, visible_text

PUBLISHERS_MENU = [
    *("View on site", "Mark as ready…", "Correct the text in force…", "Reviewed, nothing changed…", "Move…"),
    *("Create child page", "Withdraw…"),
]
# Views by URL name and further arguments, with the heading below the page's header and the tab that is current.
VIEWS = [
    ("publish", (), "Publish", None),
    ("revert", (1,), "Revert to version 1", None),
    ("correct", (), "Correct the text in force", None),
    ("withdraw", (), "Withdraw", None),
    ("bring_back", (), "Bring back", None),
    ("move", (), "Move", None),
    ("confirm", ("ru",), "Confirm the translation: Russian", None),
    ("history", (), "History", "History:page"),
    ("compare", ("en", "v1", "draft"), "What changed", "History:true"),
    ("text", ("en", "v1"), "Text", "History:true"),
    ("copy_to_draft", ("en", "v1"), "Copy to draft", "History:true"),
    ("translation_source", ("ru",), "Translate: Russian", "Edit:true"),
]


@pytest.fixture
def page(db) -> Page:
    """Return a page with a version in two languages and an English draft that differs."""
    page, now = make_page(), timezone.now() - timedelta(minutes=1)
    publish_bodies(page, {"en": "One.", "ru": "Один."}, now)
    save_bodies(page, now, en="Two.")
    return page


def state_of(client, page: Page) -> str:
    html = client.get(reverse("admin:pages_page_history", args=[page.pk])).content.decode()
    text = re.sub("<[^>]+>", "", re.search(r'class="page-state-sentence">(.*?)</p>', html, re.DOTALL)[1]).strip()
    # Dates hold no-break spaces.
    return text.replace("\xa0", " ")


def menu_of(client, page: Page) -> list[str]:
    html = client.get(reverse("admin:pages_page_history", args=[page.pk])).content.decode()
    return re.findall(r">([^<]+)</a>", re.search(r'<details class="page-menu">(.*?)</details>', html, re.DOTALL)[1])


@pytest.mark.parametrize(("name", "args", "heading", "current"), VIEWS)
def test_every_view_has_the_title_of_the_page_and_its_own_below(admin_client, page, name, args, heading, current):
    html = admin_client.get(reverse(f"admin:pages_page_{name}", args=[page.pk, *args])).content.decode()
    assert re.findall("<h1.*?</h1>", html) == ['<h1><bdi lang="en">Privacy policy</bdi></h1>']
    assert f"<title>{heading} | Privacy policy | Policies</title>" in html
    assert re.search(rf'<h2 class="view-title[^>]*>{re.escape(heading)}</h2>', html)
    assert "Version 1 in force since" in html
    marked = re.findall(r'aria-current="(\w+)">(\w+)</a>', html.partition("</nav>\n</div>")[0])
    assert [f"{tab}:{value}" for value, tab in marked] == ([current] if current else [])


def test_form_has_the_same_header(admin_client, page):
    html = admin_client.get(change_url(page)).content.decode()
    assert re.findall("<h1.*?</h1>", html) == ['<h1><bdi lang="en">Privacy policy</bdi></h1>']
    assert "<title>Privacy policy | Policies</title>" in html
    assert 'aria-current="page">Edit</a>' in html


def test_state_names_version_and_differing_drafts(admin_client, page):
    day = f"{timezone.now():%B} {timezone.now().day}, {timezone.now().year}"
    assert state_of(admin_client, page) == f"/privacy-policy/ · Version 1 in force since {day} · English draft differs"
    save_bodies(page, timezone.now(), ru="Два.", de="Zwei.")
    assert state_of(admin_client, page).endswith(" · English, German and Russian drafts differ")
    save_bodies(page, timezone.now(), en="One.", ru="Один.", de="")
    assert state_of(admin_client, page) == f"/privacy-policy/ · Version 1 in force since {day}"


def test_state_names_what_is_announced_and_drafts_are_compared_with_that(admin_client, page):
    publish_bodies(page, {"en": "Two."}, timezone.now(), effective_at=timezone.now() + timedelta(days=40))
    state = state_of(admin_client, page)
    assert re.search(r"Version 1 in force since .* · Version 2 announced for .* \(UTC\)$", state)


def test_state_of_a_page_that_was_never_published(admin_client):
    # Without a draft, the title is the path.
    page = make_page("new")
    assert state_of(admin_client, page) == "Not published yet"
    save_bodies(page, timezone.now(), en="One.")
    assert state_of(admin_client, page) == "/new/ · Not published yet"


def test_state_of_a_withdrawn_page(admin_client, page):
    now = timezone.now()
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=now)
    assert "Withdrawn since" in state_of(admin_client, page)
    assert "in force" not in state_of(admin_client, page)
    bring_back(page, by=EDITOR, now=timezone.now())
    assert "Version 1 in force since" in state_of(admin_client, page)


def test_menu_offers_to_withdraw_last(admin_client, page):
    menu = menu_of(admin_client, page)
    assert menu == PUBLISHERS_MENU
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=timezone.now())
    assert menu_of(admin_client, page)[-1] == "Bring back…"


def test_menu_offers_to_delete_only_what_was_never_published(admin_client, page):
    assert menu_of(admin_client, make_page("new")) == ["Mark as ready…", "Move…", "Create child page", "Delete…"]
    assert "Delete…" not in menu_of(admin_client, page)


@pytest.mark.parametrize(
    ("role", "menu", "can_publish"),
    [
        ("reviewer", ["View on site", "Reviewed, nothing changed…"], False),
        ("translator", ["View on site", "Mark as ready…"], False),
        ("editor", ["View on site", "Mark as ready…", "Create child page"], False),
        ("publisher", PUBLISHERS_MENU, True),
    ],
)
def test_menu_and_button_depend_on_permissions(page, role, menu, can_publish):
    client = client_as(role)
    assert menu_of(client, page) == menu
    assert ("Publish…" in visible_text(client.get(reverse("admin:pages_page_history", args=[page.pk])))) is can_publish
