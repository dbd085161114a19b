"""Findings on the publish page, and their links to lines of the text."""

import pytest

from tests.browser.conftest import log_in

LINES = [f"Строка {number}." for number in range(1, 120)]
BODY = "\n\n".join([*LINES, "Хранится 14 дней, цена \u202e001, **сло **во.", *LINES[:20]])
# Every second line is empty.
LINE = 2 * len(LINES) + 1


@pytest.fixture(scope="module")
def site(start_site):
    site = start_site()
    site.manage(
        "shell",
        "-v0",
        "-c",
        "from django.utils import timezone; from pages.models import Page; from pages.text.fields import Fields;"
        "from pages.publishing.actors import system_actor; from pages.publishing.drafts import save_draft;"
        f"save_draft(Page.objects.get(pk=1), {{'ru': Fields(title='Политика', body={BODY!r})}},"
        "by=system_actor('Bea'), now=timezone.now())",
    )
    return site


def test_finding_leads_to_its_line_in_the_tab_of_the_language(open_browser, site):
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/1/publish/")
    finding = tab.locator(".findings li.error").first
    assert "Hidden characters change the order" in finding.inner_text()
    assert finding.get_by_text("Prevents publishing:").is_visible()
    finding.get_by_role("link", name=f"Line {LINE}").click()
    editor = tab.locator("#id_body_ru")
    editor.wait_for()
    tab.wait_for_function("document.activeElement.id === 'id_body_ru'")
    selected = editor.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert selected.startswith("Хранится 14 дней")
    # The line is within what the field shows.
    share = editor.evaluate("field => (field.scrollTop + field.clientHeight / 3) / field.scrollHeight")
    position = BODY.index("Хранится") / len(BODY)
    assert abs(share - position) < 0.1


def test_finding_leads_to_the_field_without_script(open_browser, site):
    tab = open_browser(java_script_enabled=False, viewport={"width": 390, "height": 800}, locale="ru-RU").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/1/publish/")
    tab.get_by_role("link", name=f"Строка {LINE}").first.click()
    assert tab.url.endswith(f"?line={LINE}#id_body_ru")
    assert tab.locator("#id_body_ru").is_visible()


def test_text_with_a_changed_direction_is_not_published(open_browser, site):
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/1/publish/")
    tab.locator("[name=significance]").first.check()
    tab.fill("[name=note_ru]", "Новый текст.")
    tab.get_by_role("button", name="Publish", exact=True).click()
    tab.get_by_text(f"Line {LINE}: Hidden characters change the order").first.wait_for()
