"""Every operation checks the actor's permissions before it writes anything."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from pages.models import Page, PublicationRecord, Redirect, Revision, SiteCounter, Version
from pages.publishing.actors import Actor, system_actor, user_actor
from pages.publishing.announcements import AnnouncementAction, announce_again, cancel
from pages.publishing.corrected_texts import correct
from pages.publishing.drafts import save_draft
from pages.publishing.importing.batches import import_texts
from pages.publishing.importing.page_updates import ImportedText
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import create_page, move, set_position
from pages.publishing.reverts import revert
from pages.publishing.versions import announce, publish
from pages.text.fields import Fields
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


def test_system_actor_has_every_permission_and_a_plain_actor_none():
    assert system_actor("import").has_perm("anything")
    assert not Actor("Ann").has_perm("view_page")


def test_permissions_of_other_apps_do_not_count():
    actor = user_actor("Ann", ["pages.publish_page", "auth.move_page", "otherpages.add_page", "change_page"])
    assert actor.permissions == {"publish_page"}


def test_missing_permissions_are_named():
    with pytest.raises(
        PermissionDenied, match=r"You do not have permission to do this: move_page, change_text_zh_hans\."
    ):
        user_actor("Ann", ["pages.publish_page"]).require("publish_page", "move_page", "change_text_zh_hans")


@pytest.fixture
def pages(db, moment):
    """Return a page with two versions, an announcement and drafts, and a withdrawn page."""
    page, withdrawn = make_page(), make_page("withdrawn")
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    publish_bodies(page, {"en": "Two"}, moment(1))
    publish_bodies(page, {"en": "Three"}, moment(2), effective_at=moment(20))
    save_bodies(page, moment(2), en="Four", ru="Четыре")
    publish_bodies(withdrawn, {"en": "Withdrawn"}, moment(2))
    withdraw(withdrawn, reasons={"en": "Wrong."}, by=EDITOR, now=moment(2))
    return page, withdrawn


NOTES = {"en": "News.", "ru": "Новость."}
OPTIONS = {
    "significance": {"en": "major"},
    "notes": {"en": "News."},
    "announcement_action": AnnouncementAction.CANCEL,
}


def operations(pages, moment):
    """Return each operation, bound to all arguments but the actor, with the permissions that it requires."""
    page, withdrawn = pages
    now, second, third = moment(3), page.versions.get(number=2), page.versions.get(number=3)
    options = {"now": now, "notes": NOTES, "announcement_action": AnnouncementAction.REANNOUNCE}
    russian_options = options | {"notes": {"ru": "Новость."}}
    both, russian = texts_to_publish(page, ["en", "ru"]), texts_to_publish(page, ["ru"])
    imported = {"ru": ImportedText(b"---\ntitle: A\n---\n\nB", Fields("A", body="B"), "a.md")}
    return {
        "create_page": (partial(create_page, slug="new", parent=None, source_language="en"), {"add_page"}),
        "set_position": (partial(set_position, page, now=now, weight=7), {"change_page"}),
        "move": (partial(move, page, slug="moved", parent=None, now=now), {"move_page"}),
        "save_draft": (partial(save_draft, page, {"ru": make_fields("Пять")}, now=now), {"change_text_ru"}),
        "publish": (partial(publish, page, both, **options), {"publish_page", "publish_text_en", "publish_text_ru"}),
        "publish one": (partial(publish, page, russian, **russian_options), {"publish_page", "publish_text_ru"}),
        "publish a note": (
            partial(publish, page, russian, **options),
            {"publish_page", "publish_text_en", "publish_text_ru"},
        ),
        "remove a language": (
            partial(publish, page, {}, removed=["ru"], **russian_options),
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
            partial(revert, page, page.versions.get(number=1), ["en"], now=now, **OPTIONS),
            {"publish_page", "publish_text_en"},
        ),
        "correct": (
            partial(correct, page, {"en": make_fields("Two!")}, now=now, **OPTIONS),
            {"publish_page", "publish_text_en", "change_text_en"},
        ),
        "withdraw": (partial(withdraw, page, reasons={"en": "Wrong."}, now=now), {"withdraw_page"}),
        "bring_back": (partial(bring_back, withdrawn, now=now), {"withdraw_page"}),
        "confirm": (partial(confirm, second, "ru", 2, now=now), {"publish_page", "publish_text_ru"}),
        "import_texts": (
            partial(import_texts, page, imported, now=now),
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
    *(("publish a note", name) for name in ("publish_page", "publish_text_en", "publish_text_ru")),
    *(("remove a language", name) for name in ("publish_page", "publish_text_ru")),
    *(("announce", name) for name in ("publish_page", "publish_text_ru")),
    *(("cancel", name) for name in ("publish_page", "publish_text_en")),
    *(("announce_again", name) for name in ("publish_page", "publish_text_en")),
    *(("revert", name) for name in ("publish_page", "publish_text_en")),
    *(("correct", name) for name in ("publish_page", "publish_text_en", "change_text_en")),
    ("withdraw", "withdraw_page"),
    ("bring_back", "withdraw_page"),
    *(("confirm", name) for name in ("publish_page", "publish_text_ru")),
    *(("import_texts", name) for name in ("publish_page", "publish_text_ru", "change_text_ru")),
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


@pytest.mark.parametrize(("operation", "missing"), CASES)
def test_operation_without_a_permission_is_refused_and_writes_nothing(pages, moment, operation, missing):
    call, required = operations(pages, moment)[operation]
    before = everything_stored()
    with pytest.raises(PermissionDenied, match=missing):
        call(by=Actor("Ben", frozenset(ALL - {missing})))
    assert everything_stored() == before
    assert missing in required


def test_every_operation_and_permission_is_a_case(pages, moment):
    required = {name: permissions for name, (_, permissions) in operations(pages, moment).items()}
    assert {(name, permission) for name, permissions in required.items() for permission in permissions} == set(CASES)


@pytest.mark.parametrize("operation", sorted({name for name, _ in CASES}))
def test_operation_needs_no_other_permission(pages, moment, operation):
    call, required = operations(pages, moment)[operation]
    before = everything_stored()
    call(by=Actor("Ben", frozenset(required)))
    assert everything_stored() != before


def test_binding_language_requires_the_permission_to_publish_every_language(db, moment):
    page = make_page()
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment(), confirmed=["ru"])
    save_bodies(page, moment(1), ru="Два")
    russian = Actor("Ann", frozenset({"publish_page", "publish_text_ru"}))
    options = {"now": moment(1), "notes": {"ru": "Новость."}}
    with pytest.raises(PermissionDenied, match="publish_text_en"):
        publish(page, texts_to_publish(page, ["ru"]), by=russian, binding_language="ru", **options)
    assert page.versions.count() == 1
    assert publish(page, texts_to_publish(page, ["ru"]), by=russian, **options).number == 2
