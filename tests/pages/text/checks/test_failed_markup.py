"""Marks of Markdown that had no effect."""

import pytest

from pages.text.checks.failed_markup import find_failed_markup, find_merge_conflicts, find_stray_references
from pages.text.checks.parsed_body import parse_body


def find(body):
    return [(finding.line, finding.subject) for finding in find_failed_markup(parse_body(body))]


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("x **«слово»**й", "**"),
        ("**bold **text", "**"),
        ("a ~~ b~~c", "~~"),
        ("x *«слово»*й", "*«слово»*"),
        ("![alt] (/a.png)", "!["),
        ("[x] (https://example.org)", "] ("),
        ("[x](a b)", "]("),
        ("[j](javascript:alert(1))", "]("),
        ("[text][nowhere]", "[text][nowhere]"),
        ("a `code", "`"),
        ("a note^[in the text]", "^["),
        ("A paragraph {#id} and more", "{#id}"),
        ("a </foo> b", "</foo>"),
        ("<foo bar=1> b", "<foo bar=1>"),
        ("a ** bold words ** b", "** bold words **"),
        ("see [[Other page]]", "[[Other page]]"),
        ("see (the terms)[https://example.org/]", "(the terms)[https://example.org/]"),
        ("a ==marked text== b", "==marked text=="),
        ("> [!DANGER]\n> Do not", "[!DANGER]"),
    ],
)
def test_mark_that_readers_see_is_found(line, mark):
    assert find(f"One\n\ntwo\n{line}") == [(4, mark)]


@pytest.mark.parametrize(
    ("line", "mark"), [("[TOC]", "[TOC]"), ("::: warning\nA\n:::", "::: w"), ("!!! note", "!!! note")]
)
def test_markup_of_other_programs_is_found(line, mark):
    assert find(f"One\n\n{line}\n\ntwo") == [(3, mark)]


@pytest.mark.parametrize(
    "line",
    [
        "(a) [1] and f(x)[0]",
        "a == b and c == d",
        "===",
        "Really?? Yes!!!",
        "!!! Important !!!",
        "!!!Важно",
        "[x] [[1]",
        "2 ** 3 ** 4",
        "> [!NOTE]\n> a",
        "see [toc] here",
        "(see below) [https://example.org/]",
    ],
)
def test_signs_that_are_meant_are_no_finding(line):
    assert find(line) == []


@pytest.mark.parametrize(
    "line",
    [
        *(
            "**bold** *it* ~~no~~ `code **`",
            "2 * 3 * 4",
            "price* and cost*",
            "\\*\\*not\\*\\*",
            "5 ** 2",
            "a_b_c",
            "____",
        ),
        *(
            "об`єкт",
            "[1] and (2)",
            "<your name>",
            "a < b > c",
            "x] (y)",
            "{curly}",
            "~5 days",
            "Name: ______",
            "&#42;&#42;a",
        ),
        *("```\n**a\n```", "array[0][1] = x `[a][b]`"),
    ],
)
def test_ordinary_characters_are_no_finding(line):
    assert [mark for _, mark in find(line)] in ([], ["[0][1]"])


def test_lines_are_right_after_hidden_lines_and_raw_breaks():
    assert find("a <!-- b\nc --> d<br>e\n\nf\n**g")[0][0] == 5
    assert find("a <!--\n\n--> b\n**g")[0][0] == 4


def test_unresolved_conflicts_prevent_publishing():
    found = list(find_merge_conflicts("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> theirs\n"))
    assert [(finding.line, finding.blocks) for finding in found] == [(2, True), (6, True)]
    assert list(find_merge_conflicts("a <<<<<<< b\n> > > > > > > c")) == []


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ('a\n{{< ref "a" >}}', [2]),
        ("{{% relref b.md %}} c", [1]),
        ("x ({{< ref c >}})", [1]),
        ('[x]({{< ref "a" >}})', []),
        ("[x](<{{< ref a >}}>)", []),
        ("[x]: {{< ref a >}}", []),
    ],
)
def test_references_outside_links_are_found(body, lines):
    assert [finding.line for finding in find_stray_references(body)] == lines
