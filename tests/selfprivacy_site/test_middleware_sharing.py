"""Which addresses scripts of other sites may read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from selfprivacy_site.wsgi_middleware.security_headers import SECURITY_HEADERS, SecurityHeaders
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies
from tests.pages.public.response_cache.cached_client import CachedClient

pytestmark = pytest.mark.django_db
RESOURCE_POLICY = "Cross-Origin-Resource-Policy"
DOCUMENTS = [
    "/policy/index.md", "/ru/policy/index.md", "/policy/v/1/index.md", "/policy/history.json", "/publication-log.json",
    "/policy/feed.atom", "/feed.atom", "/policy/current.json", "/ru/policy/fragment.html", "/policy/bundle.zip",
    "/policy/timemap/",
]  # fmt: skip


@pytest.fixture
def page():
    page, now = make_page("policy"), timezone.now() - timedelta(days=2)
    publish_bodies(page, {"en": "Long. " * 200, "ru": "Длинный. " * 200}, now)
    return page


def is_shared(response) -> bool:
    allowed = response.headers.get("Access-Control-Allow-Origin"), response.headers.get(RESOURCE_POLICY)
    assert allowed in {("*", "cross-origin"), (None, None)}
    return allowed[0] == "*"


@pytest.mark.parametrize("client_class", [Client, CachedClient])
@pytest.mark.parametrize("address", DOCUMENTS)
def test_documents_for_programs_are_shared(page, client_class, address):
    response = client_class().get(address)
    assert response.status_code == 200
    assert is_shared(response)
    assert "Repr-Digest" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("address", ["/index.md", "/current.json", "/fragment.html", "/bundle.zip", "/timemap/"])
@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_documents_of_the_home_page_are_shared(client, prefix, address):
    publish_bodies(make_page(""), {"en": "One.", "ru": "Один."}, timezone.now() - timedelta(days=1))
    response = client.get(f"{prefix}{address}")
    assert (response.status_code, is_shared(response)) == (200, True)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/policy/",
        "/policy/history/",
        "/policy/v/1/",
        "/robots.txt",
        "/sitemap.xml",
        "/nothing.json",
        "/admin/x.json",
        "/admin/fragment.html",
        "/admin/timemap/",
        "/policy/timegate/",
    ],
)
def test_other_addresses_keep_what_they_have(client, page, address):
    assert not is_shared(client.get(address))


def test_unchanged_documents_withdrawn_pages_and_old_addresses_are_shared(client, page):
    first = client.get("/policy/index.md")
    unchanged = client.get("/policy/index.md", headers={"if-none-match": first.headers["ETag"]})
    assert (unchanged.status_code, is_shared(unchanged)) == (304, True)
    move(page, slug="new", parent=None, by=EDITOR, now=timezone.now())
    moved = client.get("/policy/index.md")
    assert (moved.status_code, is_shared(moved)) == (301, True)
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=timezone.now())
    withdrawn = client.get("/new/index.md")
    assert (withdrawn.status_code, is_shared(withdrawn)) == (410, True)


def test_pictures_can_be_shown_where_a_text_is(client, page):
    digest = store_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg", now=timezone.now())
    save_bodies(page, timezone.now(), en="![x](/x.svg)")
    choice = TextToPublish(draft_revision(page, "en"), "minor", pictures={"/x.svg": digest})
    publish(page, {"en": choice}, by=EDITOR, now=timezone.now())
    assert is_shared(client.get(f"/media/{digest}"))


def test_security_headers_do_not_replace_those_of_shared_documents():
    headers = SecurityHeaders(None, https=False).missing_headers("200 OK", [(RESOURCE_POLICY, "cross-origin")])
    assert len(headers) == len(SECURITY_HEADERS)
    assert RESOURCE_POLICY not in dict(headers)
