"""Numbers in words, in languages of which only these words are known."""

import pytest

from pages.text.checks.parity.comparison import compare_with_source
from pages.text.checks.parity.spelled_numbers import find_spelled_numbers

NUMBERS = {
    "fr": "un deux six quatorze vingt-et-un trente trente-et-un quarante-cinq soixante quatre-vingt-dix",
    "es": "un dos seis catorce veintiún treinta treinta_y_un cuarenta_y_cinco sesenta noventa",
    "it": "un due sei quattordici ventuno trenta trentuno quarantacinque sessanta novanta",
    "pt": "um dois seis quatorze vinte_e_um trinta trinta_e_um quarenta_e_cinco sessenta noventa",
    "nl": "een twee zes veertien eenentwintig dertig eenendertig vijfenveertig zestig negentig",
    "pl": "jeden dwa sześć czternaście dwadzieścia_jeden trzydzieści trzydzieści_jeden czterdzieści_pięć sześćdziesiąt "
    "dziewięćdziesiąt",
    "uk": "один два шість чотирнадцять двадцять_один тридцять тридцять_один сорок_п’ять шістдесят дев'яносто",
}
VALUES = (1, 2, 6, 14, 21, 30, 31, 45, 60, 90)
DAYS = {"fr": "jours", "es": "días", "it": "giorni", "pt": "dias", "nl": "dagen", "pl": "dni", "uk": "днів"}
CASES = [
    (language, value, words.replace("_", " "))
    for language, numbers in NUMBERS.items()
    for value, words in zip(VALUES, numbers.split(), strict=True)
]


@pytest.mark.parametrize(("language", "value", "words"), CASES)
def test_number_in_words_is_the_same_as_in_digits(language, value, words):
    translation = f"{words.capitalize()} {DAYS[language]}."
    assert compare_with_source(translation, language, f"{value} days.", "en") == ()
    assert compare_with_source(f"{value} days.", "en", translation, language) == ()
    assert value in find_spelled_numbers(translation, language)


@pytest.mark.parametrize(("language", "value", "words"), CASES)
def test_other_number_in_words_is_found(language, value, words):
    assert len(compare_with_source(f"{words} {DAYS[language]}", language, f"{value + 50} days", "en")) == 1


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("once días", "es", [11]),
        ("cent vingt jours", "fr", [100, 120]),
        ("soixante-quinze, quatre-vingt-onze", "fr", [75, 91]),
        ("trente et un", "fr", [30, 31]),
        ("centottanta giorni", "it", [180]),
        ("ventotto", "it", [28]),
        ("cento e vinte dias", "pt", [100, 120]),
        ("tweeëntwintig, drieendertig, honderdtachtig", "nl", [22, 33, 180]),
        ("stu dwudziestu dni", "pl", [100, 120]),
        ("trzydziestu dni", "pl", [30]),
        ("п'ятнадцяти, пʼятдесят", "uk", [15, 50]),
        ("un, deux", "fr", [1, 2]),
        ("l’un", "fr", [1]),
        ("sixième, trentaine, unité", "fr", []),
    ],
)
def test_words_that_belong_together_are_one_number(text, language, values):
    assert list(find_spelled_numbers(text, language)) == values


def test_numbers_of_a_variant_of_a_language_are_known():
    assert compare_with_source("trinta dias", "pt-BR", "30 days", "en") == ()
