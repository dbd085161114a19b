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
]


@pytest.mark.parametrize(
    ("prefix", "width", "scheme"),
    [("", 1280, "light"), ("", 390, "dark"), ("/ru", 390, "light"), ("/ar", 1280, "dark")],
)
def test_readers_pages_have_no_barrier(open_browser, arabic_site, prefix, width, scheme):
    # The strict policy of the pages would keep the checker out as well.
    context = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    tab, found = context.new_page(), []
    for address in ADDRESSES:
        tab.goto(arabic_site.url + prefix + address)
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
        result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        found += [(address, rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]]
    assert found == []
