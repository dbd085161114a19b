"""Who may do what in the admin: address × role × state of the page × method. This table is the whole truth.

A letter is a role: R reviewer, T translator of Russian, E editor, P publisher, S superuser; O somebody with a login but
no part in the admin, A nobody. Whoever is not named is refused, and what a refused request posts changes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from pages.models import LinkGroup, Page, PublicationRecord, Redirect, Revision, SiteCounter, SiteSettings, Version
from pages.publishing.page_events import withdraw
from pages.publishing.pictures.storage import store_picture
from pages.publishing.records import last_record_number
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

ROLES = {"R": "Reviewers", "T": "Translators: ru", "E": "Editors", "P": "Publishers", "S": None, "O": None, "A": None}
STATES = ("draft", "published", "announced", "withdrawn")
LOOK, WRITE, EDIT, PUBLISH, SUPER = "RTEPS", "TEPS", "EPS", "PS", "S"
LATER = timezone.now().replace(microsecond=0, second=0) + timedelta(days=9)


@dataclass(frozen=True)
class Row:
    """An address: who may open it, who may post there, and in which states the page lets them."""

    name: str
    get: str
    post: str
    args: tuple = ()
    data: tuple = ()
    states: tuple = STATES


def page_row(name: str, get: str, post: str, *more, data=(), states=STATES) -> Row:
    """Return a row of a view of one page."""
    return Row(f"pages_page_{name}", get, post, ("page", *more), data, states)


def model_rows(model: str, key: str, *, look: str, change: str, add: str | None = None, delete: str | None = None):
    """Return the rows of a model's stock views."""
    add, delete = change if add is None else add, change if delete is None else delete
    post = {"post": "yes"}
    return [
        Row(f"pages_{model}_changelist", look, look),
        Row(f"pages_{model}_add", *(add if isinstance(add, tuple) else (add, add))),
        Row(f"pages_{model}_change", look, change, (key,)),
        Row(f"pages_{model}_history", look, look, (key,)),
        Row(f"pages_{model}_delete", delete, delete, (key,), tuple(post.items())),
    ]


PUBLISHED = ("published", "announced", "withdrawn")
TEXTS = (("body_ru", "Подменено."), ("title_ru", "Имя"), ("title_en", "Title"), ("body_en", "Forged."))
PLACE = (("weight", "7"), ("review_by", ""), ("head_en", "head en"), ("head_ru", "head ru"))
RECORD = ("record", "last record")
OFFICE = (("username", "new"), ("name", "new"), ("usable_password", "false"))

TABLE = [
    # Pages.
    Row("pages_page_changelist", LOOK, LOOK, (), (("action", "delete_selected"), ("post", "yes"))),
    Row("pages_page_add", EDIT, EDIT, (), (("slug", "forged"), ("source_language", "en"), *PLACE, *TEXTS)),
    page_row("change", LOOK, EDIT, data=(*PLACE, *TEXTS)),
    page_row("change", LOOK, WRITE, data=(("head_ru", "head ru"), *TEXTS[:2])),
    page_row("delete", EDIT, EDIT, data=(("post", "yes"),), states=("draft",)),
    page_row("publish", PUBLISH, PUBLISH, data=(RECORD, ("significance", "minor"), ("include_ru", "on"))),
    page_row("revert", PUBLISH, PUBLISH, 1, data=(RECORD, ("significance", "minor"), ("include_en", "on"))),
    page_row("correct", PUBLISH, PUBLISH, data=(RECORD, ("force_body_en", "Forged."), ("_publish", "1"))),
    page_row("withdraw", PUBLISH, PUBLISH, data=(RECORD, ("reason_en", "Forged."))),
    page_row("bring_back", PUBLISH, PUBLISH, data=(RECORD,)),
    page_row("move", PUBLISH, PUBLISH, data=(RECORD, ("slug", "forged"), ("path", "privacy-policy"))),
    page_row("confirm", PUBLISH, PUBLISH, "ru", data=(RECORD, ("reflects", "2"))),
    page_row("announcement", PUBLISH, PUBLISH, 3, data=(RECORD, ("_cancel", "1"))),
    page_row("history", LOOK, LOOK),
    page_row("compare_selected", LOOK, LOOK),
    page_row("compare", LOOK, LOOK, "ru", "r", "draft"),
    page_row("text", LOOK, LOOK, "ru", "r"),
    page_row("text_source", LOOK, LOOK, "ru", "r"),
    page_row("take", WRITE, WRITE, "ru", "r", data=(("head", "head ru"),)),
    page_row("drafts", LOOK, ""),
    page_row("draft", LOOK, "", "ru"),
    page_row("translation_source", LOOK, LOOK, "ru"),
    Row("pages_page_preview", "", LOOK, (), (("content", "Text."),)),
    Row("pages_page_picture", WRITE, WRITE),
    Row("pages_page_picture_shown", LOOK, LOOK, ("digest",)),
    # What stands beside the pages.
    *model_rows("version", "version", look=LOOK, change=""),
    *model_rows("revision", "revision", look=LOOK, change=""),
    *model_rows("publicationrecord", "record", look=LOOK, change=""),
    *model_rows("linkgroup", "group", look=LOOK, change=PUBLISH),
    *model_rows("redirect", "redirect", look=LOOK, change=PUBLISH),
    # There is one row. What was typed to make it, while somebody else did, is not thrown away.
    *model_rows("sitesettings", "settings", look=LOOK, change=PUBLISH, add=("", PUBLISH), delete=""),
    # People.
    *(
        Row(f"auth_{model}_{view}", SUPER, SUPER, ("user",) if view in {"change", "history", "delete"} else (), OFFICE)
        for model in ("user", "group")
        for view in ("changelist", "add", "change", "history", "delete")
    ),
    Row("auth_user_password_change", SUPER, SUPER, ("user",), OFFICE),
    Row("index", LOOK, LOOK),
    Row("app_list", LOOK, LOOK, ("pages",)),
    Row("autocomplete", "", ""),
    # One-time codes: one's own, and those of other users.
    Row("one_time_codes", LOOK, LOOK),
    Row("new_recovery_codes", LOOK, LOOK),
    Row("remove_one_time_codes", LOOK, LOOK),
    Row("account_recovery", SUPER, SUPER),
]
# Not about rights: the way in and out, one's own password, words for scripts, a link to what can be read anyway.
NOT_IN_THE_TABLE = {
    "verify_one_time_code",
    "set_language",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "jsi18n",
    "view_on_site",
}


def make_state(state: str) -> dict:
    """Make a page in a state, and return what stands for the names in the rows."""
    page, then = make_page(), timezone.now() - timedelta(days=9)
    if state == "draft":
        save_bodies(page, then, en="One.", ru="Один.")
    else:
        publish_bodies(page, {"en": "One.", "ru": "Один."}, then, confirmed=["ru"])
        publish_bodies(page, {"en": "Two."}, then + timedelta(days=1))
    if state == "announced":
        publish_bodies(page, {"en": "Three."}, then + timedelta(days=2), effective_at=LATER)
    if state == "withdrawn":
        withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=then + timedelta(days=3))
    save_bodies(page, timezone.now(), ru="Черновик.")
    SiteSettings(name_en="Site").save()
    return {
        "page": page.pk,
        "settings": 1,
        "group": LinkGroup.objects.create(title_en="Group").pk,
        "redirect": Redirect.objects.create(old_path="old", page=make_page("other")).pk,
        "revision": draft_revision(page, "ru").pk,
        "r": f"r{draft_revision(page, 'ru').pk}",
        "version": getattr(page.versions.first(), "pk", 0),
        "record": getattr(PublicationRecord.objects.first(), "pk", 0),
        "user": 1,
        "digest": store_picture(b"png", "png", now=then),
        "last record": last_record_number(page),
        "head en": draft_revision(page, "en").pk,
        "head ru": draft_revision(page, "ru").pk,
    }


def client_as(role: str) -> Client:
    """Return the client of somebody in a role."""
    client = Client()
    if role != "A":
        user = get_user_model().objects.create_user(role, is_staff=role != "O", is_superuser=role == "S")
        user.groups.set(Group.objects.filter(name=ROLES[role]))
        client.force_login(user)
    return client


def fingerprint() -> list:
    """Return what a refused request must leave as it was."""
    models = (Page, Revision, Version, PublicationRecord, SiteCounter, Redirect, LinkGroup, SiteSettings)
    counts = [list(model.objects.order_by("pk").values_list()) for model in models]
    return [*counts, get_user_model().objects.count(), Group.objects.count()]


def is_refused(response) -> bool:
    """Tell whether somebody was turned away: refused, or sent to log in."""
    return response.status_code in {401, 403, 405} or (
        response.status_code == 302 and response.headers["Location"].startswith("/admin/login/")
    )


def _address(name: str, values: list) -> str:
    try:
        return reverse(f"admin:{name}", args=values)
    except NoReverseMatch:
        return reverse(name, args=values)


def asked(client, method: str, row: Row, things: dict) -> tuple[bool, int]:
    """Send a request and take back what it did; return whether it was turned away without an effect, and its status."""
    values = [things.get(value, value) for value in row.args]
    data = {name: things.get(value, value) for name, value in row.data}
    with transaction.atomic():
        before = fingerprint() if method == "post" else None
        response = getattr(client, method)(_address(row.name, values), data if before else {})
        refused = is_refused(response)
        if refused and before:
            assert fingerprint() == before, f"{row.name} was refused, and changed something"
        transaction.set_rollback(True)
    return refused, response.status_code


CASES = [(role, state) for role in ROLES for state in STATES if role not in "OA" or state == "announced"]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "state"), CASES)
def test_everybody_may_do_what_the_table_says_and_nothing_else(role, state):
    things, client, wrong = make_state(state), client_as(role), []
    # What stands beside the pages has no states: once is enough.
    for row in TABLE if state == "announced" else [row for row in TABLE if "page" in row.args]:
        for method, allowed in (("get", row.get), ("post", row.post)):
            refused, status = asked(client, method, row, things)
            if refused == (role in allowed and state in row.states):
                wrong.append((row.name, method, status))
    assert not wrong, wrong


def test_every_address_of_the_admin_is_in_the_table():
    below_admin = (one for one in get_resolver().url_patterns if str(one.pattern).startswith("admin/"))
    names = {pattern.name for resolver in below_admin for pattern in _leaves(resolver) if pattern.name}
    listed = {row.name for row in TABLE}
    assert names - NOT_IN_THE_TABLE == listed


def _leaves(resolver):
    for pattern in resolver.url_patterns:
        yield from _leaves(pattern) if hasattr(pattern, "url_patterns") else [pattern]
