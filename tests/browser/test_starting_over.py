"""*Start my own site* and the reports of imports, as a superuser and a reader see them."""

import pytest

from tests.axe_core import SCRIPT
from tests.browser.conftest import log_in
from tests.browser.test_accessibility import violations_at

START_OVER = "/admin/pages/sitesettings/start-over/"
NOTICE = "The content of this site is a sample."
IMPORT = """
from django.utils import timezone
from pages.publishing.actors import system_actor
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import RunLog, end_run
from pages.models import ImportRun
from pages.text.messages import Message
by, now = system_actor("import_hugo"), timezone.now()
log = RunLog(ImportRun.objects.create(source="our-site", options={"history": True}, by=by.name, started_at=now))
for name in ("privacy", "a-very-long-name-" * 12):
    log.add(LineKind.SKIPPED, f"content/en/{name}.md", Message("it is empty."))
    log.add(LineKind.MOVED, f"/{name}/", Message("→ /%(address)s/", address="b"))
log.count(commits=2)
log.close(commit="a" * 40)
log.close(touched=["content/en/privacy.md"], commit="b" * 40)
end_run(log, by=by, now=now)
"""


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(SITE_LANGUAGES="en,ru,ar")


needs_axe = pytest.mark.skipif(not SCRIPT.exists(), reason="no axe-core: run `make test` with a network")


@needs_axe
@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1300, "light"), ("ru", 390, "dark"), ("ar", 390, "light")]
)
def test_pages_have_no_violations_and_fit_the_screen(open_browser, site, language, width, scheme):
    view = {"width": width, "height": 900}
    context = open_browser(viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    log_in(open_browser(locale="en").new_page(), site)
    log_in(tab := context.new_page(), site)
    prefix = "" if language == "en" else f"/{language}"
    urls = ["/admin/", START_OVER, f"{prefix}/privacy-policy/", f"{prefix}/privacy-policy/history/"]
    assert violations_at(tab, site, urls, width=width) == []


@needs_axe
def test_report_of_an_import_has_no_violations_and_fits_the_screen(open_browser, start_site):
    # Another site: with an import the sample cannot be removed.
    site = start_site()
    site.manage("shell", "-v0", "-c", IMPORT)
    view = {"width": 390, "height": 900}
    context = open_browser(viewport=view, color_scheme="dark", locale="ru", bypass_csp=True)
    log_in(open_browser(locale="en").new_page(), site)
    log_in(tab := context.new_page(), site)
    urls = ["/admin/pages/importrun/", "/admin/pages/importrun/1/change/", START_OVER]
    assert violations_at(tab, site, urls, width=390) == []
    assert "импорт из our-site" in tab.locator("#content").inner_text()


def test_superuser_starts_over_and_readers_see_it_at_once(open_browser, site):
    reader, owner = (open_browser(locale="en").new_page() for _ in range(2))
    reports = []
    owner.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error(event.violatedDirective))"
    )
    owner.on("console", lambda message: reports.append(message.text) if message.type == "error" else None)
    reader.goto(f"{site.url}/privacy-policy/")
    assert NOTICE in reader.locator("body").inner_text()
    log_in(owner, site)
    owner.goto(f"{site.url}/admin/")
    owner.get_by_role("link", name="Start my own site").click()
    owner.get_by_label("Type “remove the sample” to confirm").fill("remove it")
    owner.get_by_role("button", name="Start my own site").click()
    owner.get_by_text("This is not the phrase. Nothing was removed.").wait_for()
    owner.get_by_label("Type “remove the sample” to confirm").fill("remove the sample")
    owner.get_by_role("button", name="Start my own site").click()
    owner.get_by_text("The sample was removed. The site is empty and yours.").wait_for()
    # A browser that has the page may show it for a minute.
    reader = open_browser(locale="en").new_page()
    assert reader.goto(f"{site.url}/privacy-policy/").status == 404
    reader.goto(f"{site.url}/")
    text = reader.locator("body").inner_text()
    assert ("Nothing has been published yet." in text, NOTICE in text, "SelfPrivacy" in text) == (True, False, False)
    assert "The history is valid: 1 record(s)" in site.manage("verify_history")
    assert reports == []
