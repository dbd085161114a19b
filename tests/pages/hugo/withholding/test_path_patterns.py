"""Tests of matching paths: as Hugo's globs, and never slow."""

import time

import pytest

from pages.hugo.withholding.path_patterns import UnreadablePattern, compile_expression, matches_glob


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/s/*", "/s/p.md", True),
        ("/s/*", "/s/t/p.md", False),
        ("/s/**", "/s/t/p.md", True),
        ("/s/**/p.md", "/s/t/u/p.md", True),
        ("/s/**/p.md", "/s/p.md", True),
        ("/**/p.md", "/p.md", True),
        ("{/s/**/p.md,/x}", "/s/p.md", True),
        ("/s/**s/p.md", "/s/p.md", True),
        ("/s/**/*.md", "/s/p.md", False),
        ("/s/**/{p,q}.md", "/s/p.md", False),
        ("/s/**/?.md", "/s/p.md", False),
        ("/s/**/**/p.md", "/s/p.md", False),
        ("/s/***/p.md", "/s/p.md", False),
        ("**", "/s/p.md", True),
        ("/S/P.MD", "/s/p.md", True),
        ("/s/?.md", "/s/p.md", True),
        ("/s?p.md", "/s/p.md", False),
        ("/s/[a-p].md", "/s/p.md", True),
        ("/s/[!a-p].md", "/s/p.md", False),
        ("{/s,/t}/{p,q}.md", "/t/q.md", True),
        ("{/s,/t{1,2}}/q.md", "/t2/q.md", True),
        ("{/s,/t}/{p,q}.md", "/u/q.md", False),
        (r"/s/\*.md", "/s/p.md", False),
        (r"/s/\*.md", "/s/*.md", True),
        ("", "", True),
        ("/s", "/s/p.md", False),
    ],
)
def test_glob_matches_as_in_hugo(pattern, path, expected):
    assert matches_glob(pattern, path) is expected


@pytest.mark.parametrize("pattern", ["[", "a]", "x" * 501, "{a,b}" * 20])
def test_invalid_glob_is_refused(pattern):
    with pytest.raises(UnreadablePattern):
        matches_glob(pattern, "/s/p.md")


def test_glob_is_matched_quickly():
    started = time.perf_counter()
    assert not matches_glob("**a" * 100 + "b", "a" * 1000)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("expression", ["(", "(a+)+$", "(a|a)*$", "(?:.*a){5}", ".*.*.*.*x", "a" * 501, "[z-a]"])
def test_invalid_or_slow_expression_is_refused(expression):
    with pytest.raises(UnreadablePattern):
        compile_expression(expression)


@pytest.mark.parametrize("expression", [r"\.foo$", r"^/a/.*\.tmp\z", "(draft|old)/", r"/_.*\.md$", "(?i)readme"])
def test_usual_expressions_are_compiled(expression):
    assert compile_expression(expression)
