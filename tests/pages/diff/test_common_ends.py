"""What two passages have in common at their ends: whole words outside of elements, and one word less on each side."""

import pytest

from pages.diff.common_ends import find_common_ends

ENDS = [
    ("a b c d e f g", "a b c x e f g", "a b", " f g"),
    ("a b c", "a b c", "a", ""),
    ("a b", "a c", "", ""),
    ("a b c d", "a b c d e", "a b", ""),
    ("b c d", "a b c d", "", " d"),
    ("a b b", "a b", "", ""),
    ("a b  c d e", "a b c d e", "a", " e"),
    ("a b c-d e f g", "a b c-x e f g", "a", " f g"),
    ("a <em>b c</em> d x", "a <em>b c</em> d y", "a <em>b c</em>", ""),
    ("a b <em>c d e f</em> g h i", "a b <em>c d x f</em> g h i", "a", " h i"),
    ("a b c <em>d</em> e f", "a b c <strong>d</strong> e f", "a b", " f"),
    ('a b c <a href="/x y z">d</a> e f g', 'a b c <a href="/x w z">d</a> e f g', "a b", " f g"),
    ('a x <img src="/m" alt="b c d"> e f', 'a y <img src="/m" alt="b c d"> e f', "", " f"),
    ('a <img src="/m" alt="x c d"> e f', 'a <img src="/m" alt="y c d"> e f', "", " f"),
    ("a b<br> c d e", "a b<br> c d f", "a b<br> c", ""),
    ("a <br> c d", "a <br> c e", "", ""),
    ("a. b c x <code>d e f</code>", "a. b c y <code>d e f</code>", "a. b", ""),
]


@pytest.mark.parametrize(("before", "after", "start", "end"), ENDS)
def test_ends_are_cut_at_white_space_outside_of_elements(before, after, start, end):
    lengths = find_common_ends(before, after)
    assert (before[: lengths[0]], before[len(before) - lengths[1] :]) == (start, end)
    assert (after[: lengths[0]], after[len(after) - lengths[1] :]) == (start, end)
    assert find_common_ends(after, before) == lengths
