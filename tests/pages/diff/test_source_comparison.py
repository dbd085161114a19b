"""Comparison of sources: every byte that differs is shown, even if readers would see no difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.diff.source_comparison import compare_sources, make_visible
from tests.timing import is_faster_than


def describe_lines(before: bytes, after: bytes) -> list[tuple[str, str]]:
    """Return the kinds and texts of the lines, the changed fragments in brackets."""
    lines = compare_sources(before, after).lines
    return [
        (
            line.kind,
            "".join(f"[{fragment.text}]" if fragment.is_changed else fragment.text for fragment in line.fragments),
        )
        for line in lines
    ]


def test_only_the_changed_words_of_a_line_are_marked():
    lines = describe_lines(b"# Title\nWe keep data for ten days.\n", b"# Title\nWe keep data for two days.\n")
    assert lines == [
        ("same", "# Title"),
        ("removed", "We keep data for [ten] days."),
        ("added", "We keep data for [two] days."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "sign"),
    [
        (b"One line.\r\n", b"One line.\n", "[␍]"),
        (b"One line.\n", b"One line.", "[↵]"),
        (b"One line.\n", b"\xef\xbb\xbfOne line.\n", "[[U+FEFF]]"),
        (b"One\tline.\n", b"One line.\n", "[⇥]"),
        (b"One line.\n", "One\u00a0line.\n".encode(), "[⍽]"),
        (b"One line.\n", "One \u202eline.\n".encode(), "[[U+202E]]"),
        (b"One line.\n", b"One line.\xff\n", "[\\xFF]"),
        (b"One line.\xfe\n", b"One line.\xff\n", "[\\xFE]"),
        (b"One line.  \n", b"One line.\n", "[  ]"),
        (b"One line.\n", b"One line.\n\n", "[↵]"),
        (b"\n", b"", "[↵]"),
    ],
)
def test_invisible_differences_are_shown_as_signs(before, after, sign):
    assert any(sign in text for _kind, text in describe_lines(before, after))


def test_long_unchanged_stretches_are_folded():
    before = "".join(f"line {number}\n" for number in range(40))
    lines = compare_sources(before.encode(), before.replace("line 20", "line twenty").encode()).lines
    assert [(line.kind, line.count) for line in lines if line.kind == "fold"] == [("fold", 17), ("fold", 16)]
    assert [line.before for line in lines if line.kind == "removed"] == [21]


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_every_difference_is_marked(before, after):
    lines = compare_sources(before, after).lines
    changed = [fragment.text for line in lines for fragment in line.fragments if fragment.is_changed]
    assert bool("".join(changed)) == (before != after)


def test_invisible_characters_have_signs():
    assert make_visible("a\tb\u200b\n") == "a⇥b[U+200B]"


@pytest.mark.timing
@pytest.mark.parametrize("line", ["x\n", "a b ", "\n", "\u202e\n"])
def test_long_sources_are_compared_quickly(line):
    before = line * (300_000 // len(line))
    after = before.replace("b", "c")[: len(before) // 2] + "end"
    assert is_faster_than(1.5, lambda: compare_sources(before.encode(), after.encode()))
