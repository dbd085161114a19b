"""The order and the number of findings."""

from pages.text.checks.findings import MAX_OF_KIND, Finding, FindingKind, sort_findings
from pages.text.messages import Message


def build(kind, line, *, blocks=False):
    return Finding(kind=kind, line=line, blocks=blocks, message=Message("x"))


def test_findings_that_prevent_publishing_come_first_then_by_kind_and_line():
    late, early = build(FindingKind.COMMENT, 9), build(FindingKind.COMMENT, 2)
    blocking, link = build(FindingKind.DIRECTION, 5, blocks=True), build(FindingKind.BROKEN_LINK, 7)
    assert sort_findings([late, early, link, blocking, early]) == (blocking, link, early, late)


def test_of_one_kind_only_the_first_are_listed():
    found = sort_findings(build(FindingKind.COMMENT, line) for line in range(100))
    assert len(found) == MAX_OF_KIND + 1
    assert found[-1].message == "There is more of this: look for the same further down in the text."
