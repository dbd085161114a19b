"""axe-core reports no violations of WCAG 2.2 AA and its best practices on public pages, in several looks."""

import pytest

from tests.axe_core import SCRIPT

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="no axe-core: run `make test` with a network")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
URLS = [
    "/",
    "/privacy-policy/",
    "/privacy-policy/history/",
    "/privacy-policy/v/1/",
    "/privacy-policy/compare/1...2/",
    "/privacy-policy/sections/",
    "/privacy-policy/changes/",
    "/privacy-policy/changes/?since=2023-06-01",
    "/privacy-policy/_print/",
    "/privacy-policy/as-of/2999-01-01/",
    "/verify/",
    "/privacy-policy/with/ru/",
    "/privacy-policy/with/en/",
    "/privacy-policy/with/de/",
    "/nowhere/",
    "/old-terms/",
    "/old-terms/v/1/",
    "/old-terms/history/",
]
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
