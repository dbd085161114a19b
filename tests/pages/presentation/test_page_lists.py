"""Lists of pages: each page has the text that a reader of the language gets."""

import pytest

from pages.models import Page
from pages.presentation.page_lists import public_pages
from pages.presentation.site_state import read_site_state
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("source_language", "language", "expected"),
    [("en", "ru", "ru"), ("en", "en", "en"), ("ru", "de", "ru"), ("de", "fr", "en"), ("de", "ru", "ru")],
)
def test_listed_text_is_the_one_that_a_reader_gets(moment, source_language, language, expected):
    page = make_page()
    publish_bodies(page, {"ar": "واحد.", "en": "One.", "ru": "Один."}, moment())
    # Of a repository whose source language was renamed: no text is in the new one yet.
    Page.objects.update(source_language=source_language)
    listed = public_pages(language, read_site_state(moment()))
    assert [page.title.language for page in listed.pages] == [expected]
