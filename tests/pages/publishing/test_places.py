"""Slugs: what an address may be called, and the names that the site needs for itself."""

import pytest
from django.core.exceptions import ValidationError

from pages.models import Page
from pages.publishing.places import checked_slug, is_reserved

SECTION = Page(slug="legal", path="legal")
HOME = Page(slug="", path="")


def refusal(slug, parent):
    with pytest.raises(ValidationError) as error:
        checked_slug(slug, parent=parent)
    return error.value.message_dict


@pytest.mark.parametrize("slug", ["privacy-policy", "политика", "سياسة", "v2", "a.b", "2024", " spaced "])
def test_slug_of_any_script_is_taken_below_a_section(slug):
    assert checked_slug(slug, parent=SECTION) == slug.strip()


@pytest.mark.parametrize("slug", ["history", "v", "as-of", "compare", "changes", "upcoming", "_print"])
@pytest.mark.parametrize("parent", [None, SECTION])
def test_names_of_a_pages_own_addresses_are_reserved_everywhere(slug, parent):
    assert refusal(slug, parent) == {"slug": [f"The site itself uses the name “{slug}”."]}


@pytest.mark.parametrize(
    "slug", ["admin", "static", "media", "markdownx", "healthz", "readyz", "en", "ru", "zh-hans", "robots.txt"]
)
def test_names_of_the_site_are_reserved_at_the_root_alone(slug):
    assert refusal(slug, None) == {"slug": [f"The site itself uses the name “{slug}”."]}
    assert checked_slug(slug, parent=SECTION) == slug
    assert (is_reserved(slug, at_root=True), is_reserved(slug, at_root=False)) == (True, False)


@pytest.mark.parametrize("slug", ["a/b", "a b", "..", ".", "a?b", "a%20b", "a#b", "\n", ""])
def test_malformed_slug_is_refused(slug):
    assert refusal(slug, SECTION) == {"slug": ["A slug is made of letters, digits, hyphens and underscores."]}


def test_empty_slug_names_the_home_page():
    assert checked_slug("  ", parent=None) == ""


def test_home_page_has_no_pages_below_it():
    assert refusal("privacy", HOME) == {"parent": ["The home page has no pages below it: leave the parent empty."]}
