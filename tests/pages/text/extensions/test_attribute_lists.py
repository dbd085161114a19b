"""Attribute lists of kramdown and of Goldmark: ids are applied, everything else is hidden."""

import pytest

from pages.text.checks.dropped import find_dropped
from pages.text.extensions.dropped_markup import DroppedKind
from pages.text.rendering import render


@pytest.mark.parametrize(
    ("body", "identifier"),
    [
        ("## Rights {.no_toc}", "rights"),
        ("## R {.x #right}", "right"),
        ("## R {#right .x}", "right"),
        ('## R {#right key="a b" .x}', "right"),
        ("## R {.a, .b}", "r"),
        ("## R{.x}", "r"),
        ("## R {}", "r"),
        ("## R {#a #b}", "b"),
        ("## R {.x} ##", "r"),
        ("## R ## {.x}", "r"),
        ("R {.x #s}\n---", "s"),
        ("## R {: .x}", "r"),
        ("## R\n{: #top .x}", "top"),
        ("## R\n{:.x}", "r"),
        ("R\n===\n{: #s }\nText", "s"),
        ("## R {#a}\n{: #b}", "b"),
    ],
)
def test_attributes_of_a_heading_are_applied_or_hidden(body, identifier):
    rendered = render(body)
    assert [(heading.id, heading.text) for heading in rendered.contents] == [
        (identifier, "R" if "R" in body[:4] and "Rights" not in body else "Rights")
    ]
    assert "{" not in rendered.html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Text\n{: #top .x}", '<p><a id="top"></a>Text</p>\n'),
        ("Text\n{: .x}\n\nMore", "<p>Text</p>\n<p>More</p>\n"),
        ("{: .lead}\nText", "<p>Text</p>\n"),
        ("Text\n\n{: .x}\n\nMore", "<p>Text</p>\n<p>More</p>\n"),
        ("- a\n- b\n{: .x}", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("> a\n{: .x}", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("{:toc}\n\nText", "<p>Text</p>\n"),
        ("{::options parse_block_html='true' /}\n\nText", "<p>Text</p>\n"),
        ("Text\n{.x #y}", '<p><a id="y"></a>Text</p>\n'),
    ],
)
def test_attribute_list_in_a_line_of_its_own_is_applied_or_hidden(body, html):
    assert render(body).html == html


def test_attribute_list_below_a_table_is_hidden():
    html = render("| a | b |\n|---|---|\n| 1 | 2 |\n{: .x}\n").html
    assert "{" not in html
    assert html.count("<tr>") == 2


@pytest.mark.parametrize(
    "body",
    [
        "Text {.x}",
        "## R {a}",
        "## R {a, b}",
        "## R {.x} and",
        "## R \\{.x}",
        "Text {: .x} more",
        "`{: .x}`",
        "{a}",
        "{\n}",
    ],
)
def test_other_braces_are_text(body):
    assert "{" in render(body).html
    assert find_dropped(body) == ()


def test_hidden_attributes_are_named_with_their_line():
    body = "# A {#a}\n\n## B {.x}\n\nText\n{: .y}\n\nText\n{: #z}\n"
    dropped = [(markup.name, markup.line) for markup in find_dropped(body) if markup.kind is DroppedKind.ATTRIBUTES]
    assert dropped == [(".x", 3), (".y", 6)]


def test_id_of_a_paragraph_gets_the_prefix():
    assert 'id="p1-top"' in render("Text\n{: #top}", id_prefix="p1-").html
