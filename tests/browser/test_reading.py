"""Public pages in a reader's browser: text without script, nothing stored, nothing loaded from other hosts."""

import pytest

from tests.browser.conftest import log_in
from tests.trees import ANCHORS

PATHS = ["/", "/privacy-policy/", "/privacy-policy/history/", "/privacy-policy/v/1/", "/privacy-policy/compare/1...2/"]
PATHS += ["/privacy-policy/sections/"]
PATHS += ["/privacy-policy/changes/?since=2023-06-01", "/privacy-policy/_print/", "/verify/", "/nowhere/"]
PATHS += ["/privacy-policy/with/ru/"]


@pytest.fixture(scope="module")
def site(start_site):
    return start_site()


def open_and_record(context, url: str) -> tuple:
    """Open a URL; return the tab and the URLs of all requests, except that for the icon."""
    tab, requests = context.new_page(), []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(url, wait_until="load")
    return tab, [url for url in requests if "icon" not in url]


@pytest.mark.parametrize("prefix", ["", "/ru"])
@pytest.mark.parametrize("is_logged_in", [False, True], ids=["reader", "editor"])
def test_pages_store_nothing_and_load_nothing_from_other_hosts(open_browser, site, prefix, is_logged_in):
    context = open_browser()
    if is_logged_in:
        log_in(context.new_page(), site)
    stored_before = {cookie["name"] for cookie in context.cookies()}
    # Next to the other language.
    for path in [path.replace("with/ru", "with/en") if prefix else path for path in PATHS]:
        tab, requests = open_and_record(context, site.url + prefix + path)
        assert all(url.startswith(site.url) for url in requests)
        assert len(requests) <= 3
        assert tab.locator("script:not([type='application/ld+json'])").count() == 0
        assert tab.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
        assert {cookie["name"] for cookie in context.cookies()} == stored_before
        assert all(cookie["path"] == "/admin/" for cookie in context.cookies())
        tab.close()


def test_text_is_the_same_without_script(open_browser, site):
    with_script = open_browser().new_page()
    without_script = open_browser(java_script_enabled=False).new_page()
    for path in PATHS:
        for tab in (with_script, without_script):
            tab.goto(site.url + path)
        assert with_script.inner_text("body") == without_script.inner_text("body")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways(open_browser, site, width):
    tab = open_browser(viewport={"width": width, "height": 800}).new_page()
    for path in PATHS:
        tab.goto(site.url + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path


def test_page_load_is_small(open_browser, site):
    # As the network carries them: compressed, and a picture as it is.
    tab, responses = open_browser().new_page(), []
    tab.on("response", lambda response: responses.append(response) if "icon" not in response.url else None)
    tab.goto(f"{site.url}/privacy-policy/", wait_until="load")
    sizes = {response.url: response.request.sizes()["responseBodySize"] for response in responses}
    assert len(sizes) <= 3
    assert sum(sizes.values()) < 30_000
    assert sum(size for url, size in sizes.items() if "/media/" not in url) < 10_000


def test_starter_policy_is_complete_in_both_languages(open_browser, site):
    tab = open_browser().new_page()
    tab.goto(f"{site.url}/privacy-policy/")
    anchors = tab.eval_on_selector_all("article h2", "headings => headings.map(heading => heading.id)")
    assert anchors == ANCHORS
    assert tab.eval_on_selector("article img", "picture => picture.naturalWidth") > 0
    tab.get_by_role("link", name="Русский").click()
    assert tab.locator("article h2").count() == 8
    assert tab.locator("[data-status=up-to-date]").is_visible()
    assert "образец" in tab.inner_text(".site-notice")


def test_all_text_is_visible(open_browser, site):
    tab = open_browser().new_page()
    hidden = """[...document.querySelectorAll("main *")].filter(element => {
        const style = getComputedStyle(element);
        return element.innerText && (style.opacity === "0" || style.visibility === "hidden");
    }).map(element => element.outerHTML)"""
    for path in PATHS:
        tab.goto(site.url + path)
        assert tab.evaluate(hidden) == []


SCRIPTS = """
<div lang="ar" dir="rtl">
<p>انظر <a href="/a">https://example.org/docs/</a> أو <code>ls -l /</code> <em>مهم</em></p></div>
<div lang="ja"><p>これは<em>大事</em>です</p></div><div lang="en"><p><em>word</em></p></div>
"""
# Whether the last character of a text is to the right of the first one.
ENDS_AT_THE_RIGHT = """element => {
  const at = index => {
    const range = document.createRange();
    range.setStart(element.firstChild, index);
    range.setEnd(element.firstChild, index + 1);
    return range.getBoundingClientRect().left;
  };
  return at(element.firstChild.length - 1) > at(0);
}"""


def test_addresses_and_code_keep_their_direction_and_scripts_without_italics_have_none(open_browser, site):
    tab = open_browser().new_page()
    tab.goto(f"{site.url}/privacy-policy/")
    tab.eval_on_selector(".policy-text", "(element, html) => { element.innerHTML = html }", SCRIPTS)
    for selector in ("[lang=ar] a", "[lang=ar] code"):
        assert tab.eval_on_selector(selector, ENDS_AT_THE_RIGHT), selector
    styles = "elements => elements.map(element => getComputedStyle(element).fontStyle)"
    assert tab.eval_on_selector_all(".policy-text em", styles) == ["normal", "normal", "italic"]


# Columns that compete for the width with a long one.
TABLE = """
<div class="table-scroll"><table><thead><tr><th>Data</th><th>Purpose</th><th>Kept for</th><th>Basis</th></tr></thead>
<tr><td>Shortened address of your whole network</td><td>defence against attacks</td><td>14 days</td>
<td>legitimate interest, Article 6 GDPR</td></tr>
<tr><td>Session <code>ck_session_identifier_of_the_mail_client</code></td><td>статистика</td><td>14 дней</td>
<td>—</td></tr>
</table></div>
"""
# The words and units that are torn apart, which have parts one below the other.
TORN = """cells => cells.flatMap(cell => {
  const text = cell.firstChild, range = document.createRange();
  const parts = /^\\d/.test(text.data) ? [text.data] : text.data.match(/\\S+/g);
  return parts.filter(part => {
    range.setStart(text, text.data.indexOf(part));
    range.setEnd(text, text.data.indexOf(part) + part.length);
    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
  });
})"""


@pytest.mark.parametrize(("media", "width"), [("screen", 320), ("screen", 390), ("screen", 1280), ("print", 642)])
@pytest.mark.parametrize("place", [".policy-text", ".pair .cell"])
def test_words_and_units_in_tables_stay_whole(open_browser, site, media, width, place):
    tab = open_browser(viewport={"width": width, "height": 900}).new_page()
    tab.goto(f"{site.url}/privacy-policy/{'with/ru/' if 'pair' in place else ''}")
    tab.emulate_media(media=media)
    tab.locator(place).first.evaluate("(element, html) => { element.innerHTML = html }", TABLE)
    assert tab.eval_on_selector_all(f"{place} :is(th, td):not(:has(code))", TORN) == []
    # Code is in pieces that can be read, and leaves room for the other columns.
    assert 60 < tab.locator(f"{place} td code").first.bounding_box()["width"] < 420


def test_short_texts_in_another_direction_are_aligned_with_the_page(open_browser, site):
    tab = open_browser().new_page()
    tab.goto(f"{site.url}/privacy-policy/history/")
    notes = '<p class="change-note" dir="rtl">نص</p><p class="change-note" dir="ltr">Text</p>'
    for direction, side in (("ltr", "left"), ("rtl", "right")):
        tab.locator("main").evaluate(
            "(main, [dir, html]) => { main.dir = dir; main.innerHTML = html }", [direction, notes]
        )
        styles = tab.eval_on_selector_all(
            ".change-note", "notes => notes.map(note => getComputedStyle(note).textAlign)"
        )
        assert styles == [side, side]
