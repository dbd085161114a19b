"""All checks that need nothing but the text itself."""

import pytest

from pages.text.checks.body import check_body, check_fields, check_without_dropped
from pages.text.checks.findings import FindingKind
from pages.text.extensions.dropped_markup import DroppedKind
from pages.text.fields import Fields
from pages.text.parsing import MAX_BODY_BYTES
from tests.timing import is_faster_than


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


BLOCKS = ["a <!-- b -->", "{{< c >}}", "<b>d", "e **f", "•\tg", "[h](i:j)", "k[^l]", "![](/m)", "n\u200bo"]


def test_every_finding_has_its_line():
    assert sorted(finding.line for finding in check_body("\n\n".join(BLOCKS))) == [1, 3, 5, 7, 9, 11, 13, 15, 17]


def test_dropped_markup_can_be_left_out():
    body = "\n\n".join([*BLOCKS, 'See {{< ref "a" >}}', "Last updated: 2020", "<<<<<<< HEAD"])
    # The reference is no dropped markup: readers see it.
    others = [
        finding
        for finding in check_body(body)
        if finding.kind.value not in set(DroppedKind) or finding.subject == '{{< ref "a" >}}'
    ]
    assert list(check_without_dropped(body)) == others
    assert len(others) == 9


def test_text_with_too_much_markup_has_no_findings():
    body = "*a* " * 60_000
    assert check_body(body) == check_without_dropped(body) == ()


def test_fields_are_checked_for_hidden_characters():
    findings = check_fields(Fields(title="a\u202eb", link_title="c\u00ad", description="d", body="e\u200b"))
    assert [(finding.field, finding.blocks) for finding in findings] == [
        ("title", True),
        ("link_title", False),
        ("body", False),
    ]


PATTERNS = [
    *(
        "**a",
        "*a*b",
        "[a](",
        "[a][b] ",
        "] (",
        "`",
        "</a> ",
        "<a b=",
        "{#a} ",
        "^[",
        "![",
        "[^a] ",
        "[^a]: b\n",
        "[a]: b\n",
    ),
    *(
        "## \u00a0a\n\n",
        "(a) b\n",
        "• a\n",
        "    - a\n\n",
        "|a|\n",
        "--|--\n",
        "\u202e",
        "\u200b\n",
        "u\u0308 ",
        "\x0b\n",
    ),
    *(
        "<!--a-->",
        "{{< ref a >}} ",
        ">>>>>>>\n",
        "Last updated 2020\n",
        "[a](b:c) ",
        "![](a)\n",
        "# a\n",
        "<b>",
        "a\\\n",
    ),
]


# Those that took longest, or that a regular expression could take quadratic time for, run in every test run.
ALWAYS_TRIED = {"^[", "**a", "[a][b] ", "--|--\n"}


@pytest.mark.timing
@pytest.mark.parametrize(
    "pattern",
    [pytest.param(pattern, marks=() if pattern in ALWAYS_TRIED else pytest.mark.thorough) for pattern in PATTERNS],
)
def test_text_of_maximum_length_is_checked_within_two_seconds(pattern):
    body = (pattern * MAX_BODY_BYTES).encode()[:MAX_BODY_BYTES].decode(errors="ignore")
    assert is_faster_than(2, lambda: check_body.__wrapped__(body))
