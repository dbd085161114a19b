"""Shortcodes and template code: their source never reaches readers, and what is dropped is named."""

import pytest

from pages.text.checks.dropped import find_dropped
from pages.text.extensions.dropped_markup import DroppedKind
from pages.text.rendering import render
from tests.timing import is_faster_than


def show(body: str) -> str:
    return " ".join(render(body).html.split())


@pytest.mark.parametrize(
    ("body", "html", "names"),
    [
        ('a {{< figure src="x.png" >}} b', "<p>a b</p>", ["figure"]),
        ("{{% notice %}}\nInner *text*\n{{% /notice %}}", "<p>Inner <em>text</em></p>", ["notice"]),
        ("{{< a\n  b >}}\n\nText", "<p>Text</p>", ["a"]),
        ("- a {{< x >}}\n- b", "<ul> <li>a</li> <li>b</li> </ul>", ["x"]),
        ("`{{< x >}}` and\n\n    {{< y >}} z\n", "<p>`` and</p> <pre><code> z </code></pre>", ["x", "y"]),
        ("{{<x>}}{{</x>}}{{<y/>}}a", "<p>a</p>", ["x", "y"]),
        (
            "## Rights {{< icon >}}",
            '<h2 id="rights"><a class="heading-link" href="#rights">Rights</a></h2>',
            ["icon"],
        ),
    ],
)
def test_shortcodes_are_dropped_and_named_and_what_they_enclose_is_kept(body, html, names):
    assert show(body) == html
    assert [(markup.kind, markup.name) for markup in find_dropped(body)] == [(DroppedKind.SHORTCODE, n) for n in names]


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ('[a]({{< ref "terms.md" >}})', '<p><a href="terms.md">a</a></p>'),
        ('[a]({{% relref "/terms.md#use" %}} "T")', '<p><a href="/terms.md#use" title="T">a</a></p>'),
        ("[a]({{< ref `terms` >}})", '<p><a href="terms">a</a></p>'),
        ('[a]({{< relref path="a b.md" lang="de" >}})', '<p><a href="a%20b.md">a</a></p>'),
        ("[a]({{< ref terms.md >}})", '<p><a href="terms.md">a</a></p>'),
    ],
)
def test_references_become_the_path_that_they_name(body, html):
    assert show(body) == html
    assert find_dropped(body) == ()


def test_escaped_shortcode_is_shown_as_in_hugo():
    assert show('{{</* ref "a" */>}} and {{%/* b */%}}') == '<p>{{&lt; ref "a" &gt;}} and {{% b %}}</p>'


@pytest.mark.parametrize(
    "code", ["{{ .Title }}", "{{- with .x -}}", "{% include a.html %}", "{{ page.title }}", "{%- if a -%}", "{{.Site}}"]
)
def test_template_code_is_dropped_and_named_outside_code(code):
    assert show(f"a {code} b\n\n`{code}`") == f"<p>a b</p> <p><code>{code}</code></p>"
    [markup] = find_dropped(f"x\n\na\n{code} b")
    assert (markup.kind, markup.name, markup.line) == (DroppedKind.TEMPLATE_CODE, code, 4)


@pytest.mark.parametrize(
    "text", ["{{< unclosed", "{{ 2024 }}", "{{}}", "{a}", "{{ a", "100 %} {%", "{ {a} }", "\\{{ a }}"]
)
def test_other_braces_are_text(text):
    assert "{" in render(text).html
    assert find_dropped(text) == ()


def test_paragraph_of_template_code_leaves_nothing():
    assert render("{% include a %}\n\na {{ b }}\n\n{{ c }}").html == "<p>a </p>\n"


def test_attributes_of_a_link_or_an_emphasis_are_hidden():
    assert show('[a](/b){:target="_blank"} *c*{: .d} e{:f}') == '<p><a href="/b">a</a> <em>c</em> e{:f}</p>'


def test_text_keeps_its_lines():
    body = "{{< a\n\n\n >}}\n\nb {{ c }}\n{{% comment %}}\n\n{{% /comment %}}\n\n<!-- d -->"
    assert [(markup.name, markup.line) for markup in find_dropped(body)] == [
        ("a", 1),
        ("{{ c }}", 6),
        ("comment", 7),
        ("", 11),
    ]


@pytest.mark.parametrize(
    ("body", "html", "count"),
    [
        ("a {/* S\n*s* */} b", "<p>a b</p>", 1),
        ("{/* S */}\n\n- {/* S */}b", "<ul> <li>b</li> </ul>", 2),
        ("`{/* a */}`\n\n    {/* b */}\n", "<p><code>{/* a */}</code></p> <pre><code>{/* b */} </code></pre>", 0),
        ("a {/* b", "<p>a {/* b</p>", 0),
        ("a \\{/* b */}", "<p>a {/* b */}</p>", 0),
    ],
)
def test_comments_of_mdx_are_dropped_and_named(body, html, count):
    assert show(body) == html
    assert [(markup.kind, markup.name) for markup in find_dropped(body)] == [(DroppedKind.COMMENT, "comment")] * count


@pytest.mark.timing
def test_many_comments_of_mdx_without_end_are_read_in_time():
    assert is_faster_than(3, lambda: render("{/*" * 30_000))
