"""The ids of a rendered body."""

from pages.text.checks.rendered_ids import find_ids, find_removed_ids
from pages.text.rendering import render


def test_ids_include_headings_anchors_and_footnotes_in_order():
    html = render('## Your data\n\nText[^1].\n\n<a name="x"></a>y\n\n[^1]: Note.').html
    assert find_ids(html) == ("your-data", "fnref:1", "x", "fn:1")


def test_removed_ids_keep_their_order_and_are_not_those_of_footnotes():
    assert find_removed_ids(["c", "fn:1", "a", "b", "fnref:1"], {"a"}) == ("c", "b")
