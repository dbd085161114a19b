"""axe-core reports no violations of WCAG 2.2 AA and its best practices, in several languages, widths and schemes."""

import pytest

from tests.axe_core import SCRIPT
from tests.browser.conftest import log_in

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="no axe-core: run `make test` with a network")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
URLS = [
    "/",
    "/privacy-policy/",
    "/privacy-policy/history/",
    "/privacy-policy/v/1/",
    "/privacy-policy/compare/1...2/",
    "/privacy-policy/changes/",
    "/privacy-policy/changes/?since=2023-06-01",
    "/privacy-policy/_print/",
    "/privacy-policy/as-of/2999-01-01/",
    "/verify/",
    "/nowhere/",
    "/old-terms/",
    "/old-terms/v/1/",
    "/old-terms/history/",
]
LIST_URLS = ["/admin/", "/admin/pages/page/?q=nowhere", "/admin/pages/page/?status=missing", "/admin/pages/page/"]
# A withdrawn page is in no list, so the other tests of the site do not see it.
WITHDRAW = """
from django.utils import timezone
from pages.publishing.page_events import withdraw
from tests.building import EDITOR, make_page, publish_bodies
page, now = make_page("old-terms"), timezone.now()
publish_bodies(page, {"en": "Terms.", "ru": "Условия.", "he": "תנאים."}, now)
withdraw(page, reasons={"en": "Nobody needs them.", "ru": "Они не нужны."}, by=EDITOR, now=now)
"""


@pytest.fixture(scope="module")
def site(arabic_site):
    arabic_site.manage("shell", "--command", WITHDRAW)
    return arabic_site


@pytest.mark.parametrize(
    ("prefix", "width", "scheme"),
    [("", 1280, "light"), ("", 390, "dark"), ("/ru", 390, "light"), ("/ar", 1280, "dark")],
)
def test_public_pages_have_no_violations(open_browser, site, prefix, width, scheme):
    # The content security policy would block axe-core too.
    context = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    urls = [prefix + url for url in URLS]
    # A text in a language that the site does not serve.
    urls += [] if prefix else ["/he/old-terms/v/1/"]
    assert violations_at(context.new_page(), site, urls) == []


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1280, "light"), ("ru", 390, "dark"), ("ar", 390, "light")]
)
def test_admin_lists_have_no_violations_and_fit_the_screen(open_browser, arabic_site, language, width, scheme):
    view = {"width": width, "height": 900}
    context = open_browser(viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    # `log_in` recognises a login by its English or Russian text; the session then serves all languages.
    log_in(open_browser(locale="en").new_page(), arabic_site)
    log_in(tab := context.new_page(), arabic_site)
    assert violations_at(tab, arabic_site, LIST_URLS) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("document.documentElement.lang") == language


def violations_at(tab, site, urls, width: int | None = None) -> list:
    """Return the violations that axe-core reports, as URL, rule and target; and the URLs wider than the screen."""
    violations = []
    for url in urls:
        tab.goto(site.url + url)
        if width and tab.evaluate("document.documentElement.scrollWidth") > width:
            violations.append((url, "wider than the screen", width))
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
        result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        violations += [(url, rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]]
    return violations


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1300, "light"), ("ru", 390, "dark"), ("ar", 1300, "dark")]
)
def test_page_form_has_no_violations_and_fits_the_screen(open_browser, arabic_site, language, width, scheme):
    view = {"width": width, "height": 900}
    context = open_browser(viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    log_in(open_browser(locale="en").new_page(), arabic_site)
    log_in(tab := context.new_page(), arabic_site)
    pages = "/admin/pages/page/"
    urls = [f"{pages}1/change/", f"{pages}add/", f"{pages}1/translation-source/ru/"]
    assert violations_at(tab, arabic_site, urls) == []
    tab.goto(f"{arabic_site.url}{pages}1/change/#tab=ru")
    tab.locator(".language-tab-ru details.translation-source > summary").click()
    tab.locator(".language-tab-ru .translation-source-content").wait_for()
    tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
