from datetime import timedelta

import pytest

from pages.models import Page, SiteSettings
from pages.presentation import public_tree
from pages.presentation.public_tree import PublicTree, read_tree
from pages.presentation.site_presentation import read_site
from pages.presentation.site_state import read_site_state
from pages.presentation.state_memo import clear_memos
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.page_tree import move, set_position
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(moment):
    """Return a section without a text, with two pages below it."""
    section = make_page("section")
    for number, slug in enumerate(("first", "second")):
        publish_bodies(make_page(slug, parent=section), {"en": slug, "ru": slug}, moment(number))
    return section


def as_read_anew(at) -> tuple[PublicTree, PublicTree]:
    """Return the tree with its titles, as it is kept and as a new process reads it."""
    kept = read_tree(read_site_state(at))
    kept.shown_titles(kept.keys, "en")
    kept.shown_titles(kept.keys, "ru")
    clear_memos()
    anew = read_tree(read_site_state(at))
    anew.shown_titles(anew.keys, "en")
    anew.shown_titles(anew.keys, "ru")
    return kept, anew


def publish_another(page, at):
    publish_bodies(page, {"en": "Changed.", "ru": "Иначе."}, at)


def publish_announcement_and_cancel_it(page, at):
    version = publish_bodies(page, {"en": "Later."}, at, effective_at=at + timedelta(hours=1))
    cancel(version, by=EDITOR, now=at)


def withdraw_and_bring_back(page, at):
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=at)
    bring_back(page, by=EDITOR, now=at)


CHANGES = {
    "publish": publish_another,
    "announce": lambda page, at: publish_bodies(page, {"en": "Later."}, at, effective_at=at + timedelta(hours=1)),
    "cancel": publish_announcement_and_cancel_it,
    "withdraw": lambda page, at: withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=at),
    "bring back": withdraw_and_bring_back,
    "move": lambda page, at: move(page, slug="moved", parent=None, by=EDITOR, now=at),
    "move the section": lambda page, at: move(page.parent, slug="moved", parent=None, by=EDITOR, now=at),
    "weight": lambda page, at: set_position(page, weight=7, by=EDITOR, now=at),
    "publish the section": lambda page, at: publish_another(page.parent, at),
    "publish a new page": lambda page, at: publish_another(make_page("new", parent=page), at),
}


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=2)], ids=["at once", "after two hours"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_tree_after_a_change_is_as_if_it_was_read_anew(section, moment, change, later):
    before = read_tree(read_site_state(moment(2)))
    before.shown_titles(before.keys, "en")
    change(Page.objects.get(path="section/first"), moment(3))
    kept, anew = as_read_anew(moment(3) + later)
    assert kept == anew
    assert kept != before
    assert (kept.keys, kept.parent, kept.children) == (anew.keys, anew.parent, anew.children)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_earlier_time_shows_the_earlier_tree(section, moment, change):
    change(Page.objects.get(path="section/first"), moment(3))
    read_tree(read_site_state(moment(9)))
    kept, anew = as_read_anew(moment(2))
    assert (kept.statuses, kept.titles) == (anew.statuses, anew.titles)


def test_only_the_changed_pages_are_read_after_a_publication(section, moment, monkeypatch):
    read_tree(read_site_state(moment(2)))
    page = Page.objects.get(path="section/second")
    publish_another(page, moment(3))
    queried, read = [], public_tree._read_statuses
    monkeypatch.setattr(public_tree, "_read_statuses", lambda at, pages: queried.extend(pages) or read(at, pages))
    read_tree(read_site_state(moment(3)))
    assert queried == [page.pk]


def test_titles_are_read_once_for_a_language(section, moment, django_assert_num_queries):
    tree = read_tree(read_site_state(moment(2)))
    with django_assert_num_queries(1):
        tree.shown_titles(tree.keys, "ru")
    with django_assert_num_queries(0):
        assert {title.language for title in tree.shown_titles(tree.keys, "ru").values()} == {"ru"}


def test_children_of_a_page_that_is_not_public_belong_to_its_public_ancestor(section, moment):
    tree = read_tree(read_site_state(moment(2)))
    first, second = Page.objects.filter(parent=section).order_by("path").values_list("pk", flat=True)
    assert tree.children == {None: [first, second]}
    publish_another(section, moment(3))
    tree = read_tree(read_site_state(moment(3)))
    assert tree.children == {None: [section.pk], section.pk: [first, second]}


def test_frame_and_pages_are_not_read_again_for_a_publication(section, moment, django_assert_num_queries):
    read_site("en", read_site_state(moment(2)))
    page = Page.objects.get(path="section/second")
    publish_another(page, moment(3))
    state = read_site_state(moment(3))
    # The records since then, and the row and the status of the page.
    with django_assert_num_queries(3):
        site = read_site("en", state)
    assert site.latest_hash == state.latest_hash


def test_frame_is_read_again_when_settings_changed_together_with_a_publication(section, moment):
    read_site("en", read_site_state(moment(2)))
    SiteSettings.objects.create(name_en="New")
    publish_another(Page.objects.get(path="section/second"), moment(3))
    assert read_site("en", read_site_state(moment(3))).name.text == "New"


def test_titles_that_another_thread_adds_are_no_error(section, moment, monkeypatch):
    tree = read_tree(read_site_state(moment(2)))
    tree.shown_titles(tree.keys, "en")
    publish_another(Page.objects.get(path="section/second"), moment(3))
    without = public_tree._without

    def add_titles(titles, pages):
        tree.shown_titles(tree.keys, "ru")
        return without(titles, pages)

    monkeypatch.setattr(public_tree, "_without", add_titles)
    assert set(read_tree(read_site_state(moment(3))).titles) == {"en"}


def test_page_is_that_of_the_database_with_its_draft_deferred(section, moment, django_assert_num_queries):
    tree = read_tree(read_site_state(moment(5)))
    stored = Page.objects.get(path="section/first")
    with django_assert_num_queries(0):
        page = tree.page(tree.by_path["section/first"])
        shown = page.pk, page.parent_id, page.path, page.weight, page.source_language, page._state.adding
    assert page == stored
    assert shown == (stored.pk, section.pk, stored.path, stored.weight, stored.source_language, False)
    assert "body_en" in page.get_deferred_fields()
    assert (page.uuid, page.body_en) == (stored.uuid, stored.body_en)


def test_page_is_another_object_each_time(section, moment):
    tree = read_tree(read_site_state(moment(5)))
    key = tree.by_path["section/first"]
    tree.page(key).path = "changed"
    assert tree.page(key).path == "section/first"
