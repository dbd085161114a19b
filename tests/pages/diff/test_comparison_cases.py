"""Changes that a comparison once showed in a misleading way, with more inputs of each kind."""

import re

import pytest

from pages.diff.comparison import Comparison, ComparisonRow
from tests.pages.diff.test_comparison import compare_bodies, get_cells, name_changes

SALE = "## Sale\n\nWe do sell your data to everybody else."
KEPT = "## Logs\n\nLogs are kept for one day.\n\n## Rights\n\nAsk us what we store."


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("10. a\n11. b", "1. a\n2. b", [("numbering", "10 → 1")]),
        ("- a\n\n  2. b\n  3. c", "- a\n\n  1. b\n  2. c", [("numbering", "2 → 1")]),
        ("1. a\n\n2. b", "0. a\n\n1. b", [("numbering", "1 → 0")]),
        ("1. a\n2. b\n3. c", "1. a\n2. b\n\n1) c", [("numbering", "3 → 1")]),
        ("### 2.1 Data\n\na", "### 2.2 Data\n\na", [("numbering", "2.1 → 2.2")]),
    ],
)
def test_new_numbers_of_the_same_words_are_one_change_each(before, after, changes):
    assert name_changes(compare_bodies(before, after)) == changes


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (f"{SALE}\n\n{KEPT}", f"{KEPT}\n\n{SALE}", "not"),
        (f"{KEPT}\n\n{SALE}", f"{SALE}\n\n{KEPT}", "not"),
        (f"{KEPT}\n\nOne more word here.\n\n{SALE}", f"{KEPT}\n\n{SALE}\n\nOne more word here.", "never"),
        (f"{SALE}\n\n{KEPT}\n\n- a\n- b", f"{KEPT}\n\n- a\n- b\n\n{SALE}", "not"),
        (f"> {SALE[9:]}\n\n{KEPT}", f"{KEPT}\n\n> {SALE[9:]}", "not"),
    ],
)
def test_word_inserted_in_a_moved_section_is_marked(before, after, word):
    comparison = compare_bodies(before, after.replace("We do sell", f"We do {word} sell"))
    assert ("addition", word) in name_changes(comparison)
    assert [change.kind for change in comparison.changes if change.kind in {"removal", "replacement"}] == []
    (row,) = (row for row in comparison.rows if row.after and f"<ins>{word}</ins>" in row.after.html)
    # Either the sentence is shown as moved, with links between both places, or what it passed is.
    moved = [row for row in comparison.rows if row.other]
    assert moved
    assert row in moved or row.kind == "changed"
    assert {row.other for row in moved} == {row.anchor for row in moved}


WIDE = "|Name|Purpose|Days|By|With|\n|-|-|-|-|-|\n" + "".join(f"|`ck_{n}`|for {n}|{n}|us|no one|\n" for n in range(15))
RAW = "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>one</td><td>7</td></tr></tbody></table>"


def changed_rows(comparison: Comparison) -> list[ComparisonRow]:
    return [row for row in comparison.rows if row.kind == "changed"]


@pytest.mark.parametrize(
    ("before", "after", "header"),
    [
        (WIDE, WIDE.replace("|7|", "|70|"), "<th>Name</th><th>Purpose</th>"),
        (WIDE, WIDE.replace("|7|", "|70|").replace("for 9", "for me"), "<th>Name</th><th>Purpose</th>"),
        (RAW, RAW.replace("7", "8"), "<th>A</th><th>B</th>"),
        (f"> {WIDE}".replace("\n", "\n> "), f"> {WIDE}".replace("\n", "\n> ").replace("|7|", "|8|"), "<th>Name</th>"),
    ],
)
def test_each_changed_row_of_a_table_has_the_header_row(before, after, header):
    rows = changed_rows(compare_bodies(before, after))
    assert rows
    for cell in (cell for row in rows for cell in (row.before, row.after)):
        assert cell.html.index('<thead class="repeated">') < cell.html.index(header) < cell.html.index("<td>")


def test_changed_header_row_is_not_repeated():
    (row,) = changed_rows(compare_bodies(WIDE, WIDE.replace("Days", "Weeks")))
    assert "repeated" not in row.before.html + row.after.html


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("We never do.", "We never, ever do.", [("addition", ", ever")]),
        ("раскрыть или продать.", "раскрыть.", [("removal", "или продать")]),
        ("We keep it.", "We keep it!", [("replacement", ". → !")]),
        ("the «data» here", "the “data” here", [("replacement", "« → “"), ("replacement", "» → ”")]),
        ("names (of users)", "names of users", [("removal", "("), ("removal", ")")]),
        ("نحفظ البريد، والاسم", "نحفظ البريد والاسم", [("removal", "،")]),
        ("мы храним адрес;", "мы храним адрес, имя;", [("addition", ", имя")]),
    ],
)
def test_change_next_to_punctuation_has_only_what_differs(before, after, changes):
    assert name_changes(compare_bodies(before, after)) == changes


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("*a* b", "**a** b", ("em", "strong")),
        ("`a` b", "a b", ("code", "")),
        ("***a*** b", "*a* b", ("em strong", "em")),
        ("~~a~~ b", "<u>a</u> b", ("s", "u")),
    ],
)
def test_emphasis_is_one_change_of_both_elements(before, after, names):
    (change,) = compare_bodies(before, after).changes
    assert (change.kind, change.before, change.after) == ("emphasis", *names)


@pytest.mark.parametrize("count", [16, 40, 150, 400])
def test_summary_has_every_change(count):
    before = "\n\n".join(f"Paragraph {number} has one old word." for number in range(count))
    comparison = compare_bodies(before, before.replace("old", "new"))
    assert name_changes(comparison) == [("replacement", "old → new")] * count


@pytest.mark.parametrize(
    "moved", [SALE, "- one long item of a list", "> A quotation of four words.", "    some code here"]
)
def test_passage_that_only_moved_is_neither_marked_as_removed_nor_as_added(moved):
    comparison = compare_bodies(f"{moved}\n\n{KEPT}", f"{KEPT}\n\n{moved}")
    assert {change.kind for change in comparison.changes} == {"move"}
    assert {row.kind for row in comparison.rows} == {"moved away", "unchanged", "moved"}
    assert not re.search("<(ins|del|mark)", "".join(get_cells(comparison)))


@pytest.mark.parametrize("chip", ["(`x.x.x.0`).", "«`a`»", "“`a b`”,", "[`a`]: *b*"])
def test_marks_leave_no_space_around_code(chip):
    comparison = compare_bodies(f"It is old {chip}", f"It is new {chip}")
    for row in comparison.rows:
        for cell, word in ((row.before, "old"), (row.after, "new")):
            html = re.sub("</?(p|code|em|ins|del)>", "", cell.html)
            assert html == f"It is {word} {re.sub('[`*]', '', chip)}"


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("10 days here", "10\u202fdays here", " → U+202F"),
        ("10\u2009days here", "10\u00a0days here", "U+2009 → U+00A0"),
        ("数据 政策", "数据\u3000政策", " → U+3000"),
        ("price (1)", "price (1)\u200e", " → U+200E"),
        ("see (1) now", "see \u200e(1) now", " → U+200E"),
        ("انظر (١).\u200f", "انظر (١).", "U+200F → "),
        ("隐私政策", "隐\u200b私政策", " → U+200B"),
        ("We sell it", "We s\u034fell it", " → U+034F"),
        ("We sell it", "We s\u3164ell it", " → U+3164"),
        ("We sell it", "We s\U000e0041ell it", " → U+E0041"),
    ],
)
def test_characters_that_readers_do_not_see_are_named(before, after, names):
    (change,) = compare_bodies(before, after).changes
    assert (change.kind, f"{change.before} → {change.after}") == ("invisible characters", names)


@pytest.mark.parametrize(
    ("before", "after"), [("می‌خواهم آن", "میخواهم آن"), ("👩‍👧 x", "👩👧 x"), ("☎ call", "☎\ufe0f call")]
)
def test_joiners_and_selectors_that_readers_see_are_replacements(before, after):
    words = f"{before.split()[0]} → {after.split()[0]}"
    assert name_changes(compare_bodies(before, after)) == [("replacement", words)]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("a b", "a  b", "␣ → ␣␣"),
        ("a\tb", "a    b", "⇥ → ␣␣␣␣"),
        ("a\nb", "a\n\nb", "⏎ → ⏎⏎"),
        ("a\nb", "a \nb", "⏎ → ␣⏎"),
        ("a\u00a0b", "a b", "⍽ → ␣"),
    ],
)
def test_white_space_of_code_is_shown_by_signs(before, after, change):
    assert name_changes(compare_bodies(f"```\n{before}\n```", f"```\n{after}\n```")) == [("replacement", change)]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (
            "We sell[^1] all of your data today.",
            "We sell all of your data[^1] today.",
            [("removal", "[1]"), ("addition", "[1]")],
        ),
        ("We sell[^1] data.", "We sell[^1] data[^1].", [("addition", "[1]")]),
        ("We sell[^1] data[^1].", "We sell data[^1].", [("removal", "[1]")]),
        ("我们出售数据[^1]。也。", "我们出售[^1]数据[^1]。也。", [("addition", "[1]")]),
    ],
)
def test_reference_to_a_footnote_is_a_change_without_the_word_before_it(before, after, changes):
    note = "\n\n[^1]: Only if asked."
    assert name_changes(compare_bodies(before + note, after + note)) == changes


THREE = "|Name|Days|\n|-|-|\n|login|7|\n|shop|30|\n|site|365|\n"


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        ("|Name|Who|Days|\n|-|-|-|\n|login|us|7|\n|shop|us|30|\n|site|us|365|\n", ["addition"] * 4),
        ("|Name|\n|-|\n|login|\n|shop|\n|site|\n", ["removal"] * 4),
        ("|Name|Days|\n|-|:-:|\n|login|70|\n|shop|30|\n|site|36|\n", ["replacement"] * 2),
    ],
)
def test_new_layout_of_a_table_is_named_once_and_keeps_its_cells_apart(after, kinds):
    changes = compare_bodies(THREE, after).changes
    assert [change.kind for change in changes if change.kind != "structure"] == kinds
    (layout,) = (change for change in changes if change.kind == "structure")
    assert layout.text == " ".join(re.findall("[A-Z][a-z]+", after))


def test_details_that_became_open_are_a_change_of_layout():
    folded = "<details><summary>Logs</summary>\n\nWe keep logs.\n\n</details>"
    opened = folded.replace("<details>", "<details open>")
    for pair in ((folded, opened), (opened, folded)):
        assert [change.kind for change in compare_bodies(*pair).changes] == ["structure"]


SOLD = {
    "We keep logs. {}We delete all.": "We sell data to our partners in the United States. ",
    "{}We keep logs. We delete all.": "We sell data. ",
    "We keep logs.{}": " We sell data!",
    "We will keep logs. {}We will delete all.": "We will sell data? We will not ask. ",
    "Мы храним журналы. {}Мы удаляем всё.": "Мы продаём данные… ",
    "نحن نحتفظ بالسجلات. {}نحن نحذف كل شيء.": "نحن نبيع بياناتك لشركائنا؟ ",
    "我们保存日志。{}我们删除一切。": "我们出售数据。",
    "हम लॉग रखते हैं। {}हम सब हटाते हैं।": "हम डेटा बेचते हैं। ",
}


@pytest.mark.parametrize("text", SOLD)
def test_added_or_removed_sentence_is_one_change_from_its_first_word_to_its_end(text):
    short, long = text.format(""), text.format(SOLD[text])
    assert name_changes(compare_bodies(short, long)) == [("addition", SOLD[text].strip())]
    assert name_changes(compare_bodies(long, short)) == [("removal", SOLD[text].strip())]


def test_sentences_in_another_order_are_each_one_change():
    first, second = "We keep the logs of the server for ten days.", "We never sell your personal data to anybody."
    changes = name_changes(compare_bodies(f"{first} {second}", f"{second} {first}"))
    assert sorted(changes) in ([("addition", second), ("removal", second)], [("addition", first), ("removal", first)])


def test_marks_of_a_sentence_do_not_move_across_words_in_another_form():
    row = compare_bodies("**We** keep. We *sell*. We stop.", "**We** keep. We stop.").rows[0]
    assert re.sub("<[^>]*>", "", row.before.html.replace("<del>", "[").replace("</del>", "]")).count("[We") == 1
    row = compare_bodies("We keep. *We* sell. We stop.", "We keep. We stop.").rows[0]
    assert "<em><del>We" in row.before.html


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("We store it in Norway[^a]. Also.", "We[^b] store it in Norway[^a]. Also.", "We store it in Norway"),
        ("数据存储在挪威[^a]。", "我们[^b]的数据存储在挪威[^a]。", "存储在挪威"),
        ("It is in [Norway](/n/)[^a] now.", "It[^b] is in [Norway](/n/)[^a] now.", "It is in Norway"),
    ],
)
def test_other_number_of_a_footnote_is_numbering_at_the_words_before_it(before, after, text):
    notes = "\n\n[^a]: Only if asked.\n[^b]: Since this year."
    changes = compare_bodies(before + notes, after + notes).changes
    (change,) = [
        change for change in changes if (change.before, change.after) == ("1", "2") and "ask" not in change.text
    ]
    assert change.kind == "numbering"
    assert change.text.endswith(text)
