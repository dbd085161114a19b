"""The login's second step in a real browser, under the site's own content policy and without any script."""

from base64 import b32decode

import pytest
from django_otp.oath import totp

from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.xdist_group("editing")


def test_one_time_codes_are_set_up_and_asked_for_without_a_script(open_browser, start_site):
    site = start_site(ONE_TIME_CODES="required")
    tab = open_browser(java_script_enabled=False).new_page()
    troubles = []
    tab.on("console", lambda message: troubles.append(message.text))
    give_password(tab, site)
    assert tab.locator(".qr-code svg path").first.bounding_box()["width"] > 150
    give_code(tab, f"{totp(b32decode(tab.inner_text('.secret'))):06}")
    recovery_codes = tab.locator(".recovery-codes code").all_inner_texts()
    assert len(recovery_codes) == 10
    tab.click("text=I have them: go on")
    tab.wait_for_url(f"{site.url}/admin/")
    tab.click("text=Log out")
    tab.wait_for_url(f"{site.url}/admin/logout/")
    give_password(tab, site)
    give_code(tab, recovery_codes[0])
    tab.wait_for_url(f"{site.url}/admin/")
    assert troubles == []


def give_password(tab, site):
    tab.goto(f"{site.url}/admin/login/")
    tab.fill("#id_username", "admin")
    tab.fill("#id_password", PASSWORD)
    tab.press("#id_password", "Enter")
    tab.wait_for_selector("#id_code")


def give_code(tab, code):
    tab.fill("#id_code", code)
    with tab.expect_navigation():
        tab.press("#id_code", "Enter")
