"""Addresses of headings that lead elsewhere than in the text before."""

import pytest

from pages.text.checks.anchors import find_moved_anchors, split_at_anchors
from pages.text.checks.parsed_body import parse_body

SITE = "## Cookies\n\nOn this site we set one cookie for the session.\n\n"
SHOP = "## Cookies\n\nThe shop sets cookies for the basket and the payment.\n\n"
APP = "## Cookies\n\nIn the app there are none at all, nor anything like them.\n\n"


def find(before, after):
    findings = find_moved_anchors(parse_body(before), parse_body(after))
    return [(finding.line, finding.subject) for finding in findings]


def test_anchors_after_an_inserted_section_of_the_same_heading_are_found():
    assert find(SITE + SHOP, APP + SITE + SHOP) == [(1, "#cookies"), (5, "#cookies-1")]


@pytest.mark.parametrize(
    ("before", "after", "subjects"),
    [
        (SITE + SHOP, SHOP + SITE, ["#cookies", "#cookies-1"]),
        (SITE + SHOP + APP, SHOP + APP, ["#cookies", "#cookies-1"]),
        (SITE + SHOP, APP + SITE.replace("one cookie", "two cookies") + SHOP, ["#cookies", "#cookies-1"]),
        (
            "## A {#x}\n\nOne two three.\n\n## B {#y}\n\nFour.",
            "## A {#y}\n\nOne two three.\n\n## B {#x}\n\nFour.",
            ["#x", "#y"],
        ),
    ],
)
def test_anchors_that_lead_to_another_section_are_found(before, after, subjects):
    assert sorted(subject for _, subject in find(before, after)) == subjects


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SITE + SHOP, SITE + SHOP + APP),
        (SITE + SHOP, SITE.replace("one cookie", "two cookies") + SHOP),
        (SITE, "## Cookies\n\nAll of this was written again from scratch.\n"),
        (SITE + SHOP, APP.replace("Cookies", "Cookies {#app}") + SITE + SHOP),
        ("## A\n\nText.\n\n## B\n\nText.", "## B\n\nText.\n\n## A\n\nText."),
    ],
)
def test_anchors_that_lead_to_the_same_section_are_no_finding(before, after):
    assert find(before, after) == []


def test_section_ends_at_the_next_heading_of_its_level():
    sections = split_at_anchors(parse_body("# A\n\na\n\n## B\n\nb\n\n### C\n\nc\n\n## D\n\nd"))
    contents = {section.id: section.content.replace("\n", "") for section in sections}
    assert contents == {"a": "a## Bb### Cc## Dd", "b": "b### Cc", "c": "c", "d": "d"}
