"""Lines that look like a heading, a list or a table, but are none."""

import pytest

from pages.text.checks.lookalikes import find_lookalikes
from pages.text.checks.parsed_body import parse_body


def find_lines(body):
    return [finding.line for finding in find_lookalikes(parse_body(body))]


@pytest.mark.parametrize(
    "line",
    [
        "##\u00a0Your rights",
        "#\u2009Data",
        "##Data",
        "#Data",
        "####### Seven",
        "＃ Data",
        "##\u3000データ",
        "#Данные о вас",
    ],
)
def test_line_that_looks_like_a_heading_is_found(line):
    assert find_lines(f"Text.\n\n{line}\n\nMore.") == [3]


@pytest.mark.parametrize("line", ["## Data", "We are #1 in 2024", "#1 of all", "C# and F#", "#one #two", "\\##Data"])
def test_heading_and_number_sign_are_no_finding(line):
    assert find_lines(line) == []


@pytest.mark.parametrize(
    "line",
    ["-\u00a0item", "•\tone", "• one", "1.\u00a0one", "▪ one", "\uf0b7\tone", "·\u00a0one", "o\tone", "*\u2003x"],
)
def test_item_that_is_none_is_found(line):
    assert find_lines(f"Text:\n{line}") == [2]
    assert find_lines(f"Text:\n\n{line}\n\nMore.") == [3]


@pytest.mark.parametrize(
    "lines",
    [
        *(
            "(a) first\n(b) second\n(c) third",
            "(i) one\n(ii) two",
            "a. one\nb. two",
            "1.1 one\n1.2 two",
            "§ 1 one\n§ 2 two",
        ),
        *(
            "а) раз\nб) два",
            "(1) one\n(2) two",
            "— раз\n— два",
            "-one\n-two",
            "① one\n② two",
            "12.3 one\n12.4 two",
            "№ 1 a\n№ 2 b",
        ),
        *("A) one\nB) two", "1.1.1. one\n1.1.2. two", "§§ 1 one\n§§ 2 two", "– one\n– two"),
        *("1.one\n2.two", "1)one\n2)two", "[1] one\n[2] two", "Art. 1 one\nArt. 2 two", "→ one\n→ two"),
        *("Статья 1. Раз\nСтатья 2. Два", "п. 1 раз\nп. 2 два", "Section 1 one\nSection 2 two"),
        *("one\ttwo\nthree\tfour", "Data\tPeriod\tReason\nName\t30 days\tLaw"),
    ],
)
def test_marked_lines_that_are_glued_are_found(lines):
    assert find_lines(f"We do this:\n{lines}") == [2]
    assert find_lines(f"Text.\n\n> {lines.replace(chr(10), chr(10) + '> ')}") == [3]


@pytest.mark.parametrize(
    "body",
    [
        *(
            "- a\n- b",
            "1. a\n2. b",
            "1) a\n2) b",
            "(a) first\n\n(b) second",
            "(a) first  \n(b) second",
            "(a) one\\\n(b) two",
        ),
        *(
            "(a) only one\nand more",
            "see\nArt. 1 and more",
            "one\ttwo\nthree",
            "1.5 one\n2.5two",
            "[1] one\nand more",
            "A sentence ends. In\n1984. The",
            "    x = 1\n    y = 2",
            "```\n• a\n```",
            "-30 °C\n-20 °C",
        ),
        *("see a. b\nand c. d", "— Да, сказал он", "e.g. one\ni.e. two", "| a |\n|---|\n| b |"),
    ],
)
def test_lists_and_prose_are_no_finding(body):
    assert find_lines(body) == []


@pytest.mark.parametrize("body", ["a | b\n--|--|--\n1 | 2", "| a | b |\n| c | d |", "Text\n\n|a|\n|b|\n|c|"])
def test_table_that_is_none_is_found(body):
    assert find_lines(body)


@pytest.mark.parametrize("body", ["Text\n\n    - item", "Text\n\n\t• item\n\t• item", "Text\n\n    ## Heading\n\nMore"])
def test_indented_item_that_became_code_is_found(body):
    assert find_lines(body) == [3]


def test_numbered_lines_that_cannot_begin_a_list_after_a_paragraph_are_found():
    assert find_lines("We do this:\n3. one\n4. two") == [2]
    assert find_lines("We do this:\n\n3. one\n4. two") == []
