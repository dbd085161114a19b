"""From the translator to the publisher and back, with and without script."""

import pytest

from tests.browser.conftest import PASSWORD
from tests.browser.keyboard_user import create_users

GROUPS = {"editor": "Editors", "translator": "Translators: ru", "publisher": "Publishers"}
PAGE = "/admin/pages/page/1/"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def site(start_site):
    site = start_site()
    create_users(site, GROUPS)
    return site


@pytest.fixture
def tabs(request, site, open_browser):
    """Return a browser tab for each user, all with or all without script."""
    has_script = request.node.callspec.params["site"]
    tabs = {}
    for name in GROUPS:
        tab = open_browser(viewport={"width": 1300, "height": 900}, java_script_enabled=has_script).new_page()
        tab.goto(f"{site.url}/admin/login/")
        tab.fill("#id_username", name)
        tab.fill("#id_password", PASSWORD)
        tab.press("#id_password", "Enter")
        tab.locator("#user-tools").wait_for()
        tabs[name] = tab
    return tabs


def save(tab, site, language: str, old: str, new: str, button: str) -> None:
    tab.goto(f"{site.url}{PAGE}change/#tab={language}")
    field = tab.locator(f"#id_body_{language}")
    text = field.input_value()
    assert old in text
    field.fill(text.replace(old, new, 1))
    with tab.expect_navigation():
        tab.locator(button).first.click()


def mark_ready(tab) -> None:
    """Mark the text of the open page as ready for the first source text: the newest."""
    tab.locator("[name=source_digest]").first.check()
    tab.fill("#id_message", "Dates are checked.")
    tab.get_by_role("button", name="Mark as ready").click()
    tab.get_by_text("Marked as ready: Russian.").first.wait_for()


def test_translation_is_ready_sent_back_and_published_as_up_to_date(site, tabs):
    editor, translator, publisher = (tabs[name] for name in GROUPS)
    save(editor, site, "en", "everyday words", "plain words", "[name=_save]")
    save(translator, site, "ru", "Такой документ", "Этот документ", "[name=_ready]")
    # Without a script, a translator of one language is led to it all the same.
    assert translator.url.partition("#")[0] == f"{site.url}{PAGE}ready/ru/"
    mark_ready(translator)

    publisher.goto(f"{site.url}{PAGE}publish/")
    assert publisher.locator("#id_reflects_ru").is_checked()
    assert publisher.get_by_text("Dates are checked.").is_visible()
    publisher.get_by_role("link", name="Send back…").click()
    publisher.fill("#id_message", "The last section is missing.")
    publisher.get_by_role("button", name="Send back").click()
    publisher.get_by_text("Sent back: Russian.").wait_for()
    publisher.goto(f"{site.url}{PAGE}publish/")
    assert not publisher.locator("#id_reflects_ru").is_checked()

    translator.goto(f"{site.url}{PAGE}change/#tab=ru")
    translator.reload()
    assert translator.get_by_text("The last section is missing.").is_visible()
    translator.goto(f"{site.url}{PAGE}ready/ru/")
    mark_ready(translator)

    publisher.goto(f"{site.url}{PAGE}publish/")
    # The source text changes while the publisher reads.
    save(editor, site, "en", "plain words", "short words", "[name=_save]")
    publisher.locator("[name=significance][value=minor]").check()
    publish = publisher.locator(".publish-form input[type=submit].default")
    publish.click()
    publisher.get_by_text("This page was changed after you opened this form").wait_for()
    assert not publisher.locator("#id_reflects_ru").is_checked()

    # The changed text of the source stays at home: the mark is for the earlier one.
    save(editor, site, "en", "short words", "plain words", "[name=_save]")
    publisher.goto(f"{site.url}{PAGE}publish/")
    assert publisher.locator("#id_reflects_ru").is_checked()
    publisher.locator("[name=significance][value=minor]").check()
    publish.click()
    publisher.get_by_text("Version 3 is published:").wait_for()
    publisher.goto(f"{site.url}/ru/privacy-policy/")
    assert publisher.locator("[data-status=up-to-date]").count() == 1
