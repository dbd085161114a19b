"""Numbers, periods, dates and amounts in English and Russian."""

import pytest

from pages.text.checks.parity.quantities import find_quantities


def find(text):
    return sorted((quantity.kind, quantity.key) for quantity in find_quantities(text))


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("30 days", "30 дней"),
        ("thirty (30) days", "30 дней"),
        ("twelve months", "1 год"),
        ("two weeks", "14 дней"),
        ("48 hours", "двух суток"),
        ("30-day period", "30-дневный срок"),
        ("7 business days", "7 рабочих дней"),
        ("May 15, 2023", "15 мая 2023 г."),
        ("15th of May 2023", "15.05.2023"),
        ("2023-05-15", "15 мая 2023 года"),
        ("3 March", "3 марта"),
        ("January 2024", "январь 2024 года"),
        ("in 2023", "в 2023 году"),
        ("1,234,567.50 users", "1 234 567,5 пользователей"),
        ("€1,000", "1 000 евро"),
        ("USD 5.00", "5 долларов"),
        ("4%", "4 процента"),
        ("5:30 pm", "17:30"),
        ("5 pm", "17:00"),
        ("the 1st and 2nd", "1-й и 2-й"),
        ("Art. 6(1)(f)", "ст. 6(1)(f)"),
        ("24/7", "круглосуточно"),
        ("35 days", "тридцать пять дней"),
        ("120 days", "ста двадцати дней"),
        ("one hundred and twenty days", "120 дней"),
        ("thirty-five days", "35 дней"),
        ("10 (ten) business days", "10 рабочих дней"),
        ("six months", "полгода"),
        ("half a year", "6 месяцев"),
        ("18 months", "полтора года"),
        ("a year and a half", "полтора года"),
        ("two-week period", "двухнедельный срок"),
        ("a 30-day limit", "тридцатидневный срок"),
        ("€20 million", "20 млн евро"),
        ("€20 million", "20 000 000 евро"),
        ("10,000 users", "10 тысяч пользователей"),
        ("100 percent", "сто процентов"),
        ("5 GB", "5 ГБ"),
        ("+49 (30) 123-45-67", "+49 30 1234567"),
        ("8 800 555-35-35", "8 (800) 555 35 35"),
        ("1 May 2024", "01.05.24"),
        ("the 1st of May 2024", "1-го мая 2024 г."),
        ("2024-05-01T10:00", "1 мая 2024 года, 10:00"),
        ("in the 1990s", "в 1990-х годах"),
        ("Regulation (EU) 2016/679", "Регламент (ЕС) 2016/679"),
        ("Law 152-FZ", "закон 152-ФЗ"),
        ("TLS 1.3, HTTP/2, AES-256", "TLS 1.3, HTTP/2, AES-256"),
    ],
)
def test_quantity_is_the_same_in_both_languages(english, russian):
    assert find(f"We say {english} here.") == find(f"Мы говорим {russian} здесь.")


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("30 days", "dreißig Tage"),
        ("25 days", "fünfundzwanzig Tage"),
        ("two weeks", "zwei Wochen"),
        ("two weeks", "14 Tage"),
        ("a 14-day period", "eine 14-tägige Frist"),
        ("10 business days", "10 Werktage"),
        ("March 15, 2024", "15. März 2024"),
        ("5:30 pm", "17.30 Uhr"),
        ("€1,234.56", "1.234,56 €"),
        ("€20 million", "20 Mio. Euro"),
        ("1,234.56", "١٬٢٣٤٫٥٦"),
        ("0.5%", "٠٫٥٪"),
        ("2024-05-01", "٢٠٢٤-٠٥-٠١"),
        ("9:00", "٩:٠٠"),
        ("€20", "€۲۰"),
        ("May 1, 2024", "2024年5月1日"),
        ("4%", "4％"),
        ("17:30", "17h30"),
    ],
)
def test_quantity_is_the_same_in_other_languages_and_digits(english, other):
    assert find(f"a {english} a") == find(f"a {other} a")


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("30 days", ["14 дней", "30 месяцев", "три дня"]),
        ("one month", ["30 дней", "две недели"]),
        ("15 May 2023", ["15 мая 2024 г.", "16 мая 2023 г.", "15 июня 2023 г."]),
        ("€20", ["20 долларов", "2 евро"]),
        ("1.5", ["15", "1,05"]),
        ("10%", ["1 %", "0,1 %"]),
        ("30 days", ["30 рабочих дней", "тридцать пять дней"]),
        ("seven (7) days", ["семь (8) дней", "восемь (7) дней"]),
        ("20 million", ["20 тыс.", "20"]),
        ("5 GB", ["5 МБ", "5 ТБ"]),
        ("2016/679", ["2016/697", "2016"]),
        ("AES-256", ["AES-128"]),
        ("192.168.0.1", ["192.168.0.2"]),
        ("+49 30 1234567", ["+49 30 1234568"]),
        ("version 1.2.3", ["версия 1.2.4"]),
    ],
)
def test_different_quantities_differ(text, others):
    for other in others:
        assert find(text)
        assert find(text) != find(other)


@pytest.mark.parametrize("text", ["no quantity", "IPv4 and x.x.x.0", "one of us", "мы одни"])
def test_other_text_has_no_quantity(text):
    assert find(text) == []


def test_quantities_far_from_each_other_are_all_found():
    filler = "word " * 100
    assert find(f"{filler}30 days {filler}twelve months {filler}5") == [
        ("number", "5"),
        ("period", "12 month"),
        ("period", "2.592e+06 s"),
    ]
