"""JSON-LD in a page: no content can end its script element, and the data survives the escaping."""

import json
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from pages.presentation.as_of import format_moment
from pages.templatetags.page_tags import change_counts, emphasis_name, json_ld

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
    [("em", "italic", "курсив"), ("em strong", "bold and italic", "полужирный и курсив"), ("", "plain", "обычный")],
)
def test_emphasis_is_named_for_readers(elements, english, russian):
    assert emphasis_name(elements) == english
    with translation.override("ru"):
        assert emphasis_name(elements) == russian


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "2 additions, 1 removal, and 1 replacement"), ("ru", "2 добавления, 1 удаление и 1 замена")],
)
def test_numbers_of_changes_are_one_list_in_the_language(language, expected):
    with translation.override(language):
        assert change_counts({"addition": 2, "removal": 1, "replacement": 1}) == expected


def test_list_and_time_have_the_commas_of_the_language(settings):
    settings.PUBLIC_CATALOGUES = ["ar"]
    with translation.override("ar"):
        assert change_counts({"addition": 2, "removal": 1}) == "إضافتان وحذف واحد"
        assert format_moment(datetime(2024, 3, 1, 9, tzinfo=UTC)) == "1\xa0مارس\xa02024، 09:00\xa0(UTC)"


@pytest.mark.parametrize(("active", "expected"), [("en", "→"), ("ru", "→"), ("ar", "←"), ("he", "→")])
def test_arrow_leads_on_in_the_direction_of_the_interface(settings, active, expected):
    # In Hebrew, the interface is English.
    settings.PUBLIC_CATALOGUES = ["ar"]
    with translation.override(active):
        assert Template("{% load page_tags %}{% arrow %}").render(Context()) == expected
