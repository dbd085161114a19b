"""Two texts that are no versions, beside each other."""

import pytest

from pages.models import Page
from pages.reading.draft_comparing import DraftComparison
from pages.text.source import Fields

PAGE = Page(path="terms", slug="terms")


def compared(before: Fields, after: Fields, language: str = "en") -> DraftComparison:
    return DraftComparison(PAGE, before, after, language, {})


def test_what_changed_is_found_in_title_and_body():
    shown = compared(Fields("Old", body="One two."), Fields("New", body="One three."))
    assert not shown.has_same_title
    assert dict(shown.comparison.counts) == {"addition": 1, "removal": 1}
    assert (shown.older.title, shown.newer.title) == ("Old", "New")


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        (Fields("A", body="One."), Fields("A", body="One.\r\n"), True),
        (Fields("A", body="One."), Fields("A", description="Said.", body="One."), False),
        (Fields(), Fields(), True),
    ],
)
def test_same_is_to_the_letter_but_for_newlines(before, after, is_same):
    assert compared(before, after).is_same == is_same


def test_an_emptied_text_is_compared_and_not_taken_for_none():
    shown = compared(Fields("A", body="One."), Fields())
    assert shown.newer.text
    assert not shown.comparison.is_same


def test_the_direction_is_that_of_the_language():
    assert compared(Fields(), Fields(), "ar").text_direction == "rtl"
