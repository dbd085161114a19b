"""Which redirects cover a path, and which old paths are valid."""

import pytest
from django.core.exceptions import ValidationError

from pages.models import Redirect, SiteCounter
from tests.building import make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    page = make_page()
    for path in ("a", "a/b", "a/b/c", "ab", "x" * 1000):
        Redirect.objects.create(old_path=path, page=page)
    return page


@pytest.mark.parametrize(
    ("path", "covering"),
    [
        ("a", ["a"]),
        ("a/", ["a"]),
        ("a/b", ["a/b", "a"]),
        ("a/b/history/", ["a/b", "a"]),
        ("a/bb/c", ["a"]),
        ("ab/c", ["ab"]),
        ("b", []),
        ("b/a", []),
        ("", []),
        ("/a", []),
        ("//", []),
        ("A", []),
        ("a\0/b", []),
        ("a/\0", []),
    ],
)
def test_path_is_covered_by_redirects_from_itself_and_its_parents_longest_first(page, path, covering):
    assert [redirect.old_path for redirect in Redirect.objects.covering(path)] == covering


def test_path_longer_than_any_old_path_is_covered_by_its_parents(page):
    for path in ("x" * 1000, f"{'x' * 1000}/history/", f"{'x' * 1000}/{'y' * 5000}"):
        assert Redirect.objects.covering(path).count() == 1
    assert Redirect.objects.covering("x" * 1001).count() == 0
    assert Redirect.objects.covering("a/" * 5000).count() == 1


@pytest.mark.parametrize("path", ["a", "privacy-policy", "политика/условия", "a b"])
def test_path_without_slashes_at_its_ends_is_valid(path):
    Redirect(old_path=path, page=make_page()).full_clean()


@pytest.mark.parametrize("path", ["", "/", "/a", "a/", "a//b", "a?b", "a#b", "a\nb", "a\0"])
def test_malformed_path_is_refused(path):
    with pytest.raises(ValidationError):
        Redirect(old_path=path, page=make_page()).full_clean()


def test_deleting_a_redirect_advances_the_site_counter(page):
    value = SiteCounter.objects.get().value
    Redirect.objects.filter(old_path="a").delete()
    assert SiteCounter.objects.get().value == value + 1
