"""Every page of the admin obeys the content security policy, fits the screen and has no accessibility violations.

The addresses are those of the URL configuration (`tests/browser/admin_site.py`); pages that need more than an address
are in `tests/browser/admin_situations.py`. `make test` looks at each page in one way, and at the pages that editors use
most in all ways; a thorough run looks at everything in all ways.
"""

import pytest

from tests.axe_core import SCRIPT
from tests.browser.admin_site import AdminSite, prepare_admin_site
from tests.browser.admin_situations import PAGE, SITUATIONS
from tests.browser.right_to_left import write_catalogues
from tests.browser.test_accessibility import RULES
from tests.conftest import THOROUGH

# Language, width of the screen, colour scheme.
LOOKS = [
    ("en", 1280, "light"),
    ("ru", 390, "dark"),
    ("en", 390, "light"),
    ("ru", 1280, "dark"),
    ("ar", 390, "light"),
    ("ar", 1280, "dark"),
]
LANGUAGES = ("en", "ru", "ar")
MOST_USED = {"/admin/", "/admin/pages/page/", "/admin/pages/page/add/", f"{PAGE}change/", f"{PAGE}publish/"}
HAS_AXE = SCRIPT.exists()
REPORT_VIOLATIONS = """
window.violatedDirectives = [];
addEventListener('securitypolicyviolation', event => violatedDirectives.push(event.violatedDirective));
"""
# The larger of the widths with everything folded and unfolded, and fields of which a part is hidden at the side.
MEASURE = """
() => {
  const folded = [...document.querySelectorAll('#content details:not([open], .page-menu, .translation-source)')];
  const widths = [false, true].map(isOpen => {
    folded.forEach(details => { details.open = isOpen; });
    return document.documentElement.scrollWidth;
  });
  const cut = [...document.querySelectorAll('#content .form-row')].filter(row => row.scrollWidth > row.clientWidth);
  folded.forEach(details => { details.open = false; });
  return [Math.max(...widths), cut.map(row => row.innerText.slice(0, 40))];
}
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
def base(start_site, tmp_path_factory) -> AdminSite:
    return prepare_admin_site(start_site, **write_catalogues(tmp_path_factory.mktemp("catalogues")))


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


def defects_of(tab, looks: list[tuple]) -> list[str]:
    """Return what is wrong with the page that a tab shows, in some looks."""
    defects = [f"refused by the policy: {directive}" for directive in tab.evaluate("violatedDirectives")]
    if HAS_AXE:
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    for _language, width, scheme in looks:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        actual, cut = tab.evaluate(MEASURE)
        defects += [f"{actual} pixels wide on a screen of {width}"] if actual > width else []
        defects += [f"{width}: cut off at the side: {row}" for row in cut]
        if HAS_AXE:
            defects += [f"{width} {scheme} {violation}" for violation in tab.evaluate(RUN_AXE, RULES)]
    return defects


def due_looks(number: int, language: str) -> list[tuple]:
    """Return the looks in which a page is due: all in a thorough run, else one in each direction of writing."""
    if THOROUGH:
        return looks_in(language)
    is_arabic = language == "ar"
    possible = [look for look in LOOKS if (look[0] == "ar") == is_arabic]
    return [look for look in [possible[number % len(possible)]] if look[0] == language]


def looks_in(language: str) -> list[tuple]:
    return [look for look in LOOKS if look[0] == language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_admin_pages_have_no_defects(open_tab, base, language):
    tab, defects, failures = open_tab(language, "admin"), {}, []
    tab.on("pageerror", lambda error: failures.append((tab.url, str(error))))
    urls = base.urls()
    assert len(urls) > 80
    for number, url in enumerate(urls):
        looks = looks_in(language) if url in MOST_USED else due_looks(number, language)
        if looks:
            response = tab.goto(base.site.url + url)
            # Nothing is at /admin/nowhere/. Everything else is a page: the tests cover what they seem to cover.
            assert response.status == (404 if "nowhere/" in url else 200), url
            defects |= {url: found} if (found := defects_of(tab, looks)) else {}
    assert (defects, failures) == ({}, [])
    direction = "rtl" if language == "ar" else "ltr"
    assert tab.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [language, direction]


@pytest.mark.parametrize("language", LANGUAGES)
def test_admin_pages_in_special_situations_have_no_defects(open_tab, base, language):
    defects = {}
    for number, (user, situation) in enumerate(SITUATIONS):
        if looks := due_looks(number, language):
            tab = open_tab(language, user)
            situation(tab, base)
            defects |= {situation.__name__: found} if (found := defects_of(tab, looks)) else {}
            tab.context.close()
    assert defects == {}
