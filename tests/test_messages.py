"""Both interface languages are complete: no string is without its Russian, and no Russian without its string."""

import gettext
import re

import pytest

from tests.messages import CATALOGUE, ROOT, found_messages, placeholders, read_catalogue

PLURAL_FORMS = 3


@pytest.fixture(scope="module")
def catalogue():
    """Return the Russian catalogue by context and string."""
    return {(message.context, _singular(message)): message for message in read_catalogue() if message.id}


def _singular(message) -> str:
    return message.id[0] if message.pluralizable else message.id


def _forms(message) -> tuple[str, ...]:
    return tuple(message.string) if message.pluralizable else (message.string,)


def test_every_string_has_its_russian(catalogue):
    missing = [
        f"{text!r} ({places[0]})"
        for (context, text), (_plural, places) in found_messages().items()
        if (context, text) not in catalogue or not all(_forms(catalogue[context, text]))
    ]
    assert not missing, "run `make messages` and translate: " + "; ".join(missing)


def test_no_russian_is_left_over(catalogue):
    assert set(catalogue) <= set(found_messages())


def test_no_translation_is_a_guess(catalogue):
    assert not [message.id for message in catalogue.values() if message.fuzzy]


def test_plural_strings_have_all_russian_forms(catalogue):
    plural = {key for key, (second, _places) in found_messages().items() if second}
    assert plural
    assert all(len(_forms(catalogue[key])) == PLURAL_FORMS for key in plural)


def test_translations_put_in_the_same_values(catalogue):
    wrong = [
        message.id
        for message in catalogue.values()
        for form in _forms(message)
        if placeholders(form) != placeholders(_singular(message))
    ]
    assert not wrong


DAYS = re.compile(r"(\w+)=[\w.]+\|(?:calendar_)?day\b")
BLOCKS = re.compile(r"{% blocktranslate(.*?)%}(.*?){% endblocktranslate %}", re.DOTALL)


def test_no_sentence_ends_with_two_full_stops(catalogue):
    # A Russian day ends with "г.", which ends the sentence as well.
    days = {
        (re.sub(r"{{ (\w+) }}", r"%(\1)s", text), name)
        for template in (ROOT / "templates").rglob("*.html")
        for options, text in BLOCKS.findall(template.read_text(encoding="utf-8"))
        for name in DAYS.findall(options)
    }
    assert len(days) > 20
    wrong = [(text, name) for text, name in days if f"%({name})s." in catalogue[None, text].string]
    assert not wrong


def test_the_compiled_catalogue_is_in_step(catalogue):
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in catalogue.values():
        if not message.pluralizable:
            context, text = message.context, message.id
            got = compiled.pgettext(context, text) if context else compiled.gettext(text)
            assert got == message.string
