"""axe-core finds nothing on any kind of page: WCAG 2.2 AA and best practice, in several widths and schemes."""

import pytest

from tests.axe_core import SCRIPT

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
    tab, found = context.new_page(), []
    for address in ADDRESSES:
        tab.goto(site.url + prefix + address)
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
        result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        found += [(address, rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]]
    assert found == []
