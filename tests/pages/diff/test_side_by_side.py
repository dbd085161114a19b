"""Two texts in different languages side by side."""

import re
from collections.abc import Iterable
from time import process_time

import pytest

from pages.diff import side_by_side
from pages.diff.side_by_side import MAX_BLOCKS, align_texts, match_sections, pair_sections, split_text
from pages.text.rendering import render

TAG = re.compile(r"<[^>]*>")


def rows_of(first: str, second: str) -> list[tuple[str, str]]:
    """Return what two Markdown texts show in each row, without tags."""
    left, right = (split_text(render(body).html)[0] for body in (first, second))
    rows = align_texts(left, right, pair_sections(left, right))
    return [(text_of(row.first), text_of(row.second)) for row in rows]


def text_of(cell) -> str:
    return " ".join(TAG.sub(" ", cell.html).split()) if cell else ""


def body(*blocks: str) -> str:
    return "\n\n".join(blocks)


def test_blocks_of_the_same_kind_stand_next_to_each_other():
    first = body("# One", "Text.", "- a\n- b", "> Said.", "```\ncode\n```", "1. c")
    second = body("# Один", "Текст.", "- а\n- б", "> Сказано.", "```\ncode\n```", "1. в")
    assert rows_of(first, second) == [
        ("One", "Один"), ("Text.", "Текст."), ("a", "а"), ("b", "б"), ("Said.", "Сказано."), ("code", "code"),
        ("c", "в"),
    ]  # fmt: skip


def test_table_is_one_passage_with_its_header():
    table = "| {} | {} |\n|---|---:|\n| {} | 1 |\n| {} | 2 |"
    left, right = (split_text(render(table.format(*"abcd")).html)[0] for _ in range(2))
    (row,) = align_texts(left, right, pair_sections(left, right))
    assert row.first.html == row.second.html
    assert row.first.html.count("<table>") == row.first.html.count("<thead>") == 1
    assert text_of(row.first) == "a b c 1 d 2"
    assert 'class="align-right"' in row.first.html


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # What the translation lacks has nothing next to it, and does not move what follows.
        (
            body("## 1 A", "Text.", "## 2 B", "New.", "## 3 C", "End."),
            body("## 1 А", "Текст.", "## 3 В", "Конец."),
            [("1 A", "1 А"), ("Text.", "Текст."), ("2 B", ""), ("New.", ""), ("3 C", "3 В"), ("End.", "Конец.")],
        ),
        # Without numbers, what is in the sections decides.
        (
            body("## A", "See <https://a.example>.", "## B", "In 2024.", "## C", "- x"),
            body("## А", "См. <https://a.example>.", "## В", "- х"),
            [
                ("A", "А"), ("See https://a.example .", "См. https://a.example ."),
                ("B", ""), ("In 2024.", ""), ("C", "В"), ("x", "х"),
            ],
        ),
        # Only in the second text, and an introduction only in the first.
        (
            body("Before.", "## A {#a}", "p", "## C {#c}", "q"),
            body("## А {#a}", "п", "## Б {#b}", "Ещё.", "## В {#c}", "к"),
            [("Before.", ""), ("A", "А"), ("p", "п"), ("", "Б"), ("", "Ещё."), ("C", "В"), ("q", "к")],
        ),
        # Headings of other levels are no anchors.
        (body("## A", "x"), body("### А", "х"), [("A", ""), ("x", ""), ("", "А"), ("", "х")]),
        # The paragraph with the same number, not the first one.
        (body("Within 30 days."), body("Сразу.", "За 30 дней."), [("", "Сразу."), ("Within 30 days.", "За 30 дней.")]),
        # Digits of another script, and a name in Latin letters.
        (
            body("One.", "Up to 14 days, by PayPal."),
            body("۱۴ روز با PayPal."),
            [("One.", ""), ("Up to 14 days, by PayPal.", "۱۴ روز با PayPal.")],
        ),
        ("", body("Text."), [("", "Text.")]),
        ("", "", []),
    ],
)  # fmt: skip
def test_passages_that_belong_together_are_found_by_signs_of_both_languages(first, second, expected):
    assert rows_of(first, second) == expected


def test_nothing_of_either_text_is_lost_or_reordered():
    first = body(*section("Text", "- item", 3, range(1, 150)))
    second = body(*section("Текст", "> Сказано.", 2, range(1, 170, 2)))
    rows = rows_of(first, second)
    for side, text in enumerate((first, second)):
        blocks = [passage for section in split_text(render(text).html)[0] for passage in section.passages]
        assert [row[side] for row in rows if row[side]] == [text_of(passage.cell) for passage in blocks]
    assert any(left and right for left, right in rows)


def section(word: str, extra: str, period: int, numbers: Iterable[int]) -> list[str]:
    """Return the blocks of sections, some of which have one block more."""
    return [
        block
        for number in numbers
        for block in (f"## {number}", *[extra] * (number % period == 0), f"{word} {number}.")
    ]


def test_cells_have_no_ids_and_headings_of_the_first_text_an_anchor():
    left, right = (split_text(render(text).html)[0] for text in ("## A {#a}\n\nx[^1]\n\n[^1]: Note.", "## Б {#b}"))
    rows = list(align_texts(left, right, pair_sections(left, right)))
    assert 'id="' not in "".join(cell.html for cell in cells_of(rows))
    assert [row.anchor for row in rows] == ["a", "", ""]
    assert [row.starts for row in rows] == [True, False, False]


def cells_of(rows: Iterable) -> list:
    return [cell for row in rows for cell in (row.first, row.second) if cell]


COOKIES = "## 1 Cookies\n\nWe set one cookie, so that people stay logged in.\n\nSee below."


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # Moved, with another number.
        (
            body("Start.", COOKIES, "## 2 Logs", "Logs are kept for a week."),
            body("Start.", "## 1 Logs", "Logs are kept for a week.", COOKIES.replace("1", "2")),
            [(0, 0), (1, 2), (2, 1)],
        ),
        # Only the heading, or only what is below it, is the same.
        (COOKIES, body("## 1 Cookies", "Nothing is ever stored in your browser by us."), [(0, 0), (1, 1)]),
        (COOKIES, COOKIES.replace("Cookies", "What we keep in your browser"), [(0, 0), (1, 1)]),
        # A sentence that any section can have.
        (COOKIES, body("## 1 Tracking", "A pixel follows each visitor from page to page.", "See below."), [(0, 0)]),
        (COOKIES, "", [(0, 0)]),
    ],
)
def test_sections_of_one_language_are_matched_by_their_words(before, after, expected):
    assert match_sections(*(split_text(render(text).html)[0] for text in (before, after))) == expected


def test_long_texts_take_little_time_and_are_cut_off_at_the_limit():
    long = render(body(*(f"Paragraph {number} of a text." for number in range(3000)))).html
    start = process_time()
    sections, is_cut = split_text(long)
    assert len(list(align_texts(sections, sections, pair_sections(sections, sections)))) == 3000
    assert not is_cut
    assert process_time() - start < 3
    assert split_text("<p>a</p>" * (MAX_BLOCKS + 1))[1]


@pytest.mark.parametrize("form", ["<p>{}</p>", "<h2>{}</h2>"])
def test_at_most_so_many_pairs_are_measured(form, monkeypatch):
    measured = []
    monkeypatch.setattr(side_by_side, "_measure_passages", lambda *pair: measured.append(pair) or 1)
    monkeypatch.setattr(side_by_side, "_measure_sections", lambda *pair: measured.append(pair) or 1)
    monkeypatch.setattr(side_by_side, "_MAX_PAIRS", 20_000)
    (left, _), (right, _) = (split_text("".join(form.format(word) for _ in range(2000))) for word in "ab")
    assert len(list(align_texts(left, right, pair_sections(left, right)))) == 2000
    # Each section has a pair of its own.
    assert 10_000 < len(measured) <= 20_000 + len(left)
