"""Task lists and alerts."""

import pytest

from pages.text.rendering import render


@pytest.mark.parametrize("marker", ["-", "*", "1."])
def test_task_begins_with_a_ballot_box(marker):
    html = render(f"{marker} [ ] a\n{marker} [x] b\n{marker} [X] c\n{marker} d").html
    items = ['<li class="task">☐ a</li>', '<li class="task">☑ b</li>', '<li class="task">☑ c</li>', "<li>d</li>"]
    assert [line for line in html.splitlines() if line.startswith("<li")] == items
    assert "<input" not in html


def test_box_of_a_task_with_several_blocks_is_in_the_first():
    assert render("- [x] a\n\n  b").html == '<ul>\n<li class="task">\n<p>☑ a</p>\n<p>b</p>\n</li>\n</ul>\n'
    assert "☐ <strong>a</strong>" in render("- [ ] **a**\n  - [x] b").html


def test_box_is_no_word():
    assert render("- [ ] one two").word_count == 2


@pytest.mark.parametrize("body", ["- [] a", "[ ] a", "- [y] a", "- `[ ] a`", "-     [ ] a"])
def test_other_brackets_are_text(body):
    assert "☐" not in render(body).html


@pytest.mark.parametrize(
    ("kind", "english", "russian"),
    [
        ("note", "Note", "Примечание"),
        ("tip", "Tip", "Совет"),
        ("important", "Important", "Важно"),
        ("warning", "Warning", "Внимание"),
        ("caution", "Caution", "Осторожно"),
    ],
)
def test_alert_is_a_quotation_with_a_label_in_the_language_of_the_text(kind, english, russian):
    body = f"> [!{kind.upper()}]\n> Text"
    html = '<blockquote class="alert-{}">\n<p><strong>{}</strong></p>\n<p>Text</p>\n</blockquote>\n'
    assert render(body).html == html.format(kind, english)
    assert render(body, language="ru").html == html.format(kind, russian)
    # There is no catalogue: the words of the interface are English too.
    assert render(body, language="cy").html == html.format(kind, english)


@pytest.mark.parametrize("body", ["> [!OTHER]\n> Text", "> [!NOTE] Text", "[!NOTE]\nText", "> Text\n> [!NOTE]"])
def test_other_quotations_stay_as_they_are(body):
    assert "alert-" not in render(body).html
    assert "[!" in render(body).html
