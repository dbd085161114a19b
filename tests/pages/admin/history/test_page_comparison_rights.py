"""Who may open which view of a page's history, by group, view and method."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.building import draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
# Each view, and its address behind the page's key. TAKE changes something, and is a language's own.
LOOK = {
    "history": [],
    "compare": ["en", "v1", "draft"],
    "compare_marked": [],
    "text": ["en", "v1"],
    "text_source": ["en", "v1"],
    "drafts": [],
    "draft": ["en"],
}
TAKE = {"en": ["en", "v1"], "ru": ["ru", "v1"]}
MAY_TAKE = {
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


def address(page, name: str, parts) -> str:
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *parts])


@pytest.mark.parametrize("group", MAY_TAKE)
@pytest.mark.parametrize("name", LOOK)
def test_whoever_may_look_at_pages_may_look_at_their_past(client, page, log_in, group, name):
    log_in(group)
    response = client.get(address(page, name, LOOK[name]))
    assert response.status_code in ((200, 302) if group else (403,))
    assert "no-store" in response.headers.get("Cache-Control", "") or response.status_code == 403
    if not group:
        assert "drafttoken" not in response.content.decode()


@pytest.mark.parametrize("group", MAY_TAKE)
@pytest.mark.parametrize("language", TAKE)
def test_only_who_may_write_a_language_takes_a_text_of_it_back(client, page, log_in, group, language):
    log_in(group)
    before = page.revisions.count()
    status = {name: getattr(client, name)(address(page, "take", TAKE[language])).status_code for name in ("get",)}
    head = draft_revision(page, language).pk
    status["post"] = client.post(address(page, "take", TAKE[language]), {"head": head}).status_code
    may = language in MAY_TAKE[group]
    assert status == ({"get": 200, "post": 302} if may else {"get": 403, "post": 403})
    assert page.revisions.count() == before + may


@pytest.mark.parametrize("name", [*LOOK, "take"])
def test_nobody_sees_anything_without_logging_in(client, page, name):
    target = address(page, name, LOOK.get(name, TAKE["en"]))
    for response in (client.get(target), client.post(target, {"head": draft_revision(page, "en").pk})):
        assert response.status_code in (302, 403, 405)
        assert "drafttoken" not in response.content.decode()
        if response.status_code == 302:
            assert response.headers["Location"].startswith("/admin/login/")
    assert page.revisions.count() == 4


@pytest.mark.parametrize("name", [*LOOK, "take"])
def test_a_page_that_is_not_there_is_not_found(admin_client, page, name):
    parts = LOOK.get(name, TAKE["en"])
    for key in (page.pk + 1000, 10**30):
        assert admin_client.get(reverse(f"admin:pages_page_{name}", args=[key, *parts])).status_code == 404


@pytest.mark.parametrize("name", ["version", "revision", "publicationrecord"])
def test_the_stock_lists_need_their_permission_and_lead_to_the_history(client, page, log_in, name):
    row = page._meta.apps.get_model("pages", name).objects.first()
    addresses = (f"/admin/pages/{name}/", f"/admin/pages/{name}/{row.pk}/change/")
    log_in("Reviewers")
    for target in addresses:
        html = client.get(target).content.decode()
        assert f"/admin/pages/page/{page.pk}/" in html
    client.logout()
    log_in()
    assert [client.get(target).status_code for target in addresses] == [403, 403]


@pytest.mark.parametrize("name", ["version", "revision", "publicationrecord"])
def test_the_stock_lists_load_no_texts(admin_client, page, name, django_assert_max_num_queries):
    row = page._meta.apps.get_model("pages", name).objects.first()
    for target in (f"/admin/pages/{name}/", f"/admin/pages/{name}/?q=privacy", f"/admin/pages/{name}/{row.pk}/change/"):
        with django_assert_max_num_queries(16) as captured:
            assert admin_client.get(target).status_code == 200
        loaded = [query["sql"] for query in captured.captured_queries if '"body_en"' in query["sql"]]
        assert loaded == []
