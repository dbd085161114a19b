"""Commits that the owner's rule makes minor."""

import pytest

from pages.hugo.importing import minor_commits
from pages.hugo.importing.minor_commits import MAX_SUBJECT, find_matches
from pages.hugo.site_structure.reading_options import InvalidOption


def test_expression_is_searched_in_the_subjects():
    subjects = {"a": "Fix a typo", "b": "Say more", "c": "typo", "d": "x" * MAX_SUBJECT + "typo"}
    assert find_matches("(?i)TYPO", subjects) == {"a", "c"}


@pytest.mark.parametrize("expression", ["(a+)+$", "(a|a)*$", r"^(\w+\s?)*$"])
def test_expression_that_takes_too_long_is_refused(monkeypatch, expression):
    monkeypatch.setattr(minor_commits, "MAX_SECONDS", 0.5)
    reason = r"^--minor: matching .* takes longer than 0\.5 seconds; write it more simply\.$"
    with pytest.raises(InvalidOption, match=reason):
        find_matches(expression, {"a": "a" * 60 + "!"})
