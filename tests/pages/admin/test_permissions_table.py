"""Who may do what in the admin: URL × role × state of the page × method. Every URL of the admin has a rule.

A letter is a role: R reviewer, T translator into Russian, E editor, P publisher, S superuser, O a user who is not
staff, A an anonymous visitor. A role that a rule does not list is refused, and a refused POST must change nothing.
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

from pages.models import (
    EditingSession,
    Handover,
    ImportRun,
    LinkGroup,
    Page,
    PublicationRecord,
    Redirect,
    Revision,
    SiteCounter,
    SiteSettings,
    Version,
)
from pages.publishing.handovers import mark_ready
from pages.publishing.page_events import withdraw
from pages.publishing.pictures.storage import store_picture
from pages.publishing.records import last_record_number
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

ROLES = {"R": "Reviewers", "T": "Translators: ru", "E": "Editors", "P": "Publishers", "S": None, "O": None, "A": None}
STATES = ("draft", "published", "announced", "withdrawn")
EVERYBODY = "RTEPSOA"
LOOK, WRITE, EDIT, PUBLISH, SUPER = "RTEPS", "TEPS", "EPS", "PS", "S"
LATER = timezone.now().replace(microsecond=0, second=0) + timedelta(days=9)


@dataclass(frozen=True)
class AccessRule:
    """The roles that may GET and POST a URL, and the states of the page in which they may.

    `args` and `data` can hold names of values that `make_state` returns.
    """

    name: str
    get: str
    post: str
    args: tuple = ()
    data: tuple = ()
    states: tuple = STATES


def page_rule(name: str, get: str, post: str, *more, data=(), states=STATES) -> AccessRule:
    return AccessRule(f"pages_page_{name}", get, post, ("page", *more), data, states)


def model_rules(model: str, key: str, *, look: str, change: str, add: str | None = None, delete: str | None = None):
    """Return the rules for Django's views of a model."""
    add, delete = change if add is None else add, change if delete is None else delete
    post = {"post": "yes"}
    return [
        AccessRule(f"pages_{model}_changelist", look, look),
        AccessRule(f"pages_{model}_add", *(add if isinstance(add, tuple) else (add, add))),
        AccessRule(f"pages_{model}_change", look, change, (key,)),
        AccessRule(f"pages_{model}_history", look, look, (key,)),
        AccessRule(f"pages_{model}_delete", delete, delete, (key,), tuple(post.items())),
    ]


PUBLISHED = ("published", "announced", "withdrawn")
TEXTS = (("body_ru", "Подменено."), ("title_ru", "Имя"), ("title_en", "Title"), ("body_en", "Forged."))
POSITION = (("weight", "7"), ("review_by", ""), ("head_en", "head en"), ("head_ru", "head ru"))
FORM = "00000000-0000-4000-8000-000000000000"
RECORD = ("record", "last record")
HANDOVER = (("handover", "handover"), ("revision", "head ru"))
USER_DATA = (("username", "new"), ("name", "new"), ("usable_password", "false"))

RULES = [
    # Pages.
    AccessRule("pages_page_changelist", LOOK, LOOK, (), (("action", "delete_selected"), ("post", "yes"))),
    AccessRule("pages_page_add", EDIT, EDIT, (), (("slug", "forged"), ("source_language", "en"), *POSITION, *TEXTS)),
    AccessRule("pages_page_new_editing_session", "", EDIT, (), (("_form", FORM), *TEXTS)),
    page_rule("change", LOOK, EDIT, data=(*POSITION, *TEXTS)),
    page_rule("change", LOOK, WRITE, data=(("head_ru", "head ru"), *TEXTS[:2])),
    page_rule("delete", EDIT, EDIT, data=(("post", "yes"),), states=("draft",)),
    page_rule("publish", PUBLISH, PUBLISH, data=(RECORD, ("significance", "minor"), ("include_ru", "on"))),
    page_rule("revert", PUBLISH, PUBLISH, 1, data=(RECORD, ("significance", "minor"), ("include_en", "on"))),
    page_rule("correct", PUBLISH, PUBLISH, data=(RECORD, ("force_body_en", "Forged."), ("_publish", "1"))),
    page_rule("correct_record", PUBLISH, PUBLISH, 1, "en", data=(RECORD, ("note_en", "Forged."), ("confirmed", "x"))),
    page_rule("remove_language", PUBLISH, PUBLISH, "ru", data=(RECORD,)),
    page_rule("review", "RPS", "RPS", data=(RECORD,)),
    page_rule("withdraw", PUBLISH, PUBLISH, data=(RECORD, ("reason_en", "Forged."))),
    page_rule("bring_back", PUBLISH, PUBLISH, data=(RECORD,)),
    page_rule("move", PUBLISH, PUBLISH, data=(RECORD, ("slug", "forged"), ("path", "privacy-policy"))),
    page_rule("confirm", PUBLISH, PUBLISH, "ru", data=(RECORD, ("reflects", "2"))),
    page_rule("announcement", PUBLISH, PUBLISH, 3, data=(RECORD, ("_cancel", "1"))),
    page_rule("ready_choice", WRITE, WRITE),
    page_rule("ready", WRITE, WRITE, "ru", data=(RECORD, *HANDOVER, ("source_digest", "source"))),
    page_rule("send_back", PUBLISH, PUBLISH, "ru", data=(RECORD, *HANDOVER, ("message", "No."))),
    page_rule("redact", SUPER, SUPER, "message", data=(RECORD, ("reason", "Forged."))),
    page_rule("history", LOOK, LOOK),
    page_rule("compare_selected", LOOK, LOOK),
    page_rule("compare", LOOK, LOOK, "ru", "r", "draft"),
    page_rule("text", LOOK, LOOK, "ru", "r"),
    page_rule("text_source", LOOK, LOOK, "ru", "r"),
    page_rule("copy_to_draft", WRITE, WRITE, "ru", "r", data=(("head", "head ru"),)),
    page_rule("default_draft_preview", LOOK, ""),
    page_rule("draft_preview", LOOK, "", "ru"),
    page_rule("translation_source", LOOK, LOOK, "ru"),
    page_rule(
        "editing_session", "", WRITE, data=(("language", "ru"), ("_form", FORM), ("head_ru", "head ru"), *TEXTS[:2])
    ),
    page_rule("editing_session", "", EDIT, data=(("_form", FORM), *TEXTS)),
    AccessRule("pages_page_preview", "", LOOK, (), (("content", "Text."),)),
    AccessRule("pages_page_picture", WRITE, WRITE),
    AccessRule("pages_page_picture_shown", LOOK, LOOK, ("digest",)),
    # Other models.
    *model_rules("version", "version", look=LOOK, change=""),
    *model_rules("revision", "revision", look=LOOK, change=""),
    *model_rules("publicationrecord", "record", look=LOOK, change=""),
    *model_rules("importrun", "import", look=LOOK, change=""),
    *model_rules("linkgroup", "link group", look=LOOK, change=PUBLISH),
    *model_rules("redirect", "redirect", look=LOOK, change=PUBLISH),
    # There is one row. A POST to add it is accepted: if somebody else was first, it shows the input again.
    *model_rules("sitesettings", "settings", look=LOOK, change=PUBLISH, add=("", PUBLISH), delete=""),
    AccessRule("pages_sitesettings_start_over", SUPER, SUPER, (), (("confirmation", "remove the sample"),)),
    # Users and groups.
    *(
        AccessRule(
            f"auth_{model}_{view}",
            SUPER,
            SUPER,
            (model,) if view in {"change", "history", "delete"} else (),
            USER_DATA,
        )
        for model in ("user", "group")
        for view in ("changelist", "add", "change", "history", "delete")
    ),
    AccessRule("auth_user_password_change", SUPER, SUPER, ("user",), USER_DATA),
    AccessRule("index", LOOK, LOOK),
    AccessRule("app_list", LOOK, LOOK, ("pages",)),
    AccessRule("autocomplete", "", ""),
    # One-time codes: one's own, and those of other users.
    AccessRule("one_time_codes", LOOK, LOOK),
    AccessRule("new_recovery_codes", LOOK, LOOK),
    AccessRule("remove_one_time_codes", LOOK, LOOK),
    AccessRule("account_recovery", SUPER, SUPER),
    # One's own mail settings, and a forgotten password.
    AccessRule("mail_settings", LOOK, LOOK, (), (("language", "ru"),)),
    AccessRule("password_reset", EVERYBODY, EVERYBODY, (), (("email", "nobody@example.org"),)),
    AccessRule("password_reset_done", EVERYBODY, ""),
    AccessRule("password_reset_confirm", EVERYBODY, EVERYBODY, ("MQ", "set-password"), (("new_password1", "forged"),)),
    AccessRule("password_reset_complete", EVERYBODY, ""),
]
# URLs without a permission: login and logout, the user's own password and language, Django's own helpers.
EXEMPT_NAMES = {
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
    """Make a page in a state; return the values for the names in `args` and `data` of the rules.

    The user is the first one, who must exist before.
    """
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
        "link group": LinkGroup.objects.create(title_en="Group").pk,
        "redirect": Redirect.objects.create(old_path="old", page=make_page("other")).pk,
        "revision": draft_revision(page, "ru").pk,
        "r": f"r{draft_revision(page, 'ru').pk}",
        "version": getattr(page.versions.first(), "pk", 0),
        "record": getattr(PublicationRecord.objects.first(), "pk", 0),
        "import": ImportRun.objects.create(source="site", by="import_hugo", started_at=then).pk,
        "group": Group.objects.first().pk,
        "user": getattr(get_user_model().objects.first(), "pk", 0),
        "digest": store_picture(b"png", "png", now=then),
        "last record": last_record_number(page),
        "head en": draft_revision(page, "en").pk,
        "head ru": draft_revision(page, "ru").pk,
        "source": draft_revision(page, "en").digest,
        "handover": (handover := _mark_ready(page)).pk,
        "message": handover.message_digest,
    }


def _mark_ready(page) -> Handover:
    head, source = draft_revision(page, "ru"), draft_revision(page, "en")
    now = timezone.now()
    options = {"revision": head.pk, "source_digest": source.digest, "message": "Done."}
    return mark_ready(page, "ru", **options, by=EDITOR, now=now)


def client_as(role: str) -> Client:
    client = Client()
    if role != "A":
        user = get_user_model().objects.create_user(role, is_staff=role != "O", is_superuser=role == "S")
        user.groups.set(Group.objects.filter(name=ROLES[role]))
        client.force_login(user)
    return client


def snapshot() -> list:
    """Return everything that a refused request must not change."""
    models = (
        Page,
        Revision,
        Version,
        PublicationRecord,
        SiteCounter,
        Handover,
        Redirect,
        LinkGroup,
        SiteSettings,
        ImportRun,
        EditingSession,
    )
    counts = [list(model.objects.order_by("pk").values_list()) for model in models]
    return [*counts, get_user_model().objects.count(), Group.objects.count()]


def is_refused(response) -> bool:
    """Return whether the response is a refusal, or a redirect to the login or from a deletion back to the page."""
    if response.status_code != 302:
        return response.status_code in {401, 403, 405}
    leads_to, path = response.headers["Location"], response.request["PATH_INFO"]
    return leads_to.startswith("/admin/login/") or leads_to == path.replace("/delete/", "/change/") != path


def _url(name: str, values: list) -> str:
    try:
        return reverse(f"admin:{name}", args=values)
    except NoReverseMatch:
        return reverse(name, args=values)


def send(client, method: str, rule: AccessRule, objects: dict, before: list) -> tuple[bool, int]:
    """Send a request and roll back what it did; return whether it was refused, and the status.

    `before` is the state of the site, which is the same before each request.
    """
    values = [objects.get(value, value) for value in rule.args]
    data = {name: objects.get(value, value) for name, value in rule.data}
    with transaction.atomic():
        response = getattr(client, method)(_url(rule.name, values), data if method == "post" else {})
        refused = is_refused(response)
        if refused and method == "post":
            assert snapshot() == before, f"{rule.name} was refused, and changed something"
        transaction.set_rollback(True)
    return refused, response.status_code


CASES = [(role, state) for role in ROLES for state in STATES if role not in "OA" or state == "announced"]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "state"), CASES)
def test_roles_may_do_exactly_what_the_rules_say(role, state, settings):
    # Without it, some addresses do not exist.
    settings.SENDS_MAIL = True
    client, objects, wrong = client_as(role), make_state(state), []
    before = snapshot()
    # Only the views of a page depend on its state; the others are tested once.
    for rule in RULES if state == "announced" else [rule for rule in RULES if "page" in rule.args]:
        for method, allowed in (("get", rule.get), ("post", rule.post)):
            refused, status = send(client, method, rule, objects, before)
            if refused == (role in allowed and state in rule.states):
                wrong.append((rule.name, method, status))
    assert not wrong, wrong


def test_every_url_of_the_admin_has_a_rule():
    resolvers = (resolver for resolver in get_resolver().url_patterns if str(resolver.pattern).startswith("admin/"))
    names = {pattern.name for resolver in resolvers for pattern in _url_patterns(resolver) if pattern.name}
    assert names - EXEMPT_NAMES == {rule.name for rule in RULES}


def _url_patterns(resolver):
    for pattern in resolver.url_patterns:
        yield from _url_patterns(pattern) if hasattr(pattern, "url_patterns") else [pattern]
