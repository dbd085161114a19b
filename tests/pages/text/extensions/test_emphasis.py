"""Emphasis next to scripts without spaces between words."""

import pytest

from pages.text.rendering import render


@pytest.mark.parametrize(
    "text",
    [
        "日本**（注）**語",
        "日本**『重要』**、次",
        "中文**“引用”**文字",
        "한국어**(참고)**를",
        "**ราคา(บาท)**ต่อ",
        "你好**！**吧",
    ],
)
def test_punctuation_within_emphasis_does_not_prevent_it(text):
    assert "**" not in render(text).html


@pytest.mark.parametrize("text", ['a**"b"**c', "слово**«в»**ы", "2**3", "日 ** 本 **", "snake_日_本"])
def test_other_marks_stay_as_in_commonmark(text):
    assert "<strong>" not in render(text).html
    assert "<em>" not in render(text).html


def test_nested_and_mixed_marks_close_where_they_should():
    html = render("これは**とても*「大事」*な**です。~~*古い*~~も").html
    assert html == "<p>これは<strong>とても<em>「大事」</em>な</strong>です。<s><em>古い</em></s>も</p>\n"
