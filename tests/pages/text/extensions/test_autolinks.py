"""Links from addresses in plain text."""

import re

import pytest

from pages.text.rendering import render


def find_links(body: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]*)">([^<]*)</a>', render(body).html)


@pytest.mark.parametrize(
    ("body", "address"),
    [
        ("https://example.org", "https://example.org"),
        ("see https://example.org/a. Then", "https://example.org/a"),
        ("https://example.org/a, b", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ('"https://example.org/a"', "https://example.org/a"),
        ("**https://example.org**", "https://example.org"),
        ("_https://example.org_", "https://example.org"),
        ("https://example.org/_a_b_/", "https://example.org/_a_b_/"),
        ("https://example.org/~a/?b=c&d=e#f", "https://example.org/~a/?b=c&amp;d=e#f"),
        ("http://example.org:8080/x", "http://example.org:8080/x"),
        ("<u>https://example.org</u>", "https://example.org"),
        ("| a |\n|---|\n| https://example.org |", "https://example.org"),
    ],
)
def test_address_becomes_a_link(body, address):
    assert find_links(body) == [(address, address)]


@pytest.mark.parametrize(
    "body", ["a@b.co", "Write to a.b-c+d@ex-ample.co.uk.", "(a@b.org)", "**a@b.org**", "- a@b.org", "a@b.org/c"]
)
def test_mail_address_becomes_a_link(body):
    [(href, text)] = find_links(body)
    assert href == f"mailto:{text}"
    assert text in body


def test_address_without_a_scheme_becomes_a_link_to_its_secure_form():
    assert find_links("www.example.org.") == [("https://www.example.org", "www.example.org")]


@pytest.mark.parametrize(
    "body",
    [
        "`https://example.org`",
        "    https://example.org",
        "Mail:a@b.org",
        "mailto:a@b.org",
        "xhttps://example.org",
        "http://localhost",
        "javascript://example.org",
        "xmpp:a@b.org",
        "a@b",
        "@user",
        "https://",
    ],
)
def test_other_text_is_no_link(body):
    assert "<a" not in render(body).html


def test_address_in_a_link_or_a_picture_is_not_linked_again():
    assert render("[https://example.org](/a)").html == '<p><a href="/a">https://example.org</a></p>\n'
    assert render("<a href=/a>https://example.org</a>").html == '<p><a href="/a">https://example.org</a></p>\n'
    assert "<a" not in render("![https://example.org](/a.png)").html


def test_heading_with_an_address_has_its_own_link():
    html = render("## https://example.org").html
    assert 'id="httpsexampleorg"' in html
    assert '<a class="heading-link" href="#httpsexampleorg" aria-label="#httpsexampleorg">#</a>' in html
