"""Which pages are public, their order in the tree, and their URLs."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from pages.models import Page
from pages.models.page import page_url
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_tree import create_page
from tests.building import EDITOR, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


def public(at):
    return list(Page.objects.public(at).in_sibling_order().values_list("path", flat=True))


def test_page_is_public_while_a_version_is_in_force(moment):
    page = make_page()
    save_bodies(page, moment(), en="One")
    assert public(moment(1)) == []
    publish_bodies(page, {"en": "One"}, moment(1), effective_at=moment(5))
    assert [public(moment(day)) for day in (0, 1, 4, 5, 9)] == [[], [], [], ["privacy-policy"], ["privacy-policy"]]


def test_page_whose_only_announcement_was_cancelled_is_not_public(moment):
    version = publish_bodies(make_page(), {"en": "One"}, moment(), effective_at=moment(5))
    cancel(version, by=system_actor("Ann"), now=moment(1))
    assert public(moment(9)) == []


def test_siblings_are_ordered_by_weight_with_zero_last_then_by_path():
    for slug, weight in (("c", 0), ("b", 2), ("a", 0), ("d", 1)):
        create_page(slug=slug, parent=None, source_language="en", weight=weight, by=EDITOR)
    assert list(Page.objects.in_sibling_order().values_list("slug", flat=True)) == ["d", "b", "a", "c"]


def test_url_starts_with_the_language_unless_it_is_the_default():
    page, home = make_page(), make_page("")
    assert (page.url_in("en"), page.url_in("ru")) == ("/privacy-policy/", "/ru/privacy-policy/")
    assert (home.url_in("en"), home.url_in("ru")) == ("/", "/ru/")


@pytest.mark.parametrize("active", ["en", "ru", "ar"])
def test_draft_text_is_of_the_given_language_not_of_the_active_one(moment, active):
    page = make_page()
    with override(active):
        save_bodies(page, moment(), en="One", ru="Один")
        page.refresh_from_db()
        assert [page.draft_text(language)["body"] for language in ("en", "ru", "ar")] == ["One", "Один", ""]


def test_page_is_shown_as_its_path():
    assert (str(Page(path="legal/privacy")), str(Page(path=""))) == ("/legal/privacy/", "/")


@pytest.mark.parametrize("path", ["policy", "legal/terms", "Ünïcode", "a b%c", "x:y@z~(1),&;=+$!*'", 'q?#"<>|\\^`'])
@pytest.mark.parametrize("language", ["en", "ru", "de"])
def test_url_of_a_page_is_that_of_its_view(path, language):
    with override(language):
        assert page_url(path, language) == reverse("page", args=[path])
        assert page_url("", language) == reverse("home")
