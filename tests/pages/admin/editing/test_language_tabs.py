"""Texts in the admin look as they do to readers: the rules are those of the readers' stylesheet, line by line."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

SITE = Path(finders.find("pages/site.css")).read_text(encoding="utf-8").splitlines()
HERE = Path(finders.find("pages/admin/reader_styles.css")).read_text(encoding="utf-8").splitlines()
ELEMENTS = (
    r"a|a:hover|h[1-6][^{]*|p[^{]*|code|pre[^{]*|blockquote|hr|img|table|th, td|summary|ins[^{]*|del|li\.continued"
)
CLASSES = (
    r"\.align-\w+|\.table-scroll|\.missing-picture|\.footnotes|\.heading-link.*?|\.row.*?|\.cell.*?|\.format-change"
)


def of_texts(lines: list[str]) -> set[str]:
    """Return the lines that say how a policy's text and a comparison look."""
    return {line for line in lines if re.match(rf"({ELEMENTS}|{CLASSES}) \{{", line)}


def test_rules_for_texts_are_the_same_in_both_style_sheets():
    assert len(of_texts(SITE)) > 30
    assert of_texts(HERE) == of_texts(SITE)


def test_colours_are_the_same_in_both_style_sheets():
    colours = [line for line in SITE if re.match(r"\s+--(paper|notice|text|label): ", line)]
    assert len(colours) == 6
    assert [line for line in HERE if re.match(r"\s+--(paper|notice|text|label): ", line)] == colours
