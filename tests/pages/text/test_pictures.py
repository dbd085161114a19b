"""Pictures in Markdown: how one is written, and which ones a text shows."""

import re
from functools import cache
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mdit_py_plugins.footnote import footnote_plugin

from pages.text.pictures import find_picture_references, format_picture
from pages.text.rendering import create_engine, render

# Lines of which each can end, begin or hide what the others mean.
_LINES = (
    *("# One", "#Two", "## ![h](h.png)", "![a](a.png)", "![b][1]", "![1]", "[1]: one.png", "[^1]: ![f](f.png)"),
    *("x[^1]", "```", "~~~", "    ![c](c.png)", "- ![d](d.png)", "  ![e](e.png)", "> ![g](g.png)", "text", ""),
    *("![a", "b](b.png)", "`![i](i.png)`", "![n ![m](m.png)](n.png)", "\\![k](k.png)", "=====", "![ü](ü b.png)"),
)
LINES = st.lists(st.sampled_from(_LINES), max_size=12)


def read_back(description: str) -> str:
    html = render(format_picture("/media/a", description), picture_urls={"/media/a": "/media/a"}).html
    return unescape(re.fullmatch(r'<p><img src="/media/a" alt="([^"]*)"></p>\n', html)[1])


def test_a_description_is_taken_as_it_is():
    for description in ("", "A bar", "a [b] *c* _d_ `e` \\ <f> &amp; ~~g~~ ^h !", "[^1]", "Два слова", "x](/y)"):
        assert read_back(description) == description


def test_a_description_stays_on_one_line():
    assert read_back(" a\n\n b\t") == "a b"


@given(st.text("ab \\`*_[]<>~^&;#()!\"'|:/.-0"))
def test_any_description_is_taken_as_it_is(description):
    assert read_back(description) == " ".join(description.split())


@cache
def plain_engine():
    return create_engine().use(footnote_plugin, inline=False)


def asked_of_the_whole(body):
    children = (child for token in plain_engine().parse(body) for child in token.children or ())
    return tuple(dict.fromkeys(str(child.attrs["src"]) for child in children if child.type == "image"))


def test_picture_references_come_once_in_their_order_and_from_footnotes_too():
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
def test_parts_of_a_text_are_read_as_parts_of_the_whole(body, references):
    assert find_picture_references(body) == references


@given(LINES)
@settings(max_examples=300)
def test_parts_tell_what_the_whole_tells(lines):
    body = "\n".join(lines)
    assert find_picture_references(body) == asked_of_the_whole(body)
