"""The links and pictures of a body."""

import pytest

from pages.text.checks.links import (
    find_empty_links,
    find_links,
    find_missing_pictures,
    find_pictures_without_text,
    find_unknown_schemes,
)
from pages.text.checks.parsed_body import parse_body


def subjects(check, body, *options):
    return [(finding.line, finding.subject) for finding in check(parse_body(body), *options)]


def test_links_are_distinct_with_their_first_lines():
    links = find_links(
        parse_body("a\n[a](/x/?a=1&b=2)\n[b](/x/?a=1&b=2) <https://example.org/>\n\n[c][d]\n\n[d]: y.md")
    )
    assert links == [("/x/?a=1&b=2", 2), ("https://example.org/", 3), ("y.md", 5)]


@pytest.mark.parametrize(
    "link", ["[x]()", "[x](#)", "[x](https://)", "[x](mailto:)", "[](https://example.org/)", "[ ](/a/)"]
)
def test_link_without_text_or_address_is_found(link):
    address = link.partition("(")[2].strip(")")
    assert subjects(find_empty_links, f"a\n{link} b") == [(2, address)]


@pytest.mark.parametrize(
    "link", ["[x](/)", "[x](#a)", "[![a](/b.png)](/c/)", "<https://a.example/>", "[**x**](/a/)", "[`a`](/)"]
)
def test_link_with_text_and_address_is_no_finding(link):
    assert subjects(find_empty_links, link) == []


@pytest.mark.parametrize("link", ["foo:1", "ms-msdt:/id", "intent://a", "x-apple:b"])
def test_unknown_scheme_is_found(link):
    assert subjects(find_unknown_schemes, f"a\n[x]({link})") == [(2, link)]


@pytest.mark.parametrize(
    "link", ["matrix:r/a:b", "xmpp:a@b.c", "sms:+1", "geo:1,2", "SIGNAL:x", "https://a.b", "/a:b", "a"]
)
def test_known_scheme_is_no_finding(link):
    assert subjects(find_unknown_schemes, f"[x]({link})") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![](/a.png) ![Words](/b.png)", [(1, "/a.png")]),
        ("a\n![ ](/a.png)\n![](/a.png)", [(2, "/a.png")]),
        ('![](/a.png "A title is no alternative")', [(1, "/a.png")]),
        ("![Words](/a.png)", []),
        ("`![](/a.png)`", []),
    ],
)
def test_pictures_without_alternative_text_are_found(body, expected):
    assert subjects(find_pictures_without_text, body) == expected


def test_pictures_that_are_not_known_are_missing():
    body = "![a](/a.png)\n\n![b](/b.png) ![c](https://example.org/c.png) ![b](/b.png)"
    assert subjects(find_missing_pictures, body, frozenset({"/a.png"})) == [
        (3, "/b.png"),
        (3, "https://example.org/c.png"),
    ]
