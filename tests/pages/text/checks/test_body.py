"""All checks that need nothing but the text itself."""

import pytest

from pages.text.checks.body import check_body, check_fields
from pages.text.checks.findings import FindingKind
from pages.text.fields import Fields


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("a <!-- TODO legal --> b", [FindingKind.COMMENT]),
        ("a <!-- b", [FindingKind.UNCLOSED_COMMENT]),
        ("{{< figure a >}}", [FindingKind.SHORTCODE]),
        ('{{< ref "a" >}}', [FindingKind.SHORTCODE]),
        ("{{ .Title }}", [FindingKind.TEMPLATE_CODE]),
        ("<b>x</b> <sub>y</sub>", [FindingKind.TAG]),
        ("## A {.class}", [FindingKind.ATTRIBUTES]),
        ("Ordinary **text** with [a link](/a), `code` and\n\n- an item\n\n1. two", []),
    ],
)
def test_kinds_of_findings(body, kinds):
    assert [finding.kind for finding in check_body(body)] == kinds


def test_every_finding_has_its_line():
    body = "\n\n".join(
        ["a <!-- b -->", "{{< c >}}", "<b>d", "e **f", "•\tg", "[h](i:j)", "k[^l]", "![](/m)", "n\u200bo"]
    )
    assert sorted(finding.line for finding in check_body(body)) == [1, 3, 5, 7, 9, 11, 13, 15, 17]


def test_fields_are_checked_for_hidden_characters():
    findings = check_fields(Fields(title="a\u202eb", link_title="c\u00ad", description="d", body="e\u200b"))
    assert [(finding.field, finding.blocks) for finding in findings] == [
        ("title", True),
        ("link_title", False),
        ("body", False),
    ]
