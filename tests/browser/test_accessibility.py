"""axe-core finds nothing on any kind of page: WCAG 2.2 AA and best practice, in several widths and schemes."""

import pytest

from tests.axe_core import SCRIPT
from tests.browser.conftest import log_in

pytestmark = [
    # One worker takes them all: the site is started once.
    pytest.mark.xdist_group("editing"),
    pytest.mark.skipif(not SCRIPT.exists(), reason="no axe-core: run `make test` with a network"),
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ADDRESSES = [
    "/",
    "/privacy-policy/",
    "/privacy-policy/history/",
    "/privacy-policy/v/1/",
    "/privacy-policy/compare/1...2/",
    "/privacy-policy/changes/",
    "/privacy-policy/changes/?since=2023-06-01",
    "/privacy-policy/_print/",
    "/privacy-policy/as-of/2999-01-01/",
    "/nowhere/",
    "/old-terms/",
    "/old-terms/v/1/",
    "/old-terms/history/",
]
LISTS = ["/admin/", "/admin/pages/page/?q=nowhere", "/admin/pages/page/?status=missing", "/admin/pages/page/"]
# A page that was withdrawn is in no list: the site's other tests do not see it.
WITHDRAW = """
from django.utils import timezone
from pages.publishing.page_events import withdraw
from tests.building import EDITOR, make_page, publish_bodies
page, now = make_page("old-terms"), timezone.now()
publish_bodies(page, {"en": "Terms.", "ru": "Условия."}, now)
withdraw(page, reasons={"en": "Nobody needs them.", "ru": "Они не нужны."}, by=EDITOR, now=now)
"""


@pytest.fixture(scope="module")
def site(arabic_site):
    """Return the site with a withdrawn page."""
    arabic_site.manage("shell", "--command", WITHDRAW)
    return arabic_site


@pytest.mark.parametrize(
    ("prefix", "width", "scheme"),
    [("", 1280, "light"), ("", 390, "dark"), ("/ru", 390, "light"), ("/ar", 1280, "dark")],
)
def test_readers_pages_have_no_barrier(open_browser, site, prefix, width, scheme):
    # The strict policy of the pages would keep the checker out as well.
    context = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    addresses = [prefix + address for address in ADDRESSES]
    assert barriers(context.new_page(), site, addresses) == []


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1280, "light"), ("ru", 390, "dark"), ("ar", 390, "light")]
)
def test_editors_lists_have_no_barrier_and_fit_the_screen(open_browser, arabic_site, language, width, scheme):
    view = {"width": width, "height": 900}
    context = open_browser(viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    # The words that a login is known by are there in two languages; the session serves all.
    log_in(open_browser(locale="en").new_page(), arabic_site)
    log_in(tab := context.new_page(), arabic_site)
    assert barriers(tab, arabic_site, LISTS) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("document.documentElement.lang") == language


def barriers(tab, site, addresses) -> list:
    """Return what axe-core finds."""
    found = []
    for address in addresses:
        tab.goto(site.url + address)
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
        result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        found += [(address, rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]]
    return found


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1300, "light"), ("ru", 390, "dark"), ("ar", 1300, "dark")]
)
def test_the_form_of_a_page_has_no_barrier_and_fits_the_screen(open_browser, arabic_site, language, width, scheme):
    view = {"width": width, "height": 900}
    context = open_browser(viewport=view, color_scheme=scheme, locale=language, bypass_csp=True)
    log_in(open_browser(locale="en").new_page(), arabic_site)
    log_in(tab := context.new_page(), arabic_site)
    pages = "/admin/pages/page/"
    assert barriers(tab, arabic_site, [f"{pages}1/change/", f"{pages}add/", f"{pages}1/translating/ru/"]) == []
    tab.goto(f"{arabic_site.url}{pages}1/change/#tab=ru")
    tab.locator(".language-tab-ru details.translation-source > summary").click()
    tab.locator(".language-tab-ru .translation-source-content").wait_for()
    tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
