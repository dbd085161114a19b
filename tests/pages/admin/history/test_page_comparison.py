"""Any two states of one language beside each other in the admin, drafts included."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.publishing.drafts import save_draft
from pages.text.source import Fields
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    """Return a page with two versions and a draft of English, and Russian text in the second version alone."""
    now, page = timezone.now() - timedelta(days=3), make_page()
    publish_bodies(page, {"en": "We keep data for ten days."}, now)
    publish_bodies(page, {"en": "We keep data for two days.", "ru": "Два дня."}, now + timedelta(days=1))
    save_bodies(page, now + timedelta(days=2), en="We keep data for one day.")
    return page


def address(page, older: str, newer: str, language: str = "en") -> str:
    return reverse("admin:pages_page_compare", args=[page.pk, language, older, newer])


def html_of(client, *arguments, query: str = "", **options) -> str:
    response = client.get(address(*arguments, **options) + query)
    assert response.status_code == 200
    return response.content.decode()


def names(page) -> dict[str, str]:
    keys = list(page.revisions.filter(language="en").order_by("pk").values_list("pk", flat=True))
    return {"first": f"r{keys[0]}", "second": f"r{keys[1]}", "third": f"r{keys[2]}"}


@pytest.mark.parametrize(
    ("older", "newer", "gone", "new"),
    [
        ("v1", "v2", "ten", "two"),
        ("v1", "draft", "ten days", "one day"),
        ("live", "draft", "two days", "one day"),
        ("first", "second", "ten", "two"),
        ("first", "v2", "ten", "two"),
        ("third", "v1", "one day", "ten days"),
    ],
)
def test_states_of_every_kind_are_compared_word_by_word(admin_client, page, older, newer, gone, new):
    named = names(page)
    html = html_of(admin_client, page, named.get(older, older), named.get(newer, newer))
    assert f"<del>{gone}" in html
    assert f"<ins>{new}" in html


def test_a_side_without_the_language_is_all_added(admin_client, page):
    html = html_of(admin_client, page, "v1", "v2", language="ru")
    assert "There was no text before: everything is shown as added." in html
    assert "Два дня." in html


def test_titles_and_descriptions_are_compared_too(admin_client, page):
    text = Fields("Privacy", description="What we keep.", body="We keep data for one day.")
    save_draft(page, {"en": text}, by=EDITOR, now=timezone.now())
    html = html_of(admin_client, page, names(page)["third"], "draft")
    assert '<del lang="en">Privacy policy</del> <ins lang="en">Privacy</ins>' in html
    assert 'Description: <del lang="en">—</del> <ins lang="en">What we keep.</ins>' in html
    assert "show readers the same" not in html


def test_what_readers_cannot_see_is_in_the_sources(admin_client, page):
    before = names(page)["third"]
    save_bodies(page, timezone.now(), en="We keep data  \nfor one day.")
    save_bodies(page, timezone.now(), en="We keep data\\\nfor one day.")
    older = page.revisions.filter(language="en").order_by("-pk")[1]
    html = html_of(admin_client, page, f"r{older.pk}", "draft")
    assert "Only the Markdown source differs: readers see the same." in html
    html = html_of(admin_client, page, f"r{older.pk}", "draft", query="?source")
    assert "We keep data<del>  </del>" in html
    assert "The two sources are the same, byte for byte." in html_of(
        admin_client, page, before, before, query="?source"
    )


def test_a_source_is_text_and_never_html(admin_client, page):
    save_bodies(page, timezone.now(), en="<script>alert(1)</script> day.")
    for query in ("", "?source"):
        assert "<script>alert" not in html_of(admin_client, page, "live", "draft", query=query)


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
def test_what_is_not_of_the_page_and_the_language_is_not_found(admin_client, page, older, newer, language):
    other = make_page("terms")
    save_bodies(other, timezone.now(), en="Other.")
    foreign = f"r{draft_revision(other, 'en').pk}"
    first = names(page)["first"]
    older, newer = ({"foreign": foreign, "r1": first}.get(name, name) for name in (older, newer))
    assert admin_client.get(address(page, older, newer, language)).status_code == 404


@pytest.mark.parametrize("name", ["r0", "v0", "r", "latest", "r1x", "R1"])
def test_what_names_no_state_is_no_address(admin_client, page, name):
    response = admin_client.get(f"/admin/pages/page/{page.pk}/compare/en/{name}...draft/", follow=True)
    assert "compare-sides" not in response.content.decode()


def test_nothing_in_force_cannot_be_compared_with(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="Draft.")
    assert admin_client.get(address(page, "live", "draft")).status_code == 404
    assert admin_client.get(address(page, "draft", "draft")).status_code == 200


def marked(client, page, **query):
    return client.get(reverse("admin:pages_page_compare_marked", args=[page.pk]), query)


def test_what_was_marked_leads_to_its_comparison(admin_client, page):
    first = names(page)["first"]
    response = marked(admin_client, page, older="v1", newer="v2", language="ru")
    assert response.headers["Location"] == address(page, "v1", "v2", "ru")
    # A revision says by itself which language it is of.
    response = marked(admin_client, page, older=first, newer="v2", language="ru")
    assert response.headers["Location"] == address(page, first, "v2", "en")


def test_marks_that_make_no_pair_lead_back_with_a_sentence(admin_client, page):
    russian = f"r{draft_revision(page, 'ru').pk}"
    for query, words in [
        ({"older": "v1"}, "Mark two texts to compare, one in each column."),
        ({"older": "v1", "newer": "../x"}, "Mark two texts to compare, one in each column."),
        ({"older": names(page)["first"], "newer": russian}, "These are texts in different languages"),
    ]:
        address_of_marked = reverse("admin:pages_page_compare_marked", args=[page.pk])
        response = admin_client.get(address_of_marked, query, follow=True)
        assert words in response.content.decode()
        assert response.redirect_chain[0][0] == reverse("admin:pages_page_history", args=[page.pk])


def test_a_foreign_mark_is_not_found(admin_client, page):
    other = make_page("terms")
    save_bodies(other, timezone.now(), en="Other.")
    assert marked(admin_client, page, older=f"r{draft_revision(other, 'en').pk}", newer="v1").status_code == 404
    assert marked(admin_client, page, older="v1", newer="v2", language="xx").status_code == 404


def test_a_comparison_is_never_kept_by_a_cache(admin_client, page):
    response = admin_client.get(address(page, "live", "draft"))
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers
