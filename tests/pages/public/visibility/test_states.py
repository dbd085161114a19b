"""Tests of the visibility rules: each state of a page, at every public endpoint and in every export.

Each text and title contains a token of its own, which shows where it appears.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone

from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.page_tree import move
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.public.endpoints import (
    ENDPOINT_NAMES,
    EXPORTS,
    MOVING_ENDPOINTS,
    NOTES,
    OTHER_NAMES,
    PAGE_ENDPOINTS,
    TOKENS,
    VERSION_ENDPOINTS,
    address_of,
    body_and_headers,
    tokens_in,
)
from tests.repositories import git

ALLOWED_TOKENS = {
    "in force": {"forcetoken"},
    "published": {"forcetoken", "oldtoken"},
    "announced": {"forcetoken", "upcomingtoken"},
    "feed": {"forcetoken", "oldtoken", "upcomingtoken"},
    "digests": set(),
    "versions": {"forcetoken", "oldtoken", "upcomingtoken", "cancelledtoken"},
}
# The list of updates on a page quotes the notes of earlier versions.
UPDATES = re.compile('<details class="updates">.*?</details>', re.DOTALL)


def build_page() -> int:
    """Build a page with a past version, one in force, a cancelled one, an upcoming one, and a draft; return its key."""
    now, page = timezone.now() - timedelta(days=10), make_page("policy")

    def body(token):
        return {"en": f"# Title {token}\n\nText {token}.", "ru": f"# Имя {token}\n\nТекст {token}."}

    publish_bodies(page, body("oldtoken"), now, note="Note oldtoken")
    publish_bodies(page, body("forcetoken"), now + timedelta(days=1), note="Note forcetoken")
    later = timezone.now() + timedelta(days=30)
    third = publish_bodies(page, body("cancelledtoken"), now + timedelta(days=2), effective_at=later, note=NOTES[1])
    cancel(third, by=system_actor("Ann"), now=now + timedelta(days=3))
    publish_bodies(page, body("upcomingtoken"), now + timedelta(days=4), effective_at=later, note=NOTES[0])
    save_bodies(page, timezone.now(), **body("drafttoken"))
    return page.pk


@pytest.fixture
def only_english(settings):
    settings.LANGUAGES = [("en", "English")]


@pytest.fixture
def withdrawn(page):
    """Return the page, withdrawn an hour ago with a reason in each language."""
    reasons = {"en": "reasontoken", "ru": "причина"}
    withdraw(page, reasons=reasons, by=EDITOR, now=timezone.now() - timedelta(hours=1))
    return page


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_page_endpoints_show_only_what_is_in_force(client, page, endpoint, prefix):
    response = client.get(address_of(endpoint, prefix))
    assert response.status_code == 200
    assert tokens_in(response) <= ALLOWED_TOKENS[endpoint.shows]
    assert endpoint.name == "home" or endpoint.shows == "digests" or "forcetoken" in tokens_in(response)


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_notes_of_versions_not_in_force_appear_only_where_allowed(client, page, endpoint, prefix):
    assert tokens_in(client.get(address_of(endpoint, prefix)), NOTES) == set(endpoint.notes)


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize(
    ("number", "token"), [(1, "oldtoken"), (2, "forcetoken"), (3, "cancelledtoken"), (4, "upcomingtoken")]
)
@pytest.mark.parametrize("endpoint", VERSION_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_version_endpoints_show_only_that_version(client, page, endpoint, number, token, prefix):
    response = client.get(address_of(endpoint, prefix, number))
    assert response.status_code == 200
    response.content = UPDATES.sub("", response.content.decode())
    assert tokens_in(response) == {token}


@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_page_endpoints_show_no_text_in_a_language_no_longer_served(client, page, only_english, endpoint):
    response = client.get(address_of(endpoint, "ru/"))
    if "{prefix}" in endpoint.address:
        address = address_of(endpoint, "ru/").removeprefix("/ru")
        assert (response.status_code, response.headers["Location"]) == (302, address)
    assert tokens_in(response, TOKENS + NOTES) == set()


@pytest.mark.parametrize(
    ("number", "token"), [(1, "oldtoken"), (2, "forcetoken"), (3, "cancelledtoken"), (4, "upcomingtoken")]
)
@pytest.mark.parametrize("endpoint", VERSION_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_version_endpoints_show_that_version_in_a_language_no_longer_served(
    client, page, only_english, endpoint, number, token
):
    response = client.get(address_of(endpoint, "ru/", number))
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert f"Текст {token}." in response.content.decode()
    assert tokens_in(response, TOKENS + NOTES) == {token}


@pytest.mark.parametrize("endpoint", MOVING_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_withdrawn_page_in_a_language_no_longer_served_answers_as_in_the_default_one(
    client, withdrawn, only_english, endpoint
):
    response = client.get(address_of(endpoint, "ru/"), follow=True)
    assert response.status_code == (410 if endpoint.withdrawn == "410" else 200)
    assert tokens_in(response) <= ({"forcetoken", "oldtoken"} if endpoint.withdrawn == "shown" else set())
    is_document = response.headers["Content-Type"].startswith("text/html")
    assert ("reasontoken" in response.content.decode()) == is_document or endpoint.name == "history as JSON"


@pytest.fixture
def stamped_ahead(page):
    """Return the page with a version that a wrong clock stamped ahead, instead of the announced one."""
    cancel(page.versions.get(number=4), by=system_actor("Ann"), now=timezone.now())
    text, ahead = {"en": "# Title upcomingtoken\n\nText upcomingtoken."}, timezone.now() + timedelta(days=30)
    publish_bodies(page, text, ahead, note=NOTES[0])
    return page


@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_version_stamped_ahead_by_a_wrong_clock_is_shown_as_announced(client, stamped_ahead, endpoint):
    response = client.get(address_of(endpoint))
    assert response.status_code == 200
    assert tokens_in(response) <= ALLOWED_TOKENS[endpoint.shows]
    assert tokens_in(response, NOTES) == set(endpoint.notes)
    assert "upcomingtoken" in tokens_in(response) or endpoint.shows not in ("announced", "feed")


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_version_stamped_ahead_by_a_wrong_clock_is_not_exported(tmp_path, stamped_ahead, export):
    output = export.run(tmp_path / "out", timezone.now())
    assert {token for token in TOKENS + NOTES if token in output} == ALLOWED_TOKENS[export.shows] | set(export.notes)


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS + VERSION_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_withdrawn_page_answers_410_is_unlisted_or_still_shown(client, withdrawn, endpoint, prefix):
    response = client.get(address_of(endpoint, prefix))
    assert response.status_code == (410 if endpoint.withdrawn == "410" else 200)
    if endpoint.withdrawn == "shown":
        assert tokens_in(response) <= {"forcetoken", "oldtoken"}
        assert response.headers["X-Robots-Tag"] == "noindex"
        return
    assert tokens_in(response, TOKENS + NOTES) == set()
    assert (f"/{prefix}policy/" in body_and_headers(response)) == (endpoint.withdrawn == "410")
    reason = "причина" if prefix else "reasontoken"
    assert (reason in body_and_headers(response)) == (endpoint.withdrawn == "410")


@pytest.mark.parametrize("endpoint", PAGE_ENDPOINTS + VERSION_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_page_brought_back_appears_at_every_endpoint_as_before(client, page, endpoint):
    before = tokens_in(client.get(address_of(endpoint)), TOKENS + NOTES)
    withdraw(page, reasons={"en": "reasontoken"}, by=EDITOR, now=timezone.now() - timedelta(hours=2))
    bring_back(page, by=EDITOR, now=timezone.now() - timedelta(hours=1))
    response = client.get(address_of(endpoint))
    assert response.status_code == 200
    assert tokens_in(response, TOKENS + NOTES) == before


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("endpoint", MOVING_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_old_address_redirects_to_the_same_endpoint_of_the_moved_page(client, page, endpoint, prefix):
    move(page, slug="new-policy", parent=None, by=EDITOR, now=timezone.now())
    response = client.get(address_of(endpoint, prefix))
    assert response.status_code == 301
    assert response.headers["Location"] == address_of(endpoint, prefix).replace("policy/", "new-policy/", 1)
    assert tokens_in(response) == set()
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("endpoint", MOVING_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_old_address_redirects_in_a_language_no_longer_served(client, page, only_english, endpoint):
    move(page, slug="new-policy", parent=None, by=EDITOR, now=timezone.now())
    response = client.get(address_of(endpoint, "ru/"))
    new_address = address_of(endpoint, "ru/").replace("policy/", "new-policy/", 1)
    assert (response.status_code, response.headers["Location"]) == (301, new_address)
    assert tokens_in(response) == set()
    assert client.get(new_address, follow=True).status_code == 200


@pytest.mark.parametrize("endpoint", MOVING_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_old_address_of_a_withdrawn_page_redirects_to_its_current_address(client, withdrawn, endpoint):
    move(withdrawn, slug="new-policy", parent=None, by=EDITOR, now=timezone.now())
    response = client.get(address_of(endpoint), follow=True)
    assert response.redirect_chain == [(address_of(endpoint).replace("policy/", "new-policy/", 1), 301)]
    assert response.status_code == (410 if endpoint.withdrawn == "410" else 200)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_exports_contain_only_what_is_or_was_in_force(tmp_path, page, export):
    output = export.run(tmp_path / "out", timezone.now())
    assert {token for token in TOKENS + NOTES if token in output} == ALLOWED_TOKENS[export.shows] | set(export.notes)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_exports_contain_an_announced_version_once_it_is_in_force(tmp_path, page, export):
    output = export.run(tmp_path / "out", timezone.now() + timedelta(days=31))
    assert "upcomingtoken" in output
    hidden = {"drafttoken", "cancelledtoken", "cancellednote"} - ALLOWED_TOKENS[export.shows] - set(export.notes)
    assert not hidden & {token for token in TOKENS + NOTES if token in output}


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_exports_contain_no_file_of_a_withdrawn_page(tmp_path, withdrawn, export):
    output = export.run(tmp_path / "out", timezone.now())
    tokens = ALLOWED_TOKENS[export.shows] | set(export.notes) if export.keeps_withdrawn else set()
    assert {token for token in TOKENS + NOTES if token in output} == tokens
    if export.name == "export_git":
        assert git(tmp_path / "out", "ls-tree", "-r", "--name-only", "main").decode().split() == ["hugo.toml"]


def test_every_public_url_pattern_is_a_listed_endpoint():
    names = {
        pattern.name
        for resolver in get_resolver(settings.ROOT_URLCONF).url_patterns
        if getattr(resolver, "app_name", None) != "admin"
        for pattern in _url_patterns(resolver)
        if not str(resolver.pattern).startswith("admin/")
    }
    listed = {endpoint.name for endpoint in PAGE_ENDPOINTS + VERSION_ENDPOINTS}
    assert {ENDPOINT_NAMES[name] for name in names - OTHER_NAMES} == listed


def _url_patterns(resolver):
    for pattern in getattr(resolver, "url_patterns", [resolver]):
        yield from _url_patterns(pattern) if hasattr(pattern, "url_patterns") else [pattern]
