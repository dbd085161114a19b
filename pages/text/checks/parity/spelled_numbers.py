"""Words for numbers in further languages, of which the words for units and months are not known.

So a text in these languages can say in words what the other one says in digits; two words are not compared.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

from pages.text.checks.parity.number_words import WordNumber, join_numbers

# In each language from one on, with what a notice period needs above thirty-one; forms of one number are joined by "/".
_UP_TO_TWENTY = {
    "fr": "un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf vingt",
    "es": "un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis/dieciseis diecisiete dieciocho diecinueve veinte",
    "it": "un/uno/una due tre/tré quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove venti",
    "pt": "um/uma dois/duas três/tres quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze "
    "dezasseis/dezesseis dezassete/dezessete dezoito dezanove/dezenove vinte",
    "nl": "een/één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien twintig",
    "pl": "jeden/jedna/jedno/jednego/jednej/jednym/jedną dwa/dwie/dwóch/dwu/dwoma/dwiema trzy/trzech/trzem/trzema "
    "cztery/czterech/czterem/czterema pięć/pięciu/pięcioma sześć/sześciu siedem/siedmiu osiem/ośmiu "
    "dziewięć/dziewięciu dziesięć/dziesięciu jedenaście/jedenastu dwanaście/dwunastu trzynaście/trzynastu "
    "czternaście/czternastu piętnaście/piętnastu szesnaście/szesnastu siedemnaście/siedemnastu osiemnaście/osiemnastu "
    "dziewiętnaście/dziewiętnastu dwadzieścia/dwudziestu",
    # Without apostrophes.
    "uk": "один/одна/одне/одного/однієї/одному/одній/одним/одною/одну два/дві/двох/двом/двома три/трьох/трьом/трьома "
    "чотири/чотирьох/чотирьом/чотирма пять/пяти/пятьох шість/шести/шістьох сім/семи/сімох вісім/восьми/вісьмох "
    "девять/девяти/девятьох десять/десяти/десятьох одинадцять/одинадцяти дванадцять/дванадцяти тринадцять/тринадцяти "
    "чотирнадцять/чотирнадцяти пятнадцять/пятнадцяти шістнадцять/шістнадцяти сімнадцять/сімнадцяти "
    "вісімнадцять/вісімнадцяти девятнадцять/девятнадцяти двадцять/двадцяти",
}
_TENS_FROM_THIRTY = {
    "fr": "trente quarante cinquante soixante soixante-dix/septante quatre-vingt/quatre-vingts/huitante/octante "
    "quatre-vingt-dix/nonante cent/cents",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien/ciento",
    "it": "trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
    "pt": "trinta quarenta cinquenta sessenta setenta oitenta noventa cem/cento",
    "nl": "dertig veertig vijftig zestig zeventig tachtig negentig honderd",
    "pl": "trzydzieści/trzydziestu czterdzieści/czterdziestu pięćdziesiąt/pięćdziesięciu sześćdziesiąt/sześćdziesięciu "
    "siedemdziesiąt/siedemdziesięciu osiemdziesiąt/osiemdziesięciu dziewięćdziesiąt/dziewięćdziesięciu sto/stu",
    "uk": "тридцять/тридцяти сорок/сорока пятдесят/пятдесяти шістдесят/шістдесяти сімдесят/сімдесяти "
    "вісімдесят/вісімдесяти девяносто/девяноста сто/ста",
}
_HUNDREDS_FROM_TWO = {
    "es": "doscientos/doscientas trescientos/trescientas",
    "it": "duecento trecento",
    "pt": "duzentos/duzentas trezentos/trezentas",
    "nl": "tweehonderd driehonderd",
    "pl": "dwieście/dwustu trzysta/trzystu",
    "uk": "двісті/двохсот триста/трьохсот",
}
_SPANISH_TWENTIES = (
    "veintiuno/veintiún/veintiun/veintiuna veintidós/veintidos veintitrés/veintitres veinticuatro veinticinco "
    "veintiséis/veintiseis veintisiete veintiocho veintinueve"
)
# What can be between the words of one number.
_JOINTS = {"fr": (" et ",), "es": (" y ",), "pt": (" e ",)}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_APOSTROPHES = re.compile("['’ʼ]")


def is_spelled(language: str) -> bool:
    """Tell whether the words for numbers in a language are those of this module."""
    return language in _UP_TO_TWENTY


def find_spelled_numbers(text: str, language: str) -> Iterator[float]:
    """Yield the numbers that a text writes as words, also as several: «trente et un», «dwadzieścia jeden»."""
    text = _APOSTROPHES.sub("", text.lower()) if language == "uk" else text.lower()
    words, joints, last = _read_words(language), (" ", "\u00a0", *_JOINTS.get(language, ())), WordNumber(0, 0, 0)
    for match in _WORD.finditer(text):
        if not (value := words.get(match[0])):
            continue
        joined = join_numbers(last.value, value) if text[last.end : match.start()] in joints else None
        last = WordNumber(match.start(), match.end(), joined or value)
        yield last.value


@cache
def _read_words(language: str) -> Mapping[str, float]:
    words = dict(_number(_UP_TO_TWENTY[language], 1, 1)) | dict(_number(_TENS_FROM_THIRTY[language], 30, 10))
    words |= dict(_number(_HUNDREDS_FROM_TWO.get(language, ""), 200, 100))
    if language == "es":
        words |= dict(_number(_SPANISH_TWENTIES, 21, 1))
    compounds = {"fr": _french, "it": _italian, "nl": _dutch}.get(language)
    return words | dict(compounds(words)) if compounds else words


def _number(words: str, first: int, step: int) -> Iterator[tuple[str, float]]:
    for position, forms in enumerate(words.split()):
        yield from ((form, first + position * step) for form in forms.split("/"))


def _pairs(words: Mapping[str, float]) -> Iterator[tuple[str, str, float]]:
    """Yield the words of tens and ones, and the number that both make."""
    tens = [word for word, value in words.items() if 20 <= value < 100 and value % 10 == 0]
    ones = [word for word, value in words.items() if value < 10]
    yield from ((ten, one, words[ten] + words[one]) for ten, one in product(tens, ones))


def _french(words: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for ten, one, value in _pairs(words):
        yield f"{ten}-{one}", value
        yield f"{ten}-et-{one}", value
    for word in [word for word, value in words.items() if 10 < value < 20]:
        yield from ((f"{ten}-{word}", words[ten] + words[word]) for ten in ("soixante", "quatre-vingt"))
    yield "soixante-et-onze", 71


def _italian(words: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    compounds = {
        (ten[:-1] if one[0] in "uo" else ten) + one: value for ten, one, value in _pairs(words) if one != "una"
    }
    yield from compounds.items()
    below_hundred = {word: value for word, value in {**words, **compounds}.items() if value < 100}
    for word, value in below_hundred.items():
        yield f"cento{word}", 100 + value
        if word.startswith("ott"):
            yield f"cent{word}", 100 + value


def _dutch(words: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    compounds = {f"{one}{joint}{ten}": value for ten, one, value in _pairs(words) for joint in ("en", "ën")}
    yield from compounds.items()
    below_hundred = {word: value for word, value in {**words, **compounds}.items() if value < 100}
    yield from ((f"honderd{joint}{word}", 100 + below_hundred[word]) for word in below_hundred for joint in ("", "en"))
