"""Blocks that are not parsed: the checks find the same as if they were."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.text.checks import body as checks
from pages.text.checks.body import check_body
from pages.text.checks.plain_blocks import blank_plain_blocks

PLAIN = [
    "One *two* **three four** `five` [six](https://a.example/7), eight.",
    "## One two",
    "- One\n- two *three*",
    "1. One\n2. two",
    "> One two.",
    "![one](/a.png)",
    "| a | b c |\n|---|:--|\n| d | e |",
    "«Один» и два.\nТри.",
]
OTHER = ["a) One\nb) two", "One\n2. two\n3. three", "**One", "[x](foo:bar)", "![](/a.png)", "    - code"]
OTHER += ["•\tone\n•\ttwo", "- \u00a0one", "#One", "| a |\n|---|---|\n| b |", "x[^1]", "[a]: /b", "One\\* two*"]
OTHER += ["a\u00a0- b", "One\n===", "1.1 a\n1.2 b", "```\n**a\n```", "  - one", "§ 1 a\n§ 2 b", "-one\n-two"]
OTHER += [
    "==one==",
    "1.one\n2.two",
    "Art. 1 a\nArt. 2 b",
    "one\ttwo\nthree\tfour",
    "[one](https://)",
    "[one](#)",
    "→ a\n→ b",
]
OTHER += ["| a | b |\n|---|---|\n| c | d | e |", "```\ncode", "one [^1]: two"]
OTHER += ["one\n| a | b |\n| c | d |", "*one **two*", "o\tone\no\ttwo"]


@pytest.mark.parametrize("block", PLAIN)
def test_plain_block_is_one_letter_on_the_same_lines(block):
    source = f"{block}\n\n{block}\n"
    blanked = blank_plain_blocks(source)
    assert len(blanked) < len(source)
    assert blanked.count("\n") == source.count("\n")
    assert check_body(block) == ()


@pytest.mark.parametrize("block", OTHER)
def test_other_block_stays_as_it_is(block):
    assert blank_plain_blocks(block) == block


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PLAIN), st.sampled_from(OTHER)), max_size=6),
    st.sampled_from(["\n\n", "\n\n\n", "\n"]),
)
def test_checks_find_the_same_without_plain_blocks(blocks, separator):
    body = separator.join(blocks)
    with pytest.MonkeyPatch.context() as patch:
        _clear_caches()
        blanked = check_body(body)
        patch.setattr(checks, "blank_plain_blocks", str)
        _clear_caches()
        assert check_body(body) == blanked
    _clear_caches()


def _clear_caches():
    checks.check_body.cache_clear()
    checks._check_short_section.cache_clear()
