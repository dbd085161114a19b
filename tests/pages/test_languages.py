"""Tests of the served languages, their names and directions, and the choice of a text for a reader."""

from datetime import date

import pytest
from django.utils.translation import override

from pages.languages import (
    direction,
    interface_language,
    native_name,
    served_languages,
    served_or_default,
    text_for,
    translated_name,
)
from pages.presentation.as_of import format_day


@pytest.fixture(autouse=True)
def _three_languages(settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("ar", "Arabic")]


def test_served_languages_begin_with_the_default():
    assert served_languages() == ["en", "ru", "ar"]


@pytest.mark.parametrize(("language", "expected"), [("ru", "ru"), ("de", "en"), ("", "en")])
def test_served_or_default_replaces_a_language_that_is_not_served(language, expected):
    assert served_or_default(language) == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "ltr"), ("ar", "rtl"), ("pt-br", "ltr"), ("xx-unknown", "ltr")]
)
def test_direction_of_a_language(language, expected):
    assert direction(language) == expected


def test_names_are_in_the_language_itself_and_in_the_active_one():
    with override("ru"):
        assert (native_name("de"), str(translated_name("de"))) == ("Deutsch", "Немецкий")


def test_name_of_an_unknown_language_is_its_code():
    assert (native_name("xx-unknown"), translated_name("xx-unknown")) == ("xx-unknown", "xx-unknown")


def test_link_shows_a_language_by_its_own_name():
    assert native_name("ar") == "العربيّة"


@pytest.mark.parametrize(
    ("languages", "expected"),
    [("en ru ar de", "ar"), ("en ru de", "de"), ("ru en", "en"), ("ru pt", "ru"), ("pt fr", "fr")],
)
def test_text_for_prefers_own_then_source_then_first_served_then_any(languages, expected):
    texts = {language: language for language in languages.split()}
    assert text_for(texts, "ar", "de") == expected


@pytest.mark.parametrize(("active", "expected"), [("ru", "ru"), ("en", "en"), ("ar", "en"), ("de", "en")])
def test_interface_is_english_in_a_language_without_a_catalogue(active, expected):
    with override(active):
        assert interface_language() == expected


def test_dates_and_names_within_english_sentences_are_english():
    with override("ar"):
        assert format_day(date(2024, 3, 1)) == "March 1, 2024"
        assert translated_name("ru") == "Russian"
