"""Translation status: a question about digests and significance, with no clock in it."""

import pytest

from pages.history.translation_status import SourceText, translation_status


def steps(letters):
    """Read `A b C`: version 1 says A, 2 says b (a minor change), 3 says C (a major one); `=` carries the text on."""
    source, digest = [], ""
    for number, letter in enumerate(letters.split(), 1):
        if letter == ".":
            continue
        is_carried = letter == "="
        digest = digest if is_carried else letter.upper()
        source.append(SourceText(number, digest, letter.isupper()))
    return source


@pytest.mark.parametrize(
    ("source", "based_on", "expected"),
    [
        # It reflects the text that is shown.
        ("A", 1, "current"),
        ("A B", 2, "current"),
        ("A =", 1, "current"),
        ("A = =", 2, "current"),
        # The source changed since.
        ("A B", 1, "outdated"),
        ("A b", 1, "minor differences"),
        ("A b =", 1, "minor differences"),
        ("A b c", 1, "minor differences"),
        ("A b C", 1, "outdated"),
        ("A B c", 1, "outdated"),
        ("A B c", 2, "minor differences"),
        # A change before the version reflected does not count.
        ("A B c", 3, "current"),
        # It says what it said again.
        ("A B A", 1, "current"),
        ("A b a", 1, "current"),
        ("A B A", 2, "outdated"),
        # It reflects nothing, or what was before the source had a text.
        ("A", None, "outdated"),
        ("A b", None, "outdated"),
        ("a", None, "outdated"),
        (". B", 1, "outdated"),
        # A version without the source's text (cancelled, or imported): the one before it counts.
        ("A . B", 2, "outdated"),
        ("A . b", 2, "minor differences"),
        ("A . =", 2, "current"),
        # Nothing to compare with.
        ("", 1, None),
        ("", None, None),
        (".", None, None),
    ],
)
def test_status_is_what_the_sources_changes_say(source, based_on, expected):
    assert translation_status(based_on, steps(source)) == expected
