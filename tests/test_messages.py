"""Every catalogue matches the sources: it translates each string of the interface, and no other.

Those of the folder `public` do so for the strings that readers see.
"""

import gettext
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils.translation import to_language

from pages.management.catalogues import (
    PUBLIC_SOURCES,
    catalogue_path,
    extract_messages,
    is_public_only,
    messages_of,
    read_catalogue,
    translations_of,
    untranslated_messages,
)

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = [path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po")]
LANGUAGES = sorted(to_language(path.parts[-3]) for path in CATALOGUES)
PLACEHOLDER = re.compile(r"%\((\w+)\)")


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def catalogue(language):
    return read_catalogue(language)


@pytest.fixture(scope="module")
def extracted(language):
    return extract_messages(public_only=is_public_only(language))


def singular_of(message):
    return message.id[0] if message.pluralizable else message.id


def how_to_update(language):
    return f"run `make messages LANGUAGE={language}` (that is `manage.py extract_messages {language}`)"


def keys_of(catalogue):
    return {(message.context, singular_of(message)) for message in messages_of(catalogue)}


def test_russian_has_a_complete_catalogue_and_two_languages_have_a_public_one():
    found = [(language, is_public_only(language)) for language in LANGUAGES]
    assert found == [("ar", True), ("de", True), ("ru", False)]


@pytest.mark.parametrize("source", PUBLIC_SOURCES)
def test_public_strings_are_extracted_from_sources_that_exist(source):
    assert (ROOT / source).exists()


def test_public_catalogue_says_that_nobody_reviewed_it(language, catalogue):
    assert ("Not reviewed yet" in catalogue.header_comment) == is_public_only(language)


def test_every_string_is_in_the_catalogue(language, catalogue, extracted):
    missing = [
        f"{message.id!r} ({message.locations[0][0]})"
        for message in messages_of(extracted)
        if (message.context, singular_of(message)) not in keys_of(catalogue)
    ]
    assert not missing, f"{how_to_update(language)}, and translate in {catalogue_path(language)}: " + "; ".join(missing)


def test_every_string_has_a_translation_that_is_not_a_guess(catalogue):
    assert untranslated_messages(catalogue) == []


def test_catalogue_holds_no_string_that_the_sources_no_longer_hold(language, catalogue, extracted):
    assert keys_of(catalogue) - keys_of(extracted) == set(), how_to_update(language)


def test_plural_strings_have_the_forms_that_the_language_has(catalogue, extracted):
    assert catalogue.plural_expr == Catalog(locale=catalogue.locale).plural_expr
    plurals = [message for message in messages_of(extracted) if message.pluralizable]
    assert plurals
    for message in plurals:
        assert len(translations_of(catalogue.get(message.id, message.context))) == catalogue.num_plurals


def test_translations_use_the_placeholders_of_their_string(catalogue):
    # A form for one number only, as Arabic has for two, can do without the number.
    plural_form = gettext.c2py(catalogue.plural_expr)
    uses = Counter(map(plural_form, range(200)))
    wrong = [
        message.id
        for message in messages_of(catalogue)
        for form, translation in enumerate(translations_of(message))
        if (given := set(PLACEHOLDER.findall(translation)))
        != (wanted := set(PLACEHOLDER.findall(singular_of(message))))
        and not (message.pluralizable and uses[form] == 1 and given < wanted)
    ]
    assert not wrong


DAYS = re.compile(r"(\w+)=[\w.]+\|(?:calendar_)?day\b")
BLOCKS = re.compile(r"{% blocktranslate(.*?)%}(.*?){% endblocktranslate %}", re.DOTALL)


def test_no_russian_sentence_ends_with_two_full_stops():
    # A Russian date ends with "г.", which ends the sentence as well.
    catalogue = read_catalogue("ru")
    days = {
        (re.sub(r"{{ (\w+) }}", r"%(\1)s", text), name)
        for template in (ROOT / "templates").rglob("*.html")
        for options, text in BLOCKS.findall(template.read_text(encoding="utf-8"))
        for name in DAYS.findall(options)
    }
    assert len(days) > 20
    wrong = [(text, name) for text, name in days if f"%({name})s." in catalogue.get(text).string]
    assert not wrong


def test_compiled_catalogue_matches_its_source(language, catalogue):
    with catalogue_path(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in messages_of(catalogue):
        if not message.pluralizable:
            context, text = message.context, message.id
            translation = compiled.pgettext(context, text) if context else compiled.gettext(text)
            assert translation == message.string
