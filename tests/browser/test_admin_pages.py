"""Every page of the admin obeys the content security policy, fits the screen and has no accessibility violations.

The addresses are those of the URL configuration (`tests/browser/admin_site.py`); pages that need more than an address
are in `tests/browser/admin_situations.py`. `make test` looks at each page once, in one of the languages, and at the
pages that editors use most in all of them; a thorough run looks at everything in all of them.
"""

import pytest

from tests.axe_core import SCRIPT
from tests.browser.admin_site import AdminSite, prepare_admin_site
from tests.browser.admin_situations import PAGE, SITUATIONS
from tests.browser.test_accessibility import RULES
from tests.conftest import THOROUGH

# By the language of the interface: widths and colour schemes, and the rules that are checked then. What axe-core finds
# in other colours of the same page is a matter of contrast.
COLOURS = ["color-contrast", "link-in-text-block"]
LOOKS = {
    "en": [(1280, "light", RULES), (1280, "dark", COLOURS)],
    "ru": [(390, "dark", RULES)],
    "ar": [(390, "light", RULES), (1280, "dark", COLOURS)],
}
LANGUAGES = list(LOOKS)
MOST_USED = {"/admin/", "/admin/pages/page/", "/admin/pages/page/add/", f"{PAGE}change/", f"{PAGE}publish/"}
HAS_AXE = SCRIPT.exists()
REPORT_VIOLATIONS = """
window.violatedDirectives = [];
addEventListener('securitypolicyviolation', event => violatedDirectives.push(event.violatedDirective));
"""
# The styles that axe-core would load to look for pages that cannot be turned violate the policy.
RUN_AXE = """
async rules => {
  document.getAnimations().forEach(animation => animation.finish());
  const options = { runOnly: rules, resultTypes: ['violations'], preload: false };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}
"""


@pytest.fixture(scope="module")
def base(start_site) -> AdminSite:
    return prepare_admin_site(start_site)


@pytest.fixture
def open_tab(open_browser, base):
    """Return a function that opens a tab of a user in a language; it reports what the policy refuses."""

    def open_page(language: str, user: str | None):
        context = open_browser(keeps_pages=True, viewport={"width": 1280, "height": 900}, locale=language)
        context.add_init_script(REPORT_VIOLATIONS)
        if user:
            base.log_in(context, base.values["sessions"][user])
        return context.new_page()

    return open_page


def defects_of(tab, language: str) -> list[str]:
    """Return what is wrong with the page that a tab shows, in each look of its language."""
    defects = [f"refused by the policy: {directive}" for directive in tab.evaluate("violatedDirectives")]
    if HAS_AXE:
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    for width, scheme, rules in LOOKS[language]:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        if (actual := tab.evaluate("document.documentElement.scrollWidth")) > width:
            defects.append(f"{actual} pixels wide on a screen of {width}")
        if HAS_AXE:
            defects += [f"{width} {scheme} {violation}" for violation in tab.evaluate(RUN_AXE, rules)]
    return defects


def is_due(number: int, language: str) -> bool:
    return THOROUGH or LANGUAGES[number % len(LANGUAGES)] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_admin_pages_have_no_defects(open_tab, base, language):
    tab, defects, failures = open_tab(language, "admin"), {}, []
    tab.on("pageerror", lambda error: failures.append((tab.url, str(error))))
    urls = base.urls()
    assert len(urls) > 80
    for number, url in enumerate(urls):
        if is_due(number, language) or url in MOST_USED:
            response = tab.goto(base.site.url + url)
            # Nothing is at /admin/nowhere/. Everything else is a page: the tests cover what they seem to cover.
            assert response.status == (404 if "nowhere/" in url else 200), url
            defects |= {url: found} if (found := defects_of(tab, language)) else {}
    assert (defects, failures) == ({}, [])
    assert tab.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_admin_pages_in_special_situations_have_no_defects(open_tab, base, language):
    defects = {}
    for number, (user, situation) in enumerate(SITUATIONS):
        if is_due(number, language):
            tab = open_tab(language, user)
            situation(tab, base)
            defects |= {situation.__name__: found} if (found := defects_of(tab, language)) else {}
            tab.context.close()
    assert defects == {}
