"""Pictures in Markdown: `format_picture` and `find_picture_references`."""

import re
from functools import cache
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mdit_py_plugins.footnote import footnote_plugin

from pages.text.parsing import create_engine
from pages.text.pictures import find_picture_references, format_picture
from pages.text.rendering import render

# Lines that can begin, end or hide a block, and so change the meaning of others.
_LINES = (
    *("# One", "#Two", "## ![h](h.png)", "![a](a.png)", "![b][1]", "![1]", "[1]: one.png", "[^1]: ![f](f.png)"),
    *("x[^1]", "```", "~~~", "    ![c](c.png)", "- ![d](d.png)", "  ![e](e.png)", "> ![g](g.png)", "text", ""),
    *("![a", "b](b.png)", "`![i](i.png)`", "![n ![m](m.png)](n.png)", "\\![k](k.png)", "=====", "![ü](ü b.png)"),
)
LINES = st.lists(st.sampled_from(_LINES), max_size=12)


def render_description(description: str) -> str:
    html = render(format_picture("/media/a", description), picture_urls={"/media/a": "/media/a"}).html
    return unescape(re.fullmatch(r'<p><img src="/media/a" alt="([^"]*)"></p>\n', html)[1])


def test_picture_description_is_shown_literally():
    for description in ("", "A bar", "a [b] *c* _d_ `e` \\ <f> &amp; ~~g~~ ^h !", "[^1]", "Два слова", "x](/y)"):
        assert render_description(description) == description


def test_picture_description_is_written_on_one_line():
    assert render_description(" a\n\n b\t") == "a b"


@given(st.text("ab \\`*_[]<>~^&;#(){%}!\"'|:/.-0"))
def test_any_picture_description_is_shown_literally(description):
    assert render_description(description) == " ".join(description.split())


@cache
def get_reference_engine():
    return create_engine(html=True).use(footnote_plugin, inline=False)


def find_in_whole_body(body):
    children = (child for token in get_reference_engine().parse(body) for child in token.children or ())
    return tuple(dict.fromkeys(str(child.attrs["src"]) for child in children if child.type == "image"))


def test_picture_references_are_distinct_ordered_and_include_footnotes():
    body = "![a](/z.png) [![b](/y.png)](#) ![a](/z.png)\n\nx[^1]\n\n[^1]: ![c](/x.png)\n"
    assert find_picture_references(body) == ("/z.png", "/y.png", "/x.png")


@pytest.mark.parametrize(
    ("body", "references"),
    [
        ("# A\n\n![a](a.png)\n# B\n\n![b](b c.png)\n", ("a.png",)),
        ("# A\n\n![a](a.png)\n# B\n\n![b](<b c.png>)\n", ("a.png", "b%20c.png")),
        ("# A\n\n![a][1]\n# B\n\n[1]: a.png\n", ("a.png",)),
        ("```\n# A\n![a](a.png)\n```\n![b](b.png)", ("b.png",)),
    ],
)
def test_picture_references_respect_context_outside_a_section(body, references):
    assert find_picture_references(body) == references


@given(LINES)
@settings(max_examples=300)
def test_picture_references_by_section_equal_those_of_the_whole_body(lines):
    body = "\n".join(lines)
    assert find_picture_references(body) == find_in_whole_body(body)


@pytest.mark.parametrize("before", ["", "# A\n\n", "# A\n", "- a\n\n", "> a\n\n", "a\n: b\n\n", "    a\n\n", "a\n"])
@pytest.mark.parametrize("after", ["", "\n", "\n\nb", "\n===", "\n: b", "\n\n: b", "\nb", " \n\nb"])
@pytest.mark.parametrize(
    "picture",
    ["![a](/b/c-d_e.png)", "![](a.png)", "![a](//EXAMPLE.org/b)", "![*a*](ü.png)", "![a `](b.png)", "![a](b c)"],
)
def test_picture_that_is_a_paragraph_of_its_own_is_found_as_by_the_engine(before, after, picture):
    body = before + picture + after
    assert find_picture_references(body) == find_in_whole_body(body)
