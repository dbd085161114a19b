"""Comparison of rendered bodies: every kind of change is named and shown, no text is lost, and time is limited."""

import re
from html import unescape
from html.parser import HTMLParser
from random import Random

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.diff import word_changes
from pages.diff.comparison import MAX_SHOWN, Comparison, ComparisonCell, ComparisonRow, TextChange, compare
from pages.text.rendering import render
from tests.timing import is_faster_than

PICTURES = {"/a.png": "/media/a", "/b.png": "/media/b"}


def render_html(body: str) -> str:
    return render(body, picture_urls=PICTURES, base_url="/policy/").html


def compare_bodies(before: str, after: str) -> Comparison:
    return compare(render_html(before), render_html(after))


def get_cells(comparison: Comparison) -> list[str]:
    return [cell.html for row in comparison.rows for cell in (row.before, row.after) if cell]


def get_side_cells(comparison: Comparison, side: str) -> list[str]:
    cells = (get_side_cell(row, side) for row in comparison.rows)
    return [re.sub(r"(?s)<thead class=\"repeated\">.*?</thead>", "", cell.html) for cell in cells if cell]


def get_side_cell(row: ComparisonRow, side: str) -> ComparisonCell | None:
    """Return what a side has in a row: a row for a moved block repeats what was elsewhere before."""
    if row.kind == "moved" and side == "before":
        return None
    return row.after if row.kind == "unchanged" else getattr(row, side)


def get_side_text(comparison: Comparison, side: str) -> str:
    """Return one side's text from the rows: one line for each block, a tab after each table cell."""
    return "\n".join(map(strip_tags, get_side_cells(comparison, side)))


def strip_tags(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"</t[hd]>", "\t", html.replace("<br>", " "))))


class VisibleTextParser(HTMLParser):
    """Collects what readers see: every character with its formats and link targets.

    Any white space outside code is one space. Navigation links that the renderer adds are left out.
    """

    BREAKS = {
        *(f"h{level}" for level in range(1, 7)),
        "p",
        "li",
        "td",
        "th",
        "pre",
        "hr",
        "ul",
        "ol",
        "blockquote",
        "br",
        *("dl", "dt", "dd", "details", "summary", "caption", "div"),
    }

    def __init__(self, html: str):
        super().__init__()
        self.stack, self.characters = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in self.BREAKS:
            self._add(" ")
        if tag == "img":
            self._add("\0" + repr(sorted(values.items())), self._formats())
        elif tag not in {"hr", "br", "ins", "del", "mark"}:
            self.stack.append((tag, values))

    def handle_endtag(self, tag):
        if tag in self.BREAKS:
            self._add(" ")
        if tag not in {"ins", "del", "mark"}:
            self.stack.pop()

    def handle_data(self, data):
        if any(
            values.get("class") == "footnote-backref" or (tag == "a" and "aria-label" in values)
            for tag, values in self.stack
        ):
            return
        is_code = any(tag == "pre" for tag, _ in self.stack)
        for char in data:
            self._add(" ") if char.isspace() and not is_code else self._add(char, self._formats())

    def _add(self, text, formats=()):
        if text != " " or (self.characters and self.characters[-1] != (" ", ())) or formats:
            self.characters.append((text, formats))

    def _formats(self):
        names = {tag for tag, _ in self.stack if tag in {"em", "strong", "s", "code", "sub", "sup", "u", "span"}}
        links = {values.get("href", "#") + values.get("title", "") for tag, values in self.stack if tag == "a"}
        # Comparisons show links within the page without their address.
        return tuple(sorted(names | {link for link in links if not link.startswith("#")}))


def read_visible(*htmls: str) -> list[tuple[str, tuple[str, ...]]]:
    characters = VisibleTextParser(" ".join(htmls)).characters
    return characters[:-1] if characters[-1:] == [(" ", ())] else characters


def read_visible_text(html: str) -> str:
    return " ".join("".join(text for text, _ in read_visible(html) if text[0] != "\0").split())


EXAMPLES = {
    "a word replaced": ("One big word.", "One small word.", ["changed"], ["replacement"]),
    "nothing": ("One *two*.\n\n- a\n", "One *two*.\n\n- a\n", ["unchanged"] * 2, []),
    "white space of another kind": (
        "One two\nthree  \nfour",
        "One\u00a0two three four",
        ["changed"],
        ["invisible characters", "line break"],
    ),
    "a paragraph added": ("One.", "One.\n\nTwo new words.", ["unchanged", "added"], ["addition"]),
    "a paragraph removed": ("One.\n\nTwo old words.", "One.", ["unchanged", "removed"], ["removal"]),
    "a new text": ("", "One.\n\nTwo.", ["added", "added"], ["addition", "addition"]),
    "a paragraph moved": (
        "This one goes down.\n\nStays here as is.\n\nAnd this too stays.",
        "Stays here as is.\n\nAnd this too stays.\n\nThis one goes down.",
        ["moved away", "unchanged", "unchanged", "moved"],
        ["move"],
    ),
    "two words do not count as moved": (
        "Two words.\n\nStays here.\n\nStays too.",
        "Stays here.\n\nStays too.\n\nTwo words.",
        ["removed", "unchanged", "unchanged", "added"],
        ["removal", "addition"],
    ),
    "a link's target": (
        "Write to [us](https://a.example).",
        "Write to [us](https://b.example).",
        ["changed"],
        ["link target"],
    ),
    "a link within the page": ("See [there](#a) now.", "See [there](#b) now.", ["changed"], ["link target"]),
    "a picture": ("![A](/a.png)", "![A](/b.png)", ["changed"], ["picture"]),
    "a picture's description": ("See ![A](/a.png) here", "See ![B](/a.png) here", ["changed"], ["picture"]),
    "emphasis": ("We *never* sell it.", "We **never** sell it.", ["changed"], ["emphasis"]),
    "a heading's level": ("# The data", "## The data", ["changed"], ["heading level"]),
    "a heading's level and a word": (
        "# All the data",
        "## All our data",
        ["changed"],
        ["heading level", "replacement"],
    ),
    "one list item of many": (
        "- one\n- two three four\n- five",
        "- one\n- two three 4\n- five",
        ["unchanged", "changed", "unchanged"],
        ["replacement"],
    ),
    "an additional list item": (
        "1. a\n2. b",
        "1. a\n2. c d\n3. b",
        ["unchanged", "added", "same text"],
        ["addition", "numbering"],
    ),
    "a list that became loose": ("- a b\n- c d", "- a b\n\n- c d", ["same text"] * 2, ["structure"]),
    "a list that became numbered": ("- a b", "1. a b", ["removed", "added"], ["removal", "addition"]),
    "a cell of a table": (
        "|a|b|\n|-|-|\n|one two|three|\n|x|y|",
        "|a|b|\n|-|-|\n|one two|four|\n|x|y|",
        ["unchanged", "changed", "unchanged"],
        ["replacement"],
    ),
    "words moved to the next cell": (
        "|a|b|\n|-|-|\n|one two|three|",
        "|a|b|\n|-|-|\n|one|two three|",
        ["unchanged", "changed"],
        ["removal", "addition"],
    ),
    "a space between Chinese words": ("隐私政策", "隐私 政策", ["changed"], ["addition"]),
    "one Chinese character": ("我们的隐私政策", "我们的隐秘政策", ["changed"], ["replacement"]),
    "a footnote's words": (
        "Text[^1].\n\n[^1]: One old note.",
        "Text[^1].\n\n[^1]: One new note.",
        ["unchanged", "changed"],
        ["replacement"],
    ),
    "space in code": ("    a  b c", "    a b c", ["changed"], ["replacement"]),
    "a rule": ("a\n\n---\n\nb", "a\n\nb", ["unchanged", "removed", "unchanged"], ["removal"]),
}


@pytest.mark.parametrize(("before", "after", "rows", "changes"), EXAMPLES.values(), ids=EXAMPLES)
def test_each_kind_of_change_is_named_and_has_its_rows(before, after, rows, changes):
    comparison = compare_bodies(before, after)
    assert [row.kind for row in comparison.rows] == rows
    assert [change.kind for change in comparison.changes] == changes
    assert comparison.is_same is not bool(changes)
    assert not comparison.is_capped


def test_changed_words_are_marked_together_with_the_spaces_between():
    row = compare_bodies("It is a *very big* word, you see.", "It is a small word, you see.").rows[0]
    assert row.before.html == "<p>It is a <em><del>very big</del></em> word, you see.</p>"
    assert row.after.html == "<p>It is a <ins>small</ins> word, you see.</p>"


FORMAT_CHANGES = [
    ("[us](https://a.example)", "[us](https://b.example)", "https://a.example", "https://b.example", "us"),
    ("[here](#a)", "[here](#b)", "#a", "#b", "here"),
    ('[us](/x "Old")', '[us](/x "New")', '/x "Old"', '/x "New"', "us"),
    ("us two", "[us two](/x)", "", "/x", "us two"),
    ("*a b* c", "**a b** c", "em", "strong", "a b"),
    ("![A](/a.png)", "![B](/b.png)", "/media/a", "/media/b", "B"),
    ("![A](/a.png)", "![B](/a.png)", "A", "B", "B"),
    ("# A b", "### A b", "h1", "h3", "A b"),
]


@pytest.mark.parametrize(("old", "new", "before", "after", "text"), FORMAT_CHANGES)
def test_change_of_format_names_both_values_and_marks_both_cells(old, new, before, after, text):
    comparison = compare_bodies(old, new)
    (change,) = comparison.changes
    assert (change.before, change.after, change.text) == (before, after, text)
    assert all('<mark class="format-change">' in cell for cell in get_cells(comparison))


def test_rows_with_changes_have_numbered_anchors():
    comparison = compare_bodies("One big word.\n\nStays.\n\n- a b c", "One small word.\n\nStays.\n\n- a b d\n- e")
    assert [row.anchor for row in comparison.rows] == ["change-1", "", "change-2", "change-3"]
    assert [change.anchor for change in comparison.changes] == ["change-1", "change-2", "change-3"]
    assert comparison.changes == tuple(change for row in comparison.rows for change in row.changes)


def test_change_counts_are_complete_and_in_fixed_order():
    comparison = compare_bodies("# A b c\n\nOne.\n\nTwo.", "## A b c\n\nOne.\n\nThree four.\n\nFive.")
    assert list(comparison.counts.items()) == [("addition", 2), ("removal", 1), ("heading level", 1)]


def test_block_is_shown_in_its_containers():
    before = "3. one\n\n   > quoted words here\n\n4. two\n   - three four five\n"
    comparison = compare_bodies(before, before.replace("here", "there").replace("five", "six"))
    assert get_cells(comparison)[1:3] == [
        '<ol start="3"><li class="continued"><blockquote><p>quoted words <del>here</del></p></blockquote></li></ol>',
        '<ol start="3"><li class="continued"><blockquote><p>quoted words <ins>there</ins></p></blockquote></li></ol>',
    ]
    assert get_cells(comparison)[-1] == (
        '<ol start="4"><li class="continued"><ul><li>three four <ins>six</ins></li></ul></li></ol>'
    )


def build_comparison(*kinds: str) -> Comparison:
    return Comparison(tuple(ComparisonRow(kind, None, ComparisonCell("")) for kind in kinds), (), is_capped=False)


@pytest.mark.parametrize(
    ("kinds", "groups"),
    [
        ("uuu", [(False, 3)]),
        ("uuuu", [(True, 4)]),
        ("cuuuc", [(False, 5)]),
        ("cuuuuc", [(False, 2), (True, 2), (False, 2)]),
        ("uuuuuc", [(True, 4), (False, 2)]),
        ("cuuuuu", [(False, 2), (True, 4)]),
    ],
)
def test_long_unchanged_stretches_are_folded_except_a_row_next_to_each_change(kinds, groups):
    comparison = build_comparison(*({"u": "unchanged", "c": "changed"}[kind] for kind in kinds))
    assert [(group.is_folded, len(group.rows)) for group in comparison.groups] == groups


def test_items_that_only_have_other_numbers_are_folded_apart_from_unchanged_rows():
    items = [f"{number}. item {number}" for number in range(1, 10)]
    before = "\n".join([*items, "", *("Same as it was.\n" for _ in range(9)), "Old end."])
    after = before.replace("1. item", "3. item").replace("Old", "New")
    folded = [(group.kind, len(group.rows)) for group in compare_bodies(before, after).groups if group.is_folded]
    assert folded == [("same text", 7), ("unchanged", 8)]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '[a"b](/x"onclick="alert(1))',
        '[x](/y "t\\"<script>")',
        '![a" onerror="alert(1) <b>](/a.png "<i>")',
        "`<img src=x>` &lt;b&gt; &amp;lt;",
        "[x](javascript:alert(1))",
        '# <b> {#x"y}',
    ],
)
@pytest.mark.parametrize("form", [("{}", "{} more words"), ("a {} b c", "a {} b d"), ("", "{}"), ("*{}*", "{}")])
def test_hostile_text_is_escaped_in_every_cell(hostile, form):
    comparison = compare_bodies(*(text.format(hostile) for text in form))
    assert_clean(comparison)
    assert " ".join(get_side_text(comparison, "after").split()) == read_visible_text(
        render_html(form[1].format(hostile))
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p><script>alert(1)</script></p>",
        '<p onclick="x">a</p>',
        '<p><a href="javascript:alert(1)">a</a> <a href=" java\tscript:x" onclick="x">a</a></p>',
        '<p><img src="data:x" onerror="x" alt="a"></p>',
        '<p><span class="x">a</span> < b <b</p>',
    ],
)
def test_cells_contain_only_allowed_tags_and_attributes(html):
    for comparison in (compare("", html), compare(html, html.replace("</p>", " b c d</p>")), compare(html, html)):
        assert_clean(comparison)


CLEANER = nh3.Cleaner(
    tags={
        *(f"h{level}" for level in range(1, 7)),
        "a",
        "blockquote",
        "br",
        "code",
        "div",
        "em",
        "hr",
        "img",
        "li",
        "ol",
    }
    | {"p", "pre", "s", "section", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"}
    | {"caption", "dd", "dl", "dt", "sub", "tfoot", "u"}
    | {"ins", "del", "mark"},
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "ol": {"start"},
        "div": {"class", "tabindex", "role", "aria-label"},
        **{tag: {"class"} for tag in ("blockquote", "li", "mark", "section", "span", "sup", "thead")},
        **{tag: {"class", "colspan", "rowspan"} for tag in ("td", "th")},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


def assert_clean(comparison: Comparison) -> None:
    for cell in get_cells(comparison):
        assert CLEANER.clean(cell) == cell.replace("\u00a0", "&nbsp;")


def test_code_keeps_its_white_space_on_both_sides():
    comparison = compare_bodies("```py\na\n  b  c\n\n```", "```\na\n\tb  d\n```")
    assert get_side_text(comparison, "before") == "a\n  b  c\n\n"
    assert get_side_text(comparison, "after") == "a\n\tb  d\n"


WORDS = [
    *(
        "data",
        "we",
        "keep",
        "logs",
        "policy",
        "политика",
        "данные",
        "البيانات",
        "نحن",
        "فیلم",
        "מידע",
        "隐私政策",
        "个人",
        "データを守る",
    ),
    *(
        "นโยบายความเป็นส่วนตัว",
        "ข้อมูล",
        "ຂໍ້ມູນ",
        "ទិន្នន័យ",
        "မြန်မာ",
        "👩‍👩‍👧",
        "隐👩‍🚀私",
        "🇯🇵🇫🇷法",
        "e\u0301a",
        "&",
        "<b>",
        '"',
        "한국어",
        "葛\U000e0100",
    ),
]
FORMATS = ["{}"] * 6 + [
    "*{}*",
    "**{}**",
    "***{}***",
    "`{}`",
    "~~{}~~",
    "[{}](/a)",
    "[{}](https://b.example)",
    "[*{}*](#c)",
]
FORMATS += ["<u>{}</u>", "x<sup>{}</sup>", "<sub>*{}*</sub>", "<a name=x>{}</a>", "{}<br>{}"]
FORMATS += ["![{}](/a.png)", "![{}](/b.png)", "![{}](/none.png)", "{}[^1]", "{}**x**", "{}\u00a0{}", "{}  \ny"]
BLOCKS = [
    "{}",
    "# {}",
    "### {}",
    "- {}",
    "- {}\n- {}",
    "- {}\n\n  {}",
    "2. {}\n   - {}",
    "> {}",
    "    {}",
    "```py\n{}\n {}\n```",
]
BLOCKS += ["|{}|{}|\n|-|:-|\n|{}||", "***", "- - {}\n  - {}", "> - {}\n>\n>   {}", "-"]
BLOCKS += ["- [ ] {}\n- [x] {}", "> [!NOTE]\n> {}", "<details><summary>\n\n{}\n\n</summary>\n\n{}\n\n</details>"]
BLOCKS += [
    "a\n: {}\n: {}",
    "<table><tr><td colspan=2>\n\n{}\n\n<td>\n\n{}\n\n</table>",
    "<dl><dt>\n\n{}\n\n<dd>\n\n{}\n\n</dl>",
]


@st.composite
def inlines(draw):
    words = draw(st.lists(st.tuples(st.sampled_from(FORMATS), st.sampled_from(WORDS)), min_size=1, max_size=7))
    space = draw(st.sampled_from([" ", " ", ""]))
    return space.join(form.format(word, word) for form, word in words).replace("|", "")


@st.composite
def blocks(draw):
    return draw(st.sampled_from(BLOCKS)).format(*(draw(inlines()) for _ in range(4)))


@st.composite
def document_pairs(draw):
    """Two documents with common blocks, and with blocks that were moved, removed, added or changed."""
    before = draw(st.lists(blocks(), max_size=7))
    after = draw(st.permutations(before)) if draw(st.booleans()) else list(before)
    for position, _ in enumerate(after):
        old, new = draw(st.sampled_from(WORDS)), draw(st.sampled_from([*WORDS, "*we*", "[keep](/z)", ""]))
        if draw(st.booleans()):
            after[position] = after[position].replace(old, new)
    after[draw(st.integers(0, 7)) :] = draw(st.lists(blocks(), max_size=2)) or after[:2]
    note = "[^1]: {}"
    return tuple("\n\n".join([*body, note.format(draw(inlines()))]) for body in (before, after))


@settings(max_examples=60, deadline=None)
@given(document_pairs())
def test_both_sides_can_be_reconstructed_with_text_formats_and_links(pair):
    before, after = map(render_html, pair)
    comparison = compare(before, after)
    assert not comparison.is_capped
    for side, html in (("before", before), ("after", after)):
        assert read_visible(*get_side_cells(comparison, side)) == read_visible(html)
        assert " ".join(get_side_text(comparison, side).split()) == read_visible_text(html)


@settings(max_examples=30, deadline=None)
@given(document_pairs())
def test_cells_are_clean_and_every_change_has_an_anchor(pair):
    comparison = compare_bodies(*pair)
    assert_clean(comparison)
    anchors = [row.anchor for row in comparison.rows if row.changes]
    assert anchors == list(dict.fromkeys(change.anchor for change in comparison.changes))
    assert sum(comparison.counts.values()) == len(comparison.changes)
    places = [row.anchor for row in comparison.rows if row.anchor]
    assert len(set(places)) == len(places)
    assert {row.other for row in comparison.rows if row.other} <= set(places)
    assert [row for group in comparison.groups for row in group.rows] == list(comparison.rows)


@settings(max_examples=30, deadline=None)
@given(document_pairs())
def test_equal_texts_have_no_change_and_marks_cover_all_differences(pair):
    assert compare_bodies(pair[0], pair[0]).is_same
    comparison = compare_bodies(*pair)
    without_marks = [
        re.sub(r"(?s)<(ins|del)>.*?</\1>|\s", "", cell.html)
        for row in comparison.rows
        if row.kind == "changed" and not {change.kind for change in row.changes} - {"addition", "removal"}
        for cell in (row.before, row.after)
    ]
    texts = [re.sub(r"<[^>]*>", "", html) for html in without_marks]
    assert texts[::2] == texts[1::2]


def repeat(pattern: str, times: int) -> str:
    return "".join(pattern.replace("#", str(number)) for number in range(times))


# Rendered HTML of about the size that 256 KB of Markdown gives.
HEADING = '<h1 id="{0}-#"><a class="heading-link" href="{0}-#">{0}</a></h1>\n'
WORST = {
    "headings": (repeat(HEADING.format("a"), 64_000), HEADING.format("b") + repeat(HEADING.format("a"), 64_000)),
    "other headings": (repeat(HEADING.format("a"), 64_000), repeat(HEADING.format("b"), 64_000)),
    "other words": (f"<p>{repeat('a# ', 34_000)}</p>", f"<p>{repeat('b# ', 34_000)}</p>"),
    "every second word": (f"<p>{repeat('a b# ', 29_000)}</p>", f"<p>{repeat('a c# ', 29_000)}</p>"),
    "short words": (f"<p>{'a b c ' * 43_000}</p>", f"<p>{'a c b ' * 43_000}</p>"),
    "Chinese": (f"<p>{'隐私政策' * 21_000}</p>", f"<p>{'政策隐私' * 21_000}</p>"),
    "list items": (f"<ul>{repeat('<li>a #</li>', 30_000)}</ul>", f"<ul>{repeat('<li>b #</li>', 30_000)}</ul>"),
    "similar list items": (
        f"<ul>{repeat('<li>a b c #</li>', 20_000)}</ul>",
        f"<ul>{repeat('<li>a b c x#</li>', 20_000)}</ul>",
    ),
    "nested lists": ("<ul><li>a" * 20 + "<li>a</li>" * 50_000, "<ul><li>a" * 20 + "<li>a</li><li>b</li>" * 25_000),
    "quotations": (
        ("<blockquote>" * 15 + "<p>a</p>" + "</blockquote>" * 15) * 8_000,
        ("<blockquote>" * 15 + "<p>b</p>" + "</blockquote>" * 15) * 8_000,
    ),
    "paragraphs": (
        repeat("<p>we keep your data # days</p>", 8_000),
        repeat("<p>we keep all data # days</p>", 8_000),
    ),
    "emphasis": (f"<p>{'a b ' * 65_000}</p>", f"<p>{'<em>a</em> b ' * 43_000}</p>"),
    "code": (f"<pre><code>{'a b ' * 65_000}</code></pre>", f"<pre><code>{'a c ' * 65_000}</code></pre>"),
    "table rows": (
        f"<table>{'<tr><td>a</td><td>b</td></tr>' * 40_000}</table>",
        f"<table>{'<tr><td>a</td><td>c</td></tr>' * 40_000}</table>",
    ),
    "rules": ("<hr>\n" * 60_000, "<hr>\n<p>a</p>\n" * 37_000),
    "ampersands": (f"<p>{'&amp; ' * 130_000}</p>", f"<p>{'&amp; b ' * 65_000}</p>"),
}


@pytest.mark.timing
@pytest.mark.parametrize("pair", WORST.values(), ids=WORST)
def test_texts_of_maximum_length_are_compared_in_part_within_a_second(pair):
    assert is_faster_than(0.7, lambda: compare(*pair))
    comparison = compare(*pair)
    assert comparison.is_capped
    assert not comparison.is_same
    assert comparison.changes
    assert sum(map(len, get_cells(comparison))) <= MAX_SHOWN


def test_policy_of_64_kilobytes_is_compared_completely():
    before = repeat("We keep your *data* for # days, and [tell](https://a.example) nobody else.\n\n", 850)
    after = before.replace("nobody", "no one").replace("1 days", "1 day")
    comparison = compare_bodies(before, after)
    assert not comparison.is_capped
    assert read_visible(*get_side_cells(comparison, "before")) == read_visible(render_html(before))
    assert {row.kind for row in comparison.rows} == {"changed"}


def test_first_difference_is_shown_even_at_the_end_of_a_long_text():
    before = "<li>a</li>\n" * 60_000
    comparison = compare(f"<ul>\n{before}</ul>", f"<ul>\n{before}<li>late words here</li>\n</ul>")
    assert [change.text for change in comparison.changes] == ["late words here"]


def test_excerpt_in_the_summary_is_short_and_ends_between_graphemes(monkeypatch):
    monkeypatch.setattr(word_changes, "EXCERPT_LENGTH", 4)
    assert compare_bodies("", "abc e\u0301f").changes == (TextChange("addition", "change-1", text="abc…"),)


def make_policy_pair(size: int, alphabet: str = "etaoinshrdlu", space: str = " ") -> tuple[str, str]:
    """Return the Markdown of a policy of a size in bytes, and the same with 2 % of the words replaced."""
    random = Random(size)
    vocabulary = ["".join(random.choices(alphabet, k=random.randint(2, 10))) for _ in range(3000)]
    before, length = [], 0
    while length < size:
        before.append(random.choices(vocabulary, k=random.randint(40, 120)))
        length += len(space.join(before[-1]).encode()) + 2
    after = [[word if random.random() > 0.02 else random.choice(vocabulary) for word in words] for words in before]
    old, new = ("\n\n".join(space.join(words) for words in side) for side in (before, after))
    return old, new


@pytest.mark.timing
@pytest.mark.parametrize(("size", "seconds"), [(20 * 1024, 0.015), (200 * 1024, 0.15)])
def test_policy_with_two_percent_of_its_words_changed_is_compared_quickly_and_completely(size, seconds):
    before, after = map(render_html, make_policy_pair(size))
    assert is_faster_than(seconds, lambda: compare(before, after).groups)
    comparison = compare(before, after)
    assert not comparison.is_capped
    assert len(comparison.changes) > size // 500


def test_chinese_policy_with_changed_characters_is_compared_completely():
    before, after = map(render_html, make_policy_pair(60_000, "的一是在不了有和人这中大为上个国我以要他时来用们", ""))
    comparison = compare(before, after)
    assert not comparison.is_capped
    assert sum(comparison.counts.values()) > 50


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("Term\n: one two", "Term\n: one three", [("replacement", "two → three")]),
        ("- [ ] read the thing", "- [x] read the thing", [("replacement", "☐ → ☑")]),
        (
            "> [!NOTE]\n> Text",
            "> [!WARNING]\n> Text",
            [("removal", "Note"), ("addition", "Warning"), ("structure", "Text")],
        ),
        (
            "<details><summary>a b</summary>c d</details>",
            "<details><summary>a e</summary>c d</details>",
            [("replacement", "b → e")],
        ),
        (
            "<details><summary>a</summary>b c</details>",
            "<details><summary>a</summary>b d</details>",
            [("replacement", "c → d")],
        ),
        (
            "<table><caption>a b</caption><tr><td>c</table>",
            "<table><caption>a d</caption><tr><td>c</table>",
            [("replacement", "b → d")],
        ),
        (
            "<table><tr><td>a b<td>c</table>",
            "<table><tr><td colspan=2>a b<td>c</table>",
            [("removal", "a b c"), ("addition", "a b c")],
        ),
        (
            "<table><tr><td rowspan=2>a b</table>",
            "<table><tr><td rowspan=3>a b</table>",
            [("removal", "a b"), ("addition", "a b")],
        ),
        ("<u>a</u> b", "a b", [("emphasis", "a")]),
        ("H<sub>2</sub>O", "H<sup>2</sup>O", [("emphasis", "H2O")]),
        ("see https://a.b/c", "see https://a.b/d", [("replacement", "https://a.b/c → https://a.b/d")]),
        ("<a name=x></a>a b", "a b", [("address", "a b")]),
        ("<!-- a --> b", "<!-- c --> b", []),
    ],
)
def test_changes_in_extensions_of_markdown_are_named(before, after, changes):
    comparison = compare_bodies(before, after)
    named = [(change.kind, change.text or f"{change.before} → {change.after}") for change in comparison.changes]
    assert named == changes
    assert not comparison.is_capped


def test_cells_keep_the_form_of_extensions():
    body = "T\n: a\n\n- [x] b\n\n> [!TIP]\n> c\n\n<table><tr><th colspan=2>d</table>\n\n"
    body += "<details><summary>e</summary>f</details>"
    html = " ".join(get_cells(compare_bodies(body, body)))
    for part in (
        # A term alone would be no valid list.
        '<div class="dl"><div class="dt">T</div></div>',
        '<li class="task">☑ b</li>',
        '<blockquote class="alert-tip"><p>c</p>',
        '<th colspan="2">d',
    ):
        assert part in html
    # What can be folded on the page is always shown here.
    assert '<div class="details"><div class="summary">e</div></div>' in html
    assert "<details" not in html


def name_changes(comparison: Comparison) -> list[tuple[str, str]]:
    """Return the kind of each change, and its values or else its text."""
    values = ((change.kind, f"{change.before} → {change.after}", change.text) for change in comparison.changes)
    return [(kind, pair if pair != " → " else text) for kind, pair, text in values]


SECTIONS = ["## One\n\nWe do sell your data to others.\n\nSecond paragraph, as it is."]
SECTIONS += ["## Two\n\nThis text stays where it is.", "## Three\n\nThat text stays here too."]


def test_section_that_moved_and_changed_is_shown_word_by_word_with_links_to_both_places():
    before = "\n\n".join(SECTIONS)
    after = "\n\n".join([*SECTIONS[1:], SECTIONS[0].replace("do sell", "do not sell")])
    comparison = compare_bodies(before, after)
    assert [row.kind for row in comparison.rows] == ["moved away"] * 3 + ["unchanged"] * 4 + ["moved"] * 3
    assert name_changes(comparison) == [("move", "One"), ("addition", "not")]
    assert comparison.rows[-2].after.html == "<p>We do <ins>not</ins> sell your data to others.</p>"
    away, here = comparison.rows[:3], comparison.rows[-3:]
    assert [row.other for row in away] == [row.anchor for row in here]
    assert [row.other for row in here] == [row.anchor for row in away]


def test_each_moved_passage_is_one_entry():
    before, after = "\n\n".join(SECTIONS), "\n\n".join([SECTIONS[2], SECTIONS[0], SECTIONS[1]])
    assert name_changes(compare_bodies(before, after)) == [("move", "Three")]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("3. a\n4. b", "1. a\n2. b", [("numbering", "3 → 1")]),
        ("1. a\n2. b\n3. c\n4. d", "1. a\n2. b\n\n1) c\n2) d", [("numbering", "3 → 1")]),
        ("1. a\n2. b", "1. a\n\nx y\n\n1. b", [("addition", "x y"), ("numbering", "2 → 1")]),
        ("- a\n- b\n- c", "- a\n- b\n\n* c", [("structure", "c")]),
        ("- a\n\nx\n\n- b", "- a\n- b", [("removal", "x"), ("structure", "b")]),
        ("## 1.3 Data\n\nText.", "## 1.4 Data\n\nText.", [("numbering", "1.3 → 1.4")]),
        ("§ 4 We keep it.", "§ 5 We keep it.", [("numbering", "4 → 5")]),
        ("§4 We keep it.", "§5 We keep it.", [("numbering", "4 → 5")]),
        ("(a) We keep it.", "(b) We keep it.", [("numbering", "a → b")]),
        ("We never do.", "We never, ever do.", [("addition", ", ever")]),
        ("раскрыть или продать.", "раскрыть.", [("removal", "или продать")]),
        ("Write to `x.x`.", "Write to `x.y`.", [("replacement", "x.x → x.y")]),
        ("ten days (30)", "ten days [30]", [("replacement", "( → ["), ("replacement", ") → ]")]),
        ("price \u202e001", "price 001", [("invisible characters", "U+202E → ")]),
        ("# A {#x}", "# A {#y}", [("address", "#x → #y")]),
        ("|a|\n|-|\n|b|", "|a|\n|-:|\n|b|", [("structure", "a")]),
        ("30 days of logs.", "14 days of logs.", [("replacement", "30 → 14")]),
        ("1.5 GB of logs.", "2.5 GB of logs.", [("replacement", "1.5 → 2.5")]),
        ("All of it, see § 4 We keep it.", "All of it, see § 5 We keep it.", [("replacement", "4 → 5")]),
        ("I keep all of it.", "A keep all of it.", [("replacement", "I → A")]),
        ("1.3 The logs are kept.", "1.4 The logs are kept.", [("numbering", "1.3 → 1.4")]),
        ("IV. The logs are kept.", "V. The logs are kept.", [("numbering", "IV → V")]),
        ("|a|b|\n|-|-|\n|1|x y|", "|a|b|\n|-|-|\n|2|x y|", [("replacement", "1 → 2")]),
        ("> a b\n\n- x\n\n> c d", "> a b\n\n- x\n\n> c\n> d", []),
    ],
)
def test_changes_of_form_are_named(before, after, changes):
    assert name_changes(compare_bodies(before, after)) == changes


@pytest.mark.parametrize(
    ("before", "after", "values"),
    [
        ("Pr\u00adüfung", "Prüfung", "U+00AD → "),
        ("Pr\u200büfung", "Prüfung", "U+200B → "),
        ("Pr\u200cüfung", "Prüfung", "U+200C → "),
        ("Pru\u0308fung", "Prüfung", " → "),
        ("a b", "a\u00a0b", " → U+00A0"),
        ("\u2066a\u2069", "a", "U+2066 U+2069 → "),
    ],
)
def test_difference_in_invisible_characters_only_is_named(before, after, values):
    (change,) = compare(f"<p>x {before} y</p>", f"<p>x {after} y</p>").changes
    assert (change.kind, f"{change.before} → {change.after}") == ("invisible characters", values)


def test_joiner_that_readers_of_persian_see_is_a_change_of_a_word():
    assert name_changes(compare("<p>a می\u200cرود b</p>", "<p>a میرود b</p>"))[0][0] == "replacement"


def test_rewritten_sentence_is_one_change():
    sentence = "This sentence of the paragraph stays as it is."
    before = f"{sentence} We keep the logs of our servers for as long as the law of the country asks us to. {sentence}"
    after = f"{sentence} We delete every log of a server as soon as nobody of the team needs it. {sentence}"
    comparison = compare_bodies(before, after)
    assert [change.kind for change in comparison.changes] == ["replacement"]
    assert comparison.rows[0].before.html.startswith(f"<p>{sentence} We <del>keep")


def test_single_words_of_a_sentence_are_changes_of_their_own():
    before = "We keep your name, your address and your payments for thirty days in our own data centre."
    after = before.replace("name", "number").replace("thirty", "ninety").replace("own", "new")
    assert [kind for kind, _ in name_changes(compare_bodies(before, after))] == ["replacement"] * 3


def test_changed_row_of_a_table_has_the_header_row():
    before = "|Name|Days|\n|-|-|\n|ck|1|\n|id|2|\n|x|3|"
    row = compare_bodies(before, before.replace("3|", "4|")).rows[-1]
    header = '<thead class="repeated"><tr><th>Name</th><th>Days</th></tr></thead>'
    assert header in row.before.html
    assert header in row.after.html


def test_entry_of_a_renumbered_clause_names_it_without_the_full_stop():
    assert compare_bodies("3. Data", "3. Data").is_same
    (change,) = compare_bodies("## 3. Data", "## 4. Data").changes
    assert (change.before, change.after, change.text) == ("3", "4", "Data")
    (change,) = compare_bodies("3\\. All the data we keep", "4\\. All the data we keep").changes
    assert (change.before, change.after, change.text) == ("3", "4", "All the data we keep")


def test_tables_with_blocks_in_their_cells_are_compared_block_by_block():
    table = "<table><tr><td>\n\n- one two\n- three\n\n<td>\n\nfour five\n\n</table>"
    comparison = compare_bodies(table, table.replace("five", "six"))
    assert name_changes(comparison) == [("replacement", "five → six")]
    assert [row.kind for row in comparison.rows] == ["unchanged", "unchanged", "changed"]


def normalise(html: str) -> str:
    """Return rendered HTML as readers get it: white space in the source of a paragraph is one space."""
    parts = re.split(r"(<pre>.*?</pre>)", html, flags=re.DOTALL)
    return "".join(part if part.startswith("<pre>") else re.sub(r"[ \n]+", " ", part) for part in parts)


@settings(max_examples=150, deadline=None)
@given(document_pairs())
def test_texts_differ_if_and_only_if_a_change_is_named(pair):
    before, after = map(render_html, pair)
    comparison = compare(before, after)
    assert bool(comparison.changes) is (normalise(before) != normalise(after))
