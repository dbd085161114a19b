"""What front matter says about where a text belongs."""

import pytest

from pages.hugo.site_structure.declared_locations import DeclaredLocation, declared_location, parse_language


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("de", "de"),
        (" DE ", "de"),
        ("pt_BR", "pt-br"),
        ("de_DE.UTF-8", "de-de"),
        ("zh-Hant", "zh-hant"),
        ("no", "no"),
        ("German", "de"),
        ("deutsch", "de"),
        ("Русский", "ru"),
        ("", ""),
        ("python", ""),
        ("bash", ""),
        ("x" * 10_000, ""),
    ],
)
def test_language_is_recognised_by_code_locale_or_name(value, language):
    assert parse_language(value) == language


@pytest.mark.parametrize(
    ("front_matter", "declared"),
    [
        ({}, DeclaredLocation()),
        ({"lang": "de"}, DeclaredLocation("de")),
        ({"locale": "de", "language": "fr"}, DeclaredLocation("fr")),
        ({"lang": "klingon", "locale": "ru_RU"}, DeclaredLocation("ru-ru")),
        ({"translationkey": " priv "}, DeclaredLocation(translation_key="priv")),
    ],
)
def test_first_key_that_names_a_language_counts(front_matter, declared):
    assert declared_location(front_matter) == declared
