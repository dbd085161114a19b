"""The form of a page in a browser: how close its text and its buttons are, its menu, and the live preview."""

import re

import pytest

from tests.browser.conftest import log_in

FORM = "/admin/pages/page/1/change/"
MAX_TABS = 8
SHOWS_HEADING = """([preview, index]) => {
    const edge = preview.querySelectorAll("h2")[index]?.getBoundingClientRect().top;
    const shown = preview.getBoundingClientRect();
    return edge >= shown.top && edge <= shown.bottom; }"""


@pytest.fixture(scope="module")
def site(start_site):
    return start_site()


@pytest.fixture
def open_form(open_browser, site):
    """Return a function that opens the form of the sample page with a tab, in a logged-in browser tab."""

    def open_tab(language: str = "en", *, width: int = 1300, **options):
        tab = open_browser(viewport={"width": width, "height": 800}, locale="en-US", **options).new_page()
        log_in(tab, site)
        tab.goto(f"{site.url}{FORM}#tab={language}")
        tab.locator(f"#id_body_{language}").wait_for()
        return tab

    return open_tab


@pytest.mark.parametrize("language", ["en", "ru"])
def test_text_is_reached_with_few_tabs(open_form, language):
    tab = open_form(language)
    for _ in range(MAX_TABS):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent") == "Skip to the text":
            tab.keyboard.press("Enter")
        if tab.evaluate("document.activeElement.id") == f"id_body_{language}":
            return
    raise AssertionError(f"the text is not reached with {MAX_TABS} Tabs")


def test_link_to_the_text_works_without_script(open_form):
    tab = open_form(java_script_enabled=False)
    # Not from the language that the address names: there, the link has been passed.
    tab.goto(tab.url.partition("#")[0])
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.insert_text("Typed. ")
    assert tab.locator("#id_body_en").input_value().count("Typed. ") == 1


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("y", [0, 1000])
def test_save_and_publish_are_visible_wherever_the_form_is_scrolled(open_form, width, y):
    tab = open_form(width=width)
    tab.evaluate("y => scrollTo(0, y)", y)
    for name in ("Save draft", "Save and publish…"):
        box = tab.get_by_role("button", name=name).bounding_box()
        assert 0 <= box["y"] <= 800 - box["height"]


def test_buttons_do_not_cover_the_focused_field(open_form):
    tab = open_form()
    tab.locator("#id_body_en").focus()
    for _ in range(4):
        tab.keyboard.press("Tab")
        field = tab.evaluate("document.activeElement.getBoundingClientRect().bottom")
        bar = tab.evaluate("document.querySelector('.submit-row').getBoundingClientRect().top")
        is_in_bar = tab.evaluate("document.activeElement.closest('.submit-row') !== null")
        assert is_in_bar or field <= bar or tab.evaluate("document.activeElement.offsetHeight") > 400


def test_preview_opens_in_the_language_of_the_tab(open_form, site):
    tab = open_form("ru")
    tab.get_by_role("link", name="Preview").click()
    tab.wait_for_url("**/preview/ru/")
    tab.get_by_role("link", name="Edit").click()
    tab.locator("#id_body_ru").wait_for()
    tab.get_by_role("tab", name=re.compile("English")).click()
    tab.get_by_role("link", name="Preview").click()
    tab.wait_for_url("**/preview/en/")


def test_live_preview_follows_the_cursor_and_the_scrolled_text(open_form):
    tab = open_form()
    preview = tab.locator(".language-tab-en .markdownx-preview")
    preview.locator("h2").first.wait_for()
    headings = preview.locator("h2").count()
    editor = tab.locator("#id_body_en")
    for index in (headings - 1, 0):
        title = preview.locator("h2").nth(index).inner_text()
        editor.evaluate("(field, at) => field.setSelectionRange(at, at)", editor.input_value().index(f"## {title}") + 3)
        editor.press("ArrowRight")
        # In one step: the preview can be replaced at any time.
        tab.wait_for_function(SHOWS_HEADING, arg=[preview.element_handle(), index])
    # Right after typing, the cursor counts.
    tab.wait_for_timeout(400)
    editor.evaluate("field => field.scrollTo(0, field.scrollHeight)")
    is_at_end = (
        "preview => preview.scrollTop > 0 && preview.scrollTop + preview.clientHeight >= preview.scrollHeight - 2"
    )
    tab.wait_for_function(is_at_end, arg=preview.element_handle())
    # So does the scrolled text, when the preview of what was typed before arrives only now.
    preview.evaluate("preview => { preview.scrollTop = 0; preview.replaceChildren(...preview.childNodes); }")
    tab.wait_for_function(is_at_end, arg=preview.element_handle())


def test_each_page_has_one_main_button(open_form, site):
    tab = open_form()
    buttons = tab.locator(":is(.button, input[type=submit]).default:visible")
    for view, name in (("change", "Save draft"), ("history", "Publish…"), ("move", "Move"), ("withdraw", "Withdraw")):
        tab.goto(f"{site.url}/admin/pages/page/1/{view}/")
        assert [button.get_attribute("value") or button.inner_text() for button in buttons.all()] == [name]


def test_menu_opens_without_script(open_form):
    tab = open_form(java_script_enabled=False)
    tab.locator(".page-menu summary").press("Enter")
    tab.get_by_role("link", name="Withdraw…").click()
    tab.get_by_role("heading", name="Withdraw").wait_for()


def test_menu_closes_with_escape_and_with_a_click_elsewhere(open_form):
    tab = open_form()
    summary, link = tab.locator(".page-menu summary"), tab.get_by_role("link", name="Move…")
    summary.click()
    link.press("Escape")
    assert not link.is_visible()
    assert summary.evaluate("summary => summary === document.activeElement")
    summary.click()
    tab.get_by_role("heading", level=1).click()
    assert not link.is_visible()


def test_preview_that_was_replaced_by_another_one_follows(open_form):
    tab, answers = open_form(), []

    def answer(route):
        answers.append(route.request.post_data)
        replaced = "<p data-replaced>Another preview is being rendered.</p>"
        route.fulfill(body=replaced if len(answers) < 3 else "<p>Rendered at last.</p>", content_type="text/html")

    tab.route("**/admin/pages/page/preview/**", answer)
    tab.fill("#id_body_en", "Typed.")
    tab.locator("fieldset:not([hidden]) .markdownx-preview").get_by_text("Rendered at last.").wait_for()
    assert len(answers) == 3
    assert all("Typed." in posted for posted in answers)
