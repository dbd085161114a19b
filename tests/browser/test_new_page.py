"""The form of a new page in a browser: slug and starter text follow title and language, and nothing typed is lost."""

import pytest

from tests.browser.conftest import expect_next_content, log_in
from tests.browser.failures import answer_cut, database_locked, failure, network_cut


@pytest.fixture(scope="module")
def site(start_site):
    return start_site()


@pytest.fixture
def tab(open_browser, site):
    """Return a logged-in tab with the form; an error in the browser's console fails the test."""
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    reports = []
    tab.on("pageerror", lambda error: reports.append(str(error)))
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/add/")
    yield tab
    assert not reports


def value(tab, name: str) -> str:
    return tab.input_value(f"#id_{name}")


def test_slug_follows_the_title_of_the_source_language_until_somebody_types_one(tab):
    assert (value(tab, "title_en"), value(tab, "slug")) == ("New policy", "")
    tab.fill("#id_title_en", "What's new? Größe")
    assert value(tab, "slug") == "whats-new-grosse"
    tab.fill("#id_slug", "own")
    tab.fill("#id_title_en", "Something else")
    assert value(tab, "slug") == "own"


def test_starter_text_follows_the_source_language_until_somebody_types(tab):
    tab.select_option("#id_source_language", "ru")
    assert (value(tab, "title_en"), value(tab, "body_en"), value(tab, "title_ru")) == ("", "", "Новая политика")
    tab.get_by_role("tab", name="Русский").click()
    tab.fill("#id_title_ru", "Политика")
    assert value(tab, "slug") == "politika"
    tab.select_option("#id_source_language", "en")
    assert (value(tab, "title_ru"), value(tab, "title_en")) == ("Политика", "")


def test_home_page_has_no_slug(tab):
    tab.fill("#id_title_en", "Welcome")
    tab.check("#id_is_home")
    assert tab.is_disabled("#id_slug")
    assert value(tab, "slug") == ""
    tab.uncheck("#id_is_home")
    assert value(tab, "slug") == "welcome"


def has_text(response) -> bool:
    return "Typed+before+closing" in response.request.post_data


def test_text_of_a_closed_form_is_offered_and_can_be_saved_whatever_fails(tab, site):
    tab.fill("#id_title_en", "Kept")
    tab.fill("#id_body_en", "Typed before closing.")
    tab.fill("#id_slug", "kept-slug")
    with tab.expect_response(lambda response: "/add/editing-session/" in response.url and has_text(response)):
        # As if the tab was hidden, which it is before it is closed.
        tab.evaluate(
            "Object.defineProperty(document, 'hidden', {value: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.goto(f"{site.url}/admin/pages/page/add/")
    # Other tests of this site have left texts of their own.
    offer = tab.locator(".unsaved-text", has_text="Kept")
    with expect_next_content(tab):
        offer.get_by_role("link", name="Restore").click()
    tab.get_by_text("is in the form below, and not saved yet: English.").wait_for()
    assert (value(tab, "body_en"), value(tab, "slug")) == ("Typed before closing.", "kept-slug")
    # The slug that somebody chose stays.
    tab.fill("#id_title_en", "Kept text")
    assert value(tab, "slug") == "kept-slug"
    for fail in (network_cut, database_locked):
        with fail(tab, site) as sentence:
            tab.click("[name=_continue]")
            failure(tab).get_by_text(sentence).wait_for()
        assert value(tab, "body_en") == "Typed before closing."
    with answer_cut(tab, site, "**/add/*"):
        tab.get_by_role("button", name="Try again").click()
        failure(tab).get_by_text("The site cannot be reached.").wait_for()
    # The page exists now. What is typed since then is offered in its form.
    tab.fill("#id_body_en", "Typed before closing. Typed since.")
    tab.get_by_role("button", name="Try again").click()
    tab.wait_for_url("**/change/*")
    assert value(tab, "body_en") == "Typed before closing."
    tab.locator(".unsaved-text").get_by_role("link", name="Restore").click()
    tab.get_by_text("is in the form below, and not saved yet: English.").wait_for()
    assert value(tab, "body_en") == "Typed before closing. Typed since."
    tab.goto(f"{site.url}/admin/pages/page/add/")
    assert offer.count() == 0
