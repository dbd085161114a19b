"""Characters that HTML forbids, and letters that consist of several characters."""

import sys
import unicodedata

import pytest

from pages.text.extensions.characters import FORBIDDEN, has_forbidden, is_composed, remove_forbidden


def test_forbidden_characters_are_controls_and_noncharacters():
    allowed = set("\t\n\r\0")
    for character in map(chr, range(sys.maxunicode + 1)):
        is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"
        is_forbidden = (unicodedata.category(character) == "Cc" and character not in allowed) or is_noncharacter
        assert bool(FORBIDDEN.match(character)) is is_forbidden, hex(ord(character))
        assert has_forbidden(character) is is_forbidden, hex(ord(character))


def test_removing_keeps_the_lines_and_separates_words():
    assert remove_forbidden("a\x0bb\n\x01c\x1cd\n") == "a b\nc d\n"


@pytest.mark.parametrize(("text", "expected"), [("abc", True), ("\u00fc", True), ("u\u0308", False), ("\u0439", True)])
def test_text_is_composed_if_no_letter_can_be(text, expected):
    assert is_composed(text) is expected
