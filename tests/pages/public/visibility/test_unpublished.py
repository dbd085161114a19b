"""What was never published is visible at no public endpoint, in no export and behind no redirect."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.publishing.page_tree import move
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.public.endpoints import (
    EXPORTS,
    MOVING_ENDPOINTS,
    NOTES,
    PAGE_ENDPOINTS,
    TOKENS,
    VERSION_ENDPOINTS,
    address_of,
    body_and_headers,
    tokens_in,
)


@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS + VERSION_ENDPOINTS, ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("state", ["draft", "nothing"])
def test_unpublished_text_appears_at_no_endpoint(client, db, endpoint, state):
    unpublished = make_page("policy")
    if state != "nothing":
        save_bodies(unpublished, timezone.now(), en="drafttoken")
    response = client.get(address_of(endpoint))
    assert response.status_code == (200 if endpoint.available == "always" else 404)
    assert not tokens_in(response)


@pytest.mark.parametrize("is_page_published", [False, True])
@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS + VERSION_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_draft_appears_at_no_endpoint_in_a_language_not_served(client, db, settings, endpoint, is_page_published):
    settings.LANGUAGES = [("en", "English")]
    page, now = make_page("policy"), timezone.now()
    if is_page_published:
        publish_bodies(page, {"en": "Text."}, now - timedelta(days=10))
    save_bodies(page, now, en="drafttoken", ru="drafttoken")
    response = client.get(address_of(endpoint, "ru/"))
    assert response.status_code == (404 if "{prefix}" in endpoint.address else 200)
    assert not tokens_in(response)


@pytest.mark.parametrize("endpoint", MOVING_ENDPOINTS, ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("state", ["announced", "stamped ahead by a wrong clock"])
def test_announced_first_version_is_shown_at_its_permalinks_only_in_a_language_not_served(
    client, db, settings, endpoint, state
):
    settings.LANGUAGES = [("en", "English")]
    later = timezone.now() + timedelta(days=1)
    published_at = timezone.now() if state == "announced" else later
    publish_bodies(make_page("policy"), {"en": "Text.", "ru": "upcomingtoken"}, published_at, effective_at=later)
    response = client.get(address_of(endpoint, "ru/"))
    is_permalink = endpoint in VERSION_ENDPOINTS
    assert response.status_code == (200 if is_permalink else 302)
    assert tokens_in(response) == ({"upcomingtoken"} if is_permalink else set())


@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS, ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("state", ["announced", "stamped ahead by a wrong clock"])
def test_announced_first_version_is_not_in_force_yet(client, db, endpoint, state):
    announced, later = make_page("policy"), timezone.now() + timedelta(days=1)
    published_at = timezone.now() if state == "announced" else later
    publish_bodies(announced, {"en": "upcomingtoken"}, published_at, effective_at=later)
    response = client.get(address_of(endpoint))
    assert response.status_code == (404 if endpoint.available == "in force" else 200)
    assert tokens_in(response) == ({"upcomingtoken"} if endpoint.shows == "announced" else set())
    # The log names announced pages too; lists, feeds and the sitemap do not.
    is_named = f"{announced.path}/" in response.content.decode()
    assert not is_named or endpoint.available == "published" or endpoint.name.startswith("publication log")


@pytest.mark.parametrize("endpoint", MOVING_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_old_address_never_redirects_to_a_draft(client, db, endpoint):
    section = make_page("policy")
    publish_bodies(make_page("below", parent=section), {"en": "Below."}, timezone.now())
    save_bodies(section, timezone.now(), en="drafttoken")
    move(section, slug="new-policy", parent=None, by=EDITOR, now=timezone.now())
    response = client.get(address_of(endpoint))
    assert response.status_code == 404
    assert "new-policy" not in body_and_headers(response)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
@pytest.mark.parametrize("state", ["draft", "stamped ahead by a wrong clock", "announced"])
def test_exports_contain_nothing_unpublished(tmp_path, db, export, state):
    unpublished, now = make_page("policy"), timezone.now()
    if state == "draft":
        save_bodies(unpublished, now, en="drafttoken")
    else:
        options = {"effective_at": now + timedelta(days=1)} if state == "announced" else {}
        published_at = now + timedelta(hours=1) if state == "stamped ahead by a wrong clock" else now
        publish_bodies(unpublished, {"en": "upcomingtoken"}, published_at, note="upcomingnote", **options)
    output = export.run(tmp_path / "out", now)
    if export.shows == "versions" and state != "draft":
        # As the site itself, at the permanent address of the version and in the history.
        assert "upcomingtoken" in output
        return
    assert not [word for word in (*TOKENS, *NOTES, "policy") if word in output.replace(str(tmp_path), "")]


def test_log_tells_nothing_of_pages_that_were_never_published(client, db):
    section, now = make_page("sectiontoken"), timezone.now()
    below = make_page("published", parent=section)
    draft = make_page("drafttoken", parent=section)
    save_bodies(draft, now, en="Never published.")
    publish_bodies(below, {"en": "Published."}, now)
    move(draft, slug="movedtoken", parent=section, by=EDITOR, now=now)
    move(section, slug="other", parent=None, by=EDITOR, now=now)
    log = client.get("/publication-log.json").content.decode()
    assert '\\"after\\":{\\"path\\":\\"other/published\\"' in log
    assert [token for token in ("drafttoken", "movedtoken", str(section.uuid), str(draft.uuid)) if token in log] == []
