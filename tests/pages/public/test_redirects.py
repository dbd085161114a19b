"""Old addresses: links from outside lead to where a page is now, and to nothing that readers may not see."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.models import Redirect
from pages.publishing.page_tree import move
from pages.publishing.versions import publish
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_to_publish

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
        ("/en/old/", None),
    ],
)
def test_old_address_leads_to_the_same_thing_below_the_new_one(client, old, new):
    page = _published("old")
    _published("below", page)
    _move(page, "new")
    assert _target(client, old) == new


def test_address_is_written_as_browsers_send_it(client):
    page = _published("старая")
    _move(page, "новая")
    assert _target(client, "/старая/history/") == "/%D0%BD%D0%BE%D0%B2%D0%B0%D1%8F/history/"


def test_browser_asks_again_for_the_page_may_move_back(client):
    page = _move(_published("old"), "new")
    assert client.get("/old/").headers["Cache-Control"] == "no-cache"
    _move(page, "old")
    assert client.get("/old/").status_code == 200
    assert _target(client, "/new/") == "/old/"


def test_pages_that_moved_on_are_reached_in_one_step(client):
    page = _published("one")
    for slug in ("two", "three"):
        page = _move(page, slug)
    assert (_target(client, "/one/"), _target(client, "/two/")) == ("/three/", "/three/")


def test_longest_old_path_wins_and_chains_are_followed_to_the_page(client):
    section = _published("section")
    below, stays = _published("below", section), _published("stays", section)
    section = _move(section, "moved")
    below.refresh_from_db()
    _move(below, "out")
    assert _target(client, "/section/stays/") == "/moved/stays/"
    # The section moved first, then the page out of it: the old address knows only of the first step.
    assert _target(client, "/section/below/") == "/out/"
    assert _target(client, "/moved/below/history/") == "/out/history/"
    assert stays.pk


def test_redirects_that_lead_in_a_circle_end_in_404(client):
    first, second = make_page("first"), make_page("second")
    Redirect.objects.create(old_path="first", page=second)
    Redirect.objects.create(old_path="second", page=first)
    for address in ("/first/", "/second/history/", "/first/below/"):
        assert client.get(address).status_code == 404


def test_page_that_readers_know_nothing_of_is_named_nowhere(client):
    draft = make_page("draft")
    save_bodies(draft, NOW, en="Draft.")
    Redirect.objects.create(old_path="old", page=draft)
    tomorrow = make_page("tomorrow")
    save_bodies(tomorrow, NOW, en="Later.")
    publish(tomorrow, texts_to_publish(tomorrow, ["en"]), by=EDITOR, now=timezone.now() + timedelta(days=1))
    Redirect.objects.create(old_path="older", page=tomorrow)
    for address in ("/old/", "/old/history/", "/older/", "/older/v/1/"):
        assert _target(client, address) is None


def test_announced_page_is_known_and_led_to(client):
    page = make_page("old")
    publish_bodies(page, {"en": "Soon."}, NOW, effective_at=timezone.now() + timedelta(days=1))
    _move(page, "new")
    assert _target(client, "/old/upcoming/") == "/new/upcoming/"


def test_page_that_stands_at_an_address_is_not_covered_by_a_redirect(client):
    page, other = _published("policy"), _published("other")
    Redirect.objects.create(old_path="policy", page=other)
    assert client.get("/policy/").status_code == 200
    assert page.pk
    # What it has not, it has not: the redirect is of another page.
    assert client.get("/policy/v/9/").status_code in (301, 404)


def test_old_address_can_lead_to_the_home_page(client):
    Redirect.objects.create(old_path="welcome", page=_published(""))
    assert _target(client, "/ru/welcome/") == "/ru/"
    assert _target(client, "/welcome/history/") == "/history/"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_readers_are_led_on(client, method):
    _move(_published("old"), "new")
    assert getattr(client, method)("/old/").status_code in (404, 405)
    assert client.head("/old/").status_code == 301


@pytest.mark.parametrize(
    "address",
    ["/old/%00/", "/old/%0A/", "/" + "a/" * 3000, "/old/" + "x" * 5000 + "/", "/old//", "/%2F/old/"],
)
def test_what_could_be_no_address_is_not_found(client, address):
    _move(_published("old"), "new")
    assert client.get(address).status_code == 404


def test_an_old_address_costs_few_queries_however_many_there_are(client, django_assert_num_queries):
    page = _published("old")
    _move(page, "new")
    Redirect.objects.bulk_create(Redirect(old_path=f"old-{number}", page=page) for number in range(50))
    # The page that is not there, the redirect with its page, and whether readers know of it.
    with django_assert_num_queries(3):
        client.get("/old/v/1/index.md")
