"""Where pages stand while a batch is written."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from pages.models import Page, Redirect
from pages.publishing.importing.site_tree import SiteTree
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


def make(*paths):
    """Make pages, and what is missing above them, and return the keys of all by path."""
    tree = SiteTree()
    for path in paths:
        if not tree.find(path):
            tree.create_page(path, source_language="en", identifier=uuid.uuid4())
    return {path: key for key, path in Page.objects.values_list("pk", "path")}


def settle(wanted, fixed=()):
    """Move pages, and return the paths of all; every page hangs below the one that its path names."""
    SiteTree().move_pages(wanted, fixed)
    assert all(page.path == f"{page.parent.path}/{page.slug}" for page in Page.objects.exclude(parent=None))
    assert all(page.path == page.slug for page in Page.objects.filter(parent=None))
    return sorted(Page.objects.values_list("path", flat=True))


def keys(*paths):
    return {path: Page.objects.get(path=path).pk for path in paths}


def test_sections_above_a_new_page_are_made_and_named_after_it():
    identifier = uuid.uuid4()
    page = SiteTree().create_page("a/b/c", source_language="ru", identifier=identifier)
    assert (page.uuid, page.parent.path, page.parent.parent.path) == (identifier, "a/b", "a")
    above = page.parent.uuid
    for path in ("a/b/c", "a/b", "a"):
        Page.objects.get(path=path).delete()
    assert SiteTree().create_page("a/b/c", source_language="ru", identifier=identifier).parent.uuid == above


def test_pages_change_places_with_each_other():
    key = make("a", "b")
    assert settle({key["a"]: "b", key["b"]: "a"}) == ["a", "b"]
    assert keys("a", "b") == {"a": key["b"], "b": key["a"]}


def test_page_takes_along_what_lies_below_it_but_for_what_stands_fast():
    key = make("a/one", "a/two/three")
    fixed = [key["a/two"], key["a/two/three"]]
    assert settle({key["a"]: "b"}, fixed) == ["a", "a/two", "a/two/three", "b", "b/one"]
    assert keys("b/one", "a/two") == {"b/one": key["a/one"], "a/two": key["a/two"]}


def test_section_without_texts_gives_way_and_goes_when_it_is_empty():
    key = make("a", "b/one", "c/two")
    assert settle({key["a"]: "b", key["c/two"]: "b/two"}) == ["b", "b/one", "b/two"]
    assert keys("b") == {"b": key["a"]}


def test_section_with_texts_stays_when_it_is_empty(moment):
    key = make("a/one")
    save_bodies(Page.objects.get(path="a"), moment(), en="Draft")
    assert settle({key["a/one"]: "b"}) == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("b", "A page at /b/ already exists."),
        ("a b", "A slug consists of"),
        ("admin", "The site uses the name"),
        ("/".join(["x" * 199] * 6), "would be too long"),
    ],
)
def test_address_that_no_page_can_have_moves_nothing(moment, path, why):
    key = make("a/one", "b", "c")
    save_bodies(Page.objects.get(path="b"), moment(), en="Draft")
    before = list(Page.objects.order_by("pk").values("path", "parent"))
    with pytest.raises(ValidationError, match=why):
        SiteTree().move_pages({key["a/one"]: path, key["c"]: "d"}, ())
    assert list(Page.objects.order_by("pk").values("path", "parent")) == before


def test_page_takes_the_address_of_a_redirect_which_is_told(moment):
    page = make_page("a")
    publish_bodies(page, {"en": "One"}, moment())
    Redirect.objects.create(old_path="old", page=page)
    tree = SiteTree()
    tree.create_page("old", source_language="en", identifier=uuid.uuid4())
    tree.write()
    assert (tree.replaced_redirects, Redirect.objects.count()) == (["old"], 0)


def test_redirect_leads_where_no_page_stands_and_no_other_page_has_been(moment):
    key = make("a", "b")
    save_bodies(Page.objects.get(path="b"), moment(), en="Draft")
    tree = SiteTree()
    first, second = tree.find("a"), tree.find("b")
    assert tree.add_redirect("old", first)
    assert not tree.add_redirect("old", second)
    assert not tree.add_redirect("b", first)
    tree.write()
    assert list(Redirect.objects.values_list("old_path", "page")) == [("old", key["a"])]


def test_section_leaves_its_address_to_a_redirect_until_it_gets_a_text():
    make("a", "s/b")
    tree = SiteTree()
    page, section = tree.find("a"), tree.find("s")
    assert not tree.add_redirect("s", section)
    assert tree.add_redirect("s", page)
    tree.fill_section(section, "ru")
    assert (tree.replaced_redirects, section.source_language) == (["s"], "ru")
    assert not tree.add_redirect("s", page)
