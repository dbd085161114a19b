"""HTML comments never reach readers, wherever they begin and end."""

import pytest

from pages.text.checks.dropped import find_dropped
from pages.text.extensions.dropped_markup import DroppedKind
from pages.text.pictures import find_picture_references
from pages.text.rendering import render


def _normalise(html: str) -> str:
    """Return HTML without differences in white space."""
    return " ".join(html.replace("<", " <").replace(">", "> ").split())


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("See <!-- internal: ask the lawyers --> below", "<p>See  below</p>\n"),
        ("<!-- markdownlint-disable -->\n\nText\n\n<!--more-->\n\nMore", "<p>Text</p>\n<p>More</p>\n"),
        ("Text <!--more-->", "<p>Text</p>\n"),
        ("<!-- a --> shown", "<p>shown</p>\n"),
        ("<!--\nsecret\n\n## secret\n\n- secret\n-->\n\nText", "<p>Text</p>\n"),
        ("Text\n\n<!-- secret\n\nsecret", "<p>Text</p>\n"),
        ("Text <!-- secret\nsecret\n\nShown", "<p>Text</p>\n<p>Shown</p>\n"),
        ("Text <!-- secret\n\nsecret --> shown", "<p>Text</p>\n<p>shown</p>\n"),
        (
            "a <!-- x\n\n## secret\n\n- secret\n\n```\nsecret\n```\n\n> secret --> b",
            "<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n",
        ),
        ("- a <!-- secret -->\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("a <!-- secret ---> b <!---- secret ----> c", "<p>a  b  c</p>\n"),
        ("a <!--> b <!---> c", "<p>a  b  c</p>\n"),
        ("*a <!-- secret* --> b*", "<p><em>a  b</em></p>\n"),
        ("[a <!-- secret --> b](/c)", '<p><a href="/c">a  b</a></p>\n'),
        ("<div>\n<!-- secret\n\nsecret -->\n</div>\n\nb", "<p>b</p>\n"),
        ("<details>\n<!-- secret -->\n\na\n\n</details>", "<details>\n<p>a</p>\n</details>\n"),
        ("{% comment %}\nsecret\n\nsecret\n{% endcomment %}\n\na", "<p>a</p>\n"),
        ("{::comment}\nsecret\n{:/comment}\n\na", "<p>a</p>\n"),
        ("{{% comment %}} secret {{< x >}} {{% /comment %}}a", "<p>a</p>\n"),
    ],
)
def test_comments_are_hidden(body, html):
    shown = render(body).html
    assert _normalise(shown) == _normalise(html)
    assert "secret" not in shown
    kinds = {markup.kind for markup in find_dropped(body)}
    assert kinds & {DroppedKind.COMMENT, DroppedKind.UNCLOSED_COMMENT}


def test_comment_in_a_table_is_hidden():
    assert "secret" not in render("| a | b |\n|---|---|\n| 1 <!-- secret --> | 2 |\n").html


@pytest.mark.parametrize(
    "body", ["`<!-- a -->`", "    <!-- a -->", "```\n<!-- a -->\n```", "``<!-- `a` -->``", "\\<!-- a -->"]
)
def test_comments_in_code_are_text(body):
    assert "&lt;!-- " in render(body).html
    assert find_dropped(body) == ()


def test_comment_in_code_does_not_hide_what_follows():
    assert render("`<!--` a\n\nb --> c").html == "<p><code>&lt;!--</code> a</p>\n<p>b --&gt; c</p>\n"


@pytest.mark.parametrize(
    "body", ["<!-- ![a](/a.png) -->", "b <!-- ![a](/a.png) -->", "b <!-- c\n\n![a](/a.png) -->", "<!--\n![a](/a.png)"]
)
def test_pictures_in_comments_are_not_part_of_a_text(body):
    assert find_picture_references(body) == ()


def test_lines_of_comments_are_named():
    body = "a\n\nb <!-- x -->\nc <!-- y\n\n<!-- z -->\n\n- d\n  <!-- e -->\n"
    assert [markup.line for markup in find_dropped(body)] == [3, 4, 9]
