"""Heading ids and HTML of small texts, compared with what Debian's `hugo` makes of them.

Hugo renders raw HTML here, as it does where a site sets `unsafe`. Known differences are listed with their reason.
"""

import re

import nh3
import pytest

from pages.text.rendering import render
from tests import hugo

pytestmark = hugo.needs_hugo

CONFIG = """baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "home", "section", "404"]
[markup.goldmark.renderer]
unsafe = true
[markup.goldmark.extensions]
typographer = false
"""

SAME = (
    *(
        "## Rights {.no_toc}",
        "## R {.x #right}",
        "## R {#a key=v}",
        "## R {a, b}",
        "## R {a}",
        "## R {.a, .b}",
        "## R {}",
    ),
    *("## R {.x} and", "## R{.x}", "R {.x}\n===", "## `{.x}`", "## R {#a #b}", "## R {.x} ##", "## R ## {.x}"),
    *("## Ünï {#x.y}", "## R \\{.x}", "## {.x}", "## {#only}", "### 1. A & B {.x}", "## A\n\n## A {.b}", "## R {a=b}"),
    *("## Rights <!-- c -->", "## A <u>b</u>", "Text {.x}"),
    *(
        "https://example.org",
        "see https://example.org. And",
        "https://example.org/a,b, x",
        "(https://example.org/a_(b))",
    ),
    *(
        "mail@example.org",
        "Email:mail@example.org",
        "mailto:mail@example.org",
        "www.example.org",
        "xhttps://example.org",
    ),
    *(
        "«https://example.org»",
        "请访问https://example.org。",
        "https://пример.рф",
        "http://localhost",
    ),
    *("HTTP://EXAMPLE.ORG", "*https://example.org*", "_https://example.org_", "[https://example.org](https://a.b)"),
    *("`https://example.org`", "https://example.org/?a=b&c=d_e_f*g*", "a.b-c+d@ex-ample.co.uk.", "x mail@example"),
    *("mail@example.org/abc", "![https://example.org](a.png)", "## https://example.org", "https://example.org/_x_/"),
    *("https://example.org:8080/x", "https://example.org/a!", "https://example.org/~user/", "- https://example.org"),
    *("| a |\n|---|\n| https://example.org |", "> https://example.org", "http://1.2.3.4/x", "https://example.org#a"),
    *("- [ ] a\n- [x] b\n- [X] c", "1. [ ] a", "- [ ] a\n\n- [x] b", "- [ ] a\n  - [x] b", "- [] a", "- [ ] **b**"),
    *("Term\n: text", "A\nB\n: text", "Term\n: a\n: b\n\nT2\n: c", "Term\n~ a", "A\nb\n:not", "Term\n: - a\n  - b"),
    *(
        "Term **b**\n:   text\n    more",
        "# H\n: x",
        "- Term\n  : text",
        "> Term\n> : text",
        "Term\n\n: text\n\n    more",
    ),
    *(
        "one<br>two",
        "H<sub>2</sub>O",
        "m<sup>2</sup>",
        "<u>a</u>",
        "a <!-- b --> c",
        "<!-- a -->\n\nb",
        "a\n\n<!--more-->\n\nb",
    ),
    *("<dl><dt>A</dt><dd>B</dd></dl>", "<table>\n<tr><td colspan=2>a</td></tr>\n</table>", "<a href='/x'>b</a>"),
    *("<details>\n<summary>A</summary>\n\n**b**\n\n</details>", "`<!-- a -->`", "<td>\n\n*a*"),
    *("x[^a] y[^a]\n\n[^a]: n", "a\\\nb", "| a | b |\n|:-|-:|\n| 1 | 2 |"),
)
DIFFERENT = {
    # Jekyll's attributes, which Hugo shows.
    "## R {: #top .x}": "kramdown",
    "## R\n{: #top .x}": "kramdown",
    # A label instead of the literal text; later versions of Hugo have alerts too.
    "> [!NOTE]\n> Body": "alerts",
    # Template code outside layouts: Hugo shows its source.
    "{{ .Title }}": "template code",
    # A letter that is not ASCII ends an address in Goldmark and is left outside the link; so it is here. The quotation
    # mark is not part of the address here.
    '"https://example.org/a"': "quotation marks",
    # Here a box needs a space after it, as on GitHub.
    "- [ ]a": "tasks",
    # Goldmark allows any number of blank lines before a definition, and no indented colon.
    "T\n\n\n: a": "definitions",
    "T\n  : a": "definitions",
    # No id twice: an explicit id takes precedence over an earlier derived one.
    "## A\n\n## B {#a}": "ids",
    # Browsers no longer open such addresses.
    "ftp://example.org/x": "schemes",
}


def _normalise(html: str) -> str:
    html = html.replace("☐ ", '<input disabled="" type="checkbox"> ')
    html = html.replace("☑ ", '<input checked="" disabled="" type="checkbox"> ')
    html = re.sub(r'<a class="heading-link"[^>]*>#</a>', "", html)
    html = re.sub(r'<a class="heading-link"[^>]*>(.*?)</a>(?=</h)', r"\1", html, flags=re.DOTALL)
    html = re.sub(
        r'<div class="table-scroll"[^>]*>|(?<=</table>)</div>|<span class="missing-picture">.*?</span>|<img[^>]*>',
        "",
        html,
    )
    html = nh3.clean(
        html,
        tags={*nh3.ALLOWED_TAGS, "section", "input"} - {"div"},
        attributes={
            **{f"h{level}": {"id"} for level in range(1, 7)},
            "a": {"href"},
            "td": {"colspan", "rowspan"},
            "input": {"checked", "type", "disabled"},
        },
        link_rel=None,
    )
    html = re.sub(r'(<a href="#fn:\w+">)\[?(\d+)[^<]*(</a>)', r"\1\2\3", html)
    html = re.sub(r'\s*<a href="#fnref[^"]*">[^<]*</a>|<hr>|</?section>|\u00a0|&nbsp;', "", html)
    return re.sub(r"\s+", " ", re.sub(r"\s*\n\s*", "", html)).strip()


@pytest.fixture(scope="module")
def hugo_html(tmp_path_factory):
    """Return the HTML that Hugo makes of each text."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "config.toml").write_text(CONFIG)
    (folder / "layouts/_default").mkdir(parents=True)
    (folder / "layouts/_default/single.html").write_text("{{ .Content }}")
    (folder / "content").mkdir()
    texts = (*SAME, *DIFFERENT)
    for number, body in enumerate(texts):
        (folder / f"content/p{number}.md").write_text(f"---\ntitle: x\n---\n{body}\n")
    built = hugo.build(folder)
    return {body: (built / f"p{number}/index.html").read_text() for number, body in enumerate(texts)}


@pytest.mark.parametrize("body", SAME)
def test_text_looks_as_in_hugo(body, hugo_html):
    assert _normalise(render(body).html) == _normalise(hugo_html[body])


@pytest.mark.parametrize("body", DIFFERENT)
def test_listed_differences_still_exist(body, hugo_html):
    assert _normalise(render(body).html) != _normalise(hugo_html[body])
