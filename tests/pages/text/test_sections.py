"""Splitting texts into sections, and finding what differs between two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.text.rendering import render
from pages.text.sections import find_differing_sections, split_sections, strip_common_ends

_LINES = (
    *("# One", "## Two", "- a", "* a", "text", "text ", "", "> b", "    c", "x[^1]", "[^1]: y"),
    *("# Two ", "- a  ", "> b ", "    c ", "1. ", "1.", ": d", ": d ", ":", ": ", "| a | ", "|---", "a\\ ", "- ", "-"),
    *("```", "````", "~~~", "  ```", "``` sh", "x ``` y", "> ```", "```x```", "   ~~~~ "),
    *("{{< note >}}", "{{< /note >}}", "{{</* note */>}}", "x {{% b", "c %}} y", "{{< ref a.md >}}", "{{ d }}"),
)
LINES = st.lists(st.sampled_from(_LINES), max_size=12)


@pytest.mark.parametrize(
    ("body", "sections"),
    [
        ("", [""]),
        ("a\n# B\nc\n## D", ["a\n", "# B\nc\n", "## D"]),
        ("# A\n```\n# B\n```\n# C", ["# A\n```\n# B\n```\n", "# C"]),
        ("# A\n```` sh\n```\n# B\n ````\n# C", ["# A\n```` sh\n```\n# B\n ````\n", "# C"]),
        ("# A\n- ```\n# B", ["# A\n- ```\n# B"]),
        ("a #b\n #c\n#d", ["a #b\n #c\n#d"]),
        ("a[^1]", None),
        ("[a]: b", None),
        ("a\n: b\n\n## C\n\n: d", None),
        ("a\n: b\n\n## C\n\n\n: d", ["a\n: b\n\n", "## C\n\n\n: d"]),
    ],
)
def test_body_is_split_before_headings_outside_code_fences(body, sections):
    assert split_sections(body) == sections


@given(LINES, LINES)
def test_bodies_render_equal_exactly_if_their_differing_sections_do(before, after):
    old, new = "\n".join(before), "\n".join(after)
    is_equal = all(render(left).html == render(right).html for left, right in find_differing_sections(old, new))
    assert is_equal == (render(old).html == render(new).html)


def test_shortcodes_do_not_keep_sections_together():
    before, after = "# A\n{{< note >}}\nb\n# C\n{{< /note >}}\nd", "# A\n{{< tip >}}\nb\n# C\n{{< /tip >}}\n*d*"
    assert find_differing_sections(before, after) == [("# C\n\nd", "# C\n\n*d*")]


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("# A \n\nb.\n\nc", "# A\n\nb. \n\nc  ", True),
        ("a \n\n    b\n\nc", "a\n\n    b\n\nc", False),
        ("a  \nb", "a\nb", False),
        ("a\n: \n\nb", "a\n:\n\nb", False),
    ],
)
def test_spaces_at_the_ends_of_blocks_are_no_difference_where_no_code_can_be(before, after, is_same):
    assert (find_differing_sections(before, after) == []) == is_same


@given(st.text("ab", max_size=9), st.text("ab", max_size=9))
def test_common_ends_surround_the_remaining_texts(before, after):
    old, new = strip_common_ends(before, after)
    rest = len(before) - len(old)
    start = next(length for length in range(rest, -1, -1) if before[:length] == after[:length])
    assert before == before[:start] + old + before[start + len(old) :]
    assert after == after[:start] + new + after[start + len(new) :]
    assert not (old and new and old[0] == new[0])
    assert not (old and new and old[-1] == new[-1])
