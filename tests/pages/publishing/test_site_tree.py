"""The page tree while a batch is written: creating, moving and redirecting pages."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from pages.models import Page, Redirect
from pages.publishing.site_tree import SiteTree
from pages.publishing.slugs import ImpossibleAddress
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


def create_pages(*paths):
    """Create pages and missing sections; return the keys of all pages by path."""
    tree = SiteTree()
    for path in paths:
        if not tree.find(path):
            tree.create_page(path, source_language="en", identifier=uuid.uuid4())
    return {path: key for key, path in Page.objects.values_list("pk", "path")}


def move_pages(wanted, fixed=()):
    """Move pages and return all paths; check that every page's parent and slug match its path."""
    SiteTree().move_pages(wanted, fixed)
    assert all(page.path == f"{page.parent.path}/{page.slug}" for page in Page.objects.exclude(parent=None))
    assert all(page.path == page.slug for page in Page.objects.filter(parent=None))
    return sorted(Page.objects.values_list("path", flat=True))


def keys(*paths):
    return {path: Page.objects.get(path=path).pk for path in paths}


def test_missing_sections_above_a_new_page_get_uuids_derived_from_it():
    identifier = uuid.uuid4()
    page = SiteTree().create_page("a/b/c", source_language="ru", identifier=identifier)
    assert (page.uuid, page.parent.path, page.parent.parent.path) == (identifier, "a/b", "a")
    section_uuid = page.parent.uuid
    for path in ("a/b/c", "a/b", "a"):
        Page.objects.get(path=path).delete()
    assert SiteTree().create_page("a/b/c", source_language="ru", identifier=identifier).parent.uuid == section_uuid


def test_pages_can_swap_paths():
    key = create_pages("a", "b")
    assert move_pages({key["a"]: "b", key["b"]: "a"}) == ["a", "b"]
    assert keys("a", "b") == {"a": key["b"], "b": key["a"]}


def test_pages_below_move_along_unless_they_are_fixed():
    key = create_pages("a/one", "a/two/three")
    fixed = [key["a/two"], key["a/two/three"]]
    assert move_pages({key["a"]: "b"}, fixed) == ["a", "a/two", "a/two/three", "b", "b/one"]
    assert keys("b/one", "a/two") == {"b/one": key["a/one"], "a/two": key["a/two"]}


def test_section_without_texts_is_replaced_or_deleted_when_empty():
    key = create_pages("a", "b/one", "c/two")
    assert move_pages({key["a"]: "b", key["c/two"]: "b/two"}) == ["b", "b/one", "b/two"]
    assert keys("b") == {"b": key["a"]}


def test_page_with_texts_stays_when_nothing_is_below_it(moment):
    key = create_pages("a/one")
    save_bodies(Page.objects.get(path="a"), moment(), en="Draft")
    assert move_pages({key["a/one"]: "b"}) == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("b", "A page at /b/ already exists."),
        ("a b", "A slug consists of"),
        ("admin", "The site uses the name"),
        ("/".join(["x" * 199] * 6), "would be too long"),
    ],
)
def test_invalid_path_moves_nothing(moment, path, error):
    key = create_pages("a/one", "b", "c")
    save_bodies(Page.objects.get(path="b"), moment(), en="Draft")
    before = list(Page.objects.order_by("pk").values("path", "parent"))
    with pytest.raises(ValidationError, match=error):
        SiteTree().move_pages({key["a/one"]: path, key["c"]: "d"}, ())
    assert list(Page.objects.order_by("pk").values("path", "parent")) == before


def test_new_page_replaces_a_redirect_which_is_reported(moment):
    page = make_page("a")
    publish_bodies(page, {"en": "One"}, moment())
    Redirect.objects.create(old_path="old", page=page)
    tree = SiteTree()
    tree.create_page("old", source_language="en", identifier=uuid.uuid4())
    tree.write()
    assert (tree.replaced_redirects, Redirect.objects.count()) == (["old"], 0)


def test_redirect_is_refused_from_the_path_of_a_page_or_of_another_redirect(moment):
    key = create_pages("a", "b")
    save_bodies(Page.objects.get(path="b"), moment(), en="Draft")
    tree = SiteTree()
    first, second = tree.find("a"), tree.find("b")
    assert tree.add_redirect("old", first)
    assert not tree.add_redirect("old", second)
    assert not tree.add_redirect("b", first)
    tree.write()
    assert list(Redirect.objects.values_list("old_path", "page")) == [("old", key["a"])]


def test_redirect_can_share_its_path_with_a_section_until_that_gets_a_text():
    create_pages("a", "s/b")
    tree = SiteTree()
    page, section = tree.find("a"), tree.find("s")
    assert not tree.add_redirect("s", section)
    assert tree.add_redirect("s", page)
    tree.fill_section(section, "ru")
    assert (tree.replaced_redirects, section.source_language) == (["s"], "ru")
    assert not tree.add_redirect("s", page)


def test_reason_why_an_address_is_impossible_can_be_translated_later():
    make_page("terms")
    with pytest.raises(ImpossibleAddress) as error:
        SiteTree().create_page("terms", source_language="en", identifier=uuid.uuid4())
    assert error.value.messages == ["A page at /terms/ already exists."]
    with override("ru"):
        assert error.value.reason.translated == "По адресу /terms/ уже есть страница."
