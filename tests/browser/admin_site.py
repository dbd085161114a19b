"""A site whose admin pages all have something to show, and the list of these pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, get_resolver, reverse

from tests.browser.conftest import PASSWORD, Site
from tests.pages.admin.test_permissions_table import RULES

# Needed for the pages about mail; nothing listens on the discard port.
SETTINGS = {"SITE_LANGUAGES": "en,ru,ar", "EMAIL_URL": "smtp://127.0.0.1:9", "SITE_URL": "http://127.0.0.1"}
# Page 1 is published, announced, ready and sent back; another page is withdrawn, a third one was never published.
PREPARE = r"""
import json
from datetime import timedelta
from importlib import import_module
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, BACKEND_SESSION_KEY, get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pages.models import Handover, ImportRun, LinkGroup, Page, PublicationRecord, Redirect, Revision, Version
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready, send_back
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import RunLog, end_run
from pages.publishing.page_events import withdraw
from pages.publishing.pictures.storage import store_picture
from pages.publishing.redactions import redactable_digests
from pages.text.messages import Message, plural_message
from selfprivacy_site.login import one_time_codes
from tests.building import draft_revision, make_page, publish_bodies, save_bodies

EDITOR, TRANSLATOR, IMPORT = system_actor("Anna Petrova"), system_actor("Борис"), system_actor("import_hugo")
now, page, old = timezone.now(), Page.objects.get(pk=1), make_page("old-terms")
long = make_page("rules-for-people-who-write-to-us-about-the-protection-of-their-data", parent=page)
LIST = "We keep:\n\n- your name, for 30 days,\n- your address `name@example.org`.\n\n"
publish_bodies(page, {"en": f"## Data\n\n{LIST}See [the terms](/nowhere/).",
    "ru": "## Данные\n\nМы храним имя 14 дней.", "ar": "## البيانات\n\nنحتفظ باسمك."}, now,
    confirmed=["ru"], note="We name what we keep, and for how long.")
publish_bodies(page, {"en": f"## Data\n\n{LIST}Nothing else."}, now, effective_at=now + timedelta(days=30))
save_bodies(page, now, en=f"## Data\n\n{LIST}Nothing else, ever. ![](/media/none.png)",
    ru="## Данные\n\nМы храним имя 30 дней.", ar="## البيانات\n\nنحتفظ باسمك ثلاثين يوما.")
source = draft_revision(page, "en").digest
for language in ("ru", "ar"):
    mark_ready(page, language, revision=draft_revision(page, language).pk, source_digest=source,
        message="Dates are checked.", by=TRANSLATOR, now=now)
arabic = Handover.objects.by_language(page)["ar"].pk
send_back(page, "ar", handover=arabic, message="The list is missing.", by=EDITOR, now=now)
publish_bodies(old, {"en": "Terms.", "ru": "Условия."}, now, confirmed=["ru"])
publish_bodies(old, {"en": "Other terms."}, now)
withdraw(old, reasons={"en": "Nobody needs them."}, by=EDITOR, now=now)
save_bodies(long, now, en="## Rules\n\nWrite to us.", ru="## Правила\n\nПишите нам.")
redirect = Redirect.objects.create(old_path="old", page=long)
# `begin_run` would refuse: somebody worked on the sample.
log = RunLog(ImportRun.objects.create(source="our-site", by="import_hugo", started_at=now))
log.add(LineKind.SKIPPED, "content/a-file-with-a-long-name/index.ru.md", Message("it is empty."))
log.add(LineKind.NOTE, "content/b.md", plural_message("%(count)d shortcode.", "%(count)d shortcodes.", count=2))
log.count(commits=2, versions=3)
log.close(commit="a" * 40)
log.close(touched=["content/b.md"], commit="b" * 40)
run = end_run(log, by=IMPORT, now=now)
# No import writes such a line: its report cannot be shown.
broken = ImportRun.objects.create(source="broken", by="import_hugo", started_at=now)
broken.lines.create(kind="of no kind", subject="a.md", stored_message=["", "", {}])
users = get_user_model().objects
publisher = users.create_user("publisher", "publisher@example.org", {password!r}, is_staff=True, first_name="Мария",
    last_name="Иванова")
publisher.groups.add(Group.objects.get(name="Publishers"))
nobody = users.create_user("guest", password={password!r})
careful = users.create_superuser("careful", "careful@example.org", {password!r})
one_time_codes.get_or_create_unconfirmed_device(careful)
device = careful.totpdevice_set.get()
recovery_codes = one_time_codes.confirm_device(device)

def session_of(user, **values):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
        HASH_SESSION_KEY: user.get_session_auth_hash(), **values})
    session.create()
    return session.session_key

print(json.dumps({
    "sessions": {"admin": session_of(users.get(username="admin")), "guest": session_of(nobody),
        "publisher": session_of(publisher),
        "without code": session_of(careful), "with code": session_of(careful, otp_device_id=device.persistent_id)},
    "leaving": [session_of(publisher) for _look in range(5)], "recovery codes": recovery_codes,
    "cookie": settings.SESSION_COOKIE_NAME,
    "page": 1, "old page": old.pk, "new page": long.pk, "settings": 1, "redirect": redirect.pk, "import": run.pk,
    "broken": broken.pk,
    "link group": LinkGroup.objects.first().pk, "group": Group.objects.get(name="Publishers").pk, "user": publisher.pk,
    "revision": draft_revision(page, "ru").pk, "r": f"r{draft_revision(page, 'ru').pk}",
    "version": page.versions.latest("number").pk, "number": page.versions.latest("number").number,
    "record": PublicationRecord.objects.latest("pk").pk,
    "text digest": min(redactable_digests(page)), "digest": store_picture(b"png", "png", now=now),
    "uid": urlsafe_base64_encode(force_bytes(publisher.pk)), "token": default_token_generator.make_token(publisher),
}))
"""
# What each parameter in an address of the admin stands for, by its name; "object_id" by the model.
PARAMETERS = {
    "pk": "page", "id": "user", "language": "ru", "number": "number", "name": "r", "older": "r", "newer": "draft",
    "digest": "digest", "uidb64": "uid", "token": "token", "app_label": "pages",
}  # fmt: skip
OBJECTS = {
    "version": "version", "revision": "revision", "publicationrecord": "record", "importrun": "import",
    "linkgroup": "link group", "redirect": "redirect", "sitesettings": "settings", "user": "user", "group": "group",
    "page": "page",
}  # fmt: skip
# These do not answer a GET with a page of the admin.
NOT_PAGES = {
    "set_language", "logout", "autocomplete", "jsi18n", "view_on_site", "pages_page_editing_session",
    "pages_page_preview", "pages_page_picture_shown", "pages_page_text_source",
}  # fmt: skip
# Where the usual values show another page, such as a redirect or an error.
SPECIAL = {
    "pages_page_bring_back": {"pk": "old page"},
    "pages_page_confirm": {"pk": "old page"},
    "pages_page_delete": {"object_id": "new page"},
    "pages_page_correct_record": {"number": 3, "language": "en"},
    "pages_page_revert": {"number": 1},
    "pages_page_redact": {"digest": "text digest"},
    "password_reset_confirm": {"token": "expired"},
}


@dataclass(frozen=True)
class AdminSite:
    """A running site, and what `PREPARE` printed: keys by name, and a session for each kind of user."""

    site: Site
    values: dict

    def log_in(self, context, session: str) -> None:
        """Give a browser context a session."""
        cookie = {"name": self.values["cookie"], "value": session, "domain": "127.0.0.1", "path": "/admin/"}
        context.add_cookies([cookie])

    def urls(self) -> list[str]:
        """Return the URL of every page of the admin for a superuser, from the URL configuration, and further states."""
        addresses = [self._address(name, parameters) for name, parameters in _page_names()]
        return list(dict.fromkeys([*addresses, *self._states()]))

    def _address(self, name: str, parameters: list[str]) -> str:
        model = name.split("_")[1] if name.count("_") > 1 else ""
        names = {**PARAMETERS, "object_id": OBJECTS.get(model), **SPECIAL.get(name, {})}
        arguments = {parameter: self.values.get(names[parameter], names[parameter]) for parameter in parameters}
        try:
            return reverse(f"admin:{name}", kwargs=arguments)
        except NoReverseMatch:
            return reverse(name, kwargs=arguments)

    def _states(self) -> Iterator[str]:
        """Yield addresses of pages that look different in another state or with a query."""
        pages = "/admin/pages/page/"
        page, old, new = (f"{pages}{self.values[name]}/" for name in ("page", "old page", "new page"))
        yield from (f"{pages}?{query}" for query in ("q=nowhere", "status=missing", "q=r"))
        yield from (f"{old}{view}/" for view in ("change", "publish", "history", "withdraw"))
        yield from (f"{new}{view}/" for view in ("change", "publish", "history", "ready/ru", "preview/ar"))
        yield from (f"{page}compare/en/v1...v3/", f"{page}compare/en/v1...v3/?source", f"{page}text/en/v3/")
        yield from (f"{page}send-back/ar/", f"{page}ready/ar/", f"{page}ready/en/", f"{page}announcement/4/")
        yield from (f"{page}delete/", "/admin/nowhere/", f"{pages}999/change/", f"{page}history/?language=ru")
        yield "/admin/pages/publicationrecord/?q=v1"


def _page_names() -> Iterator[tuple[str, list[str]]]:
    """Yield the names of the admin's pages that a superuser may open, with the names of their parameters."""
    refused = {rule.name for rule in RULES if "S" not in rule.get}
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern).startswith("admin/"):
            for pattern in _url_patterns(resolver):
                if pattern.name and pattern.name not in refused | NOT_PAGES:
                    yield pattern.name, list(pattern.pattern.converters or pattern.pattern.regex.groupindex)


def _url_patterns(resolver):
    for pattern in resolver.url_patterns:
        yield from _url_patterns(pattern) if hasattr(pattern, "url_patterns") else [pattern]


def prepare_admin_site(start_site, **settings: str) -> AdminSite:
    """Start a site and prepare it."""
    site = start_site(**SETTINGS, **settings)
    printed = site.manage("shell", "-v", "0", "--command", PREPARE.replace("{password!r}", repr(PASSWORD)))
    return AdminSite(site, json.loads(printed))
