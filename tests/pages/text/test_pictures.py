"""How a picture is written in Markdown."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from pages.text.pictures import picture_markdown
from pages.text.rendering import render


def read_back(description: str) -> str:
    html = render(picture_markdown("/media/a", description), picture_urls={"/media/a": "/media/a"}).html
    return unescape(re.fullmatch(r'<p><img src="/media/a" alt="([^"]*)"></p>\n', html)[1])


def test_a_description_is_taken_as_it_is():
    for description in ("", "A bar", "a [b] *c* _d_ `e` \\ <f> &amp; ~~g~~ ^h !", "[^1]", "Два слова", "x](/y)"):
        assert read_back(description) == description


def test_a_description_stays_on_one_line():
    assert read_back(" a\n\n b\t") == "a b"


@given(st.text("ab \\`*_[]<>~^&;#()!\"'|:/.-0"))
def test_any_description_is_taken_as_it_is(description):
    assert read_back(description) == " ".join(description.split())
