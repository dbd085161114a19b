"""Tests of redirects: old addresses lead to the current address of a page, and never to an unpublished page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.models import Redirect
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from tests.building import EDITOR, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def _published(slug: str, parent=None):
    page = make_page(slug, parent=parent)
    publish_bodies(page, {"en": f"About {slug}."}, NOW)
    return page


def _move(page, slug: str, parent=None):
    return move(page, slug=slug, parent=parent, by=EDITOR, now=NOW)


def _target(client, address: str) -> str | None:
    response = client.get(address)
    assert response.status_code in (301, 404)
    return response.headers.get("Location")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/old/", "/new/"),
        ("/old", "/new/"),
        ("/ru/old/", "/ru/new/"),
        ("/old/?since=2024-03-01&x=%D1%8F", "/new/?since=2024-03-01&x=%D1%8F"),
        ("/old/compare/1...live/?a=1", "/new/compare/1...live/?a=1"),
        ("/old/as-of/2024-03-01/", "/new/as-of/2024-03-01/"),
        ("/old/history", "/new/history/"),
        ("/old/v/1/index.md", "/new/v/1/index.md"),
        ("/ru/old/feed.atom", "/ru/new/feed.atom"),
        ("/old/below/", "/new/below/"),
        ("/old/below/v/1/", "/new/below/v/1/"),
        ("/old/nothing/", None),
        ("/older/", None),
        ("/ol/", None),
        ("/x/old/", None),
        ("/de/old/", None),
        ("/en/old/", "/new/"),
        ("/en/old/below/v/1/", "/new/below/v/1/"),
        ("/en/older/", None),
    ],
)
def test_old_address_redirects_to_the_same_address_below_the_current_one(client, old, new):
    page = _published("old")
    _published("below", page)
    _move(page, "new")
    assert _target(client, old) == new


def test_location_is_percent_encoded(client):
    page = _published("старая")
    _move(page, "новая")
    assert _target(client, "/старая/history/") == "/%D0%BD%D0%BE%D0%B2%D0%B0%D1%8F/history/"


def test_redirect_is_revalidated_because_the_page_may_move_back(client):
    page = _move(_published("old"), "new")
    assert client.get("/old/").headers["Cache-Control"] == "no-cache"
    _move(page, "old")
    assert client.get("/old/").status_code == 200
    assert _target(client, "/new/") == "/old/"


def test_page_that_moved_twice_needs_one_redirect(client):
    page = _published("one")
    for slug in ("two", "three"):
        page = _move(page, slug)
    assert (_target(client, "/one/"), _target(client, "/two/")) == ("/three/", "/three/")


def test_longest_old_path_wins_and_redirects_are_followed_in_a_chain(client):
    section = _published("section")
    below, stays = _published("below", section), _published("stays", section)
    section = _move(section, "moved")
    below.refresh_from_db()
    _move(below, "out")
    assert _target(client, "/section/stays/") == "/moved/stays/"
    # The section moved first, then the page out of it: the redirect of the old address is only the first of two.
    assert _target(client, "/section/below/") == "/out/"
    assert _target(client, "/moved/below/history/") == "/out/history/"
    assert stays.pk


def test_redirect_loop_answers_404(client):
    first, second = make_page("first"), make_page("second")
    Redirect.objects.create(old_path="first", page=second)
    Redirect.objects.create(old_path="second", page=first)
    for address in ("/first/", "/second/history/", "/first/below/"):
        assert client.get(address).status_code == 404


def test_unpublished_page_is_no_target(client):
    draft = make_page("draft")
    save_bodies(draft, NOW, en="Draft.")
    Redirect.objects.create(old_path="old", page=draft)
    for address in ("/old/", "/old/history/", "/old/v/1/"):
        assert _target(client, address) is None


def test_announced_page_is_a_target(client):
    page = make_page("old")
    publish_bodies(page, {"en": "Soon."}, NOW, effective_at=timezone.now() + timedelta(days=1))
    _move(page, "new")
    assert _target(client, "/old/upcoming/") == "/new/upcoming/"
    # Nothing is in force yet.
    assert _target(client, "/old/sections/") is None


@pytest.mark.parametrize(
    "suffix", ["v/9/", "history/2/", "compare/1...7/", "compare/earliest...7/", "upcoming/v/1/", "x.md"]
)
def test_address_that_would_be_a_404_is_no_target(client, suffix):
    _move(_published("old"), "new")
    assert client.get(f"/new/{suffix}").status_code == 404
    assert _target(client, f"/old/{suffix}") is None


def test_source_in_a_language_without_a_text_is_no_target(client):
    _move(_published("old"), "new")
    for suffix in ("index.md", "v/1/index.md"):
        assert _target(client, f"/old/{suffix}") == f"/new/{suffix}"
        assert _target(client, f"/ru/old/{suffix}") is None


def test_page_that_is_announced_is_no_target_itself(client):
    page = make_page("old")
    publish_bodies(page, {"en": "Soon."}, NOW, effective_at=timezone.now() + timedelta(days=1))
    _move(page, "new")
    assert [_target(client, address) for address in ("/old/", "/old/_print/", "/en/new/")] == [None, None, None]


def test_withdrawn_page_is_a_target(client):
    page = _move(_published("old"), "new")
    withdraw(page, by=EDITOR, now=NOW, reasons={"en": "Gone."})
    assert _target(client, "/old/") == "/new/"
    assert client.get("/new/").status_code == 410


def test_redirect_to_a_language_leads_to_the_page_in_it(client):
    page = _published("examples")
    publish_bodies(page, {"ru": "Примеры."}, NOW)
    Redirect.objects.create(old_path="demos", page=page, language="ru")
    assert _target(client, "/demos/") == "/ru/examples/"
    assert _target(client, "/demos/history/") == "/ru/examples/history/"
    assert _target(client, "/ru/demos/") == "/ru/examples/"
    Redirect.objects.update(language="de")
    assert _target(client, "/demos/") == "/examples/"


def test_page_at_an_address_wins_over_a_redirect(client):
    page, other = _published("policy"), _published("other")
    Redirect.objects.create(old_path="policy", page=other)
    assert client.get("/policy/").status_code == 200
    assert page.pk
    # Below its path, the redirect of the other page may answer.
    assert client.get("/policy/v/9/").status_code in (301, 404)


def test_old_address_can_redirect_to_the_home_page(client):
    Redirect.objects.create(old_path="welcome", page=_published(""))
    assert _target(client, "/ru/welcome/") == "/ru/"
    assert _target(client, "/welcome/history/") == "/history/"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_get_and_head_are_redirected(client, method):
    _move(_published("old"), "new")
    assert getattr(client, method)("/old/").status_code in (404, 405)
    assert client.head("/old/").status_code == 301


@pytest.mark.parametrize(
    "address",
    ["/old/%00/", "/old/%0A/", "/" + "a/" * 3000, "/old/" + "x" * 5000 + "/", "/old//", "/%2F/old/"],
)
def test_malformed_address_answers_404(client, address):
    _move(_published("old"), "new")
    assert client.get(address).status_code == 404


def test_redirect_takes_four_queries_for_any_number_of_redirects(client, django_assert_num_queries):
    page = _published("old")
    _move(page, "new")
    Redirect.objects.bulk_create(Redirect(old_path=f"old-{number}", page=page) for number in range(50))
    client.get("/new/")
    # No text in a language `old`, and the redirect with its page; and the state of the site, twice.
    with django_assert_num_queries(4):
        client.get("/old/v/1/index.md")
