"""The style sheets of the site and of texts in the admin have the same rules for texts, line by line."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

SITE_CSS = Path(finders.find("pages/site.css")).read_text(encoding="utf-8").splitlines()
ADMIN_CSS = Path(finders.find("pages/admin/reader_styles.css")).read_text(encoding="utf-8").splitlines()
ELEMENTS = (
    r"a|a:hover|h[1-6][^{]*|p[^{]*|code|pre[^{]*|blockquote[^{]*|hr|img|table|caption|th, td|summary|ins[^{]*|del"
    r"|li\.[^{]*|dt|dd|sup, sub"
)
CLASSES = (
    r"\.align-\w+|\.summary|\.table-scroll|\.missing-picture|\.footnotes|\.heading-link.*?|\.row.*?|\.cell.*?"
    r"|\.format-change"
)


def text_rules(lines: list[str]) -> set[str]:
    """Return the rules for the text of a policy and for comparisons."""
    return {line for line in lines if re.match(rf"({ELEMENTS}|{CLASSES}) \{{", line)}


def test_rules_for_texts_are_the_same_in_both_style_sheets():
    assert len(text_rules(SITE_CSS)) > 30
    assert text_rules(ADMIN_CSS) == text_rules(SITE_CSS)


def test_colours_are_the_same_in_both_style_sheets():
    colours = [line for line in SITE_CSS if re.match(r"\s+--(paper|notice|text|label): ", line)]
    assert len(colours) == 6
    assert [line for line in ADMIN_CSS if re.match(r"\s+--(paper|notice|text|label): ", line)] == colours
