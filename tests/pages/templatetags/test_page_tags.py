"""JSON-LD in a page: no content can end its script element, and the data survives the escaping."""

import json

import pytest
from django.template import Context, Template
from django.utils import translation

from pages.templatetags.page_tags import emphasis_name, json_ld

START, END = '<script type="application/ld+json">', "</script>"


@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        "a & b",
        "a\u2028b\u2029c",
        'quote " \\ " end',
    ],
)
def test_json_ld_content_stays_inside_its_element_and_is_unchanged(text):
    content = json_ld({"name": text}).removeprefix(START).removesuffix(END)
    assert not set(content) & set("<>&\u2028\u2029")
    assert json.loads(content) == {"name": text}


def test_json_ld_is_not_escaped_by_a_template():
    template = Template("{% load page_tags %}{{ data|json_ld }}")
    assert template.render(Context({"data": {"name": "Политика"}})) == f'{START}{{"name":"Политика"}}{END}'


@pytest.mark.parametrize(("active", "expected"), [("en", "English"), ("ru", "английский"), ("de", "English")])
def test_language_name_within_a_sentence_follows_the_interface(active, expected):
    with translation.override(active):
        shown = Template("{% load page_tags %}{{ 'en'|language_name_in_sentence }}").render(Context())
    assert shown == expected


@pytest.mark.parametrize(
    ("elements", "english", "russian"),
    [("em", "italic", "курсив"), ("em strong", "bold, italic", "полужирный, курсив"), ("", "plain", "обычный")],
)
def test_emphasis_is_named_for_readers(elements, english, russian):
    assert emphasis_name(elements) == english
    with translation.override("ru"):
        assert emphasis_name(elements) == russian
