"""Names and addresses as Jekyll reads them."""

import pytest

from pages.hugo.site_structure.jekyll_names import date_in_name, jekyll_key, permalink_url


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("privacy", "privacy"),
        ("legal/privacy", "legal/privacy"),
        ("_articles/privacy", "articles/privacy"),
        ("_articles/a/privacy", "articles/a/privacy"),
        ("_pages/about", "about"),
        ("_pages/legal/about", "legal/about"),
        ("_posts/2024-05-01-new-terms", "2024/05/01/new-terms"),
        ("_posts/2024/2024-05-01-new-terms", "2024/05/01/new-terms"),
        ("blog/_posts/2024-5-1-new", "blog/2024/5/1/new"),
        ("_posts/undated", "undated"),
        ("_index/a", "_index/a"),
        ("_terms", "_terms"),
        ("_/a", "_/a"),
    ],
)
def test_key_of_a_page(path, key):
    assert "/".join(jekyll_key(path.split("/"))) == key


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("_posts/2024-05-01-new.md", "2024-05-01"),
        ("blog/_posts/2024-5-1-new.md", "2024-05-01"),
        ("posts/2024-05-01-new.md", ""),
        ("2024-05-01-new.md", ""),
        ("_posts/new.md", ""),
    ],
)
def test_date_of_a_post(path, date):
    assert date_in_name(path) == date


@pytest.mark.parametrize(
    ("front_matter", "url"),
    [
        ({}, ""),
        ({"permalink": " /privacy/ "}, "/privacy/"),
        ({"permalink": "/legal/:title/"}, "/legal/terms/"),
        ({"permalink": "/legal/:title:output_ext", "slug": "t"}, "/legal/t.html"),
        ({"permalink": "/:path/"}, "/a/terms/"),
        ({"permalink": "/:year/:title/"}, ""),
        ({"permalink": "pretty"}, ""),
        ({"permalink": "False"}, ""),
    ],
)
def test_address_of_a_permalink(front_matter, url):
    assert permalink_url(front_matter, "a/terms") == url
