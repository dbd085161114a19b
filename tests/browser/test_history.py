"""The history of a page in a browser: comparing without script, copying to the draft, previews, accessibility."""

import pytest

from tests.axe_core import SCRIPT
from tests.browser.conftest import log_in

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGE = "/admin/pages/page/1/"
VIEWS = [
    "history/",
    "compare/en/v1...v2/",
    "compare/en/v1...v2/?source",
    "compare/ar/v1...draft/",
    "text/ru/v1/",
    "copy-to-draft/en/v1/",
    "preview/ru/",
    "preview/ar/",
]
# A withdrawn page is in no list, so the other tests of the site do not see it.
MAKE_HALF_CHANGED_PAGE = """
from django.utils import timezone
from pages.publishing.page_events import withdraw
from tests.building import EDITOR, make_page, publish_bodies
page, now = make_page("half-changed"), timezone.now()
publish_bodies(page, {"en": "Terms.", "ru": "Условия."}, now)
publish_bodies(page, {"en": "New terms."}, now)
withdraw(page, reasons={"en": "Nobody needs them.", "ru": "Они не нужны."}, by=EDITOR, now=now)
print(page.pk)
"""


@pytest.fixture(scope="module")
def half_changed(arabic_site):
    """Return the admin path of a page whose second version changed only one of its two languages."""
    key = arabic_site.manage("shell", "--verbosity=0", "--command", MAKE_HALF_CHANGED_PAGE).split()[-1]
    return f"/admin/pages/page/{key}/"


def test_two_texts_are_selected_and_compared_without_script(open_browser, arabic_site):
    tab = open_browser(java_script_enabled=False).new_page()
    log_in(tab, arabic_site)
    tab.goto(f"{arabic_site.url}{PAGE}history/")
    tab.get_by_role("radio", name="Before: v1", exact=True).focus()
    tab.keyboard.press("Space")
    tab.get_by_role("radio", name="After: v2", exact=True).focus()
    tab.keyboard.press("Space")
    tab.get_by_label("Language for comparing two versions:").select_option("ru")
    tab.get_by_role("button", name="Compare selected versions").press("Enter")
    tab.wait_for_url("**/compare/ru/v1...v2/")
    assert tab.get_by_role("heading", name="Summary").is_visible()
    tab.get_by_role("link", name="Markdown source").press("Enter")
    assert tab.get_by_role("region", name="Comparison of the sources").is_visible()


def test_earlier_text_is_copied_to_the_draft_and_previewed(open_browser, arabic_site):
    tab, errors = open_browser().new_page(), []
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    log_in(tab, arabic_site)
    tab.goto(f"{arabic_site.url}{PAGE}copy-to-draft/ru/v1/")
    tab.get_by_role("button", name="Make this text the draft").press("Enter")
    tab.get_by_text("The earlier text is now the draft").wait_for()
    tab.goto(f"{arabic_site.url}{PAGE}preview/ru/")
    assert tab.get_by_text("Draft: readers do not see this.").is_visible()
    # The content security policy of the admin allows the style sheet of the public pages.
    assert tab.evaluate("document.styleSheets.length") == 1
    assert errors == []


@pytest.mark.skipif(not SCRIPT.exists(), reason="no axe-core: run `make test` with a network")
@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [
        ("ru-RU", 390, "dark"),
        ("ar", 1280, "dark"),
        pytest.param("en-US", 1280, "light", marks=pytest.mark.thorough),
        pytest.param("ar", 390, "light", marks=pytest.mark.thorough),
    ],
)
def test_history_views_have_no_violations_and_fit_the_screen(
    open_browser, arabic_site, half_changed, locale, width, scheme
):
    context = open_browser(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale, bypass_csp=True
    )
    tab, problems = context.new_page(), []
    # `log_in` recognises a login by its English or Russian text; the session then serves all languages.
    log_in(open_browser().new_page(), arabic_site)
    log_in(tab, arabic_site)
    for path in [f"{half_changed}history/", *(PAGE + view for view in VIEWS)]:
        tab.goto(arabic_site.url + path)
        tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
        result = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        problems += [(path, rule["id"], node["target"]) for rule in result["violations"] for node in rule["nodes"]]
        if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append((path, "wider than the window", width))
    assert problems == []
