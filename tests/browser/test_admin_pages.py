"""Every page of the admin obeys the content security policy, fits the screen and has no accessibility violations."""

import pytest
from django.urls import NoReverseMatch, reverse

from tests.axe_core import SCRIPT
from tests.browser.conftest import log_in
from tests.browser.test_accessibility import violations_at
from tests.pages.admin.test_permissions_table import RULES

PAGE = "/admin/pages/page/1/"
PREPARE = """
from datetime import timedelta
from django.utils import timezone
from pages.models import ImportRun, Page, Redirect
from pages.publishing.page_events import withdraw
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
now, page, old, other = timezone.now(), Page.objects.get(pk=1), make_page("old-terms"), make_page("other")
publish_bodies(page, {"en": "One. [x](/nowhere/)", "ru": "Один."}, now, confirmed=["ru"])
publish_bodies(page, {"en": "Two."}, now, effective_at=now + timedelta(days=30))
save_bodies(page, now, en="Three. ![](/media/none.png)", ru="Черновик.")
publish_bodies(old, {"en": "Terms.", "ru": "Условия."}, now, confirmed=["ru"])
publish_bodies(old, {"en": "Other terms."}, now)
withdraw(old, reasons={"en": "Nobody needs them."}, by=EDITOR, now=now)
Redirect.objects.create(old_path="old", page=other)
ImportRun.objects.create(source="our-site", by="import_hugo", started_at=now)
"""
KEYS = {
    "page": 1,
    "settings": 1,
    "group": 1,
    "redirect": 1,
    "r": "r1",
    "revision": 1,
    "version": 1,
    "record": 1,
    "import": 1,
    "user": 1,
}
# Only pages that no other accessibility test opens.
CHECKED_URLS = [
    *(f"{PAGE}{view}/" for view in ("publish", "revert/1", "correct", "withdraw", "move", "announcement/4")),
    *(f"{PAGE}{view}/" for view in ("correct/3/en", "review", "remove/ru")),
    *(f"/admin/pages/page/2/{view}/" for view in ("publish", "bring-back", "confirm/ru", "withdraw")),
    *(f"/admin/pages/{model}/" for model in ("linkgroup", "redirect", "version", "revision", "publicationrecord")),
    *(f"/admin/pages/{model}/1/change/" for model in ("linkgroup", "redirect", "sitesettings", "version", "revision")),
    "/admin/pages/redirect/1/delete/", "/admin/pages/page/3/delete/", "/admin/pages/page/picture/",
    "/admin/account-recovery/", "/admin/one-time-codes/", "/admin/auth/user/", "/admin/password_change/",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(start_site):
    """Return a site with a published, a withdrawn and a never published page."""
    site = start_site(SITE_LANGUAGES="en,ru,ar")
    site.manage("shell", "-v", "0", "--command", PREPARE)
    return site


@pytest.fixture
def open_admin(open_browser, site):
    """Return a function that opens a logged-in tab in a language, width and colour scheme."""

    def open_tab(language: str = "en", width: int = 1300, scheme: str = "light", **options):
        view = {"width": width, "height": 900}
        context = open_browser(viewport=view, color_scheme=scheme, locale=language, **options)
        # `log_in` recognises a login by its English or Russian text; the session then serves all languages.
        log_in(open_browser(locale="en").new_page(), site)
        log_in(tab := context.new_page(), site)
        return tab

    return open_tab


def admin_urls() -> list[str]:
    """Return every URL of the admin that a superuser may open, from the access rules."""
    urls = []
    for rule in RULES:
        if "S" in rule.get:
            values = [KEYS.get(value, value) for value in rule.args]
            try:
                urls.append(reverse(f"admin:{rule.name}", args=values))
            except NoReverseMatch:
                urls.append(reverse(rule.name, args=values))
    return list(dict.fromkeys(urls))


def test_no_admin_page_violates_the_policy_or_fails(open_admin, site):
    tab, reports = open_admin(), []
    tab.on("console", lambda message: reports.append((tab.url, message.text)) if message.type == "error" else None)
    tab.on("pageerror", lambda error: reports.append((tab.url, str(error))))
    tab.on("response", lambda response: reports.append((tab.url, response.status)) if response.status > 499 else None)
    tab.add_init_script("addEventListener('securitypolicyviolation', event => console.error(event.violatedDirective))")
    urls = admin_urls()
    assert len(urls) > 50
    for url in urls:
        tab.goto(site.url + url)
    assert [report for report in reports if "404" not in str(report[1]) and "403" not in str(report[1])] == []


@pytest.mark.skipif(not SCRIPT.exists(), reason="no axe-core: run `make test` with a network")
@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [
        ("ru", 390, "dark"),
        pytest.param("en", 1300, "light", marks=pytest.mark.thorough),
        pytest.param("ar", 390, "light", marks=pytest.mark.thorough),
    ],
)
def test_admin_pages_have_no_violations_and_fit_the_screen(open_admin, site, language, width, scheme):
    # The content security policy would block axe-core too.
    tab = open_admin(language, width, scheme, bypass_csp=True)
    violations = violations_at(tab, site, CHECKED_URLS, width=width)
    assert violations == [], violations


@pytest.mark.skipif(not SCRIPT.exists(), reason="no axe-core: run `make test` with a network")
def test_second_step_of_a_correction_has_no_violations(open_admin, site):
    tab = open_admin(bypass_csp=True)
    tab.goto(f"{site.url}{PAGE}correct/")
    tab.fill("#id_force_body_en", "One, corrected.")
    with tab.expect_navigation():
        tab.get_by_role("button", name="Continue").click()
    tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    result = tab.evaluate("axe.run(document)")
    assert [(rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]] == []
