"""Definition lists."""

import re

import pytest

from pages.text.rendering import render


def show(body: str) -> str:
    return re.sub(r"\s*\n\s*", "", render(body).html)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Term\n: text", "<dl><dt>Term</dt><dd>text</dd></dl>"),
        ("*A*\n: b\n: c\n\nD\n: e", "<dl><dt><em>A</em></dt><dd>b</dd><dd>c</dd><dt>D</dt><dd>e</dd></dl>"),
        ("A\nB\n: c", "<dl><dt>A</dt><dt>B</dt><dd>c</dd></dl>"),
        ("A\n\n: b", "<dl><dt>A</dt><dd>b</dd></dl>"),
        ("A\n: - b\n  - c", "<dl><dt>A</dt><dd><ul><li>b</li><li>c</li></ul></dd></dl>"),
        ("- A\n  : b", "<ul><li><dl><dt>A</dt><dd>b</dd></dl></li></ul>"),
        ("> A\n> : b", "<blockquote><dl><dt>A</dt><dd>b</dd></dl></blockquote>"),
        ("A\n: b\n\nC", "<dl><dt>A</dt><dd>b</dd></dl><p>C</p>"),
    ],
)
def test_terms_and_definitions_are_rendered(body, html):
    assert show(body) == html


@pytest.mark.parametrize("body", ["Kept\n~ 30 days", "A\n:b", ": a", "A\n: ", "# A\n: b", "A\n\nB\n:c"])
def test_other_lines_are_no_definitions(body):
    assert "<dl>" not in render(body).html
