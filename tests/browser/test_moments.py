"""The button of the publish page follows the time that is typed, with the time zone of the site."""

import pytest

from tests.browser.conftest import log_in


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(TIME_ZONE="Europe/Berlin")


@pytest.fixture
def tab(open_browser, site):
    """Return a logged-in tab; an error in the page's scripts fails the test."""
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    reports = []
    tab.on("pageerror", lambda error: reports.append(str(error)))
    log_in(tab, site)
    yield tab
    assert not reports


def test_button_names_the_time_in_the_form_that_the_server_uses(tab, site):
    tab.goto(f"{site.url}/admin/pages/page/1/change/")
    tab.get_by_role("tab", name="English").click()
    tab.fill("#id_description_en", "Another description.")
    tab.click("[name=_publish]")
    button = tab.locator("[data-later]")
    assert button.input_value() == "Publish"
    tab.locator("summary", has_text="Date and binding language").click()
    for typed, label in {
        "2027-07-24T09:05": "Announce for July 24, 2027, 09:05 (CEST)",
        "2027-12-24T09:00": "Announce for December 24, 2027, 09:00 (CET)",
        "": "Publish",
        "2027-03-28T03:00": "Announce for March 28, 2027, 03:00 (CEST)",
    }.items():
        tab.fill("#id_effective_at", typed)
        assert button.input_value().replace("\xa0", " ") == label
    tab.get_by_label("Yes, a major change").check()
    tab.fill("#id_note_en", "New.")
    button.click()
    tab.wait_for_url("**/change/")
    message = tab.locator(".messagelist").inner_text().replace("\xa0", " ")
    assert "is announced for March 28, 2027, 03:00 (CEST). Until then readers see version" in message
