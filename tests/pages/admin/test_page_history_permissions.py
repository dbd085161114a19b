"""Permissions of the views of a page's history, by group, view and method."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.building import draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
# The views that only read, with their URL arguments after the page's key.
READ_VIEWS = {
    "history": [],
    "compare": ["en", "v1", "draft"],
    "compare_selected": [],
    "text": ["en", "v1"],
    "text_source": ["en", "v1"],
    "default_draft_preview": [],
    "draft_preview": ["en"],
}
COPY_TO_DRAFT = {"en": ["en", "v1"], "ru": ["ru", "v1"]}
COPYABLE_LANGUAGES = {
    "Editors": {"en", "ru"},
    "Publishers": {"en", "ru"},
    "Translators: ru": {"ru"},
    "Reviewers": set(),
    None: set(),
}


@pytest.fixture
def page():
    """Return a published page with newer drafts."""
    page = make_page()
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en="drafttoken", ru="drafttoken")
    return page


def view_url(page, name: str, arguments) -> str:
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *arguments])


@pytest.mark.parametrize("group", COPYABLE_LANGUAGES)
@pytest.mark.parametrize("name", READ_VIEWS)
def test_permission_to_view_pages_includes_their_history(client, page, log_in, group, name):
    log_in(group)
    response = client.get(view_url(page, name, READ_VIEWS[name]))
    assert response.status_code in ((200, 302) if group else (403,))
    assert "no-store" in response.headers.get("Cache-Control", "") or response.status_code == 403
    if not group:
        assert "drafttoken" not in response.content.decode()


@pytest.mark.parametrize("group", COPYABLE_LANGUAGES)
@pytest.mark.parametrize("language", COPY_TO_DRAFT)
def test_copying_to_the_draft_needs_the_permission_for_the_language(client, page, log_in, group, language):
    log_in(group)
    before = page.revisions.count()
    url = view_url(page, "copy_to_draft", COPY_TO_DRAFT[language])
    get_status = client.get(url).status_code
    post_status = client.post(url, {"head": draft_revision(page, language).pk}).status_code
    is_allowed = language in COPYABLE_LANGUAGES[group]
    assert (get_status, post_status) == ((200, 302) if is_allowed else (403, 403))
    assert page.revisions.count() == before + is_allowed


@pytest.mark.parametrize("name", [*READ_VIEWS, "copy_to_draft"])
def test_anonymous_user_sees_nothing(client, page, name):
    url = view_url(page, name, READ_VIEWS.get(name, COPY_TO_DRAFT["en"]))
    for response in (client.get(url), client.post(url, {"head": draft_revision(page, "en").pk})):
        assert response.status_code in (302, 403, 405)
        assert "drafttoken" not in response.content.decode()
        if response.status_code == 302:
            assert response.headers["Location"].startswith("/admin/login/")
    assert page.revisions.count() == 4


@pytest.mark.parametrize("name", [*READ_VIEWS, "copy_to_draft"])
def test_missing_page_is_not_found(admin_client, page, name):
    arguments = READ_VIEWS.get(name, COPY_TO_DRAFT["en"])
    for key in (page.pk + 1000, 10**30):
        assert admin_client.get(reverse(f"admin:pages_page_{name}", args=[key, *arguments])).status_code == 404


@pytest.mark.parametrize("name", ["version", "revision", "publicationrecord"])
def test_lists_of_rows_need_their_permission_and_link_to_the_page(client, page, log_in, name):
    row = page._meta.apps.get_model("pages", name).objects.first()
    urls = (f"/admin/pages/{name}/", f"/admin/pages/{name}/{row.pk}/change/")
    log_in("Reviewers")
    for url in urls:
        html = client.get(url).content.decode()
        assert f"/admin/pages/page/{page.pk}/" in html
    client.logout()
    log_in()
    assert [client.get(url).status_code for url in urls] == [403, 403]


@pytest.mark.parametrize("name", ["version", "revision", "publicationrecord"])
def test_lists_of_rows_load_no_texts(admin_client, page, name, django_assert_max_num_queries):
    row = page._meta.apps.get_model("pages", name).objects.first()
    for url in (f"/admin/pages/{name}/", f"/admin/pages/{name}/?q=privacy", f"/admin/pages/{name}/{row.pk}/change/"):
        with django_assert_max_num_queries(16) as captured:
            assert admin_client.get(url).status_code == 200
        loaded = [query["sql"] for query in captured.captured_queries if '"body_en"' in query["sql"]]
        assert loaded == []
