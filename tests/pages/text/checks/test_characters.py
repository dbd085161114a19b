"""Characters that readers do not see, or that change what they see."""

import pytest

from pages.text.checks import characters
from pages.text.checks.characters import find_hidden_characters, name_characters
from pages.text.checks.findings import FindingKind


def find(text):
    return [(finding.kind, finding.line, finding.subject, finding.blocks) for finding in find_hidden_characters(text)]


@pytest.mark.parametrize("text", ["price \u202e001", "a\u202d1\u202c", "\u202eexe.fdp", "שלום \u202eabc\u202c"])
def test_overridden_direction_prevents_publishing(text):
    assert [(kind, line, blocks) for kind, line, _, blocks in find(f"One\n\n{text}")] == [
        (FindingKind.DIRECTION, 3, True)
    ]


@pytest.mark.parametrize("text", ["a \u2066b\u2069", "price \u200f5", "\u202babc", "שלום \u2067abc", "\u061c12"])
def test_other_direction_characters_are_named(text):
    assert [(kind, blocks) for kind, _, _, blocks in find(text)] == [(FindingKind.DIRECTION, False)]


@pytest.mark.parametrize("text", ["שלום \u200f(abc)", "سلام \u2066abc\u2069", "שלום \u202aabc\u202c", "plain"])
def test_direction_characters_of_right_to_left_text_are_no_finding(text):
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Daten\u00adschutz", "U+00AD"),
        ("a\u200bb\u200bc\ufeff", "U+200B, U+FEFF"),
        ("x\u2060y", "U+2060"),
        ("слово\u200d", "U+200D"),
        ("a\u2028b", "U+2028"),
        ("a\U000e0041", "U+E0041"),
    ],
)
def test_invisible_characters_are_named(text, names):
    assert find(text) == [(FindingKind.INVISIBLE, 1, names, False)]


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "👩\u200d💻", "क्\u200dष", "🏴\U000e0067\U000e0062\U000e007f", "a\u00a0b"]
)
def test_joiners_with_a_meaning_are_no_finding(text):
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "names"), [("a\x0bb", "U+000B"), ("\x01\x02", "U+0001, U+0002"), ("a\x9f", "U+009F"), ("\ufffe", "U+FFFE")]
)
def test_control_characters_are_named(text, names):
    assert find(text) == [(FindingKind.FORBIDDEN, 1, names, False)]


@pytest.mark.parametrize(
    ("text", "words"), [("Pru\u0308fung", "Prüfung"), ("a политики\u0306 и\u0306", "политикй й"), ("o\u0301 b", "ó")]
)
def test_letters_of_several_characters_are_shown(text, words):
    assert find(f"\n{text}\n\u00fc") == [(FindingKind.DECOMPOSED, 2, words, False)]


def test_unreadable_characters_are_counted():
    [finding] = find_hidden_characters("a \ufffd\ufffd")
    assert finding.message == ("2 characters could not be read, and readers see question marks (U+FFFD) instead.")


def test_finding_in_a_title_names_its_field():
    [finding] = find_hidden_characters("Ti\u00adtle", "title")
    assert (finding.field, finding.line) == ("title", 1)


def test_of_many_characters_the_first_are_named():
    assert name_characters(list("abcdefa")) == "U+0061, U+0062, U+0063, U+0064, U+0065, …"


def test_search_for_candidates_misses_no_character():
    """Each character that `_ANY` can find is in the class that is searched first."""
    found = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    for char in found:
        text = f"a{char}"
        if characters._ANY.search(text):
            assert characters._CANDIDATE.search(text) or characters.FORBIDDEN.search(text), hex(ord(char))
