"""One-time codes in a browser, under the content security policy and without script."""

from base64 import b32decode

from django_otp.oath import totp

from tests.browser.conftest import PASSWORD


def test_one_time_codes_are_set_up_and_required_without_script(open_browser, start_site):
    site = start_site(ONE_TIME_CODES="required")
    tab = open_browser(java_script_enabled=False).new_page()
    console_messages = []
    tab.on("console", lambda message: console_messages.append(message.text))
    enter_password(tab, site)
    assert tab.locator(".qr-code svg path").first.bounding_box()["width"] > 150
    enter_code(tab, f"{totp(b32decode(tab.inner_text('.secret'))):06}")
    recovery_codes = tab.locator(".recovery-codes code").all_inner_texts()
    assert len(recovery_codes) == 10
    tab.click("text=I have saved them: continue")
    tab.wait_for_url(f"{site.url}/admin/")
    tab.click("text=Log out")
    tab.wait_for_url(f"{site.url}/admin/logout/")
    enter_password(tab, site)
    enter_code(tab, recovery_codes[0])
    tab.wait_for_url(f"{site.url}/admin/")
    assert console_messages == []


def enter_password(tab, site):
    tab.goto(f"{site.url}/admin/login/")
    wait_for_autofocus(tab, "#id_username")
    tab.fill("#id_username", "admin")
    tab.fill("#id_password", PASSWORD)
    tab.press("#id_password", "Enter")
    tab.wait_for_selector("#id_code")


def wait_for_autofocus(tab, selector):
    """Wait until the browser has focused a field, which it reports in the console if a test was quicker."""
    tab.wait_for_selector(f"{selector}:focus")


def enter_code(tab, code):
    wait_for_autofocus(tab, "#id_code")
    tab.fill("#id_code", code)
    with tab.expect_navigation():
        tab.press("#id_code", "Enter")
