"""What a rendered text should not go out with."""

import pytest

from pages.text.rendering import render
from pages.text.text_checks import ids_of, links_of, silent_pictures, vanished_ids

PICTURES = {"/a.png": "/media/1", "/b.png": "/media/2"}


def html(body: str) -> str:
    return render(body, picture_urls=PICTURES).html


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![](/a.png) ![Words](/b.png)", ("/media/1",)),
        ("![ ](/a.png) ![](/a.png)", ("/media/1",)),
        ('![](/a.png "A title is no alternative")', ("/media/1",)),
        ("![Words](/a.png)", ()),
        ("`![](/a.png)`", ()),
    ],
)
def test_pictures_without_words_are_found(body, expected):
    assert silent_pictures(html(body)) == expected


def test_links_are_found_once_with_their_exact_address():
    found = links_of(html("## Here\n\n[a](/x/?a=1&b=2) [b](/x/?a=1&b=2) <https://example.org/>"))
    assert found == ("#here", "/x/?a=1&b=2", "https://example.org/")


def test_places_are_headings_and_footnotes():
    found = ids_of(html("## Your data\n\nText[^1].\n\n[^1]: Note."))
    assert {"your-data", "fn:1"} <= found


def test_vanished_places_keep_their_order():
    assert vanished_ids(["c", "a", "b"], {"a"}) == ("c", "b")
