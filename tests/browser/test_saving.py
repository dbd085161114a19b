"""Saving in the background, in a browser: whatever fails, the text is in the form or can be restored."""

import os
import re
import signal
import sqlite3
from contextlib import closing

import pytest

from tests.browser.conftest import (
    PASSWORD,
    expect_next_content,
    forget_sessions,
    log_in,
    logged_in_tabs,
    wait_until_held,
)
from tests.browser.failures import (
    TRIES,
    answer_cut,
    database_locked,
    failure,
    full_disk,
    network_cut,
    own_site,
    site_failing,
)
from tests.browser.test_editing import (
    append_text,
    open_language_tab,
    save_as_other_editor,
    save_draft,
    wait_until_saved,
)
from tests.processes import copy_prepared_site

SAVED = re.compile(r"^Saved \d\d:\d\d as a draft\. Readers do not see it yet: \w+\.$")


@pytest.fixture(scope="module")
def site(start_site):
    return start_site()


@pytest.fixture
def open_tab(open_browser, site):
    with logged_in_tabs(open_browser, site) as open_logged_in:
        yield open_logged_in


def stored_text(site, language="en") -> str:
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=10)) as database:
        return database.execute(f"SELECT body_{language} FROM pages_page WHERE id = 1").fetchone()[0]


def kept_texts(site) -> list[str]:
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=10)) as database:
        rows = database.execute("SELECT unsaved_text FROM pages_editingsession WHERE unsaved_at IS NOT NULL")
        return [text for (text,) in rows]


def forget_texts(site) -> None:
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=10)) as database, database:
        database.execute("DELETE FROM pages_editingsession")


def hold_save(tab) -> list:
    """Keep the next save from the site; return the list to which its route is added."""
    held = []

    def hold(route):
        if held:
            route.fallback()
        else:
            held.append(route)

    tab.route("**/change/", hold)
    return held


def hide(tab, language: str = "en") -> None:
    """Hide the tab, as a browser does before it is closed, and wait until the text of a language was kept."""

    def is_kept(response):
        # The first request after the form was opened has no text.
        return "/editing-session/" in response.url and f"body_{language}=" in response.request.post_data

    with tab.expect_response(is_kept):
        tab.evaluate(
            "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )


@pytest.mark.parametrize("keys", ["Control+s", "Meta+s"])
def test_keys_save_in_the_background_and_the_form_can_be_saved_again(open_tab, site, keys):
    tab = open_tab()
    open_language_tab(tab, site, "en")
    dialogs = []
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    tab.evaluate("window.isSamePage = true")
    for number in range(2):
        written = append_text(tab, "en", f"{keys} {number}.")
        with tab.expect_response(lambda response: response.request.method == "POST" and "/change/" in response.url):
            tab.locator("#id_body_en").press(keys)
        tab.locator(".save-message").filter(has_text=SAVED).wait_for()
        assert stored_text(site) == written.strip()
        assert tab.get_by_role("tab", name="not saved").count() == 0
    assert tab.evaluate("window.isSamePage && document.activeElement.id") == "id_body_en"
    tab.goto(f"{site.url}/admin/")
    assert dialogs == []
    assert tab.locator(".messagelist").count() == 0


def test_key_of_a_russian_keyboard_saves_too(open_tab, site):
    tab = open_tab()
    open_language_tab(tab, site, "ru")
    append_text(tab, "ru", "Ещё.")
    tab.evaluate(
        """document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {
        key: "ы", code: "KeyS", ctrlKey: true, bubbles: true, cancelable: true }))"""
    )
    wait_until_saved(tab, "Readers do not see it yet: Russian.")


def test_other_buttons_lead_on_after_saving(open_tab, site):
    tab = open_tab()
    open_language_tab(tab, site, "en")
    append_text(tab, "en", "To the list.")
    tab.click("[name=_save]")
    tab.locator(".messagelist").get_by_text("Saved as a draft").wait_for()
    assert tab.url == f"{site.url}/admin/pages/page/"
    open_language_tab(tab, site, "en")
    append_text(tab, "en", "To publishing.")
    tab.click("[name=_publish]")
    tab.wait_for_url("**/publish/")
    tab.go_back()
    assert "To publishing." in tab.locator("#id_body_en").input_value()


def test_what_is_typed_while_saving_stays_unsaved(open_tab, site):
    tab = open_tab()
    open_language_tab(tab, site, "en")
    held = hold_save(tab)
    sent = append_text(tab, "en", "Sent.")
    save_draft(tab)
    tab.locator(".save-message").filter(has_text="Saving…").wait_for()
    wait_until_held(tab, held)
    typed = append_text(tab, "en", "Typed since.")
    held[0].continue_()
    wait_until_saved(tab)
    assert (stored_text(site), tab.locator("#id_body_en").input_value()) == (sent.strip(), typed)
    assert tab.get_by_role("tab", name=re.compile("English.*not saved")).count() == 1
    tab.unroute("**/change/")
    save_draft(tab)
    tab.get_by_role("tab", name="not saved").wait_for(state="detached")
    assert stored_text(site) == typed.strip()


def test_what_is_typed_while_saving_is_saved_before_the_page_is_left(open_tab, site):
    tab = open_tab()
    open_language_tab(tab, site, "en")
    held = hold_save(tab)
    append_text(tab, "en", "Sent.")
    tab.click("[name=_save]")
    tab.locator(".save-message").filter(has_text="Saving…").wait_for()
    wait_until_held(tab, held)
    typed = append_text(tab, "en", "Typed since.")
    held[0].continue_()
    tab.unroute("**/change/")
    tab.wait_for_url(f"{site.url}/admin/pages/page/")
    assert tab.locator(".messagelist").get_by_text("Saved as a draft").count() == 2
    assert stored_text(site) == typed.strip()


def save_and_fail(tab, sentence: str, written: str) -> None:
    save_draft(tab)
    failure(tab).get_by_text(sentence).wait_for()
    assert failure(tab).inner_text().startswith("Not saved. ")
    assert "Your text is still in the form." in failure(tab).inner_text()
    assert tab.locator("#id_body_en").input_value() == written


@pytest.mark.parametrize("fail", [network_cut, answer_cut, database_locked, site_failing])
def test_text_stays_in_the_form_and_can_be_saved_when_it_is_over(open_tab, site, fail):
    tab = open_tab()
    open_language_tab(tab, site, "en")
    for number in range(TRIES):
        written = append_text(tab, "en", f"{fail.__name__} {number}.")
        with fail(tab, site) as sentence:
            save_and_fail(tab, sentence, written)
        # More is typed before the next try.
        written = append_text(tab, "en", "More.")
        tab.get_by_role("button", name="Try again").click()
        wait_until_saved(tab)
        assert failure(tab).inner_text() == ""
        assert (stored_text(site), tab.locator("#id_body_en").input_value()) == (written.strip(), written)


def test_site_that_does_not_answer_in_time(open_tab, site):
    tab = open_tab()
    tab.clock.install()
    open_language_tab(tab, site, "en")
    written = append_text(tab, "en", "Too slow.")
    held = hold_save(tab)
    save_draft(tab)
    tab.locator(".save-message").filter(has_text="Saving…").wait_for()
    wait_until_held(tab, held)
    tab.clock.run_for(61_000)
    failure(tab).get_by_text("The site did not answer in time.").wait_for()
    tab.unroute("**/change/")
    tab.get_by_role("button", name="Try again").click()
    wait_until_saved(tab)
    assert stored_text(site) == written.strip()


def test_text_stays_in_the_form_when_the_server_is_killed(open_tab, tmp_path):
    copy_prepared_site(tmp_path, "--sample")
    with own_site(tmp_path) as (site, process):
        tab = open_tab(site)
        open_language_tab(tab, site, "en")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for number in range(TRIES):
        written = append_text(tab, "en", f"Killed {number}.")
        save_and_fail(tab, "The site cannot be reached.", written)
        with own_site(tmp_path, port=int(site.url.rpartition(":")[2])) as (_again, process):
            tab.get_by_role("button", name="Try again").click()
            wait_until_saved(tab)
            assert stored_text(site) == written.strip()
            tab.locator("#id_body_en").fill(f"{written} Saved by nobody.")
            # In the middle of a save.
            tab.evaluate("document.querySelector('[name=_continue]').click()")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        tab.locator(".save-failure, .save-message").filter(has_text=re.compile("Not saved|Saved")).first.wait_for()
        assert tab.locator("#id_body_en").input_value() == f"{written} Saved by nobody."


def test_text_stays_in_the_form_when_the_disk_is_full(open_tab, tmp_path):
    copy_prepared_site(tmp_path, "--sample")
    with own_site(tmp_path, WORKERS="1") as (site, process):
        tab = open_tab(site)
        open_language_tab(tab, site, "en")
        for number in range(TRIES):
            written = append_text(tab, "en", f"Full {number}.")
            with full_disk(process.pid):
                save_and_fail(tab, "The database of the site does not answer or cannot be written.", written)
            tab.get_by_role("button", name="Try again").click()
            wait_until_saved(tab)
            assert stored_text(site) == written.strip()


@pytest.fixture(scope="module")
def people_site(start_site):
    """Return a site with an editor, Anna, next to the superuser."""
    site = start_site()
    run(
        site,
        "from django.contrib.auth import get_user_model; from django.contrib.auth.models import Group;"
        f"anna = get_user_model().objects.create_user('anna', password='{PASSWORD}', first_name='Anna', is_staff=True);"
        "anna.groups.add(Group.objects.get(name='Editors'))",
    )
    return site


def run(site, code: str) -> None:
    site.manage("shell", "-v0", "-c", code)


def log_in_as_anna(tab, site) -> None:
    tab.goto(f"{site.url}/admin/login/")
    tab.fill("#id_username", "anna")
    tab.fill("#id_password", PASSWORD)
    tab.press("#id_password", "Enter")
    tab.get_by_text("Welcome").first.wait_for()


@pytest.fixture
def anna_tab(open_browser, people_site):
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    log_in_as_anna(tab, people_site)
    return tab


def test_save_after_the_session_expired_links_to_the_login_and_succeeds_after_it(anna_tab, people_site):
    tab, site = anna_tab, people_site
    open_language_tab(tab, site, "en")
    for number in range(TRIES):
        written = append_text(tab, "en", f"Expired {number}.")
        forget_sessions(site)
        save_and_fail(tab, "You are no longer logged in.", written)
        tab.get_by_role("button", name="Try again").click()
        failure(tab).get_by_text("You are no longer logged in.").wait_for()
        with tab.context.expect_page() as opened:
            failure(tab).get_by_role("link", name="Log in in another tab").click()
        log_in_as_anna(opened.value, site)
        opened.value.close()
        tab.get_by_role("button", name="Try again").click()
        wait_until_saved(tab)
        assert stored_text(site) == written.strip()


GIVE = (
    "from django.contrib.auth import get_user_model; from django.contrib.auth.models import Group;"
    "get_user_model().objects.get(username='anna').groups.set(Group.objects.filter(name='{}'))"
)


def test_save_after_the_right_was_lost_says_so(anna_tab, people_site):
    tab, site = anna_tab, people_site
    open_language_tab(tab, site, "en")
    before = stored_text(site)
    written = append_text(tab, "en", "Right lost.")
    run(site, GIVE.format("Translators: ru"))
    save_and_fail(tab, "You no longer have permission to do this.", written)
    run(site, GIVE.format("Reviewers"))
    save_and_fail(tab, "You no longer have permission to do this.", written)
    assert stored_text(site) == before
    run(site, GIVE.format("Editors"))
    tab.get_by_role("button", name="Try again").click()
    wait_until_saved(tab)
    assert stored_text(site) == written.strip()


def test_save_of_a_deleted_page_says_so(open_tab, site):
    run(
        site,
        "from pages.publishing.actors import system_actor; from pages.publishing.page_tree import create_page;"
        "create_page(slug='doomed', parent=None, source_language='en', by=system_actor('Ann'))",
    )
    tab = open_tab()
    tab.goto(f"{site.url}/admin/pages/page/")
    tab.locator("#result_list tbody tr", has_text="/doomed/").locator("th a").first.click()
    tab.fill("#id_title_en", "Doomed")
    written = append_text(tab, "en", "Long text.")
    run(site, "from pages.models import Page; Page.objects.get(path='doomed').delete()")
    save_and_fail(tab, "This page no longer exists: somebody deleted it.", written)


def test_conflict_is_shown_in_the_form_as_before(open_tab, site):
    forget_texts(site)
    tab = open_tab()
    open_language_tab(tab, site, "en")
    mine = append_text(tab, "en", "Mine.")
    save_as_other_editor(site, "en", "Theirs.")
    with expect_next_content(tab):
        tab.locator("#id_body_en").press("Control+s")
    tab.get_by_role("heading", name="English: edit conflict with Bea").wait_for()
    assert tab.locator("#id_body_en").input_value() == mine
    # The text was kept on the server before the form was sent.
    assert any("Mine." in text for text in kept_texts(site))
    save_draft(tab)
    wait_until_saved(tab)
    assert tab.locator(".conflict, .errornote").count() == 0
    assert stored_text(site) == mine.strip()
    assert kept_texts(site) == []


def test_unsaved_text_is_kept_every_half_minute_if_something_changed(open_tab, site):
    forget_texts(site)
    tab = open_tab()
    tab.clock.install()
    posted = []
    tab.on("request", lambda request: posted.append(request.post_data) if "editing-session" in request.url else None)
    with tab.expect_response("**/editing-session/"):
        open_language_tab(tab, site, "ru")
    before, state = stored_text(site, "ru"), site_state(site)
    append_text(tab, "ru", "Сохранено само.")
    with tab.expect_response("**/editing-session/"):
        tab.clock.run_for(30_000)
    (kept,) = kept_texts(site)
    assert "\\u0421\\u043e\\u0445\\u0440\\u0430\\u043d\\u0435\\u043d\\u043e" in kept
    # Nothing has changed since, so only the presence is sent, once in a minute.
    sent = len(posted)
    tab.clock.run_for(30_000)
    with tab.expect_response("**/editing-session/"):
        tab.clock.run_for(30_000)
    assert len(posted) == sent + 1
    assert "body_ru" not in posted[-1]
    assert (stored_text(site, "ru"), site_state(site)) == (before, state)
    forget_texts(site)


def site_state(site) -> tuple:
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=10)) as database:
        return database.execute("SELECT value, changed_at, last_record FROM pages_sitecounter").fetchone()


def test_text_of_a_closed_tab_is_offered_restored_and_saved(open_tab, site):
    forget_texts(site)
    tab = open_tab()
    open_language_tab(tab, site, "en")
    written = append_text(tab, "en", "Not saved by me.")
    hide(tab)
    tab.close(run_before_unload=False)
    again = open_tab()
    open_language_tab(again, site, "en")
    offer = again.locator(".unsaved-text")
    assert re.match(r"Unsaved text from \d\d:\d\d: English\.", offer.inner_text())
    with expect_next_content(again):
        offer.get_by_role("link", name="Restore").click()
    again.get_by_text("is in the form below, and not saved yet: English.").wait_for()
    assert again.locator("#id_body_en").input_value() == written.rstrip()
    assert again.get_by_role("tab", name=re.compile("English.*not saved")).count() == 1
    save_draft(again)
    wait_until_saved(again)
    assert again.get_by_text("and not saved yet").count() == 0
    assert stored_text(site) == written.strip()
    assert kept_texts(site) == []


def test_unsaved_text_can_be_restored_and_discarded_without_script(open_tab, open_browser, site):
    forget_texts(site)
    scripted = open_tab()
    open_language_tab(scripted, site, "en")
    for number in range(2):
        append_text(scripted, "en", f"Without script {number}.")
        hide(scripted)
        tab = open_browser(java_script_enabled=False, locale="en-US").new_page()
        log_in(tab, site)
        tab.goto(f"{site.url}/admin/pages/page/1/change/")
        if number:
            tab.get_by_role("link", name="Restore").click()
            assert "Without script 1." in tab.locator("#id_body_en").input_value()
            save_draft(tab)
            tab.locator(".messagelist").get_by_text("Saved as a draft").wait_for()
            assert "Without script 1." in stored_text(site)
        else:
            tab.get_by_role("button", name="Discard").click()
            tab.get_by_text("The unsaved text was discarded.").wait_for()
        assert tab.locator(".unsaved-text").count() == 0


def test_discarding_leaves_the_form_as_it_is(open_tab, site):
    forget_texts(site)
    first = open_tab()
    open_language_tab(first, site, "ru")
    append_text(first, "ru", "Лишнее.")
    hide(first, "ru")
    tab = open_tab()
    open_language_tab(tab, site, "ru")
    typed = append_text(tab, "ru", "Нужное.")
    tab.get_by_role("button", name="Discard").click()
    tab.locator(".unsaved-text").wait_for(state="detached")
    assert tab.locator("#id_body_ru").input_value() == typed
    assert kept_texts(site) == []


def test_people_see_who_else_has_the_page_open(open_tab, anna_tab, people_site):
    with anna_tab.expect_response("**/editing-session/"):
        open_language_tab(anna_tab, people_site, "en")
    anna_tab.locator(".editing-presence").wait_for(state="hidden")
    tab = open_tab(people_site)
    with tab.expect_response("**/editing-session/"):
        open_language_tab(tab, people_site, "en")
    tab.get_by_text("Anna has this page open.").wait_for()


def test_failure_to_keep_a_text_is_shown_until_it_is_kept(open_tab, site):
    tab = open_tab()
    tab.clock.install()
    with tab.expect_response("**/editing-session/"):
        open_language_tab(tab, site, "en")
    append_text(tab, "en", "Offline.")
    tab.context.set_offline(True)
    tab.clock.run_for(30_000)
    failure(tab).get_by_text("The site cannot be reached.").wait_for()
    assert not failure(tab).inner_text().startswith("Not saved.")
    tab.context.set_offline(False)
    tab.clock.run_for(30_000)
    failure(tab).get_by_text("The site cannot be reached.").wait_for(state="detached")
    forget_texts(site)
