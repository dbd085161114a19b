"""Pages of the admin that need more than a URL: another user, no login, a form that was sent, something opened."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.admin_site import AdminSite
from tests.browser.conftest import PASSWORD, expect_next_content

PAGES = "/admin/pages/page/"
PAGE = f"{PAGES}1/"
# The functions below, by the user who is logged in; None is nobody.
SITUATIONS: list[tuple[str | None, Callable[[Page, AdminSite], object]]] = []
# More failures than a login may have.
FAILURES = 11


def situation(user: str | None = "admin"):
    """Register a function that opens a page in a tab of a user."""

    def register(function: Callable[[Page, AdminSite], object]):
        SITUATIONS.append((user, function))
        return function

    return register


def submit(tab: Page, button: str = "#content [type=submit], #content button") -> None:
    with expect_next_content(tab):
        tab.locator(button).first.click()


def log_in_in_vain(tab: Page, base: AdminSite, times: int) -> None:
    tab.goto(f"{base.site.url}/admin/login/")
    for _ in range(times):
        if tab.locator("#id_username").count():
            tab.fill("#id_username", "nobody")
            tab.fill("#id_password", PASSWORD)
            submit(tab)


@situation(None)
def login(tab, base):
    tab.goto(f"{base.site.url}/admin/login/?next=/admin/")


@situation(None)
def login_with_a_wrong_password(tab, base):
    log_in_in_vain(tab, base, 1)


@situation(None)
def locked_login(tab, base):
    log_in_in_vain(tab, base, FAILURES)


@situation("guest")
def login_of_somebody_without_a_role(tab, base):
    tab.goto(f"{base.site.url}/admin/")


@situation("guest")
def preview_without_permission(tab, base):
    tab.goto(f"{base.site.url}{PAGE}preview/ru/")


@situation("publisher")
def page_without_permission(tab, base):
    tab.goto(f"{base.site.url}/admin/auth/user/")


@situation("without code")
def second_step_of_the_login(tab, base):
    tab.goto(f"{base.site.url}/admin/")
    tab.fill("#id_code", "000000")
    submit(tab)


@situation("with code")
def own_one_time_codes(tab, base):
    tab.goto(f"{base.site.url}/admin/one-time-codes/")


@situation("with code")
def new_recovery_codes(tab, base):
    tab.goto(f"{base.site.url}/admin/one-time-codes/recovery/")
    tab.fill("#id_code", base.values["recovery codes"].pop())
    submit(tab)
    base.values["recovery codes"] = tab.locator(".recovery-codes code").all_inner_texts()


@situation("with code")
def removal_of_own_codes(tab, base):
    tab.goto(f"{base.site.url}/admin/one-time-codes/remove/")


@situation()
def removal_of_codes_asks_first(tab, base):
    tab.goto(f"{base.site.url}/admin/account-recovery/")
    submit(tab, "#content button[name=remove]")


@situation(None)
def new_password(tab, base):
    tab.goto(f"{base.site.url}/admin/password-reset/{base.values['uid']}/{base.values['token']}/")
    tab.fill("#id_new_password1", "1234")
    tab.fill("#id_new_password2", "1235")
    submit(tab)


@situation(None)
def logged_out(tab, base):
    base.log_in(tab.context, base.values["leaving"].pop())
    tab.goto(f"{base.site.url}/admin/")
    submit(tab, "#logout-form button")


@situation()
def page_that_cannot_be_made(tab, base):
    tab.goto(f"{base.site.url}/admin/pages/importrun/{base.values['broken']}/change/")


@situation()
def second_step_of_a_correction(tab, base):
    tab.goto(f"{base.site.url}{PAGE}correct/")
    tab.fill("#id_force_body_en", "One, corrected.")
    submit(tab, ".submit-row .default")


@situation()
def correction_of_a_record_asks_first(tab, base):
    tab.goto(f"{base.site.url}{PAGE}correct/3/en/")
    tab.fill("#id_note_en", "Another note.")
    submit(tab, ".submit-row .default")


@situation()
def cancelling_an_announcement_asks_first(tab, base):
    tab.goto(f"{base.site.url}{PAGE}announcement/4/")
    submit(tab, "[name=_cancel]")


@situation()
def publishing_without_the_answers(tab, base):
    tab.goto(f"{base.site.url}{PAGE}publish/")
    submit(tab, ".submit-row .default")


@situation()
def saving_after_somebody_else(tab, base):
    tab.goto(f"{base.site.url}{PAGE}change/")
    tab.fill("#id_body_en", "My text.")
    # As if the form had been opened before the last change.
    tab.evaluate("document.querySelector('[name=head_en]').value = 1")
    with tab.expect_navigation():
        tab.evaluate("document.querySelector('#page_form').submit()")


@situation("publisher")
def saving_without_a_session(tab, base):
    tab.goto(f"{base.site.url}{PAGE}change/")
    tab.fill("#id_body_en", "My text.")
    tab.context.clear_cookies()
    with tab.expect_navigation():
        tab.evaluate("document.querySelector('#page_form').submit()")


@situation()
def new_page_with_errors(tab, base):
    tab.goto(f"{base.site.url}{PAGES}add/")
    tab.fill("#id_slug", "privacy-policy")
    tab.fill("#id_body_en", "")
    with tab.expect_navigation():
        tab.evaluate("document.querySelector('#page_form').submit()")


@situation()
def source_text_beside_the_translation(tab, base):
    tab.goto(f"{base.site.url}{PAGE}change/#tab=ru")
    tab.locator(".language-tab-ru details.translation-source > summary").click()
    tab.locator(".language-tab-ru .translation-source-content").wait_for()


@situation()
def menu_of_a_page(tab, base):
    # Here it covers nothing that could be pressed.
    tab.goto(f"{base.site.url}{PAGE}text/en/v3/")
    tab.locator(".page-menu summary").click()


@situation()
def everything_unfolded(tab, base):
    tab.goto(f"{base.site.url}{PAGE}publish/")
    tab.evaluate("document.querySelectorAll('#content details:not(.page-menu)').forEach(one => { one.open = true })")


@situation()
def deletion_of_several(tab, base):
    tab.goto(f"{base.site.url}/admin/pages/linkgroup/")
    tab.locator(".action-select").first.check()
    tab.select_option("[name=action]", "delete_selected")
    submit(tab, ".actions button")
