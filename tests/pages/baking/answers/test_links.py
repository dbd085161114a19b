"""Which links of an answer lead to the site itself."""

import json

import pytest

from pages.baking.answers.application import BakedAnswer
from pages.baking.answers.links import internal_links

SITE = "https://policies.example"


def links(body: str, content_type: str = "text/html; charset=utf-8", **fields: str) -> set[str]:
    values = {"location": "", "link": "", **fields}
    answer = BakedAnswer(status=200, headers=(("Content-Type", content_type),), body=body.encode(), **values)
    return internal_links("/policy/", answer, site_url=SITE)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<a href="/other/#part">x</a>', {"/other/"}),
        ('<a href="v/1/">x</a>', {"/policy/v/1/"}),
        ('<a href="../?a=1&amp;b=2">x</a>', {"/?a=1&b=2"}),
        (f'<a href="{SITE}/x">x</a><img alt="a > b" src="/media/1">', {"/x", "/media/1"}),
        ('<form class="a" action="/search/"><a title="<" href="/y/">', {"/search/", "/y/"}),
        ('<a href="#top">x</a>', {"/policy/"}),
        ('<a href="/a/../b/">x</a><a href="/c/./d">x</a>', {"/b/", "/c/d"}),
        (f'<a href="//other.example/x">x</a><a href="{SITE}.evil/x">x</a><a href="{SITE}">x</a>', {"/"}),
        ('<a href="https://example.org/">x</a><a href="mailto:a@example.org">x</a>', set()),
        ('<code>&lt;a href="/no/"&gt;</code>', set()),
        ('<a href="http://[::1/">x</a>', set()),
    ],
)
def test_links_of_html(body, expected):
    assert links(body) == expected


def test_links_of_other_documents():
    assert links(f"<loc>{SITE}/a/?b=1&amp;c=2</loc>", "application/xml") == {"/a/?b=1&c=2"}
    feed = f'<link href="{SITE}/b/" rel="alternate"/><content>&lt;a href="/no/"&gt;</content><id>/no/</id>'
    assert links(feed, "application/atom+xml; charset=utf-8") == {"/b/"}
    assert links(f"Sitemap: {SITE}/sitemap.xml\n", "text/plain; charset=utf-8") == {"/sitemap.xml"}
    assert links('a { background: url("../img/a.png") }', "text/css") == {"/img/a.png"}
    content = {"next": "/c.json", "versions": [{"url": "/d/", "texts": {"en": {"fields": {"url": "/no/"}}}}]}
    assert links(json.dumps(content), "application/json") == {"/c.json", "/d/"}


def test_links_of_headers():
    header = f'<{SITE}/a/>; rel="canonical", <history/>; rel="version-history"'
    assert links("", link=header) == {"/a/", "/policy/history/"}
    assert links("", location="/new/") == {"/new/"}
