"""Words for numbers, units, months and currencies in English, Russian and German, with what they mean."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import TypeVar

Meaning = TypeVar("Meaning")

# Of other languages these words are not known; of some, those for numbers: see `spelled_numbers`.
LANGUAGES = frozenset({"en", "ru", "de"})
_NUMBERS: tuple[tuple[float, str], ...] = (
    (1, "one once один одна одно одного одной одному одним одном одну ein eine einen einem einer eines"),
    (1.5, "полтора полторы полутора anderthalb eineinhalb"),
    (2, "two twice два две двух двум двумя дважды zwei zweimal"),
    (3, "three три трёх трех трём трем тремя трижды drei dreimal"),
    (4, "four четыре четырёх четырех четырём четырем четырьмя vier"),
    (5, "five пять пяти пятью fünf"),
    (6, "six шесть шести шестью sechs"),
    (7, "seven семь семи семью sieben"),
    (8, "eight восемь восьми восемью acht"),
    (9, "nine девять девяти девятью neun"),
    (10, "ten десять десяти десятью zehn"),
    (11, "eleven одиннадцать одиннадцати одиннадцатью elf"),
    (12, "twelve двенадцать двенадцати двенадцатью zwölf"),
    (13, "thirteen тринадцать тринадцати тринадцатью dreizehn"),
    (14, "fourteen четырнадцать четырнадцати четырнадцатью vierzehn"),
    (15, "fifteen пятнадцать пятнадцати пятнадцатью fünfzehn"),
    (16, "sixteen шестнадцать шестнадцати шестнадцатью sechzehn"),
    (17, "seventeen семнадцать семнадцати семнадцатью siebzehn"),
    (18, "eighteen восемнадцать восемнадцати восемнадцатью achtzehn"),
    (19, "nineteen девятнадцать девятнадцати девятнадцатью neunzehn"),
    (20, "twenty двадцать двадцати двадцатью zwanzig"),
    (30, "thirty тридцать тридцати тридцатью dreißig"),
    (40, "forty сорок сорока vierzig"),
    (50, "fifty пятьдесят пятидесяти пятьюдесятью fünfzig"),
    (60, "sixty шестьдесят шестидесяти шестьюдесятью sechzig"),
    (70, "seventy семьдесят семидесяти семьюдесятью siebzig"),
    (80, "eighty восемьдесят восьмидесяти восемьюдесятью achtzig"),
    (90, "ninety девяносто девяноста neunzig"),
    (100, "hundred сто ста hundert einhundert"),
    (200, "двести двухсот zweihundert"),
    (300, "триста трёхсот трехсот dreihundert"),
    (400, "четыреста четырёхсот четырехсот vierhundert"),
    (500, "пятьсот пятисот fünfhundert"),
    (600, "шестьсот шестисот sechshundert"),
    (700, "семьсот семисот siebenhundert"),
    (800, "восемьсот восьмисот achthundert"),
    (900, "девятьсот девятисот neunhundert"),
    (1000, "thousand тысяча тысячи тысячу тысячей tausend eintausend"),
)
_UNITS = (
    ("second", "second seconds sec секунда секунды секунд секунду секундах sekunde sekunden"),
    ("minute", "minute minutes min минута минуты минут минуту минутах мин minuten minütig"),
    ("hour", "hour hours hr hrs час часа часов часах часовой часового stunde stunden stündig"),
    ("day", "day days день дня дней дню днях днями сутки суток сутках дневный дневного дневной дневном дневных"),
    ("day", "tag tage tagen tages tägig kalendertag kalendertage kalendertagen"),
    ("working day", "werktag werktage werktagen arbeitstag arbeitstage arbeitstagen geschäftstage geschäftstagen"),
    ("week", "week weeks неделя недели недель неделю неделях недельный недельного недельной woche wochen wöchig"),
    ("month", "month months месяц месяца месяцев месяцах месяцем месячный месячного месячной"),
    ("month", "monat monate monaten monats monatig"),
    ("year", "year years год года лет годах году годом летний летнего летней летних"),
    ("year", "годовой годового годовая годовую годовом jahr jahre jahren jahres jährig"),
)
# What a word for a day can be, too, if the other text has its hours.
_AROUND_THE_CLOCK = "круглосуточно круглосуточный круглосуточная круглосуточной rund-um-die-uhr around-the-clock"
_GERMAN_ENDINGS = ("e", "en", "er", "es", "em")
_MONTHS = (
    (1, "january jan январь января январе januar"),
    (2, "february feb февраль февраля феврале februar"),
    (3, "march mar март марта марте märz"),
    (4, "april apr апрель апреля апреле"),
    (5, "may май мая мае mai"),
    (6, "june jun июнь июня июне juni"),
    (7, "july jul июль июля июле juli"),
    (8, "august aug август августа августе"),
    (9, "september sep sept сентябрь сентября сентябре"),
    (10, "october oct октябрь октября октябре oktober"),
    (11, "november nov ноябрь ноября ноябре"),
    (12, "december dec декабрь декабря декабре dezember"),
)
_CURRENCIES = (
    ("EUR", "€ eur euro euros евро"),
    ("USD", "$ usd us$ dollar dollars доллар доллара долларов долл. долл"),
    ("GBP", "£ gbp pound pounds фунт фунта фунтов pfund"),
    ("RUB", "₽ rub ruble rubles rouble roubles руб руб. рубль рубля рублей rubel"),
    ("CHF", "chf franken"),
    ("JPY", "¥ jpy yen иена иены иен"),
    ("BTC", "₿ btc"),
)
_MULTIPLIERS = (
    (1_000, "thousand тысяча тысячи тысяч тысячами тысячам тыс тыс. tausend"),
    (1_000_000, "million millions миллион миллиона миллионов млн млн. millionen mio mio."),
    (1_000_000_000, "billion billions миллиард миллиарда миллиардов млрд млрд. milliarde milliarden mrd mrd."),
)
_SIZES = (("KB", "kb кб kib киб"), ("MB", "mb мб mib миб"), ("GB", "gb гб gib гиб"), ("TB", "tb тб tib тиб"))
# The beginnings of Russian adjectives such as «двухнедельный», and their ends.
_STEMS: tuple[tuple[float, str], ...] = (
    (0.5, "полу"),
    (1, "одно"),
    (1.5, "полутора"),
    (2, "двух"),
    (3, "трёх трех"),
    (4, "четырёх четырех"),
    (5, "пяти"),
    (6, "шести"),
    (7, "семи"),
    (8, "восьми"),
    (9, "девяти"),
    (10, "десяти"),
    (12, "двенадцати"),
    (14, "четырнадцати"),
    (15, "пятнадцати"),
    (20, "двадцати"),
    (30, "тридцати"),
    (45, "сорокапяти"),
    (60, "шестидесяти"),
    (90, "девяносто"),
)
_STEM_UNITS = (
    ("minute", "минутн"),
    ("hour", "часов"),
    ("day", "дневн суточн"),
    ("week", "недельн"),
    ("month", "месячн"),
    ("year", "летн годов годичн"),
)
_RUSSIAN_ENDINGS = ("ый", "ого", "ому", "ым", "ом", "ая", "ой", "ую", "ое", "ые", "ых", "ыми")
_SOFT_ENDINGS = ("ий", "его", "ему", "им", "ем", "яя", "ей", "юю", "ее", "ие", "их", "ими")
_ONE_WORD = (
    ((6, "month"), "полгода полугода полугодие полугодия halbjahr halbjahres"),
    ((30, "minute"), "полчаса получаса"),
    ((12, "hour"), "полдня полсуток"),
)


def _index(table: Iterable[tuple[Meaning, str]]) -> dict[str, Meaning]:
    return {word: meaning for meaning, words in table for word in words.split()}


def _compound_numbers() -> Iterator[tuple[str, float]]:
    """Yield the numbers of two words that are written as one: twenty-one, einundzwanzig."""
    numbers = _index(_NUMBERS)
    english = [word for word in numbers if word.isascii()]
    tens = [word for word in english if word.endswith("ty")]
    ones = [
        word for word in english if word in {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    ]
    yield from ((f"{ten}-{one}", numbers[ten] + numbers[one]) for ten, one in product(tens, ones))
    german = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
    german_tens = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
    yield from ((f"{one}und{ten}", numbers[ten] + numbers[one]) for one, ten in product(german, german_tens))


def _period_words() -> Iterator[tuple[str, tuple[float, str]]]:
    """Yield the words that are a period, such as «двухнедельный» and `zweiwöchig`, with its number and unit."""
    yield from _index(_ONE_WORD).items()
    stems, units = _index(_STEMS), _index(_STEM_UNITS)
    for stem, unit in product(stems, units):
        for ending in _SOFT_ENDINGS if unit == "летн" else _RUSSIAN_ENDINGS:
            yield f"{stem}{unit}{ending}", (stems[stem], units[unit])
    numbers = {word: value for word, value in NUMBER_WORDS.items() if value < 100 and not word.endswith(("e", "r"))}
    german = {word: unit for word, unit in _index(_UNITS).items() if word.endswith("ig")}
    for number, unit, ending in product(numbers, german, ("", *_GERMAN_ENDINGS)):
        yield f"{number}{unit}{ending}", (numbers[number], german[unit])


def _with_german_endings(units: dict[str, str]) -> dict[str, str]:
    adjectives = [word for word in units if word.endswith("ig")]
    return units | {f"{word}{ending}": units[word] for word, ending in product(adjectives, _GERMAN_ENDINGS)}


NUMBER_WORDS: Mapping[str, float] = _index(_NUMBERS) | dict(_compound_numbers())
UNITS: Mapping[str, str] = _with_german_endings(_index(_UNITS))
PERIOD_WORDS: Mapping[str, tuple[float, str]] = dict(_period_words())
# Words that can stand for one unit of time, without a number.
BARE_UNITS: Mapping[str, str] = {**UNITS, **dict.fromkeys(_AROUND_THE_CLOCK.split(), "day")}
MONTHS, MULTIPLIERS = _index(_MONTHS), _index(_MULTIPLIERS)
CURRENCIES, SIZES = _index(_CURRENCIES), _index(_SIZES)
PERCENT: Mapping[str, str] = dict.fromkeys(
    ("%", "percent", "per cent", "процент", "процента", "процентов", "prozent"), "%"
)
