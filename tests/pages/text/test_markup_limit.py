"""The limit of markup for new texts."""

import pytest

from pages.text import markup_limit
from pages.text.markup_limit import check_markup
from pages.text.markup_work import TooMuchMarkup


def test_only_the_changed_section_of_a_long_text_is_checked_again():
    marks = "*a* " * 50
    sections = [f"## Section {number}\n\n{{{{< note >}}}} | **a** | [^{number}] {marks}\n\n" for number in range(50)]
    check_markup("".join(sections))
    misses = markup_limit._count_work.cache_info().misses
    sections[7] += "More.\n"
    check_markup("".join(sections))
    assert markup_limit._count_work.cache_info().misses == misses + 1


def test_many_sections_with_much_markup_are_refused_together():
    with pytest.raises(TooMuchMarkup):
        check_markup("".join(f"## Section {number}\n\n{'*a* ' * 2000}\n\n" for number in range(30)))
