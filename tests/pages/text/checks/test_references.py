"""Footnotes and link definitions that readers do not get."""

import pytest

from pages.text.checks.parsed_body import parse_body
from pages.text.checks.references import find_lost_footnotes, find_lost_link_definitions


def find(body, check=find_lost_footnotes):
    return [(finding.line, str(finding.message)) for finding in check(parse_body(body))]


@pytest.mark.parametrize(
    "body", ["[^u]: never used", "text\n\n[^u]: a\n    b", "> [^u]: in a quotation", "[^ü]: a\n\n[u]"]
)
def test_unused_footnote_is_found(body):
    [(line, message)] = find(f"One\n\n{body}")
    assert (line, message[:34]) == (
        5 if body.startswith("text") else 3,
        "Nothing refers to the footnote [^u"[:32] + message[32:34],
    )


@pytest.mark.parametrize(
    "body", ["text [^x]", "text[^1] and\nmore", "text [^1]: a note", "- item [^a]", "## Heading [^n]"]
)
def test_reference_to_no_footnote_is_found(body):
    [(line, message)] = find(f"One\n\n{body}")
    assert line == 3
    assert message.endswith("is not defined: readers see its mark as text.")


@pytest.mark.parametrize(
    "body", ["x[^a]\n\n[^a]: n\n[^a]: m", "x[^a]\n\n[^a]: n\n\n[^a]: m", "x[^a] y[^b]\n\n[^a]: n\n[^b]: o\n[^a]: m"]
)
def test_footnote_defined_twice_is_found(body):
    [(line, message)] = find(body)
    assert line == body.count("\n") + 1
    assert message == "The footnote [^a] is defined twice: readers get only the last one."


@pytest.mark.parametrize("body", ["x[^a] y[^a]\n\n[^a]: n", "`[^x]`", "```\n[^a]: b\n```", "\\[^x]", "a[1] ^b"])
def test_footnotes_that_work_are_no_finding(body):
    assert find(body) == []


def test_footnote_with_a_space_in_its_mark_is_found():
    [(line, message)] = find("x[^my note]\n\n[^my note]: words\n", find_lost_link_definitions)
    assert (line, message) == (3, "The mark of a footnote has no spaces: readers get “^my note” as a link.")


def test_lost_link_definitions_are_found():
    body = "[used] [b][also]\n\n[used]: /a\n[also]: /b\n[Note]: important\n[used]: /c\n"
    assert [line for line, _ in find(body, find_lost_link_definitions)] == [5, 6]
    assert find("[a]\n\n[A]: /x", find_lost_link_definitions) == []
