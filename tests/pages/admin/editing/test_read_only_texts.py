"""Reviewers see the drafts as readers would, without a form."""

import pytest
from django.utils import timezone
from django.utils.text import capfirst

from pages.publishing.drafts import save_draft
from pages.text.fields import FIELDS, Fields
from tests.building import EDITOR, make_page, save_bodies
from tests.pages.admin.clients import BROWSER_HEADERS, change_url, client_as, visible_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="## Heading\n\nSome *words*.")
    return page


def test_reviewer_reads_the_draft_rendered_and_as_markdown(page):
    html = client_as("reviewer").get(change_url(page)).content.decode()
    assert "<em>words</em>" in html
    assert "## Heading" in html
    assert "There is no text in this language yet." in html
    assert 'type="submit"' not in html.partition('id="content"')[2]


def test_reviewer_reads_every_field(page):
    values = {declared.name: f"The {declared.name} of the draft" for declared in FIELDS}
    save_draft(page, {"ru": Fields(**values)}, by=EDITOR, now=timezone.now())
    words = visible_text(client_as("reviewer").get(change_url(page)))
    for declared in FIELDS:
        assert f"The {declared.name} of the draft" in words
        assert not declared.key or f"{capfirst(declared.label)} The {declared.name} of the draft" in words


def test_reviewer_reads_why_the_text_cannot_be_changed(page):
    words = visible_text(client_as("reviewer").get(change_url(page)))
    assert words.count("You may read this text, but not change it") == 2


def test_submission_of_a_reviewer_is_refused_and_preserved(page):
    response = client_as("reviewer").post(change_url(page), {"body_en": "Forged."}, headers=BROWSER_HEADERS)
    assert response.status_code == 403
    assert "Forged." in response.content.decode()
    assert page.revisions.count() == 1


@pytest.mark.parametrize("key", ["4711", "x", "9" * 40, "9" * 5000])
def test_page_that_does_not_exist_is_not_found(key):
    assert client_as("reviewer").get(f"/admin/pages/page/{key}/change/").status_code == 404


def test_user_without_view_permission_is_refused(page, django_user_model):
    reviewer = client_as("reviewer")
    django_user_model.objects.get(username="reviewer").groups.clear()
    assert reviewer.get(change_url(page)).status_code == 403
