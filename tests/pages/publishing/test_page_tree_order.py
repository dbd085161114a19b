"""Weight, review day and edit conflicts about them; pages created or moved at the same time."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from pages.models import Page, SiteCounter
from pages.publishing import page_tree
from pages.publishing.actors import Actor
from pages.publishing.page_tree import PositionConflict, create_page, move, set_position
from pages.publishing.site_tree import SiteTree
from tests.building import EDITOR, make_page

pytestmark = pytest.mark.django_db
DAY, OTHER = date(2024, 5, 1), date(2024, 6, 1)


def order(page: Page) -> tuple:
    return Page.objects.values_list("weight", "review_by").get(pk=page.pk)


def test_omitted_values_stay(moment):
    page = make_page()
    set_position(page, weight=3, review_by=DAY, by=EDITOR, now=moment())
    set_position(page, weight=4, by=EDITOR, now=moment())
    assert order(page) == (4, DAY)
    set_position(page, review_by=None, by=EDITOR, now=moment())
    assert order(page) == (4, None)


def test_value_changed_by_somebody_else_is_a_conflict_and_nothing_is_written(moment):
    page = make_page()
    set_position(page, weight=3, by=EDITOR, now=moment())
    expected = {"weight": 0, "review_by": None}
    with pytest.raises(PositionConflict) as caught:
        set_position(page, weight=7, review_by=DAY, by=EDITOR, now=moment(), expected_values=expected)
    assert caught.value.stored == {"weight": 3}
    assert order(page) == (3, None)


@pytest.mark.parametrize(
    ("mine", "expected"), [({"review_by": DAY}, (3, DAY)), ({"weight": 3}, (3, None)), ({}, (3, None))]
)
def test_other_value_and_same_value_are_not_a_conflict(moment, mine, expected):
    page = make_page()
    set_position(page, weight=3, by=EDITOR, now=moment())
    set_position(page, **mine, by=EDITOR, now=moment(), expected_values={"weight": 0, "review_by": None})
    assert order(page) == expected


def test_only_the_weight_changes_public_lists(moment):
    page = make_page()
    before = SiteCounter.objects.get_locked().value
    set_position(page, review_by=OTHER, by=EDITOR, now=moment())
    assert SiteCounter.objects.get().value == before
    set_position(page, weight=1, by=EDITOR, now=moment())
    assert SiteCounter.objects.get().value == before + 1


def test_translator_cannot_set_weight(moment):
    page = make_page()
    with pytest.raises(PermissionDenied):
        set_position(page, weight=1, by=Actor("Tim", frozenset({"change_text_ru"})), now=moment())


def test_creating_a_page_that_somebody_else_creates_at_the_same_time_is_refused(monkeypatch):
    make_page("terms")
    # As if the other person had created it between the check and the insert: the first check finds nothing.
    checks = iter([lambda path: None, page_tree._validate_free_path])

    def validate(path):
        next(checks)(path)

    monkeypatch.setattr(page_tree, "_validate_free_path", validate)
    with pytest.raises(ValidationError) as caught:
        create_page(slug="terms", parent=None, source_language="en", by=EDITOR)
    assert caught.value.message_dict == {"slug": ["A page at /terms/ already exists."]}


def test_database_error_that_is_not_about_the_path_is_raised():
    with pytest.raises(IntegrityError):
        create_page(slug="terms", parent=None, source_language="en", by=EDITOR, weight=None)


def test_child_created_while_a_move_waits_for_its_lock_moves_along(moment, monkeypatch):
    section = make_page("section")

    lock_pages = SiteTree.lock_pages

    def create_child_after_locking():
        lock_pages()
        make_page("new", parent=section)

    monkeypatch.setattr(SiteTree, "lock_pages", staticmethod(create_child_after_locking))
    move(section, slug="moved", parent=None, by=EDITOR, now=moment())
    assert set(Page.objects.values_list("path", flat=True)) == {"moved", "moved/new"}
