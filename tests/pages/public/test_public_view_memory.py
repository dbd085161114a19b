"""What a process keeps in memory changes no answer: after each change, it answers as a new process does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.models import Link, LinkGroup, Page, SiteSettings
from pages.presentation.sized_cache import SizedCache
from pages.presentation.state_memo import clear_memos
from pages.publishing.announcements import AnnouncementAction, cancel
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import move, set_position
from tests.building import (
    EDITOR,
    correct_significance,
    make_fields,
    make_page,
    publish_bodies,
)
from tests.pages.public.endpoints import PAGE_ENDPOINTS, VERSION_ENDPOINTS, address_of

PREFIXES = ("", "ru/")


@pytest.fixture(scope="module")
def page_key(build_once):
    return build_once(build_site)


@pytest.fixture
def page(db, page_key):
    return Page.objects.get(pk=page_key)


def build_site() -> int:
    """Build a page with three versions, one below it and one next to it, and links; return the key of the first."""
    now, page = timezone.now() - timedelta(days=10), make_page("policy")
    publish_bodies(page, {"en": "# One\n\nOne.", "ru": "# Раз\n\nРаз.", "de": "# Eins"}, now, note="First")
    publish_bodies(page, {"en": "# Two\n\nTwo.", "ru": "# Два\n\nДва."}, now + timedelta(days=1), note="Second")
    later = timezone.now() + timedelta(days=30)
    publish_bodies(page, {"en": "# Three\n\nThree."}, now + timedelta(days=2), effective_at=later, note="Third")
    publish_bodies(make_page("below", parent=page), {"en": "# Below"}, now + timedelta(days=3))
    publish_bodies(make_page("other"), {"en": "# Other", "ru": "# Другая"}, now + timedelta(days=4))
    SiteSettings.objects.create(name_en="Site")
    group = LinkGroup.objects.create(title_en="Group")
    Link.objects.create(group=group, label_en="Label", page=page)
    return page.pk


def addresses(page: Page) -> list[str]:
    endpoints = [(endpoint, 1) for endpoint in PAGE_ENDPOINTS]
    endpoints += [(endpoint, number) for endpoint in VERSION_ENDPOINTS for number in (2, 3, 4)]
    policy = {address_of(endpoint, prefix, number) for endpoint, number in endpoints for prefix in PREFIXES}
    others = {f"/{prefix}{path}" for prefix in PREFIXES for path in ("other/", "policy/below/", "moved/", "new/")}
    return sorted(policy | others)


def visit(client, page: Page) -> dict[str, tuple]:
    responses = {address: client.get(address) for address in addresses(page)}
    return {
        address: (response.status_code, response.content, sorted(response.headers.items()))
        for address, response in responses.items()
    }


def publish_the_draft(page):
    publish_bodies(
        page,
        {"en": "# Four\n\nFour.", "ru": "# Четыре"},
        timezone.now(),
        note="Fourth",
        announcement_action=AnnouncementAction.CANCEL,
    )


def confirm_the_translation(page):
    version = page.versions.get(number=2)
    confirm(version, "ru", version.number, by=EDITOR, now=timezone.now())


def withdraw_it(page):
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=timezone.now())


def withdraw_and_bring_back(page):
    withdraw_it(page)
    bring_back(page, by=EDITOR, now=timezone.now())


def rename_the_link(page):
    link = Link.objects.get()
    link.label_en = "Another"
    link.save()


def rename_the_site_and_publish(page):
    SiteSettings.objects.update(name_en="Another")
    publish_bodies(Page.objects.get(path="other"), {"en": "# New"}, timezone.now())


def change_the_weight_and_publish(page):
    other = Page.objects.get(path="other")
    publish_bodies(other, {"en": "# New"}, timezone.now())
    set_position(page, weight=9, by=EDITOR, now=timezone.now())
    publish_bodies(other, {"en": "# Newer"}, timezone.now())


def publish_below_new_pages(page):
    middle = make_page("middle", parent=make_page("top", parent=page))
    publish_bodies(make_page("new", parent=middle), {"en": "# New"}, timezone.now())


CHANGES = {
    "publish": publish_the_draft,
    "publish another page": lambda page: publish_bodies(
        Page.objects.get(path="other"), {"en": "# New"}, timezone.now()
    ),
    "publish a new page": lambda page: publish_bodies(make_page("new"), {"en": "# New"}, timezone.now()),
    "publish a new page below": lambda page: publish_bodies(make_page("x", parent=page), {"en": "X"}, timezone.now()),
    "save a draft": lambda page: save_draft(page, {"en": make_fields("Draft.")}, by=EDITOR, now=timezone.now()),
    "cancel": lambda page: cancel(page.versions.get(number=3), by=EDITOR, now=timezone.now()),
    "correct": lambda page: correct_significance(page.versions.get(number=2), "en", "minor", timezone.now()),
    "confirm": confirm_the_translation,
    "withdraw": withdraw_it,
    "withdraw another page": lambda page: withdraw_it(Page.objects.get(path="other")),
    "bring back": withdraw_and_bring_back,
    "move": lambda page: move(page, slug="moved", parent=None, by=EDITOR, now=timezone.now()),
    "change the weight": lambda page: set_position(page, weight=9, by=EDITOR, now=timezone.now()),
    "rename the site": lambda page: SiteSettings.objects.update(name_en="Another"),
    "rename the site and publish": rename_the_site_and_publish,
    "change the weight and publish": change_the_weight_and_publish,
    "publish below new pages": publish_below_new_pages,
    "rename a link": rename_the_link,
    "remove links": lambda page: LinkGroup.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_process_that_was_running_answers_as_a_new_one(client, page, change, monkeypatch):
    now = timezone.now() + timedelta(minutes=1)
    visit(client, page)
    change(page)
    # At one time: feeds and pages name it.
    monkeypatch.setattr(timezone, "now", lambda: now)
    warm = visit(client, page)
    clear_memos()
    for cache in SizedCache.caches:
        cache.clear()
    assert warm == visit(client, page)


@pytest.mark.parametrize("days", [0, 40], ids=["before", "after"])
def test_running_process_shows_an_announced_version_from_its_time_on(client, page, days, monkeypatch):
    visit(client, page)
    now = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)
    warm = visit(client, page)
    clear_memos()
    assert warm == visit(client, page)
    assert (b"Three." in warm["/policy/"][1]) == bool(days)


def test_host_of_a_request_is_not_kept(page, client):
    address = "/policy/"
    first, second = (client.get(address, SERVER_NAME=host).content.decode() for host in ("localhost", "127.0.0.1"))
    assert "http://localhost/policy/" in first
    assert "127.0.0.1" not in first
    assert second == first.replace("localhost", "127.0.0.1")
