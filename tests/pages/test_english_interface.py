"""The interface is English in languages without a catalogue, whatever Django or the default language translates."""

import pytest
from django.utils.translation import get_language, gettext, ngettext, override
from django.utils.translation.trans_real import translation


@pytest.fixture(autouse=True)
def _russian_is_the_default(settings):
    settings.LANGUAGE_CODE, settings.LANGUAGES = "ru", [("ru", "Russian"), ("de", "German"), ("en", "English")]


@pytest.mark.parametrize("language", ["de", "ar", "pl", "zh-hans", "tlh"])
def test_words_are_english_in_a_language_without_a_catalogue(language):
    with override(language):
        assert get_language() == language
        # Django translates the first one into most languages.
        assert [gettext("Log in"), gettext("Read the version in force")] == ["Log in", "Read the version in force"]
        assert ngettext("%(minutes)s minute read", "%(minutes)s minute read", 3) == "%(minutes)s minute read"


def test_words_are_translated_in_a_language_with_a_catalogue():
    with override("ru"):
        assert gettext("Page not found") == "Страница не найдена"


def test_english_words_are_made_once_for_each_language():
    assert translation("pl") is translation("pl") is not translation("cs")
