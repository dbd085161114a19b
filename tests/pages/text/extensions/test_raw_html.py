"""Raw HTML: what the allow-list keeps, what is dropped, and that any HTML is harmless, well-formed and cheap."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.text.checks.dropped import find_dropped
from pages.text.extensions.dropped_markup import DroppedKind
from pages.text.rendering import render
from tests.timing import is_faster_than


def render_compact(body: str, **options) -> str:
    """Return the HTML without line breaks and without the element that makes tables scroll."""
    html = re.sub('<div class="table-scroll"[^>]*>|</div>', "", render(body, **options).html)
    return re.sub(r"\s*\n\s*", "", html)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("one<br>two<BR/>three", "<p>one<br>two<br>three</p>"),
        ("H<sub>2</sub>O and m<sup>2</sup>", "<p>H<sub>2</sub>O and m<sup>2</sup></p>"),
        ("an <u>underlined *word*</u>", "<p>an <u>underlined <em>word</em></u></p>"),
        ("<a href='/terms/'>Terms</a>", '<p><a href="/terms/">Terms</a></p>'),
        ("<A HREF=/terms/>Terms</A>", '<p><a href="/terms/">Terms</a></p>'),
        ('<a name="data"></a>Data', '<p><a id="data"></a>Data</p>'),
        ("<dl><dt>Data<dd>Facts<dd>Figures</dl>", "<dl><dt>Data</dt><dd>Facts</dd><dd>Figures</dd></dl>"),
        (
            "<details><summary>More</summary>\n\n**All** of it\n\n</details>\n\nAfter",
            "<details><summary>More</summary><p><strong>All</strong> of it</p></details><p>After</p>",
        ),
        ("<details open>\n<summary>A</summary>B</details>", '<details open=""><summary>A</summary><p>B</p></details>'),
        (
            "<table>\n<caption>C</caption>\n<thead><tr><th colspan=2>A</th></tr></thead>\n"
            "<tbody><tr><td rowspan='2' align=right>1</td><td>2</td></tr></tbody>\n</table>",
            '<table><caption>C</caption><thead><tr><th colspan="2">A</th></tr></thead>'
            '<tbody><tr><td rowspan="2" class="align-right">1</td><td>2</td></tr></tbody></table>',
        ),
        (
            "<table><tr><td>\n\n- *a*\n\n</td></tr></table>",
            "<table><tbody><tr><td><ul><li><em>a</em></li></ul></td></tr></tbody></table>",
        ),
        (
            "- <details><summary>s</summary>z</details>",
            "<ul><li><details><summary>s</summary><p>z</p></details></li></ul>",
        ),
        (
            "| a |\n|---|\n| 1<br>2<sup>n</sup> |",
            "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1<br>2<sup>n</sup></td></tr></tbody></table>",
        ),
    ],
)
def test_allowed_elements_are_rendered(body, html):
    assert render_compact(body) == html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (
            "<table><td>a<td>b<tr>c</table>d",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table><p>d</p>",
        ),
        ("<table>stray<tr><td>a", "<table><tbody><tr><td>stray</td></tr><tr><td>a</td></tr></tbody></table>"),
        ("<table>\n\nMarkdown\n\n</table>", "<table><tbody><tr><td><p>Markdown</p></td></tr></tbody></table>"),
        ("<dl>stray<dt>a", "<dl><dd>stray</dd><dt>a</dt></dl>"),
        ("</td></tr></table></details>a", "<p>a</p>"),
        ("*a <u>b* c</u> d", "<p><em>a <u>b</u></em> c d</p>"),
        ("<sup>a\n\nb</sup>", "<p><sup>a</sup></p><p>b</p>"),
        ("- <details>a\n\nb", "<ul><li><details><p>a</p></details></li></ul><p>b</p>"),
        ("> <details>\n\n</details>\nb", "<blockquote><details></details></blockquote><p>b</p>"),
        (
            "<table><tr><td>a<table><tr><td>b</table>c<td>d</table>",
            "<table><tbody><tr><td>a<br>b<br>c</td><td>d</td></tr></tbody></table>",
        ),
        ("[a <a href=/b>b</a>](/c)", '<p><a href="/c">a b</a></p>'),
        ("<a href=/a>b <a href=/c>d</a> e", '<p><a href="/a">b d</a> e</p>'),
        ("<td>a</td> text <summary>b</summary>", "<p>a</p><p>text</p><p>b</p>"),
    ],
)
def test_unbalanced_and_misplaced_tags_are_made_well_formed(body, html):
    assert render_compact(body) == html


@pytest.mark.parametrize(
    ("body", "html", "names"),
    [
        ("a <b>bold</b> <i>word</i>", "<p>a bold word</p>", ["b", "i"]),
        ("<div align=center>\n<p>One</p><p>Two</p>\n</div>", "<p>One</p><p>Two</p>", ["div", "p", "p"]),
        ("<ul><li>One<li>Two</ul>", "<p>One</p><p>Two</p>", ["ul", "li", "li"]),
        ("<td><p>One</p><p>Two</p>", "<p>One</p><p>Two</p>", ["td", "p", "p"]),
        (
            "<table><tr><td><p>One</p><p>Two</p></table>",
            "<table><tbody><tr><td>One<br>Two</td></tr></tbody></table>",
            ["p", "p"],
        ),
        ("<h2 id=x>Head</h2>\nText", "<p>Head</p><p>Text</p>", ["h2"]),
        ("an <img src=/a.png alt=x> image", "<p>an  image</p>", ["img"]),
        ("<script>\nalert(1)\n\nb</script>\n\nc", "<p>c</p>", ["script"]),
        ("a <style>b</style> c", "<p>a  c</p>", ["style"]),
        ("<?php echo 1 ?>\n\n<!DOCTYPE html>\n\na", "<p>a</p>", ["?php", "!doctype"]),
        ("a <?x ?> <!X y> <![CDATA[b]]> c", "<p>a   b c</p>", ["?x", "!x"]),
        ("<a href='javascript:alert(1)'>b</a>", "<p>b</p>", ["a"]),
        ("<a id=x class=y>b</a>", "<p>b</p>", ["a"]),
    ],
)
def test_other_tags_are_dropped_and_named_and_their_text_is_kept(body, html, names):
    assert render_compact(body) == html
    assert [(markup.kind, markup.name) for markup in find_dropped(body)] == [(DroppedKind.TAG, name) for name in names]


HIDDEN = [
    ("a <span hidden>S</span> b", "<p>a  b</p>", ["span"]),
    ("a <i style='color: red; display : none'>S *S* <b>S</b></i> *b*", "<p>a  <em>b</em></p>", ["i"]),
    ("*a <b hidden>S* c</b>\n\nd", "<p><em>a </em> c</p><p>d</p>", ["b"]),
    ("<div hidden>S<div>S</div>S</div>b", "<p>b</p>", ["div"]),
    ("<div hidden>\n\nS\n\n- S\n\n```\nS\n```\n\n## S\n\n</div>\n\nb", "<p>b</p>", ["div"]),
    ("<div style=visibility:hidden>\n\nS</div> S\n\nb", "<p>b</p>", ["div"]),
    ("- a\n\n  <div hidden>\n\n  S\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>", ["div"]),
    ("<template><p>S</p></template>\n\na <iframe src=x>S</iframe>b", "<p>a b</p>", ["template", "iframe"]),
    ("<p hidden>S\n\nb", "<p>b</p>", ["p"]),
    ("<table><tr><td hidden>S<td>b</table>", "<table><tbody><tr><td>b</td></tr></tbody></table>", ["td"]),
    ("<dialog>S</dialog>a <input hidden> b", "<p>a  b</p>", ["dialog", "input"]),
]


@pytest.mark.parametrize(("body", "html", "names"), HIDDEN)
def test_elements_that_browsers_do_not_show_are_left_out_with_their_text(body, html, names):
    assert render_compact(body).replace(' class="table-scroll"', "") == html
    hidden = [markup.name for markup in find_dropped(body) if markup.kind is DroppedKind.HIDDEN]
    assert hidden == names


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Rights <span hidden>S</span>", "rights"),
        ('A <b style="display:none">S *s*</b> c', "a--c"),
        ("The `<span hidden>` tag", "the-span-hidden-tag"),
        ("The `<template>` element", "the-template-element"),
        # As in Hugo.
        ("A <!-- b --> <u>c</u>", "a----b----ucu"),
    ],
)
def test_id_of_a_heading_has_nothing_of_a_hidden_element(heading, expected):
    assert f'<h2 id="{expected}">' in render(f"## {heading}").html


@pytest.mark.parametrize("body", ["`<i hidden>a</i>`", "<dialog open>a</dialog>", "hidden <b title='x hidden'>a</b>"])
def test_other_elements_are_shown(body):
    assert "a" in render(body).html
    assert DroppedKind.HIDDEN not in [markup.kind for markup in find_dropped(body)]


@pytest.mark.parametrize("body", ["Dear <your name>,", "a <company> b", "<T>\n", "a < b and c > d", "if <x y='z'>"])
def test_names_that_html_does_not_know_are_text(body):
    assert "&lt;" in render(body).html
    assert find_dropped(body) == ()


def test_names_of_anchors_get_the_prefix_and_do_not_repeat_an_id():
    html = render(
        '## Data\n\n<a name="data"></a><a name="up">a</a> <a name="up"></a>\n\n[b](#up)', id_prefix="p1-"
    ).html
    assert re.findall(r' id="([^"]*)"', html) == ["p1-data", "p1-up"]
    assert '<a href="#p1-up">b</a>' in html


def test_anchor_before_the_text_of_a_heading_does_not_move_its_link():
    html = render('## <a name="old"></a>Rights {#rights}').html
    assert html == '<h2 id="rights"><a id="old"></a><a class="heading-link" href="#rights">Rights</a></h2>\n'


def test_relative_links_of_raw_html_are_resolved():
    assert 'href="/ru/policy/sub/"' in render("<a href=sub/>a</a>", base_url="/ru/policy/").html


@pytest.mark.parametrize(
    "payload",
    [
        "<a href=javascript:alert(1)>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<a href='&#1;javascript:alert(1)'>x</a>",
        "<a href='javascript&colon;alert(1)'>x</a>",
        "<a href=data:text/html,x>x</a>",
        "<a href='/x' onclick=alert(1) style=x>x</a>",
        "<a name='x\" onclick=\"y'>x</a>",
        "<td style=x onmouseover=alert(1) colspan=9999>x</td>",
        "<details ontoggle=alert(1) open>x</details>",
        "<table background=javascript:x><tr><td background=x>x</table>",
        "<svg><a xlink:href=javascript:alert(1)><text>x</a></svg>",
        "<math><mi xlink:href=javascript:alert(1)>x</math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<textarea></textarea><script>alert(1)</script>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!--<img src='--><img src=x onerror=alert(1)//'>",
        "<scr<script>ipt>alert(1)</script>",
        "<a href=/x<script>alert(1)</script>>x</a>",
        "<iframe srcdoc='<script>x</script>'></iframe>",
        "<form action=javascript:x><input type=submit></form>",
        "<base href=//evil.example><link rel=stylesheet href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<summary><details><summary><script>alert(1)</script>",
        '<a href="/x" name="y" target=_blank ping=//evil.example>x</a>',
    ],
)
def test_hostile_html_is_harmless_in_every_place(payload):
    places = (
        "{}",
        "a {} b",
        "- {}",
        "> {}",
        "| a |\n|---|\n| {} |",
        "## {}",
        "<table><tr><td>{}",
        "[a {}](/b)",
        "a[^1]\n\n[^1]: {}",
    )
    for place in places:
        check_safe(render(place.format(payload)).html)


class _Checker(HTMLParser):
    """Checks that elements are nested properly, and that nothing but known tags and attributes is there."""

    VOID = {"br", "hr", "img"}
    ATTRIBUTES = {
        "href",
        "id",
        "class",
        "aria-label",
        "role",
        "tabindex",
        "colspan",
        "rowspan",
        "open",
        "start",
        "title",
        "src",
        "alt",
    }
    UNKNOWN = {"script", "style", "iframe", "svg", "math", "form", "input", "base", "link", "meta", "img", "textarea"}

    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attributes):
        assert tag not in self.UNKNOWN
        for name, value in attributes:
            assert name in self.ATTRIBUTES
            assert not re.match(r"[\s\0-\x20]*(?:javascript|data|vbscript):", value or "", re.IGNORECASE)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check_safe(html: str) -> None:
    checker = _Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    identifiers = re.findall(r' id="([^"]*)"', html)
    assert len(identifiers) == len(set(identifiers))


FRAGMENTS = (
    *("<table>", "</table>", "<tr>", "<td>", "</td>", "<th colspan=2>", "<caption>", "<tbody>", "<dl>", "<dt>", "<dd>"),
    *("</dl>", "<details>", "</details>", "<summary>", "</summary>", "<u>", "</u>", "<sup>", "<sub>", "</sup>", "<br>"),
    *("<a href=/x>", "<a name=y>", "</a>", "<!--", "-->", "<script>", "</script>", "<p>", "<div>", "</div>", "<b>"),
    *(
        "\n",
        "\n\n",
        "- ",
        "> ",
        "text",
        "*",
        "**",
        "`",
        "## ",
        "| a |\n|---|\n",
        "[",
        "](/z)",
        "    ",
        "[^1]",
        "\n[^1]: ",
    ),
    *("{{< a >}}", "{{ b }}", "{: #i }", "{.c}", "https://a.b/", "c@d.e", ": ", "- [ ] ", "> [!NOTE]\n", "<", ">", "'"),
)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25))
@settings(max_examples=400)
def test_any_mixture_is_rendered_well_formed(fragments):
    check_safe(render("".join(fragments), id_prefix="p-").html)


def test_deep_nesting_is_limited():
    body = "<details>\n\n" * 200 + "<sup>" * 200 + "a"
    html = render(body).html
    assert html.count("<details>") + html.count("<sup>") <= 32
    check_safe(html)


@pytest.mark.timing
@pytest.mark.parametrize("pattern", ["a<b>", "<td>a", "<!-- ", "<a href='", "<script>", "<x <y "])
def test_much_html_in_one_paragraph_takes_linear_time(pattern):
    assert is_faster_than(0.3, lambda: render("a " + pattern * (20_000 // len(pattern))))
