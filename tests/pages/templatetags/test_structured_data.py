"""Data in a page: no content can leave its element, and it reads as what it was."""

import json

import pytest
from django.template import Context, Template

from pages.templatetags.structured_data import json_ld

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
def test_content_stays_inside_and_reads_the_same(text):
    written = json_ld({"name": text})
    inside = written.removeprefix(START).removesuffix(END)
    assert not set(inside) & set("<>&\u2028\u2029")
    assert json.loads(inside) == {"name": text}


def test_template_writes_it_as_it_is():
    template = Template("{% load structured_data %}{{ data|json_ld }}")
    assert template.render(Context({"data": {"name": "Политика"}})) == f'{START}{{"name":"Политика"}}{END}'
