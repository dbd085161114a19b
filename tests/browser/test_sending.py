"""Publishing and other operations in the background, in a browser: whatever fails, what was typed is in the form."""

import os
import re
import signal
import sqlite3
from contextlib import closing, suppress
from threading import Timer

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import forget_sessions, log_in, logged_in_tabs, wait_until_held
from tests.browser.failures import (
    OPERATION_TRIES,
    answer_cut,
    database_locked,
    failure,
    full_disk,
    network_cut,
    own_site,
    site_failing,
)
from tests.browser.test_editing import append_text, open_language_tab
from tests.processes import copy_prepared_site

PUBLISH = "**/publish/"


@pytest.fixture(scope="module")
def site(start_site):
    return start_site()


@pytest.fixture
def open_tab(open_browser, site):
    with logged_in_tabs(open_browser, site) as open_logged_in:
        yield open_logged_in


def change_and_open_publish_page(tab, site, text: str) -> None:
    """Save a change of the English text, and answer on the publish page that it is major."""
    open_language_tab(tab, site, "en")
    append_text(tab, "en", text)
    tab.click("[name=_publish]")
    tab.wait_for_url(PUBLISH)
    tab.get_by_label("Yes, a major change").check()


def notes(site) -> list[str]:
    """Return the English change notes of all versions, the oldest first."""
    query = """SELECT blob.content FROM pages_versiontext text JOIN pages_blob blob ON blob.digest = text.note
    WHERE text.language = 'en' ORDER BY text.id"""
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=10)) as database:
        return [bytes(content).decode() for (content,) in database.execute(query)]


def send(tab) -> None:
    tab.locator(".submit-row input.default").click()


def send_and_fail(tab, sentence: str, note: str) -> None:
    send(tab)
    failure(tab).get_by_text(sentence).wait_for()
    assert "What you entered is still in the form." in failure(tab).inner_text()
    assert tab.input_value("#id_note_en") == note


def try_again(tab) -> None:
    tab.get_by_role("button", name="Try again").click()


def wait_until_published(tab, site, note: str) -> None:
    tab.locator(".messagelist").get_by_text("is published").wait_for()
    assert tab.url.startswith(f"{site.url}/admin/pages/page/1/change/")
    assert [text for text in notes(site) if text == note] == [note]


@pytest.mark.parametrize("fail", [network_cut, database_locked, site_failing])
def test_note_stays_in_the_form_and_can_be_sent_when_it_is_over(open_tab, site, fail):
    tab = open_tab()
    change_and_open_publish_page(tab, site, f"{fail.__name__}.")
    for number in range(OPERATION_TRIES):
        note = f"{fail.__name__} {number}."
        tab.fill("#id_note_en", note)
        with fail(tab, site, PUBLISH) as sentence:
            send_and_fail(tab, sentence, note)
    try_again(tab)
    wait_until_published(tab, site, note)


def test_publication_whose_answer_was_lost_is_not_made_twice(open_tab, site):
    tab = open_tab()
    for number in range(OPERATION_TRIES):
        note = f"Answer lost {number}."
        change_and_open_publish_page(tab, site, note)
        tab.fill("#id_note_en", note)
        with answer_cut(tab, site, PUBLISH) as sentence:
            send_and_fail(tab, sentence, note)
        try_again(tab)
        wait_until_published(tab, site, note)


def test_note_stays_in_the_form_when_the_disk_is_full_or_the_server_is_killed(open_tab, tmp_path):
    copy_prepared_site(tmp_path, "--sample")
    with own_site(tmp_path, WORKERS="1") as (site, process):
        tab = open_tab(site)
        change_and_open_publish_page(tab, site, "Full, then killed.")
        for number in range(OPERATION_TRIES):
            note = f"Full {number}."
            tab.fill("#id_note_en", note)
            with full_disk(process.pid):
                send_and_fail(tab, "The database of the site does not answer or cannot be written.", note)
        tab.route(PUBLISH, lambda route: kill_while_publishing(route, process))
        send_and_fail(tab, "The site cannot be reached.", note)
        tab.unroute(PUBLISH)
        process.wait()
    for _number in range(OPERATION_TRIES):
        send_and_fail(tab, "The site cannot be reached.", note)
    with own_site(tmp_path, port=int(site.url.rpartition(":")[2])):
        try_again(tab)
        tab.get_by_text("is published").or_(tab.locator(".errornote")).first.wait_for()
        # Published before the kill or after it, or the form says that the page was changed and has the note.
        assert notes(site)[-1] == note
        if tab.locator(".errornote, .errorlist").count():
            assert re.search(r"Version \d+ published – ", tab.locator("main").inner_text())
            assert note in tab.locator("main").inner_text()


def kill_while_publishing(route, process) -> None:
    """Kill the server in the middle of publishing. If it was quicker, its answer is lost all the same."""
    Timer(0.05, os.killpg, [process.pid, signal.SIGKILL]).start()
    with suppress(Error):
        route.fetch()
    route.abort("connectionreset")


def set_superuser(site, value: int) -> None:
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=10)) as database, database:
        database.execute("UPDATE auth_user SET is_superuser = ? WHERE username = 'admin'", [value])


def test_note_stays_in_the_form_after_the_session_expired_or_the_right_was_lost(open_tab, site):
    tab = open_tab()
    change_and_open_publish_page(tab, site, "Expired.")
    tab.fill("#id_note_en", "Expired.")
    set_superuser(site, 0)
    send_and_fail(tab, "You no longer have permission to do this.", "Expired.")
    set_superuser(site, 1)
    forget_sessions(site)
    send_and_fail(tab, "You are no longer logged in.", "Expired.")
    with tab.context.expect_page() as opened:
        failure(tab).get_by_role("link", name="Log in in another tab").click()
    log_in(opened.value, site)
    opened.value.close()
    try_again(tab)
    wait_until_published(tab, site, "Expired.")


def test_errors_are_shown_in_the_page_and_the_form_works_on(open_tab, site):
    tab = open_tab()
    change_and_open_publish_page(tab, site, "With errors.")
    tab.evaluate("window.isSamePage = true")
    send(tab)
    tab.get_by_text("Please correct the error below.").wait_for()
    assert tab.title().startswith("Publish")
    assert tab.evaluate("window.isSamePage && document.activeElement.tagName") == "MAIN"
    tab.fill("#id_note_en", "With errors.")
    # The button still follows the date.
    tab.get_by_text("Date and binding language").click()
    tab.fill("#id_effective_at", "2031-05-01T10:00")
    button = tab.locator(".submit-row input.default")
    assert button.input_value().startswith("Announce for May")
    tab.fill("#id_effective_at", "")
    # The browser asks before the page is left.
    dialogs = []
    tab.once("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
    with tab.expect_event("dialog"):
        tab.evaluate("location.assign('/admin/')")
    assert dialogs == ["beforeunload"]
    send(tab)
    wait_until_published(tab, site, "With errors.")


def test_second_press_sends_nothing(open_tab, site):
    tab = open_tab()
    change_and_open_publish_page(tab, site, "Pressed twice.")
    tab.fill("#id_note_en", "Pressed twice.")
    held = []

    def hold(route):
        held.append(route)

    tab.route(PUBLISH, hold)
    send(tab)
    tab.locator(".save-message").get_by_text("Publishing…").wait_for()
    wait_until_held(tab, held)
    send(tab)
    assert len(held) == 1
    held[0].continue_()
    tab.unroute(PUBLISH)
    wait_until_published(tab, site, "Pressed twice.")


def test_correction_goes_on_to_its_second_step_and_keeps_what_was_typed(open_tab, site):
    tab = open_tab()
    tab.goto(f"{site.url}/admin/pages/page/1/correct/")
    body = tab.locator("#id_force_body_en")
    corrected = f"{body.input_value()}\n\nCorrected, see [there](/nowhere/).\n"
    body.fill(corrected)
    with network_cut(tab, site) as sentence:
        send(tab)
        failure(tab).get_by_text(sentence).wait_for()
        assert body.input_value() == corrected
    try_again(tab)
    tab.get_by_label("No, a minor change").check()
    assert tab.locator("#id_force_body_en").input_value().strip() == corrected.strip()
    # A finding leads to its line in this form.
    tab.locator(".findings li", has_text="/nowhere/").get_by_role("link").click()
    selected = "document.activeElement.value.slice(document.activeElement.selectionStart).trim()"
    assert tab.evaluate(f"[document.activeElement.id, {selected}]") == [
        "id_force_body_en",
        "Corrected, see [there](/nowhere/).",
    ]
    with database_locked(tab, site) as sentence:
        send(tab)
        failure(tab).get_by_text(sentence).wait_for()
    try_again(tab)
    tab.locator(".messagelist").get_by_text("is published").wait_for()


def test_forms_work_without_script(open_browser, site):
    tab = open_browser(java_script_enabled=False, locale="en-US").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/1/ready/en/")
    tab.fill("#id_message", "Without script.")
    send(tab)
    tab.locator(".messagelist").get_by_text("Marked as ready: English.").wait_for()
    tab.goto(f"{site.url}/admin/pages/page/1/send-back/en/")
    send(tab)
    tab.get_by_text("This field is required.", exact=True).wait_for()
    tab.fill("#id_message", "Not yet.")
    send(tab)
    tab.locator(".messagelist").get_by_text("Sent back: English.").wait_for()
