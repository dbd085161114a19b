"""Comparing two states of a language in the admin, drafts included."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.publishing.drafts import save_draft
from pages.text.fields import Fields
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    """Return a page with two versions and a draft in English, and Russian only in the second version."""
    now, page = timezone.now() - timedelta(days=3), make_page()
    publish_bodies(page, {"en": "We keep data for ten days."}, now)
    publish_bodies(page, {"en": "We keep data for two days.", "ru": "Два дня."}, now + timedelta(days=1))
    save_bodies(page, now + timedelta(days=2), en="We keep data for one day.")
    return page


def compare_url(page, older: str, newer: str, language: str = "en") -> str:
    return reverse("admin:pages_page_compare", args=[page.pk, language, older, newer])


def comparison_html(client, *arguments, query: str = "", **options) -> str:
    response = client.get(compare_url(*arguments, **options) + query)
    assert response.status_code == 200
    return response.content.decode()


def revision_names(page) -> dict[str, str]:
    """Return the state names of the English revisions."""
    keys = list(page.revisions.filter(language="en").order_by("pk").values_list("pk", flat=True))
    return {"first": f"r{keys[0]}", "second": f"r{keys[1]}", "third": f"r{keys[2]}"}


@pytest.mark.parametrize(
    ("older", "newer", "removed", "added"),
    [
        ("v1", "v2", "ten", "two"),
        ("v1", "draft", "ten days", "one day"),
        ("live", "draft", "two days", "one day"),
        ("first", "second", "ten", "two"),
        ("first", "v2", "ten", "two"),
        ("third", "v1", "one day", "ten days"),
    ],
)
def test_states_of_each_kind_are_compared_by_words(admin_client, page, older, newer, removed, added):
    names = revision_names(page)
    html = comparison_html(admin_client, page, names.get(older, older), names.get(newer, newer))
    assert f"<del>{removed}" in html
    assert f"<ins>{added}" in html


def test_text_that_did_not_exist_before_is_shown_as_added(admin_client, page):
    html = comparison_html(admin_client, page, "v1", "v2", language="ru")
    assert "There is no older text: everything is shown as added." in html
    assert "Два дня." in html


def test_titles_and_descriptions_are_compared(admin_client, page):
    text = Fields("Privacy", description="What we keep.", body="We keep data for one day.")
    save_draft(page, {"en": text}, by=EDITOR, now=timezone.now())
    html = comparison_html(admin_client, page, revision_names(page)["third"], "draft")
    assert '<del lang="en" dir="auto">Privacy policy</del> <ins lang="en" dir="auto">Privacy</ins>' in html
    assert 'Description: <del lang="en" dir="auto">—</del> <ins lang="en" dir="auto">What we keep.</ins>' in html
    assert "No changes that readers would see" not in html


def test_invisible_change_is_shown_in_the_source(admin_client, page):
    before = revision_names(page)["third"]
    save_bodies(page, timezone.now(), en="We keep data  \nfor one day.")
    save_bodies(page, timezone.now(), en="We keep data\\\nfor one day.")
    older = page.revisions.filter(language="en").order_by("-pk")[1]
    html = comparison_html(admin_client, page, f"r{older.pk}", "draft")
    assert "Only the Markdown source differs: readers see no difference." in html
    html = comparison_html(admin_client, page, f"r{older.pk}", "draft", query="?source")
    assert "We keep data<del>  </del>" in html
    assert "The two sources are identical, byte for byte." in comparison_html(
        admin_client, page, before, before, query="?source"
    )


def test_source_is_escaped(admin_client, page):
    save_bodies(page, timezone.now(), en="<script>alert(1)</script> day.")
    for query in ("", "?source"):
        assert "<script>alert" not in comparison_html(admin_client, page, "live", "draft", query=query)


@pytest.mark.parametrize(
    ("older", "newer", "language"),
    [
        ("foreign", "draft", "en"),
        ("draft", "foreign", "en"),
        ("r1", "draft", "ru"),
        ("r999999999999999999", "draft", "en"),
        ("v9", "draft", "en"),
        ("v999999999", "draft", "en"),
        ("draft", "live", "xx"),
    ],
)
def test_state_of_another_page_or_language_is_not_found(admin_client, page, older, newer, language):
    terms = make_page("terms")
    save_bodies(terms, timezone.now(), en="Other.")
    foreign = f"r{draft_revision(terms, 'en').pk}"
    first = revision_names(page)["first"]
    older, newer = ({"foreign": foreign, "r1": first}.get(name, name) for name in (older, newer))
    assert admin_client.get(compare_url(page, older, newer, language)).status_code == 404


@pytest.mark.parametrize("name", ["r0", "v0", "r", "latest", "r1x", "R1"])
def test_invalid_state_name_has_no_url(admin_client, page, name):
    response = admin_client.get(f"/admin/pages/page/{page.pk}/compare/en/{name}...draft/", follow=True)
    assert "compare-sides" not in response.content.decode()


def test_without_a_version_in_force_live_is_not_found(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="Draft.")
    assert admin_client.get(compare_url(page, "live", "draft")).status_code == 404
    assert admin_client.get(compare_url(page, "draft", "draft")).status_code == 200


def compare_selected(client, page, **query):
    return client.get(reverse("admin:pages_page_compare_selected", args=[page.pk]), query)


def test_selected_states_redirect_to_their_comparison(admin_client, page):
    first = revision_names(page)["first"]
    response = compare_selected(admin_client, page, older="v1", newer="v2", language="ru")
    assert response.headers["Location"] == compare_url(page, "v1", "v2", "ru")
    # A revision determines the language.
    response = compare_selected(admin_client, page, older=first, newer="v2", language="ru")
    assert response.headers["Location"] == compare_url(page, first, "v2", "en")


def test_selection_that_cannot_be_compared_redirects_to_the_history_with_a_warning(admin_client, page):
    russian = f"r{draft_revision(page, 'ru').pk}"
    for query, message in [
        ({"older": "v1"}, "Select two texts to compare, one in each column."),
        ({"older": "v1", "newer": "../x"}, "Select two texts to compare, one in each column."),
        ({"older": revision_names(page)["first"], "newer": russian}, "These texts are in different languages"),
    ]:
        url = reverse("admin:pages_page_compare_selected", args=[page.pk])
        response = admin_client.get(url, query, follow=True)
        assert message in response.content.decode()
        assert response.redirect_chain[0][0] == reverse("admin:pages_page_history", args=[page.pk])


def test_selected_state_of_another_page_is_not_found(admin_client, page):
    terms = make_page("terms")
    save_bodies(terms, timezone.now(), en="Other.")
    assert (
        compare_selected(admin_client, page, older=f"r{draft_revision(terms, 'en').pk}", newer="v1").status_code == 404
    )
    assert compare_selected(admin_client, page, older="v1", newer="v2", language="xx").status_code == 404


def test_comparison_is_not_cached(admin_client, page):
    response = admin_client.get(compare_url(page, "live", "draft"))
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers
