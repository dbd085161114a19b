"""Tests of patterns as in `.gitignore`. The results were compared with those of pathspec's GitIgnoreSpec."""

import pytest

from pages.hugo.withholding.ignore_patterns import find_ignoring


@pytest.mark.parametrize(
    ("path", "lines", "expected"),
    [
        ("a.md", ["a.md"], "a.md"),
        ("x/a.md", ["a.md"], "a.md"),
        ("x/a.md", ["/a.md"], ""),
        ("x/a.md", ["x/"], "x/"),
        ("y/x/a.md", ["x/"], "x/"),
        ("y/x/a.md", ["/x/"], ""),
        ("x/a.md", ["a.md/"], ""),
        ("y/x/a.md", ["x/a.md"], ""),
        ("y/x/a.md", ["**/x/a.md"], "**/x/a.md"),
        ("x/y/z/a.md", ["x/**/a.md"], "x/**/a.md"),
        ("x/a.md", ["x/**/a.md"], "x/**/a.md"),
        ("x/y/a.md", ["x/**"], "x/**"),
        ("x/y/a.md", ["x/*"], "x/*"),
        ("a.draft.md", ["*.draft.md", "!keep.draft.md"], "*.draft.md"),
        ("keep.draft.md", ["*.draft.md", "!keep.draft.md"], ""),
        ("keep.draft.md", ["!keep.draft.md", "*.draft.md"], "*.draft.md"),
        ("x/a.md", ["x/", "!x/"], ""),
        (".x/a.md", [".*"], ".*"),
        ("a.md", ["# a.md", "", "  ", "b.md"], ""),
        ("#a.md", ["\\#a.md"], "\\#a.md"),
        ("!a.md", ["\\!a.md"], "\\!a.md"),
        ("a.md", ["a.md   \r"], "a.md"),
        ("A.md", ["a.md"], ""),
        ("b.md", ["[ab].md"], "[ab].md"),
        ("b.md", ["[!ab].md"], ""),
        ("b.md", ["[^a].md"], "[^a].md"),
        # What cannot be read excludes, and includes nothing.
        ("a.md", ["[a.md"], "[a.md"),
        ("a.md", ["*.md", "![a.md"], "*.md"),
        ("a.md", ["/".join(["*"] * 600)], "/".join(["*"] * 600)),
    ],
)
def test_line_that_ignores_a_path(path, lines, expected):
    assert find_ignoring(path, lines) == expected
