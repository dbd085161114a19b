"""The limit of the work for a text: what it refuses, and that no text takes long to be refused or rendered."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.text import markup_limit, rendering
from pages.text.markup_limit import check_markup
from pages.text.markup_work import TooMuchMarkup, bound_work, pause_collector
from pages.text.parsing import MAX_BODY_BYTES, BodyTooLong, create_environment, parse
from pages.text.pictures import find_picture_references
from pages.text.rendering import render, render_new
from tests.building import HEAVY_BODY
from tests.timing import is_faster_than

ROW = "| Data | Purpose | How long we keep it |\n"
DENSE = "Some *text* with [a link](https://a.b/c), `code` and **bold** &amp; <https://x.y>.\n\n- an *item* [b](c)\n"


def fill(pattern: str, *, before: str = "", after: str = "") -> str:
    """Return a body of the maximum length that repeats a pattern."""
    room = MAX_BODY_BYTES - len((before + after).encode())
    return before + (pattern * room).encode()[:room].decode(errors="ignore") + after


def render_or_refuse(body: str) -> str:
    """Return the HTML of a new body, or the reason for refusing it."""
    try:
        return render_new(body, find_picture_urls=lambda _references: {}).html
    except TooMuchMarkup as error:
        return str(error)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (HEAVY_BODY, 500),
        ("One.\n\n" * 10 + HEAVY_BODY, 520),
        ("One.\n\n" + "> " * 19 + "a\n" * 40_000, 24_000),
        ("# a\n" * 60_000, 16_000),
        ("One.\n\n" + "*a" * 100_000, 3),
    ],
)
def test_too_much_markup_is_refused_with_the_line(body, line):
    with pytest.raises(TooMuchMarkup, match="too much markup: the limit is reached in line") as error:
        check_markup(body)
    assert line * 0.5 <= error.value.line <= line * 1.5
    assert render_or_refuse(body) == str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        fill("word " * 12 + "\n\n"),
        fill(DENSE),
        fill("## Heading\n\nA paragraph of one line with *some* emphasis.\n\n"),
        fill(ROW, before=ROW + "|---|---|---|\n"),
        fill("- An item with [a link](/terms/) in a list\n"),
        fill("隐私政策说明，我们收集什么数据。\n\n"),
    ],
    ids=["plain", "dense", "headings", "table", "list", "Chinese"],
)
def test_ordinary_text_of_maximum_length_is_accepted(body):
    check_markup(body)


@pytest.mark.parametrize(
    "pattern", ["# \n", "#\n", "> a\n", "- \n", "a\n\n", "*a", "![](", "<a@b.c>", "[a](b)", "a\n: b\n", "<b>", "<td>a"]
)
def test_short_text_without_tables_is_below_the_limit(pattern):
    body = (pattern * markup_limit._SHORT)[: markup_limit._SHORT]
    for text in (body, "> " * 19 + body[38:]):
        assert render_or_refuse(text) == render(text).html


def test_body_that_is_too_long_is_refused():
    for function in (check_markup, render_or_refuse):
        with pytest.raises(BodyTooLong):
            function("a" * (MAX_BODY_BYTES + 1))


def test_new_text_is_rendered_as_a_stored_one():
    body = "![a](/a.png) ![b](/b.png) [c](d)\n\n| ![a](/a.png) |\n|---|\n"
    asked: list[str] = []

    def find_urls(references):
        asked.extend(references)
        return {"/a.png": "/media/1"}

    new = render_new(body, find_picture_urls=find_urls, base_url="/terms/")
    assert new == render(body, picture_urls={"/a.png": "/media/1"}, base_url="/terms/")
    assert asked == ["/a.png", "/b.png", "/a.png"]


def test_stored_text_with_more_markup_is_rendered():
    assert render(HEAVY_BODY).html.count("<td>") > 100_000


def test_stored_text_with_far_too_much_markup_is_shown_as_its_source(monkeypatch):
    monkeypatch.setattr(rendering, "MAX_WORK_OF_STORED", 1000)
    body = "*a* <b> & ![a](/a.png)\n" * 200
    rendered = render(body, picture_urls={"/a.png": "/media/1"})
    assert rendered.html == "<pre><code>" + "*a* &lt;b&gt; &amp; ![a](/a.png)\n" * 200 + "</code></pre>\n"
    assert (rendered.contents, rendered.word_count) == ((), 800)


def test_brackets_that_nothing_closes_are_text():
    assert render("![a [b ![c\n\n[d]: e").html == "<p>![a [b ![c</p>\n"
    assert render("[a [b](c) ![d").html == '<p>[a <a href="c">b</a> ![d</p>\n'


def test_footnote_reference_needs_the_label_of_a_footnote():
    footnotes = "\n\n[^a]: One\n\n[^bcd]: Two"
    html = render("x[^a] x[^b] x[^bcd] x[^bcde] x[^ x[^a" + footnotes).html
    assert html.startswith('<p>x<sup class="footnote-ref"><a href="#fn:1" id="fnref:1">[1]</a></sup> x[^b] x<sup')
    assert html.count("<sup") == 2
    assert "x[^bcde] x[^ x[^a</p>" in html


def test_pictures_in_many_brackets_are_found_only_where_they_are_shown():
    for depth in range(25):
        body = "[" * depth + "![a](/a.png)"
        shown = render(body, picture_urls={"/a.png": "/media/1"}).html.count("<img")
        assert len(find_picture_references(body)) == shown


HOSTILE = {
    "footnote labels": fill("[^x", before="[^a]: b\n\n"),
    "footnote labels with an end": fill("[^x", before="[^a]: b\n\n", after="]"),
    "pictures": fill("!["),
    "pictures with an end": fill("![", after="]"),
    "brackets with an end": fill("[", after="]"),
    "lines in quotations": fill("a\n", before="> " * 19),
    "headings": fill("#\n"),
    "empty headings": fill("# \n"),
    "tables": fill("|a|a\n|-|-\n"),
    "wide tables": fill("|" * 257 + "\n" + "|-" * 256 + "|\n" + "|\n" * 256 + "\n"),
    "wide table": fill("|\n", before="|a" * 1000 + "\n" + "|-" * 1000 + "\n"),
    "lists": fill("- a\n+ a\n* a\n"),
    "nested lists": fill("- - - - a\n"),
    "loose lists": fill("- a\n\n"),
    "paragraphs": fill("a\n\n"),
    "quotations in lists": fill("- > a\n"),
    "underlined headings": fill("a\n=\n"),
    "addresses": fill("<a@b.c>"),
    "stars": "a" + "*" * (MAX_BODY_BYTES // 2) + "a" + "*" * (MAX_BODY_BYTES // 2 - 2),
    "emphasis": fill("*_"),
    "nested emphasis": "*a " * (MAX_BODY_BYTES // 6) + "a* " * (MAX_BODY_BYTES // 6),
    "footnotes": fill("[^1] ", before="[^1]: a\n\n" * 1000),
    "tags": fill("a<b>"),
    "unknown tags": fill("a<x>"),
    "tags with attributes": fill('<a href="x">'),
    "names": fill("<a name=a></a>"),
    "open quotes": fill("<a b='<a b=\""),
    "cells": fill("<td>a", before="<table><tr>"),
    "cells in Markdown": fill("<table>\n\na\n\n"),
    "definitions": fill("a\n: b\n\n"),
    "nested definitions": fill("a\n: "),
    "terms": fill("a\n" * 9 + ": b\n"),
    "comments": fill("x <!-- a -->\n\n"),
    "comments without an end": fill("x <!-- a\n\n"),
    "comments in several blocks": fill("x <!-- a\n\n--> y\n\n"),
    "scripts": fill("<script>", before="a "),
    "shortcodes": fill("{{< a >}}"),
    "shortcodes without an end": fill("{{<", before="{{< >}}"),
    "template code": fill("{{ a }}"),
    "attribute lists": fill("a\n{: .x}\n\n"),
    "attributes": fill("# {" + ".a" * 40 + "\n"),
    "web addresses": fill("https://a.b/"),
    "web addresses in brackets": fill(")", before="https://a.b/"),
    "underscores in an address": fill("_a", before="https://a.b/"),
    "mail addresses": fill("a@b.co "),
    "tasks": fill("- [ ] a\n"),
    "alerts": fill("> [!NOTE]\n> a\n\n"),
}
ALWAYS_TRIED = {
    "footnote labels",
    "wide tables",
    "headings",
    "pictures with an end",
    "tags",
    "cells",
    "comments in several blocks",
}


# Pieces whose repetitions take much work for their length, some of them in many quotations.
_PIECES = (
    *(
        "a",
        "\n",
        "\n\n",
        "  ",
        "> ",
        "- ",
        "1. ",
        ": ",
        "# ",
        "*",
        "_",
        "`",
        "[",
        "](b)",
        "![a](b)",
        "[^1]",
        "[^1]: a\n",
    ),
    *("<", "<b>", "<a name=a>", "</a>", "<td>", "<a@b.c>", "{{ a }}", "{: .x}", "|", "|a|b", "|-|-", "$", "="),
    "a\n<$",
)


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6), st.integers(1, 100), st.sampled_from([0, 1, 10, 19]))
def test_work_of_a_text_is_below_its_bound(pieces, count, quotations):
    body = "> " * quotations + "".join(pieces) * count
    environment = create_environment(MAX_BODY_BYTES**2)
    parse(body, environment)
    assert MAX_BODY_BYTES**2 - environment["work"].steps < bound_work(body)


def test_bound_of_the_work_does_not_depend_on_the_length_of_words():
    assert bound_work("a long word, один 隐私\n") == bound_work("a, b\n") < bound_work("a, b,\n")
    assert bound_work("|a|b\n|-|-\na") > bound_work("-a-b\n----\na")


@pytest.mark.timing
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ALWAYS_TRIED else pytest.mark.thorough) for name in HOSTILE]
)
def test_any_text_is_rendered_or_refused_within_two_seconds(name):
    assert is_faster_than(2, lambda: render_or_refuse(HOSTILE[name]))


def test_collector_is_paused_while_a_text_is_rendered_even_if_that_fails():
    assert gc.isenabled()
    states = []
    with pause_collector(), pause_collector():
        states.append(gc.isenabled())
    with pytest.raises(ZeroDivisionError), pause_collector():
        raise ZeroDivisionError
    render_new("![a](/a.png)", find_picture_urls=lambda _references: {})
    assert [*states, gc.isenabled()] == [False, True]
