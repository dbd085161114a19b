"""Editing in a browser: language tabs, previews, conflicts, lost sessions, and what readers see after publishing."""

import re

import pytest

from tests.browser.conftest import expect_next_content, forget_sessions, log_in, logged_in_tabs


@pytest.fixture(scope="module")
def site(start_site):
    return start_site()


@pytest.fixture
def tab(open_browser, site):
    """Return a logged-in tab; an error in the browser's console fails the test."""
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    reports = []
    tab.on("console", lambda message: reports.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: reports.append(str(error)))
    log_in(tab, site)
    yield tab
    assert not reports


def open_page(tab, site) -> None:
    tab.goto(f"{site.url}/admin/pages/page/")
    # Other tests of the site add pages of their own.
    tab.locator("#result_list tbody tr", has_text="/privacy-policy/").locator("th a").first.click()


def last_updated_dates(tab, site) -> dict[str, str]:
    """Return the last-updated date that readers see, by language."""
    last_updated = {}
    for language, path in {"en": "/privacy-policy/", "ru": "/ru/privacy-policy/"}.items():
        tab.goto(site.url + path)
        last_updated[language] = tab.get_attribute(".last-updated", "datetime")
    return last_updated


def rewrite_russian(tab, site, old: str, new: str) -> None:
    open_page(tab, site)
    tab.get_by_role("tab", name="Русский").click()
    editor = tab.locator("#id_body_ru")
    preview = tab.locator("fieldset:not([hidden]) .markdownx-preview")
    text = editor.input_value()
    assert old in text
    editor.fill(text.replace(old, new, 1))
    preview.get_by_text(new).first.wait_for()
    tab.click("[name=_publish]")


def test_major_change_of_russian_updates_only_its_date_and_a_minor_change_none(tab, site):
    before = last_updated_dates(tab, site)
    rewrite_russian(tab, site, "Такой документ", "Подобный документ")
    tab.get_by_label(re.compile("Yes, a major change")).check()
    tab.fill("#id_note_ru", "Первое слово заменено.")
    tab.get_by_role("button", name="Publish").click()
    tab.locator(".messagelist").get_by_text("is published").wait_for()
    after = last_updated_dates(tab, site)
    assert after["en"] == before["en"]
    assert after["ru"] > before["ru"]
    assert "Подобный документ" in tab.inner_text("article")

    rewrite_russian(tab, site, "Подобный документ", "Этот документ")
    tab.get_by_label(re.compile("No, a minor change")).check()
    tab.get_by_role("button", name="Publish").click()
    tab.locator(".messagelist").get_by_text("is published").wait_for()
    assert last_updated_dates(tab, site) == after
    assert "Этот документ" in tab.inner_text("article")
    tab.goto(f"{site.url}/ru/privacy-policy/history/")
    assert "Первое слово заменено." in tab.inner_text("main")
    # The start of the site, two versions of the sample, and two of this test.
    assert "The history is valid: 5 record(s)" in site.manage("verify_history")


def test_arrow_keys_select_tabs_and_the_tab_key_leaves_the_editor(tab, site):
    open_page(tab, site)
    english, russian = (tab.get_by_role("tab", name=re.compile(name)) for name in ("English", "Русский"))
    english.click()
    tab.keyboard.press("ArrowRight")
    assert russian.get_attribute("aria-selected") == "true"
    assert tab.locator("#id_body_ru").is_visible()
    assert not tab.locator("#id_body_en").is_visible()
    tab.locator("#id_body_ru").focus()
    before = tab.locator("#id_body_ru").input_value()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") != "id_body_ru"
    assert tab.locator("#id_body_ru").input_value() == before


def test_tab_with_an_error_is_selected(tab, site):
    open_page(tab, site)
    tab.get_by_role("tab", name="Русский").click()
    tab.fill("#id_title_ru", "")
    tab.get_by_role("tab", name="English").click()
    tab.click("[name=_continue]")
    tab.get_by_text("A text needs a title.").wait_for()
    assert tab.get_by_role("tab", name=re.compile("Русский")).get_attribute("aria-selected") == "true"


def test_editor_and_preview_are_side_by_side(tab, site):
    open_page(tab, site)
    tab.get_by_role("tablist").wait_for()
    editor = tab.locator("fieldset:not([hidden]) .markdownx-editor").bounding_box()
    preview = tab.locator("fieldset:not([hidden]) .markdownx-preview").bounding_box()
    assert preview["x"] > editor["x"] + editor["width"]
    assert abs(preview["y"] - editor["y"]) < 2


def test_every_language_can_be_edited_without_script(open_browser, site):
    tab = open_browser(java_script_enabled=False).new_page()
    log_in(tab, site)
    open_page(tab, site)
    assert tab.locator("#id_body_en").is_visible()
    assert tab.locator("#id_body_ru").is_visible()


def test_cookies_of_editors_are_not_sent_to_public_pages(tab, site):
    sent = []
    tab.on("request", lambda request: sent.append((request.url, request.all_headers().get("cookie"))))
    tab.goto(f"{site.url}/privacy-policy/")
    assert sent
    assert not [url for url, cookie in sent if cookie]
    assert tab.evaluate("document.cookie") == ""


def test_arabic_is_served_by_settings(open_browser, arabic_site):
    site = arabic_site
    tab = open_browser().new_page()
    tab.goto(f"{site.url}/ar/privacy-policy/")
    assert tab.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    assert tab.locator("article").get_attribute("lang") == "en"
    assert tab.locator("article").get_attribute("dir") == "ltr"
    assert tab.locator("[data-status=missing]").is_visible()
    log_in(tab, site)
    open_page(tab, site)
    tab.get_by_role("tab").nth(2).click()
    assert tab.locator("#id_body_ar").get_attribute("dir") == "rtl"
    tab.fill("#id_title_ar", "سياسة")
    tab.fill("#id_body_ar", "نص.")
    tab.click("[name=_publish]")
    tab.locator("#id_note_ar").wait_for(state="attached")
    # The note is folded if another test of this site has left a draft in the source language.
    if not tab.locator("#id_note_ar").is_visible():
        tab.locator("details", has=tab.locator("#id_note_ar")).locator("summary", has_text="Change note").last.click()
    tab.fill("#id_note_ar", "ترجمة.")
    # Other tests of this site may have left drafts in other languages. Then the form asks for their significance.
    if tab.locator("[name=significance]").count():
        tab.locator("[name=significance][value=minor]").check()
    tab.get_by_role("button", name="Publish").click()
    tab.locator(".messagelist").get_by_text("is published").wait_for()
    tab.goto(f"{site.url}/ar/privacy-policy/")
    assert tab.locator("article").get_attribute("dir") == "rtl"
    assert "نص." in tab.inner_text("article")


@pytest.fixture(scope="module")
def drafts_site(start_site):
    """Return a site whose drafts the tests may change."""
    return start_site()


@pytest.fixture
def open_tab(open_browser, drafts_site):
    with logged_in_tabs(open_browser, drafts_site) as open_logged_in:
        yield open_logged_in


def open_language_tab(tab, site, language: str) -> None:
    """Open the form of the sample page with the tab of a language."""
    # If only the fragment changed, the browser would not load the page again.
    tab.goto("about:blank")
    tab.goto(f"{site.url}/admin/pages/page/1/change/#tab={language}")
    tab.locator(f"#id_body_{language}").wait_for()


def append_text(tab, language: str, text: str) -> str:
    """Append to the text of a language, and return the whole."""
    editor = tab.locator(f"#id_body_{language}")
    editor.fill(f"{editor.input_value().rstrip()} {text}")
    return editor.input_value()


def save_draft(tab) -> None:
    tab.get_by_role("button", name="Save draft", exact=True).click()


def send_as_form(tab) -> None:
    """Send the form as a browser does without the script that saves in the background."""
    tab.evaluate(
        """() => { const form = document.querySelector("#page_form"); const button = document.createElement("input");
        Object.assign(button, { type: "hidden", name: "_continue" }); form.append(button); form.submit(); }"""
    )


def wait_until_saved(tab, text: str = "as a draft. Readers do not see it yet") -> None:
    tab.locator(".save-message").filter(has_text=text).wait_for()


def save_as_other_editor(site, language: str, text: str) -> None:
    """Append to the stored draft of a language as another editor, Bea."""
    site.manage(
        "shell",
        "-v0",
        "-c",
        "from dataclasses import replace; from django.utils import timezone; from pages.models import Page;"
        "from pages.publishing.actors import system_actor;"
        "from pages.publishing.drafts import save_draft;"
        f"page = Page.objects.get(pk=1); old = page.revisions.drafts().get(language='{language}').fields;"
        f"new = replace(old, body=old.body + ' {text}');"
        f"save_draft(page, {{'{language}': new}}, by=system_actor('Bea'), now=timezone.now())",
    )


def test_home_and_end_keys_select_tabs_and_badges_have_labels(tab, site):
    open_language_tab(tab, site, "en")
    tab.get_by_role("tab", name=re.compile("English")).focus()
    tab.keyboard.press("End")
    russian = tab.get_by_role("tab", name=re.compile("Русский"))
    assert russian.get_attribute("aria-selected") == "true"
    assert tab.evaluate("document.activeElement.id") == russian.get_attribute("id")
    tab.keyboard.press("Home")
    assert tab.locator("#id_body_en").is_visible()
    assert tab.get_by_role("tabpanel").count() == 1
    before = tab.locator("#id_body_en").input_value()
    append_text(tab, "en", "More.")
    english = tab.get_by_role("tab", name=re.compile(r"English.*not saved"))
    english.wait_for()
    tab.fill("#id_body_en", before)
    assert tab.get_by_role("tab", name="not saved").count() == 0


def test_tab_bar_never_covers_the_focused_field(tab, site):
    open_language_tab(tab, site, "en")
    tab.set_viewport_size({"width": 390, "height": 500})
    tab.locator("#id_weight").focus()
    for _ in range(3):
        tab.keyboard.press("Shift+Tab")
        overlap = tab.evaluate(
            """() => { const bar = document.querySelector(".language-tabs").getBoundingClientRect();
            const field = document.activeElement.getBoundingClientRect(); return field.top - bar.bottom; }"""
        )
        assert overlap >= 0 or tab.evaluate("document.activeElement.offsetHeight") > 400
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_preview_has_the_styles_of_the_public_page(tab, site):
    styles_of = """selector => { const style = getComputedStyle(document.querySelector(selector));
        return [style.fontFamily, style.fontWeight, style.color, style.lineHeight, style.marginTop]; }"""
    tab.goto(f"{site.url}/privacy-policy/")
    readers = tab.evaluate(styles_of, "article h2")
    open_language_tab(tab, site, "en")
    tab.locator(".markdownx-preview h2").first.wait_for()
    editors = tab.evaluate(styles_of, ".markdownx-preview h2")
    # Sizes differ: the text of the public page is larger by one sixteenth.
    assert editors[:3] == readers[:3]


def test_lists_in_the_changes_to_publish_look_like_lists(open_tab, drafts_site):
    tab = open_tab()
    open_page(tab, drafts_site)
    editor = tab.locator("#id_body_en")
    text = editor.input_value()
    editor.fill(f"{text}\n\n- an item\n\n1. a step\n\n- [ ] a task\n")
    tab.click("[name=_publish]")
    style = """element => [
        getComputedStyle(element.parentElement).marginInlineStart, getComputedStyle(element).listStyleType]"""
    for item, mark in (("an item", "disc"), ("a step", "decimal"), ("a task", "none")):
        found = tab.locator(".comparison li", has_text=item).last
        assert found.evaluate(style) == ["0px", mark]


def test_leaving_with_unsaved_changes_asks_first(open_tab, drafts_site):
    tab = open_tab()
    dialogs = []
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    open_language_tab(tab, drafts_site, "en")
    tab.get_by_role("link", name="Home").click()
    tab.wait_for_url("**/admin/")
    assert dialogs == []
    open_language_tab(tab, drafts_site, "en")
    tab.locator("#id_body_en").press_sequentially("x")
    tab.get_by_role("link", name="Home").click()
    tab.wait_for_url("**/admin/")
    assert dialogs == ["beforeunload"]
    open_language_tab(tab, drafts_site, "en")
    tab.locator("#id_description_en").press_sequentially("x")
    save_draft(tab)
    wait_until_saved(tab)
    assert dialogs == ["beforeunload"]


def test_submission_of_an_expired_session_is_saved_after_the_next_login(open_tab, drafts_site):
    tab = open_tab()
    open_language_tab(tab, drafts_site, "ru")
    written = append_text(tab, "ru", "Набрано до конца сеанса.")
    forget_sessions(drafts_site)
    send_as_form(tab)
    tab.get_by_text("You are no longer logged in").wait_for()
    assert tab.locator("#sent-body_ru").input_value().replace("\r", "") == written
    tab.get_by_role("button", name="Send again").click()
    tab.get_by_text("You are still not logged in").wait_for()
    with tab.context.expect_page() as opened:
        tab.get_by_role("link", name="Log in in another tab").click()
    log_in(opened.value, drafts_site)
    tab.get_by_role("button", name="Send again").click()
    tab.locator(".messagelist").get_by_text("Readers do not see it yet: Russian.").wait_for()
    assert tab.locator("#id_body_ru").input_value() == written


def test_expired_session_without_script_takes_one_more_step(open_browser, drafts_site):
    tab = open_browser(java_script_enabled=False, locale="en-US").new_page()
    log_in(tab, drafts_site)
    tab.goto(f"{drafts_site.url}/admin/pages/page/1/change/")
    written = append_text(tab, "ru", "Без скриптов.")
    forget_sessions(drafts_site)
    save_draft(tab)
    log_in(tab.context.new_page(), drafts_site)
    tab.get_by_role("button", name="Send again").click()
    tab.get_by_text("You have logged in again").wait_for()
    tab.get_by_role("button", name="Send again").click()
    tab.locator(".messagelist").get_by_text("Readers do not see it yet: Russian.").wait_for()
    assert tab.locator("#id_body_ru").input_value() == written


def test_edit_conflict_shows_both_texts_and_mine_can_be_kept(open_tab, drafts_site):
    first, second = open_tab(), open_tab()
    open_language_tab(first, drafts_site, "en")
    open_language_tab(second, drafts_site, "en")
    append_text(first, "en", "Theirs.")
    save_draft(first)
    wait_until_saved(first)
    mine = append_text(second, "en", "Mine.")
    with expect_next_content(second):
        save_draft(second)
    second.get_by_role("heading", name="English: saved in another tab as well").wait_for()
    assert "Theirs" in second.inner_text(".conflict del")
    assert "Mine" in second.inner_text(".conflict ins")
    assert second.locator("#id_body_en").input_value() == mine
    second.get_by_label("Keep the text in this form and replace the other one").check()
    save_draft(second)
    wait_until_saved(second)
    assert second.locator("#id_body_en").input_value() == mine


def test_their_text_can_be_chosen_after_an_edit_conflict(open_tab, drafts_site):
    tab = open_tab()
    open_language_tab(tab, drafts_site, "en")
    append_text(tab, "en", "Replaced.")
    save_as_other_editor(drafts_site, "en", "Taken over.")
    with expect_next_content(tab):
        save_draft(tab)
    tab.get_by_label("Use the other text and discard the one in this form").check()
    save_draft(tab)
    wait_until_saved(tab, "Nothing was changed")
    assert tab.locator(".conflict, .errornote, .errorlist").count() == 0
    assert "Taken over." in tab.locator("#id_body_en").input_value()
    assert "Replaced." not in tab.locator("#id_body_en").input_value()


def test_source_text_opens_next_to_the_translation(tab, site):
    open_language_tab(tab, site, "ru")
    requests = []
    tab.on("request", lambda request: requests.append(request.url) if "/translation-source/" in request.url else None)
    assert requests == []
    tab.get_by_text("The source text and its changes").locator("visible=true").click()
    pane = tab.locator(".language-tab-ru .translation-source-pane")
    pane.get_by_role("heading", name=re.compile("The source text of version")).wait_for()
    assert len(requests) == 1
    assert "Collection of Information" in pane.inner_text()
    editor, source = tab.locator("#id_body_ru").bounding_box(), pane.bounding_box()
    assert source["x"] > editor["x"] + editor["width"]
    tab.get_by_role("tab", name=re.compile("English")).click()
    assert not pane.is_visible()


def test_source_text_is_a_separate_page_without_script(open_browser, site):
    tab = open_browser(java_script_enabled=False, locale="en-US").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/1/change/")
    tab.get_by_text("The source text and its changes").click()
    with tab.context.expect_page() as opened:
        tab.locator(".translation-source-pane a").click()
    assert "Collection of Information" in opened.value.inner_text("main")


def test_publisher_sees_the_new_version_at_once_although_the_browser_keeps_pages(open_browser, start_site):
    # A site of its own: other tests count its records.
    site = start_site()
    tab = open_browser(keeps_pages=True, locale="en-US").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/privacy-policy/")
    shown = [tab.get_by_text(re.compile(r"Version \d+")).first.inner_text()]
    for number in range(2):
        old, new = ("документ", "документ 0") if not number else (f"документ {number - 1}", f"документ {number}")
        rewrite_russian(tab, site, old, new)
        tab.get_by_label(re.compile("No, a minor change")).check()
        tab.get_by_role("button", name="Publish").click()
        tab.locator(".messagelist").get_by_text("is published").wait_for()
        open_page(tab, site)
        tab.locator(".page-menu summary").click()
        tab.get_by_role("link", name="View on site").click()
        assert tab.get_by_text(re.compile(r"Version \d+")).first.inner_text() not in shown
        shown.append(tab.get_by_text(re.compile(r"Version \d+")).first.inner_text())
