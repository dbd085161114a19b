"""Every form where people type, in a browser: whatever fails while it is sent, what was typed is still in it.

All forms are open at once, each in a tab, so that they fail together.
"""

import os
import signal
from contextlib import contextmanager

import pytest

from tests.browser.conftest import PASSWORD, logged_in_tabs
from tests.browser.failures import (
    database_locked,
    failure,
    full_disk,
    network_cut,
    own_site,
)
from tests.processes import copy_prepared_site, manage

# A draft that is ready, an announced version, a page without versions, a redirect, and a change note to redact.
PREPARE = """
from datetime import timedelta
from django.utils import timezone
from pages.models import LinkGroup, Page, Redirect, VersionText
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready
from pages.publishing.page_tree import create_page
from tests.building import draft_revision, save_bodies

page, now, by = Page.objects.get(pk=1), timezone.now(), system_actor("Boris")
save_bodies(page, now, en="A new text.")
mark_ready(page, "en", revision=draft_revision(page, "en").pk, by=by, now=now)
create_page(slug="empty", parent=None, source_language="en", by=by)
Redirect.objects.create(old_path="old", page=page)
print(VersionText.objects.exclude(note=None).filter(version__page=page).first().note_id)
"""
# The other tests of this folder try some forms more often.
EACH_TRIES = int(os.environ.get("TRIES") or 1)
PAGE, SITE = "/admin/pages/page/1", "/admin/pages"
# The address of each form, and what is typed into which fields.
FORMS = {
    "publish": (f"{PAGE}/publish/", {"note_en": "Typed."}),
    "revert": (f"{PAGE}/revert/1/", {"note_en": "Typed."}),
    "correct": (f"{PAGE}/correct/", {"force_body_en": "Typed."}),
    "correct record": (f"{PAGE}/correct/1/en/", {"note_en": "Typed."}),
    "remove language": (f"{PAGE}/remove/ru/", {"note_en": "Typed."}),
    "withdraw": (f"{PAGE}/withdraw/", {"reason_en": "Typed.", "reason_ru": "Набрано."}),
    "move": (f"{PAGE}/move/", {"slug": "typed"}),
    "review": (f"{PAGE}/review/", {"review_by": "2031-01-31"}),
    "ready": (f"{PAGE}/ready/en/", {"message": "Typed."}),
    "send back": (f"{PAGE}/send-back/en/", {"message": "Typed."}),
    "redact": (f"{PAGE}/redact/{{note}}/", {"reason": "Typed."}),
    "new page": (f"{SITE}/page/add/", {"slug": "typed", "title_en": "Typed", "body_en": "Typed."}),
    "settings": (f"{SITE}/sitesettings/", {"name_en": "Typed", "notice_en": "Typed."}),
    "links": (f"{SITE}/linkgroup/add/", {"title_en": "Typed"}),
    "redirect": (f"{SITE}/redirect/1/change/", {"old_path": "typed"}),
    "user": (
        "/admin/auth/user/add/",
        {"username": "typed", "first_name": "Typed", "password1": PASSWORD, "password2": PASSWORD},
    ),
    "role": ("/admin/auth/group/add/", {"name": "Typed"}),
}


# The first step of these writes nothing, and shows the second one.
IN_STEPS = ("correct", "correct record")
# Other tests try the rest. TRIES=20 tries every form as often as that.
TRIED = FORMS if "TRIES" in os.environ else ("settings", "links", "redirect", "user", "role", "withdraw")


@pytest.fixture
def open_tab(open_browser):
    with logged_in_tabs(open_browser, None) as open_logged_in:
        yield open_logged_in


def open_forms(open_tab, site) -> dict:
    """Open every form in a tab of one browser, and type into it."""
    process = manage("shell", "-v0", "-c", PREPARE, data=site.data)
    assert process.returncode == 0, process.stderr
    context, tabs = open_tab(site).context, {}
    for name in TRIED:
        address, typed = FORMS[name]
        tab = tabs[name] = context.new_page()
        tab.goto(site.url + address.format(note=process.stdout.strip()))
        for field in typed:
            tab.evaluate(f"document.getElementById('id_{field}').closest('[hidden]')?.removeAttribute('hidden')")
        for details in tab.locator("details:has([id^=id_])").all():
            details.evaluate("details => { details.open = true; }")
        for field, value in typed.items():
            tab.fill(f"#id_{field}", value)
        for answer in tab.locator("[name=significance][value=major]").all():
            answer.check()
    return tabs


def send_all(tabs: dict) -> None:
    for tab in tabs.values():
        # Faster than a click of the mouse in a tab that is hidden.
        tab.evaluate("document.querySelector('.submit-row input.default').click()")


def missing(tabs: dict) -> list[str]:
    """Return the forms that have lost something of what was typed."""
    return [
        f"{name}: {field}"
        for name, tab in tabs.items()
        for field, value in FORMS[name][1].items()
        if tab.input_value(f"#id_{field}") != value
    ]


def send_and_fail(tabs: dict, sentence: str) -> None:
    send_all(tabs)
    for tab in tabs.values():
        failure(tab).locator("p").wait_for(timeout=90_000)
    assert [name for name, tab in tabs.items() if sentence not in failure(tab).inner_text()] == []
    assert missing(tabs) == []


@contextmanager
def gateway_failing(tab, site):
    """Answer every form as a proxy does whose server is away."""

    def answer(route):
        is_form = route.request.method == "POST"
        route.fulfill(status=502, content_type="text/html", body="Bad gateway") if is_form else route.continue_()

    tab.context.route("**/*", answer)
    yield "The site has a fault (status 502)."
    tab.context.unroute("**/*")


def test_nothing_typed_is_lost_in_any_form(open_tab, tmp_path):
    copy_prepared_site(tmp_path, "--sample")
    with own_site(tmp_path, WORKERS="1", THREADS="8") as (site, process):
        tabs = open_forms(open_tab, site)
        writing = {name: tabs[name] for name in tabs if name not in IN_STEPS}
        some_tab = next(iter(tabs.values()))
        for fail in (network_cut, gateway_failing, database_locked):
            failing = tabs if fail != database_locked else writing
            for _number in range(EACH_TRIES):
                with fail(some_tab, site) as sentence:
                    send_and_fail(failing, sentence)
        for _number in range(EACH_TRIES):
            with full_disk(process.pid):
                send_and_fail(writing, "The database of the site does not answer or cannot be written.")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for _number in range(EACH_TRIES):
        send_and_fail(tabs, "The site cannot be reached.")
    with own_site(tmp_path, port=int(site.url.rpartition(":")[2])):
        for name in ("settings", "links", "redirect", "user", "role"):
            tabs[name].get_by_role("button", name="Try again").click()
            tabs[name].locator(".messagelist .success").first.wait_for()
