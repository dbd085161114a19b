"""Words for numbers, units of time, months and currencies in English and Russian, with what they mean."""

from collections.abc import Mapping

_NUMBERS = (
    (1, "one один одна одно одного одной одному одним одном одну"),
    (2, "two два две двух двум двумя"),
    (3, "three три трёх трех трём трем тремя"),
    (4, "four четыре четырёх четырех четырём четырем четырьмя"),
    (5, "five пять пяти пятью"),
    (6, "six шесть шести шестью"),
    (7, "seven семь семи семью"),
    (8, "eight восемь восьми восемью"),
    (9, "nine девять девяти девятью"),
    (10, "ten десять десяти десятью"),
    (11, "eleven одиннадцать одиннадцати одиннадцатью"),
    (12, "twelve двенадцать двенадцати двенадцатью"),
    (13, "thirteen тринадцать тринадцати"),
    (14, "fourteen четырнадцать четырнадцати четырнадцатью"),
    (15, "fifteen пятнадцать пятнадцати"),
    (16, "sixteen шестнадцать шестнадцати"),
    (18, "eighteen восемнадцать восемнадцати"),
    (20, "twenty двадцать двадцати"),
    (21, "twenty-one"),
    (24, "twenty-four"),
    (30, "thirty тридцать тридцати"),
    (40, "forty сорок сорока"),
    (45, "forty-five"),
    (50, "fifty пятьдесят пятидесяти"),
    (60, "sixty шестьдесят шестидесяти"),
    (72, "seventy-two"),
    (90, "ninety девяносто девяноста"),
    (100, "hundred сто ста"),
)
_UNITS = (
    ("second", "second seconds sec секунда секунды секунд секунду секундах"),
    ("minute", "minute minutes min минута минуты минут минуту минутах мин"),
    ("hour", "hour hours hr hrs час часа часов часах часовой часового"),
    ("day", "day days день дня дней дню днях днями сутки суток дневный дневного дневной дневном дневных"),
    ("week", "week weeks неделя недели недель неделю неделях недельный недельного недельной"),
    ("month", "month months месяц месяца месяцев месяцах месяцем месячный месячного месячной"),
    ("year", "year years год года лет годах году годом летний летнего летней летних"),
)
_MONTHS = (
    (1, "january jan январь января январе"),
    (2, "february feb февраль февраля феврале"),
    (3, "march mar март марта марте"),
    (4, "april apr апрель апреля апреле"),
    (5, "may май мая мае"),
    (6, "june jun июнь июня июне"),
    (7, "july jul июль июля июле"),
    (8, "august aug август августа августе"),
    (9, "september sep sept сентябрь сентября сентябре"),
    (10, "october oct октябрь октября октябре"),
    (11, "november nov ноябрь ноября ноябре"),
    (12, "december dec декабрь декабря декабре"),
)
_CURRENCIES = (
    ("EUR", "€ eur euro euros евро"),
    ("USD", "$ usd us$ dollar dollars доллар доллара долларов"),
    ("GBP", "£ gbp pound pounds фунт фунта фунтов"),
    ("RUB", "₽ rub ruble rubles rouble roubles руб руб. рубль рубля рублей"),
    ("CHF", "chf"),
    ("JPY", "¥ jpy yen иена иены иен"),
    ("BTC", "₿ btc"),
)


def _index(table: tuple[tuple[int, str], ...]) -> Mapping[str, int]:
    return {word: meaning for meaning, words in table for word in words.split()}


def _index_names(table: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {word: meaning for meaning, words in table for word in words.split()}


NUMBER_WORDS, MONTHS = _index(_NUMBERS), _index(_MONTHS)
UNITS, CURRENCIES = _index_names(_UNITS), _index_names(_CURRENCIES)
PERCENT: Mapping[str, str] = dict.fromkeys(("%", "percent", "per cent", "процент", "процента", "процентов"), "%")
