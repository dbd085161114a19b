"""What may be seen, at every door, in every state. A token in each text and title shows where it comes out."""

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
from tests.building import EDITOR, make_page, publish, publish_bodies, save_bodies, texts_to_publish
from tests.pages.public.doors import EXPORTS, MOVING_DOORS, NAMES, OTHER_DOORS, PAGE_DOORS, VERSION_DOORS
from tests.repositories import git

TOKENS = ("drafttoken", "upcomingtoken", "cancelledtoken", "forcetoken", "oldtoken")
NOTES = ("upcomingnote", "cancellednote")
ALLOWED = {
    "in force": {"forcetoken"},
    "known": {"forcetoken", "oldtoken"},
    "announced": {"forcetoken", "upcomingtoken"},
    "news": {"forcetoken", "oldtoken", "upcomingtoken"},
    "digests": set(),
}
# A page's list of updates quotes the notes of the versions before.
UPDATES = re.compile('<details class="updates">.*?</details>', re.DOTALL)


@pytest.fixture
def page(db):
    """Return a page with a superseded version, one in force, a cancelled and an upcoming one, and a draft."""
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
    return page


@pytest.fixture
def withdrawn(page):
    """Return the page, withdrawn an hour ago with a reason in each language."""
    reasons = {"en": "reasontoken", "ru": "причина"}
    withdraw(page, reasons=reasons, by=EDITOR, now=timezone.now() - timedelta(hours=1))
    return page


def address_of(door, prefix: str = "", number: int = 1) -> str:
    """Return a door's address; the day is that of the first version."""
    since = timezone.localdate(timezone.now() - timedelta(days=10))
    return door.address.format(prefix=prefix, number=number, since=since)


def everything(response) -> str:
    """Return an answer's body and headers."""
    return response.content.decode() + str(response.headers)


def tokens_in(response, tokens=TOKENS) -> set[str]:
    """Return the tokens that an answer holds, in its body or in a header."""
    return {token for token in tokens if token in everything(response)}


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("door", PAGE_DOORS, ids=lambda door: door.name)
def test_doors_of_a_page_show_what_is_in_force_alone(client, page, door, prefix):
    response = client.get(address_of(door, prefix))
    assert response.status_code == 200
    assert tokens_in(response) <= ALLOWED[door.shows]
    assert door.name == "home" or door.shows == "digests" or "forcetoken" in tokens_in(response)


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("door", PAGE_DOORS, ids=lambda door: door.name)
def test_notes_of_what_is_not_in_force_are_where_they_may_be(client, page, door, prefix):
    assert tokens_in(client.get(address_of(door, prefix)), NOTES) == set(door.notes)


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize(
    ("number", "token"), [(1, "oldtoken"), (2, "forcetoken"), (3, "cancelledtoken"), (4, "upcomingtoken")]
)
@pytest.mark.parametrize("door", VERSION_DOORS, ids=lambda door: door.name)
def test_doors_of_a_version_show_that_version_alone(client, page, door, number, token, prefix):
    response = client.get(address_of(door, prefix, number))
    assert response.status_code == 200
    response.content = UPDATES.sub("", response.content.decode())
    assert tokens_in(response) == {token}


@pytest.mark.parametrize("door", PAGE_DOORS + VERSION_DOORS, ids=lambda door: door.name)
@pytest.mark.parametrize("state", ["draft", "future version", "nothing"])
def test_what_was_never_published_is_at_no_door(client, db, door, state):
    unpublished = make_page("policy")
    if state != "nothing":
        save_bodies(unpublished, timezone.now(), en="drafttoken")
    if state == "future version":
        # A clock that has stepped back must not open what is published only later.
        publish(
            unpublished,
            texts_to_publish(unpublished, ["en"]),
            by=system_actor("Ann"),
            now=timezone.now() + timedelta(hours=1),
        )
    response = client.get(address_of(door))
    assert response.status_code == (200 if door.opens == "always" else 404)
    assert not tokens_in(response)


@pytest.mark.parametrize("door", PAGE_DOORS, ids=lambda door: door.name)
def test_an_announced_first_version_is_not_in_force_yet(client, db, door):
    announced = make_page("policy")
    later = timezone.now() + timedelta(days=1)
    publish_bodies(announced, {"en": "upcomingtoken"}, timezone.now(), effective_at=later)
    response = client.get(address_of(door))
    assert response.status_code == (404 if door.opens == "in force" else 200)
    assert tokens_in(response) == ({"upcomingtoken"} if door.shows == "announced" else set())
    # The log tells of announcements as well; lists, feeds and the site map do not.
    is_named = f"{announced.path}/" in response.content.decode()
    assert not is_named or door.opens == "known" or door.name == "publication log"


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("door", PAGE_DOORS + VERSION_DOORS, ids=lambda door: door.name)
def test_withdrawn_page_is_gone_left_out_or_open_as_its_door_says(client, withdrawn, door, prefix):
    response = client.get(address_of(door, prefix))
    assert response.status_code == (410 if door.withdrawn == "gone" else 200)
    if door.withdrawn == "open":
        assert tokens_in(response) <= {"forcetoken", "oldtoken"}
        assert response.headers["X-Robots-Tag"] == "noindex"
        return
    assert tokens_in(response, TOKENS + NOTES) == set()
    assert (f"/{prefix}policy/" in everything(response)) == (door.withdrawn == "gone")
    reason = "причина" if prefix else "reasontoken"
    assert (reason in everything(response)) == (door.withdrawn == "gone")


@pytest.mark.parametrize("door", PAGE_DOORS + VERSION_DOORS, ids=lambda door: door.name)
def test_page_that_was_brought_back_is_at_every_door_as_before(client, page, door):
    before = tokens_in(client.get(address_of(door)), TOKENS + NOTES)
    withdraw(page, reasons={"en": "reasontoken"}, by=EDITOR, now=timezone.now() - timedelta(hours=2))
    bring_back(page, by=EDITOR, now=timezone.now() - timedelta(hours=1))
    response = client.get(address_of(door))
    assert response.status_code == 200
    assert tokens_in(response, TOKENS + NOTES) == before


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("door", MOVING_DOORS, ids=lambda door: door.name)
def test_old_address_leads_to_the_same_door_of_the_page(client, page, door, prefix):
    move(page, slug="new-policy", parent=None, by=EDITOR, now=timezone.now())
    response = client.get(address_of(door, prefix))
    assert response.status_code == 301
    assert response.headers["Location"] == address_of(door, prefix).replace("policy/", "new-policy/", 1)
    assert tokens_in(response) == set()
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("door", MOVING_DOORS, ids=lambda door: door.name)
def test_old_address_of_a_withdrawn_page_leads_to_what_is_said_of_it(client, withdrawn, door):
    move(withdrawn, slug="new-policy", parent=None, by=EDITOR, now=timezone.now())
    response = client.get(address_of(door), follow=True)
    assert response.redirect_chain == [(address_of(door).replace("policy/", "new-policy/", 1), 301)]
    assert response.status_code == (410 if door.withdrawn == "gone" else 200)


@pytest.mark.parametrize("door", MOVING_DOORS, ids=lambda door: door.name)
def test_old_address_never_leads_to_a_draft(client, db, door):
    section = make_page("policy")
    publish_bodies(make_page("below", parent=section), {"en": "Below."}, timezone.now())
    save_bodies(section, timezone.now(), en="drafttoken")
    move(section, slug="new-policy", parent=None, by=EDITOR, now=timezone.now())
    response = client.get(address_of(door))
    assert response.status_code == 404
    assert "new-policy" not in everything(response)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_exports_hold_what_is_or_was_in_force_alone(tmp_path, page, export):
    written = export.written(tmp_path / "out", timezone.now())
    assert {token for token in TOKENS + NOTES if token in written} == ALLOWED[export.shows]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_exports_hold_an_announced_version_once_its_moment_has_come(tmp_path, page, export):
    written = export.written(tmp_path / "out", timezone.now() + timedelta(days=31))
    assert "upcomingtoken" in written
    assert not {"drafttoken", "cancelledtoken", "cancellednote"} & {
        token for token in TOKENS + NOTES if token in written
    }


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_exports_have_no_file_of_a_withdrawn_page(tmp_path, withdrawn, export):
    written = export.written(tmp_path / "out", timezone.now())
    tokens = {"forcetoken", "oldtoken"} if export.keeps_withdrawn else set()
    assert {token for token in TOKENS + NOTES if token in written} == tokens
    if export.keeps_withdrawn:
        assert git(tmp_path / "out", "ls-tree", "-r", "--name-only", "main").decode().split() == ["hugo.toml"]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
@pytest.mark.parametrize("state", ["draft", "future version", "announced"])
def test_exports_hold_nothing_that_was_not_yet_published(tmp_path, db, export, state):
    unpublished, now = make_page("policy"), timezone.now()
    if state == "draft":
        save_bodies(unpublished, now, en="drafttoken")
    else:
        moments = {"effective_at": now + timedelta(days=1)} if state == "announced" else {}
        published = now + timedelta(hours=1) if state == "future version" else now
        publish_bodies(unpublished, {"en": "upcomingtoken"}, published, note="upcomingnote", **moments)
    written = export.written(tmp_path / "out", now)
    assert not [word for word in (*TOKENS, *NOTES, "policy") if word in written.replace(str(tmp_path), "")]


def test_every_address_of_the_readers_door_is_in_the_list():
    names = {
        pattern.name
        for resolver in get_resolver(settings.ROOT_URLCONF).url_patterns
        if getattr(resolver, "app_name", None) != "admin"
        for pattern in _leaves(resolver)
        if not str(resolver.pattern).startswith("admin/")
    }
    listed = {door.name for door in PAGE_DOORS + VERSION_DOORS}
    assert {NAMES[name] for name in names - OTHER_DOORS} == listed


def _leaves(resolver):
    for pattern in getattr(resolver, "url_patterns", [resolver]):
        yield from _leaves(pattern) if hasattr(pattern, "url_patterns") else [pattern]
