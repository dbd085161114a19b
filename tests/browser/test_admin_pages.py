"""Every page of the admin obeys the content security policy, fits the screen and has no accessibility violations.

The addresses are those of the URL configuration (`tests/browser/admin_site.py`); pages that need more than an address
are in `tests/browser/admin_situations.py`. `make test` looks at each page in one way, and at the pages that editors use
most in all ways; a thorough run looks at everything in all ways.
"""

import json

import pytest

from tests.axe_core import SCRIPT
from tests.browser.admin_site import AdminSite, prepare_admin_site
from tests.browser.admin_situations import PAGE, SITUATIONS
from tests.browser.test_accessibility import RULES
from tests.conftest import THOROUGH

LOOKS = [
    ("en", "ltr", 1280, "light"),
    ("ru", "ltr", 390, "dark"),
    # The admin has no catalogue of a language that is written from right to left: the page is turned round.
    ("en", "rtl", 390, "light"),
    ("ru", "ltr", 1280, "dark"),
    ("ru", "rtl", 1280, "dark"),
]
LANGUAGES = ("en", "ru")
MOST_USED = {"/admin/", "/admin/pages/page/", "/admin/pages/page/add/", f"{PAGE}change/", f"{PAGE}publish/"}
HAS_AXE = SCRIPT.exists()
REPORT_VIOLATIONS = """
window.violatedDirectives = [];
addEventListener('securitypolicyviolation', event => violatedDirectives.push(event.violatedDirective));
"""
# The styles that axe-core would load to look for pages that cannot be turned violate the policy.
TURN_ROUND = """
async urls => {
  document.documentElement.dir = 'rtl';
  const links = urls.map(href => Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));
  // Where Django has them: styles of the site come later.
  document.querySelector('link[rel=stylesheet]').after(...links);
  await Promise.all(links.map(link => new Promise(resolve => { link.onload = resolve; })));
}
"""
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


def defects_of(tab, base: AdminSite, looks: list[tuple]) -> list[str]:
    """Return what is wrong with the page that a tab shows, in some looks; those from right to left come last."""
    defects = [f"refused by the policy: {directive}" for directive in tab.evaluate("violatedDirectives")]
    if HAS_AXE:
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    for _language, direction, width, scheme in looks:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        if tab.evaluate("document.documentElement.dir") != direction:
            tab.evaluate(TURN_ROUND, right_to_left_styles(base.site))
        if (actual := tab.evaluate("document.documentElement.scrollWidth")) > width:
            defects.append(f"{direction}: {actual} pixels wide on a screen of {width}")
        if HAS_AXE:
            defects += [f"{direction} {width} {scheme} {violation}" for violation in tab.evaluate(RUN_AXE, RULES)]
    return defects


def right_to_left_styles(site) -> list[str]:
    """Return the addresses of the styles that Django adds in a language that is written from right to left."""
    paths = json.loads((site.data / "static/staticfiles.json").read_text())["paths"]
    return [f"{site.url}/static/{paths[f'admin/css/{name}.css']}" for name in ("rtl", "responsive_rtl")]


def due_looks(number: int, language: str) -> list[tuple]:
    """Return the looks in which a page is due: all in a thorough run, else one."""
    due = LOOKS if THOROUGH else [LOOKS[number % len(LOOKS)]]
    return sorted((look for look in due if look[0] == language), key=lambda look: look[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_admin_pages_have_no_defects(open_tab, base, language):
    tab, defects, failures = open_tab(language, "admin"), {}, []
    tab.on("pageerror", lambda error: failures.append((tab.url, str(error))))
    urls = base.urls()
    assert len(urls) > 80
    for number, url in enumerate(urls):
        looks = [look for look in LOOKS if look[0] == language] if url in MOST_USED else due_looks(number, language)
        if looks:
            response = tab.goto(base.site.url + url)
            # Nothing is at /admin/nowhere/. Everything else is a page: the tests cover what they seem to cover.
            assert response.status == (404 if "nowhere/" in url else 200), url
            defects |= {url: found} if (found := defects_of(tab, base, looks)) else {}
    assert (defects, failures) == ({}, [])
    assert tab.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_admin_pages_in_special_situations_have_no_defects(open_tab, base, language):
    defects = {}
    for number, (user, situation) in enumerate(SITUATIONS):
        if looks := due_looks(number, language):
            tab = open_tab(language, user)
            situation(tab, base)
            defects |= {situation.__name__: found} if (found := defects_of(tab, base, looks)) else {}
            tab.context.close()
    assert defects == {}
