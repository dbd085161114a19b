"""Tests of the served languages, their names and directions, and the choice of a text for a reader."""

from datetime import date

import pytest
from django.utils import timezone
from django.utils.translation import override

from pages.hugo.importing.tree_import import import_tree
from pages.languages import (
    direction,
    interface_language,
    native_name,
    open_graph_locale,
    served_languages,
    served_or_default,
    text_for,
    translated_name,
)
from pages.models import Page
from pages.presentation.as_of import format_day
from pages.publishing.drafts import save_draft
from tests.building import EDITOR, make_fields
from tests.trees import write_tree


@pytest.fixture(autouse=True)
def _three_languages(settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("ar", "Arabic")]


def test_served_languages_begin_with_the_default():
    assert served_languages() == ["en", "ru", "ar"]


@pytest.mark.parametrize(("language", "expected"), [("ru", "ru"), ("de", "en"), ("", "en")])
def test_served_or_default_replaces_a_language_that_is_not_served(language, expected):
    assert served_or_default(language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "ltr"), ("ar", "rtl"), ("pt-br", "ltr"), ("ur", "rtl"), ("az", "ltr"), ("xx-unknown", "ltr")],
)
def test_direction_of_a_language(language, expected):
    assert direction(language) == expected


def test_every_language_that_can_be_served_has_names_and_a_direction(settings):
    for code in settings.MODELTRANSLATION_LANGUAGES:
        assert native_name(code) != code
        with override("en"):
            assert translated_name(code) != code
        assert (direction(code) == "rtl") == (code in settings.LANGUAGES_BIDI)


def test_name_of_one_language_has_no_comma(settings):
    settings.LANGUAGES = [("ru", "Russian"), ("en", "English")]
    with override("ru"):
        assert translated_name("zh-hans") == "Китайский (упрощенное письмо)"
        assert not [code for code in settings.MODELTRANSLATION_LANGUAGES if "," in translated_name(code)]


def test_languages_of_policy_sites_can_be_served(settings):
    wanted = "id,hi,vi,hr,sk,sl,nb,bn,zh-hant,pt-br,lt,lv,ka,hy,az,ms,ta,ur"
    assert set(wanted.split(",")) <= set(settings.MODELTRANSLATION_LANGUAGES)


@pytest.mark.django_db
def test_texts_in_languages_with_unusual_column_names_are_imported_shown_and_edited(
    tmp_path, settings, client, admin_client
):
    codes = ("en", "id", "pt-br", "zh-hant")
    settings.LANGUAGES = [(code, code) for code in codes]
    import_tree(
        write_tree(tmp_path, {f"content/{code}/a.md": f"# {code}\n\nText in {code}.\n" for code in codes}),
        by=EDITOR,
        now=timezone.now(),
    )
    for code in codes[1:]:
        assert f"Text in {code}." in client.get(f"/{code}/a/").content.decode()
    page = Page.objects.get()
    save_draft(page, {"id": make_fields("Teks baru.")}, by=EDITOR, now=timezone.now())
    form = admin_client.get(f"/admin/pages/page/{page.pk}/change/").content.decode()
    assert all(f'id="id_body_{column}"' in form for column in ("ind", "pt_br", "zh_hant"))
    assert "Teks baru." in form


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


def test_no_line_ends_within_a_date():
    with override("en"):
        assert format_day(date(2024, 3, 1)) == "March\xa01,\xa02024"
    with override("ru"):
        assert format_day(date(2027, 9, 1)) == "1\xa0сентября\xa02027\xa0г."


def test_dates_and_names_within_english_sentences_are_english():
    with override("ar"):
        assert format_day(date(2024, 3, 1)) == "March\xa01,\xa02024"
        assert translated_name("ru") == "Russian"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "en_US"), ("ru", "ru_RU"), ("de", "de_DE"), ("ar", "ar_EG"), ("fa", "fa_IR"), ("uk", "uk_UA"),
        ("pt-br", "pt_BR"), ("es-mx", "es_MX"), ("zh-hans", "zh_CN"), ("zh-hant", "zh_TW"), ("sr-latn", "sr_RS"),
        ("eo", "eo"), ("und", "und"), ("x-own", "x-own"),
    ],
)  # fmt: skip
def test_open_graph_locale_has_the_likely_territory(language, expected):
    assert open_graph_locale(language) == expected
