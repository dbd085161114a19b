"""An editor's walk: write, preview, publish; and what readers see after each step."""

import re

import pytest

from tests.browser.conftest import log_in

# One worker takes them all: the site is started once.
pytestmark = pytest.mark.xdist_group("editing")


@pytest.fixture(scope="module")
def site(start_site):
    """Return a site with the starter content."""
    return start_site()


@pytest.fixture
def tab(open_browser, site):
    """Return a tab in which the editor is logged in; whatever the console reports fails the test."""
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    reports = []
    tab.on("console", lambda message: reports.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: reports.append(str(error)))
    log_in(tab, site)
    yield tab
    assert not reports


def open_page(tab, site) -> None:
    tab.goto(f"{site.url}/admin/pages/page/")
    tab.click("#result_list tbody th a")


def dates(tab, site) -> dict[str, str]:
    """Return each language's last-updated date as readers see it."""
    found = {}
    for language, address in {"en": "/privacy-policy/", "ru": "/ru/privacy-policy/"}.items():
        tab.goto(site.url + address)
        found[language] = tab.get_attribute(".last-updated", "datetime")
    return found


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


def test_a_major_edit_of_russian_moves_its_date_alone_and_a_minor_one_none(tab, site):
    before = dates(tab, site)
    rewrite_russian(tab, site, "Такой документ", "Подобный документ")
    tab.get_by_label(re.compile("Yes:")).check()
    tab.fill("#id_note_ru", "Первое слово заменено.")
    tab.get_by_role("button", name="Publish").click()
    tab.locator(".messagelist").get_by_text("is published").wait_for()
    after = dates(tab, site)
    assert after["en"] == before["en"]
    assert after["ru"] > before["ru"]
    assert "Подобный документ" in tab.inner_text("article")

    rewrite_russian(tab, site, "Подобный документ", "Этот документ")
    tab.get_by_label(re.compile("No:")).check()
    tab.get_by_role("button", name="Publish").click()
    tab.locator(".messagelist").get_by_text("is published").wait_for()
    assert dates(tab, site) == after
    assert "Этот документ" in tab.inner_text("article")
    tab.goto(f"{site.url}/ru/privacy-policy/history/")
    assert "Первое слово заменено." in tab.inner_text("main")
    assert "The history holds: 4 record(s)" in site.manage("verify_history")


def test_the_tabs_follow_the_keyboard_and_tab_leaves_the_editor(tab, site):
    open_page(tab, site)
    english, russian = tab.get_by_role("tab", name="English"), tab.get_by_role("tab", name="Русский")
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


def test_the_tab_with_an_error_opens(tab, site):
    open_page(tab, site)
    tab.get_by_role("tab", name="Русский").click()
    tab.fill("#id_title_ru", "")
    tab.get_by_role("tab", name="English").click()
    tab.click("[name=_continue]")
    assert tab.get_by_role("tab", name=re.compile("Русский")).get_attribute("aria-selected") == "true"
    assert "A text needs a title." in tab.inner_text("main")


def test_editor_and_preview_stand_side_by_side(tab, site):
    open_page(tab, site)
    tab.get_by_role("tablist").wait_for()
    editor = tab.locator("fieldset:not([hidden]) .markdownx-editor").bounding_box()
    preview = tab.locator("fieldset:not([hidden]) .markdownx-preview").bounding_box()
    assert preview["x"] > editor["x"] + editor["width"]
    assert abs(preview["y"] - editor["y"]) < 2


def test_without_script_every_language_can_be_edited(open_browser, site):
    tab = open_browser(java_script_enabled=False).new_page()
    log_in(tab, site)
    open_page(tab, site)
    assert tab.locator("#id_body_en").is_visible()
    assert tab.locator("#id_body_ru").is_visible()


def test_the_editors_cookies_never_reach_a_public_page(tab, site):
    sent = []
    tab.on("request", lambda request: sent.append((request.url, request.all_headers().get("cookie"))))
    tab.goto(f"{site.url}/privacy-policy/")
    assert sent
    assert not [url for url, cookie in sent if cookie]
    assert tab.evaluate("document.cookie") == ""


def test_arabic_is_one_setting_away(open_browser, arabic_site):
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
    tab.fill("#id_note_ar", "ترجمة.")
    tab.get_by_role("button", name="Publish").click()
    tab.locator(".messagelist").get_by_text("is published").wait_for()
    tab.goto(f"{site.url}/ar/privacy-policy/")
    assert tab.locator("article").get_attribute("dir") == "rtl"
    assert "نص." in tab.inner_text("article")
