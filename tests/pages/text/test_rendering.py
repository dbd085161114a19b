"""Rendering: conformance with CommonMark and Hugo, safety against hostile Markdown, and time limits."""

import json
import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.text.parsing import MAX_BODY_BYTES, BodyTooLong, create_engine
from pages.text.pictures import find_picture_references
from pages.text.rendering import Heading, remove_title_heading, render
from tests.commonmark_spec import EXAMPLES
from tests.timing import is_faster_than

# Numbers of the examples with raw HTML, of which `render` keeps only some tags.
RAW_HTML_EXAMPLES = {
    *(21, 31, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 642, 643),
    *range(148, 173),
    *range(174, 192),
    *(613, 614, 615, 616, 617, 623, 629, 630, 631),
}
# Numbers of the examples with addresses that become links, as in Hugo.
PLAIN_ADDRESS_EXAMPLES = {608, 611, 612}
# Numbers of the examples with link schemes that are not kept.
UNSAFE_SCHEME_EXAMPLES = {201, 598, 599, 601}

_LABELLED_LINK = re.compile(r'<a class="heading-link" href="[^"]*" aria-label="[^"]*">#</a>')
_WRAPPING_LINK = re.compile(r'<a class="heading-link"[^>]*>(.*?)</a>(?=</h\d>)', re.DOTALL)
_HEADING_ID = re.compile(r'(?<=<h\d) id="[^"]*"')


def _load_examples():
    if not EXAMPLES.exists():
        return [
            pytest.param(None, marks=pytest.mark.skip(reason="no CommonMark examples: run `make test` with a network"))
        ]
    return [pytest.param(example, id=str(example["example"])) for example in json.loads(EXAMPLES.read_text())]


def _strip_heading_links(html: str) -> str:
    html = _WRAPPING_LINK.sub(r"\1", _LABELLED_LINK.sub("", html))
    return _HEADING_ID.sub("", html)


def _normalise(html: str) -> str:
    # The specification's own test runner ignores white space between block tags.
    return html.replace("<blockquote></blockquote>", "<blockquote>\n</blockquote>")


def _serialise(html: str) -> str:
    """Return HTML as nh3 writes it, with all tags, attributes and schemes of the examples allowed."""
    return nh3.clean(
        _normalise(html),
        attributes={"a": {"href", "title"}, "img": {"src", "alt", "title"}, "code": {"class"}, "ol": {"start"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "irc", "a+b+c", "made-up-scheme", "localhost"},
    )


@pytest.mark.parametrize("example", _load_examples())
def test_engine_follows_the_commonmark_specification(example):
    assert _normalise(create_engine(html=True).render(example["markdown"])) == _normalise(example["html"])


@pytest.mark.parametrize("example", _load_examples())
def test_rendered_html_follows_commonmark_except_the_listed_examples(example):
    references = {reference: reference for reference in find_picture_references(example["markdown"])}
    html = _normalise(render(example["markdown"], picture_urls=references).html)
    is_equal = _strip_heading_links(html) == _serialise(example["html"])
    differing = RAW_HTML_EXAMPLES | UNSAFE_SCHEME_EXAMPLES | PLAIN_ADDRESS_EXAMPLES
    assert is_equal is (example["example"] not in differing)


HEADINGS = [
    ("Collection of Information", "collection-of-information"),
    ("Сбор информации", "сбор-информации"),
    ("Third-party service providers", "third-party-service-providers"),
    ("What's new? (2024)", "whats-new-2024"),
    ("a  b", "a--b"),
    ("snake_case", "snake_case"),
    ("Ёлка и «кавычки»", "ёлка-и-кавычки"),
    ("`code` and *emphasis*", "code-and-emphasis"),
    ("[a link](https://example.org)", "a-linkhttpsexampleorg"),
    ("隐私政策", "隐私政策"),
    ("!!!", "heading"),
]


@pytest.mark.parametrize(("heading", "identifier"), HEADINGS)
def test_heading_ids_match_those_of_hugo(heading, identifier):
    assert render(f"## {heading}").contents[0].id == identifier


def test_repeated_heading_ids_are_numbered_as_in_hugo():
    rendered = render("# A\n\n# A\n\n# A-1\n\n# A\n")
    assert [heading.id for heading in rendered.contents] == ["a", "a-1", "a-1-1", "a-2"]


def test_explicit_id_takes_precedence_over_an_earlier_derived_one():
    rendered = render("## Contact\n\n## Write to us {#contact}\n\nSetext {#two .class}\n---\n")
    assert [heading.id for heading in rendered.contents] == ["contact-1", "contact", "two"]
    assert "{#" not in rendered.html


def test_explicit_id_may_begin_with_a_colon():
    rendered = render("## Your data {: #data }\n\n[up](#data) {: #other }\n")
    assert [(heading.id, heading.text) for heading in rendered.contents] == [("data", "Your data")]
    assert "{: #other }" in rendered.html


def test_escaped_brace_does_not_begin_an_explicit_id():
    assert "{#here}" in render(r"## Braces \{#here}").html


def test_table_of_contents_has_levels_ids_and_plain_text():
    rendered = render("# One *two* `three` ![four](x)\n\n### [Five](https://example.org)\n")
    assert rendered.contents == (
        Heading(1, "one-two-three-fourx", "One two three four"),
        Heading(3, "fivehttpsexampleorg", "Five"),
    )


def test_heading_text_links_to_the_heading():
    assert render("## Tracking").html == (
        '<h2 id="tracking"><a class="heading-link" href="#tracking">Tracking</a></h2>\n'
    )


def test_heading_that_contains_a_link_has_its_own_link_after_the_text():
    html = render("## See [this](https://example.org)").html
    assert '<a href="https://example.org">this</a><a class="heading-link"' in html


def test_tables_footnotes_and_strikethrough_are_rendered():
    html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n~~gone~~ and noted[^1]\n\n[^1]: The note.\n").html
    assert '<th class="align-center">a</th>' in html
    assert '<td class="align-right">2</td>' in html
    assert "<s>gone</s>" in html
    assert '<a href="#fn:1" id="fnref:1">[1]</a>' in html
    assert '<li id="fn:1">' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("| What *we* keep | Why |\n|---|---|\n| a | b |", "What we keep, Why"),
        ("<table><caption>Logs</caption><tr><th>Data</th></tr></table>", "Logs"),
        ("<table><tr><td>a</td><td>b &amp; c</td></tr><tr><td>d</td></tr></table>", "a, b &amp; c"),
        ('| a" onfocus="x | [b](/c) |\n|---|---|', "a&quot; onfocus=&quot;x, b"),
        ("|" + " word |" * 100 + "\n" + "|" + "---|" * 100, ", ".join(["word"] * 100)[:200]),
    ],
)
def test_table_can_be_scrolled_with_the_keyboard_and_has_a_name(body, name):
    opening = re.search('<div class="table-scroll"[^>]*>', render(body).html)[0]
    assert f' aria-label="{name}"' in opening
    assert ' role="group"' in opening
    assert ' tabindex="0"' in opening


def test_table_without_text_in_its_first_row_has_no_name():
    assert '<div class="table-scroll" tabindex="0"><table>' in render("| | |\n|---|---|\n| a | b |").html


def test_id_prefix_applies_to_ids_and_links_to_them():
    rendered = render("## Here\n\n[there](#here) a[^n]\n\n[^n]: b\n", id_prefix="p2-")
    assert rendered.contents[0].id == "p2-here"
    assert '<a href="#p2-here">there</a>' in rendered.html
    assert 'id="fn:p2-1"' in rendered.html
    assert 'href="#fnref:p2-1"' in rendered.html


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<script>alert(1)</script>", ""),
        ("<img src=x onerror=alert(1)>", ""),
        ("a <b onclick='x'>b</b>", "a b"),
        ("<style>*{}</style>", ""),
        ("<iframe src=//example.org>", ""),
        ("<svg onload=alert(1)>", ""),
        ("<svg/onload=alert(1)>", "&lt;svg/onload=alert(1)&gt;"),
        ("<x onclick=alert(1)>", "&lt;x onclick=alert(1)&gt;"),
    ],
)
def test_raw_html_that_is_not_allowed_does_nothing(markup, shown):
    assert re.sub(r"</?p>", "", render(markup).html).strip() == shown


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "ms-msdt:/id",
        "intent://example.org",
        "blob:https://example.org/1",
    ],
)
@pytest.mark.parametrize("form", ["[a]({})", "[a](<{}>)", "<{}>", "[a]\n\n[a]: {}"])
def test_links_with_unsafe_schemes_are_not_rendered(form, address):
    assert "href" not in render(form.format(address)).html


@pytest.mark.parametrize(
    "address", ["matrix:r/a:b", "xmpp:a@b.c", "sms:+15550100", "geo:1,2", "signal:a", "IRC://example.org", "tg://a"]
)
@pytest.mark.parametrize("form", ["[a]({})", "<{}>", "[a]\n\n[a]: {}", '<a href="{}">a</a>'])
def test_links_to_other_programs_are_kept(form, address):
    assert f'href="{address}"' in render(form.format(address)).html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("これは**「重要」**です", "これは<strong>「重要」</strong>です"),
        ("**「重要」**です。**「次」**も", "<strong>「重要」</strong>です。<strong>「次」</strong>も"),
        ("这是**“重要”**的，*（注）*也是", "这是<strong>“重要”</strong>的，<em>（注）</em>也是"),
        ('**"중요"**입니다', '<strong>"중요"</strong>입니다'),
        ("คือ**“สำคัญ”**มาก", "คือ<strong>“สำคัญ”</strong>มาก"),
        ("これは~~「古い」~~です", "これは<s>「古い」</s>です"),
        ("これは_「重要」_です", "これは_「重要」_です"),
        ('a**"b"**c', 'a**"b"**c'),
    ],
)
def test_emphasis_of_scripts_without_spaces_needs_none(body, html):
    assert render(body).html == f"<p>{html}</p>\n"


def test_each_reference_to_a_footnote_has_its_number():
    html = render("x[^a] y[^b] z[^a]\n\n[^a]: m[^b]\n[^b]: n").html
    assert re.findall(r">(\[[^<]*\])<", html) == ["[1]", "[2]", "[1]", "[2]"]
    assert len(set(re.findall(r' id="([^"]*)"', html))) == len(re.findall(r' id="', html))


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("a\x0bb\x0cc\x85d", "<p>a b c d</p>\n"),
        ("a\x01b\x7fc\x9f\ufffe\ufdd0\U0001fffed", "<p>abcd</p>\n"),
        ("`a\x02b`", "<p><code>ab</code></p>\n"),
        ("Pru\u0308fung", "<p>Prüfung</p>\n"),
        ("**u\u0308**\n\n    o\u0308", "<p><strong>ü</strong></p>\n<pre><code>ö\n</code></pre>\n"),
        ('[и\u0306](/и\u0306 "и\u0306")', '<p><a href="/%D0%B8%CC%86" title="й">й</a></p>\n'),
        ("Daten\u00adschutz\u200b", "<p>Daten\u00adschutz\u200b</p>\n"),
    ],
)
def test_forbidden_characters_are_removed_and_letters_composed(body, html):
    assert render(body).html == html


def test_white_space_in_a_scheme_is_escaped():
    assert '<a href="java%09script:alert(1)">' in render("[a](<java\tscript:alert(1)>)").html


@pytest.mark.parametrize("reference", ["https://example.org/a.png", "//example.org/a.png", "data:image/png;base64,AA"])
def test_picture_of_another_host_is_replaced_with_its_description(reference):
    html = render(f"![A *fine* badge]({reference})").html
    assert html == '<p><span class="missing-picture">A fine badge</span></p>\n'


def test_known_picture_is_shown_with_its_address():
    html = render("![Badge](/images/a%20b.png)", picture_urls={"/images/a%20b.png": "/media/abc"}).html
    assert html == '<p><img src="/media/abc" alt="Badge"></p>\n'


@pytest.mark.parametrize(
    ("href", "resolved"),
    [
        ("sub/", "/ru/policy/sub/"),
        ("../other/", "/ru/other/"),
        ("/at-root/", "/at-root/"),
        ("#here", "#here"),
        ("https://example.org/", "https://example.org/"),
        ("mailto:privacy@example.org", "mailto:privacy@example.org"),
    ],
)
def test_links_are_resolved_against_the_base_url(href, resolved):
    assert f'href="{resolved}"' in render(f"[a]({href})", base_url="/ru/policy/").html


def test_invalid_link_address_does_not_prevent_rendering():
    assert "<p>" in render("[a](http://[::1)", base_url="/policy/").html


def test_rendered_body_lists_what_was_dropped():
    assert [(markup.name, markup.line) for markup in render("a <b>c</b>\n\n<i>").dropped] == [("b", 1), ("i", 3)]
    assert len(render("<b>\n\n" * 1_200).dropped) == 1_000


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", 0),
        ("one *two* `three`\n\n* four\n", 4),
        ("隐私 policy", 3),
        ("![not counted](/a.png)", 0),
        ("```\na b\n```", 2),
    ],
)
def test_word_count_includes_code_but_not_pictures(body, words):
    assert render(body).word_count == words


def test_body_over_the_limit_is_refused_with_both_sizes():
    with pytest.raises(BodyTooLong, match=f"the text has {MAX_BODY_BYTES + 2} bytes; .* is {MAX_BODY_BYTES}"):
        render("я" * (MAX_BODY_BYTES // 2 + 1))
    assert render("a" * MAX_BODY_BYTES).word_count == 1


@pytest.mark.parametrize(
    ("body", "title", "html", "title_id"),
    [
        ("# One\n\nText", "One", "<p>Text</p>\n", "one"),
        ("One\n===\n\nText", "One", "<p>Text</p>\n", "one"),
        ("# One {#first}\n\nText", "One", "<p>Text</p>\n", "first"),
        ("# A & *b*  <c>\n\nText", "A & b <c>", "<p>Text</p>\n", "a--b--c"),
        ("Before\n\n# One\n\nText", "One", "<p>Before</p>\n<p>Text</p>\n", "one"),
    ],
)
def test_first_heading_that_repeats_the_title_is_removed_and_its_id_kept(body, title, html, title_id):
    rendered = remove_title_heading(render(body), title)
    assert (rendered.html, rendered.contents, rendered.title_id) == (html, (), title_id)


@pytest.mark.parametrize(
    ("body", "title"),
    [("# One\n\nText", "Two"), ("## One\n\nText", "One"), ("# Two\n\n# One", "One"), ("> # One", "Two"), ("", "One")],
)
def test_other_headings_are_not_removed(body, title):
    rendered = render(body)
    assert remove_title_heading(rendered, title) is rendered


def test_title_heading_is_removed_with_an_id_prefix():
    rendered = remove_title_heading(render("# One\n\n## Two", id_prefix="p1-"), "One")
    assert (rendered.title_id, [heading.id for heading in rendered.contents]) == ("p1-one", ["p1-two"])


PATHOLOGICAL = [
    *("[", "![", "^[", "[" + "]" * 9, "[a](", "[a](<b", '[a](b "', "[^1]", "[a][b]", "[[]()", "*a ", "**a _b ", "*_"),
    *("_a_", "`a``b```", "> ", "- ", "- a\n", "1. ", "# a\n", "a\n=\n", "# {#a}\n", "{", "<", "<!--", "<a href='"),
    *(
        "<http://a",
        "<b>",
        "<u>a",
        "<td>",
        "{{<",
        "{{ a",
        "https://a.b/",
        "a@b.c ",
        "a\n: ",
        "&",
        "\\",
        "~~a",
        "| a | b |\n|-|-|\n",
        "|",
        "[a]: b\n",
        "[^1]: a\n",
        "\t",
        "\n",
        "a ",
    ),
    *("a" + " " * 100, "]", "\r", "\u2028"),
]


# The slowest pattern of each kind of work (blocks, links, emphasis) runs in every test run.
ALWAYS_TRIED = {"# a\n", "![", "*_"}


@pytest.mark.timing
@pytest.mark.parametrize(
    "pattern",
    [pytest.param(pattern, marks=() if pattern in ALWAYS_TRIED else pytest.mark.thorough) for pattern in PATHOLOGICAL],
)
def test_pathological_text_of_maximum_length_renders_within_five_seconds(pattern):
    body = (pattern * MAX_BODY_BYTES).encode()[:MAX_BODY_BYTES].decode(errors="ignore")
    assert is_faster_than(5, lambda: render(body))


@given(st.text(alphabet="ab \n\t#*_`[]()!<>&{}^:|~-=\\\"'/\u0430\u05d0\u0301\u2028\0", max_size=120))
def test_any_text_renders_to_clean_html_with_unique_ids(body):
    html = render(body, id_prefix="p-").html
    identifiers = re.findall(r' id="([^"]*)"', html)
    assert len(identifiers) == len(set(identifiers))
    assert not re.search(r"<(?:script|style|iframe|svg)|\son\w+=", re.sub(r'"[^"]*"', "", html))
