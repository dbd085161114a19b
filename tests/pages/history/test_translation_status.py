"""Translation status depends only on the digests and significances of source texts."""

import pytest

from pages.history.translation_status import SourceText, translation_status


def source_texts(letters):
    """Parse `A b C`: version 1 has text A, 2 has b (a minor change), 3 has C (major); `=` repeats, `.` has no text."""
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
        # It reflects the current text.
        ("A", 1, "up to date"),
        ("A B", 2, "up to date"),
        ("A =", 1, "up to date"),
        ("A = =", 2, "up to date"),
        # The source changed since.
        ("A B", 1, "behind"),
        ("A b", 1, "minor differences"),
        ("A b =", 1, "minor differences"),
        ("A b c", 1, "minor differences"),
        ("A b C", 1, "behind"),
        ("A B c", 1, "behind"),
        ("A B c", 2, "minor differences"),
        # A change before the reflected version does not count.
        ("A B c", 3, "up to date"),
        # The source was changed back.
        ("A B A", 1, "up to date"),
        ("A b a", 1, "up to date"),
        ("A B A", 2, "behind"),
        # It reflects nothing, or a version from before the source had a text.
        ("A", None, "behind"),
        ("A b", None, "behind"),
        ("a", None, "behind"),
        (". B", 1, "behind"),
        # A version without a source text (cancelled, or imported): the previous one counts.
        ("A . B", 2, "behind"),
        ("A . b", 2, "minor differences"),
        ("A . =", 2, "up to date"),
        # There is no source text.
        ("", 1, None),
        ("", None, None),
        (".", None, None),
    ],
)
def test_status_follows_from_the_changes_of_the_source(source, based_on, expected):
    assert translation_status(based_on, source_texts(source)) == expected
