"""What the report of an import says about the text of a file."""

from pages.hugo.commits.text_findings import describe_findings
from pages.text.fields import Fields


def describe(body: str) -> list[str]:
    content = f"---\ntitle: A\n---\n{body}".replace("\n", "\r\n").encode()
    return [str(message) for message in describe_findings(Fields(title="A", body=body), content)]


def test_problems_of_one_kind_that_differ_have_a_line_each():
    table = "| a | b |\n|---|---|\n| 1 | 2 | 3 |"
    assert describe(f"x[^a] **b\n\nd **c\n\n{table}\n\n[^b]: unused\n") == [
        "Readers see the marks of an emphasis that did not work: “x[^a] **b”. (lines 4, 6)",
        "This row of a table has more cells than its first row. Readers do not get “3”. (line 10)",
        "The footnote [^a] is not defined: readers see its mark as text. (line 4)",
        "Nothing refers to the footnote [^b]: readers do not get it. (line 12)",
    ]
