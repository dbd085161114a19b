"""Actors: every verb asks what they may do before it writes anything."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from pages.models import Page, PublicationRecord, Redirect, Revision, SiteCounter, Version
from pages.publishing.actors import Actor, system_actor, user_actor
from pages.publishing.announcements import AnnouncementAction, announce_again, cancel
from pages.publishing.drafts import save_draft
from pages.publishing.importing.batches import import_texts
from pages.publishing.importing.page_updates import ImportedText
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import create_page, move, set_position
from pages.publishing.versions import announce, correct, publish, revert
from pages.text.source import Fields
from tests.building import EDITOR, make_fields, make_page, publish_bodies, save_bodies, texts_to_publish

ALL = {
    "add_page",
    "change_page",
    "publish_page",
    "withdraw_page",
    "move_page",
    "change_text_en",
    "change_text_ru",
    "publish_text_en",
    "publish_text_ru",
}


def test_actor_of_the_machine_may_everything_and_one_without_a_list_nothing():
    assert system_actor("import").has_perm("anything")
    assert not Actor("Ann").has_perm("view_page")


def test_permissions_of_other_apps_do_not_count():
    actor = user_actor("Ann", ["pages.publish_page", "auth.move_page", "otherpages.add_page", "change_page"])
    assert actor.permissions == {"publish_page"}


def test_what_is_lacking_is_named():
    with pytest.raises(
        PermissionDenied, match=r"You do not have permission to do this: move_page, change_text_zh_hans\."
    ):
        user_actor("Ann", ["pages.publish_page"]).require("publish_page", "move_page", "change_text_zh_hans")


@pytest.fixture
def pages(db, moment):
    """Return a page with two versions, an announced one and drafts, and one that is withdrawn."""
    page, gone = make_page(), make_page("gone")
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    publish_bodies(page, {"en": "Two"}, moment(1))
    publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(20))
    save_bodies(page, moment(2), en="Four", ru="Четыре")
    publish_bodies(gone, {"en": "Gone"}, moment())
    withdraw(gone, reasons={"en": "Wrong."}, by=EDITOR, now=moment(1))
    return page, gone


NOTES = {"en": "News.", "ru": "Новость."}
PUBLISHED = {
    "significance": {"en": "major"},
    "notes": {"en": "News."},
    "announcement_action": AnnouncementAction.CANCEL,
}


def verbs(pages, moment):
    """Return each verb with all that it needs but the actor, and the permissions that it asks for."""
    page, gone = pages
    now, second, third = moment(3), page.versions.get(number=2), page.versions.get(number=3)
    said = {"now": now, "notes": NOTES, "announcement_action": AnnouncementAction.REANNOUNCE}
    said_in_russian = said | {"notes": {"ru": "Новость."}}
    both, russian = texts_to_publish(page, ["en", "ru"]), texts_to_publish(page, ["ru"])
    incoming = {"ru": ImportedText(b"---\ntitle: A\n---\n\nB", Fields("A", "", "", "B"), "a.md")}
    return {
        "create_page": (partial(create_page, slug="new", parent=None, source_language="en"), {"add_page"}),
        "set_position": (partial(set_position, page, now=now, weight=7), {"change_page"}),
        "move": (partial(move, page, slug="moved", parent=None, now=now), {"move_page"}),
        "save_draft": (partial(save_draft, page, {"ru": make_fields("Пять")}, now=now), {"change_text_ru"}),
        "publish": (partial(publish, page, both, **said), {"publish_page", "publish_text_en", "publish_text_ru"}),
        "publish one": (partial(publish, page, russian, **said_in_russian), {"publish_page", "publish_text_ru"}),
        "tell": (partial(publish, page, russian, **said), {"publish_page", "publish_text_en", "publish_text_ru"}),
        "take away": (
            partial(publish, page, {}, removed=["ru"], **said_in_russian),
            {"publish_page", "publish_text_ru"},
        ),
        "announce": (
            partial(announce, page, russian, effective_at=moment(30), now=now, notes={"ru": "Новость."}),
            {"publish_page", "publish_text_ru"},
        ),
        "cancel": (partial(cancel, third, now=now), {"publish_page", "publish_text_en"}),
        "announce_again": (
            partial(announce_again, third, effective_at=moment(9), now=now),
            {"publish_page", "publish_text_en"},
        ),
        "revert": (
            partial(revert, page, page.versions.get(number=1), ["en"], now=now, **PUBLISHED),
            {"publish_page", "publish_text_en"},
        ),
        "correct": (
            partial(correct, page, {"en": make_fields("Two!")}, now=now, **PUBLISHED),
            {"publish_page", "publish_text_en", "change_text_en"},
        ),
        "withdraw": (partial(withdraw, page, reasons={"en": "Wrong."}, now=now), {"withdraw_page"}),
        "bring_back": (partial(bring_back, gone, now=now), {"withdraw_page"}),
        "confirm": (partial(confirm, second, "ru", 2, now=now), {"publish_page", "publish_text_ru"}),
        "take_in": (
            partial(import_texts, page, incoming, now=now),
            {"publish_page", "publish_text_ru", "change_text_ru"},
        ),
    }


CASES = [
    ("create_page", "add_page"),
    ("set_position", "change_page"),
    ("move", "move_page"),
    ("save_draft", "change_text_ru"),
    *(("publish", name) for name in ("publish_page", "publish_text_en", "publish_text_ru")),
    *(("publish one", name) for name in ("publish_page", "publish_text_ru")),
    *(("tell", name) for name in ("publish_page", "publish_text_en", "publish_text_ru")),
    *(("take away", name) for name in ("publish_page", "publish_text_ru")),
    *(("announce", name) for name in ("publish_page", "publish_text_ru")),
    *(("cancel", name) for name in ("publish_page", "publish_text_en")),
    *(("announce_again", name) for name in ("publish_page", "publish_text_en")),
    *(("revert", name) for name in ("publish_page", "publish_text_en")),
    *(("correct", name) for name in ("publish_page", "publish_text_en", "change_text_en")),
    ("withdraw", "withdraw_page"),
    ("bring_back", "withdraw_page"),
    *(("confirm", name) for name in ("publish_page", "publish_text_ru")),
    *(("take_in", name) for name in ("publish_page", "publish_text_ru", "change_text_ru")),
]


def everything_stored():
    return (
        list(Page.objects.order_by("pk").values()),
        Revision.objects.count(),
        Version.objects.count(),
        list(PublicationRecord.objects.values_list("hash", flat=True)),
        Redirect.objects.count(),
        SiteCounter.objects.get().value,
    )


@pytest.mark.parametrize(("verb", "lacking"), CASES)
def test_verb_without_a_permission_is_refused_and_writes_nothing(pages, moment, verb, lacking):
    call, asked = verbs(pages, moment)[verb]
    before = everything_stored()
    with pytest.raises(PermissionDenied, match=lacking):
        call(by=Actor("Ben", frozenset(ALL - {lacking})))
    assert everything_stored() == before
    assert lacking in asked


def test_verbs_and_permissions_are_all_in_the_list(pages, moment):
    asked = {verb: permissions for verb, (_, permissions) in verbs(pages, moment).items()}
    assert {(verb, name) for verb, names in asked.items() for name in names} == set(CASES)


@pytest.mark.parametrize("verb", sorted({verb for verb, _ in CASES}))
def test_verb_needs_no_other_permission(pages, moment, verb):
    call, asked = verbs(pages, moment)[verb]
    before = everything_stored()
    call(by=Actor("Ben", frozenset(asked)))
    assert everything_stored() != before


def test_binding_language_is_for_those_who_publish_every_language(db, moment):
    page = make_page()
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    save_bodies(page, moment(1), ru="Два")
    russian = Actor("Ann", frozenset({"publish_page", "publish_text_ru"}))
    said = {"now": moment(1), "notes": {"ru": "Новость."}}
    with pytest.raises(PermissionDenied, match="publish_text_en"):
        publish(page, texts_to_publish(page, ["ru"]), by=russian, binding_language="ru", **said)
    assert page.versions.count() == 1
    assert publish(page, texts_to_publish(page, ["ru"]), by=russian, **said).number == 2
