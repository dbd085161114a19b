"""The heading that is the title is taken out of a body, and nothing else is."""

import pytest

from pages.text.rendering import render
from pages.text.title_heading import without_title


@pytest.mark.parametrize(
    ("body", "title", "html", "title_id"),
    [
        ("# One\n\nText", "One", "<p>Text</p>\n", "one"),
        ("One\n===\n\nText", "One", "<p>Text</p>\n", "one"),
        ("# One {#first}\n\nText", "One", "<p>Text</p>\n", "first"),
        ("# A & *b*  <c>\n\nText", "A & b <c>", "<p>Text</p>\n", "a--b--c"),
        ("Before\n\n# One\n\nText", "One", "<p>Before</p>\n<p>Text</p>\n", "one"),
    ],
)
def test_first_heading_that_is_the_title_is_taken_out_and_its_id_is_kept(body, title, html, title_id):
    rendered = without_title(render(body), title)
    assert (rendered.html, rendered.contents, rendered.title_id) == (html, (), title_id)


@pytest.mark.parametrize(
    ("body", "title"),
    [("# One\n\nText", "Two"), ("## One\n\nText", "One"), ("# Two\n\n# One", "One"), ("> # One", "Two"), ("", "One")],
)
def test_any_other_heading_stays(body, title):
    rendered = render(body)
    assert without_title(rendered, title) is rendered


def test_ids_of_several_bodies_stay_apart():
    rendered = without_title(render("# One\n\n## Two", id_prefix="p1-"), "One")
    assert (rendered.title_id, [heading.id for heading in rendered.contents]) == ("p1-one", ["p1-two"])
