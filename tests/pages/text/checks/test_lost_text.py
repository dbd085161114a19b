"""Cells that a table has no column for, code that does not end, front matter in a body."""

import pytest

from pages.text.checks.body import check_body
from pages.text.checks.findings import FindingKind


def find(body):
    findings = check_body(body)
    assert {finding.kind for finding in findings} <= {FindingKind.FAILED_MARKUP}
    return [(finding.line, finding.subject) for finding in findings]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One.\n\n```\ncode\n\n## More\n\ntext\n", [(3, "```")]),
        ("~~~~\ncode\n~~~\n", [(1, "~~~~")]),
        ("## A\n\ntext\n\n## B\n\n```\ncode", [(7, "```")]),
        ("- a\n  ```\n  code\n\nb", [(2, "```")]),
        ("> ```\n> code\n\nb", [(1, "```")]),
        ("```", [(1, "```")]),
    ],
)
def test_code_without_an_end_is_found(body, expected):
    assert find(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "```\na\n```",
        "```\na\n`````",
        "~~~ x\n~~~",
        "> ```\n> a\n> ```",
        "- ```\n  a\n  ```\n\nb",
        "    code",
        "``` a\n```\n",
    ],
)
def test_code_with_an_end_is_no_finding(body):
    assert find(body) == []


@pytest.mark.parametrize(
    ("row", "lost"),
    [("| 1 | 2 | 3 |", "3"), ("1 | 2 | 3 | 4", "3 | 4"), ("| 1 | 2 | | 4 |", "4"), ("| a \\| b | 2 | 3", "3")],
)
def test_row_with_too_many_cells_is_found(row, lost):
    table = f"| a | b |\n|---|---|\n| c | d |\n{row}\n"
    assert find(f"One.\n\n{table}") == [(6, lost)]
    assert find("> " + table.strip().replace("\n", "\n> ")) == [(4, lost)]


@pytest.mark.parametrize("row", ["| 1 | 2 |", "| 1 |", "1 | 2", "| 1 | 2 | |", "| a \\| b | 2 |", "| `a \\| b` | 2 |"])
def test_row_with_as_many_cells_is_no_finding(row):
    assert find(f"| a | b |\n|---|---|\n{row}\n") == []


@pytest.mark.parametrize(
    "body", ["---\ntitle: x\n---\ntext", "+++\ntitle = 'x'\n+++\ntext", "\n---\ntitle: x\ndate: 2024\n---\n\n## A"]
)
def test_front_matter_in_a_body_is_found(body):
    assert (1, body.strip().split("\n")[1]) in find(body)


@pytest.mark.parametrize(
    "body", ["---\n\ntext: x\n\n---", "---\ntext\n---", "---\nNote: this is said.", "a\n\n---\nb: c\n---"]
)
def test_lines_between_rules_are_no_front_matter(body):
    assert find(body) == []
