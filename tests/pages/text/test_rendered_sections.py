"""Sections of rendered bodies: where they begin, and which changes give them another digest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.text.rendered_sections import digest_sections, digest_with_below, split_rendered
from pages.text.rendering import render
from pages.text.sections import split_sections

BODY = """Before.

# One

a b

## Two

c

> ## Quoted

- ## In a list

### Three

d

## Four

e[^1]

[^1]: Note.
"""


def sections_of(body: str) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for section in split_rendered(render(body).html)]


def digests_of(body: str) -> list[bytes]:
    return digest_with_below(digest_sections(render(body).html))


def test_headings_begin_sections_except_in_lists_and_quotations():
    html = render(BODY).html
    sections = split_rendered(html)
    assert [section.level for section in sections] == [0, 1, 2, 3, 2, 0]
    assert "".join(section.heading + section.html for section in sections) == html
    assert "Quoted" in sections[2].html
    assert sections[3].heading.startswith("<h3")
    assert sections[3].heading.endswith("Three</a></h3>")
    assert "Note." in sections[-1].html


@pytest.mark.parametrize("body", ["", "\n\n", "# A\n", 'a <b title="<h2>x</h2>">b</b>', "[a](/x '<h2>')\n"])
def test_texts_without_sections_are_kept(body):
    html = render(body).html
    assert "".join(section.heading + section.html for section in split_rendered(html)).strip() == html.strip()
    assert len(split_rendered(html)) == (1 if body.strip() else 0)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("Before.", "Before!", [0]),
        ("a b", "a c", [1]),
        ("c\n", "x\n", [1, 2]),
        ("d\n", "x\n", [1, 2, 3]),
        ("### Three", "### Third", [1, 2, 3]),
        ("e[", "x[", [1, 4]),
        ("Note.", "Other.", [5]),
        ("### Three\n\nd\n\n", "", [1, 2, 3]),
        ("> ## Quoted", "> ## Cited", [1, 2]),
        ("a b", "a\nb", []),
        ("# One", "# One {#x}", []),
    ],
)
def test_change_belongs_to_a_section_and_those_above_it(before, after, changed):
    new = digests_of(BODY.replace(before, after))
    assert [place for place, digest in enumerate(digests_of(BODY)) if digest not in new] == changed


def test_white_space_in_code_is_a_change():
    assert digests_of("# A\n\n    a  b\n") != digests_of("# A\n\n    a b\n")


PARTS = [
    "# A\n\n",
    "## A\n\n",
    "a b\n\n",
    "### [x](/y)\n\n",
    "- c\n\n",
    "```\n# d\n```\n\n",
    "Setext\n===\n\n",
    "> # e\n\n",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=8))
def test_parts_of_a_source_have_the_same_digests_as_the_whole(parts):
    body = "".join(parts)
    split = split_sections(body)
    assert split is not None
    assert [digest for part in split for digest in digest_sections(render(part).html)] == digest_sections(
        render(body).html
    )
