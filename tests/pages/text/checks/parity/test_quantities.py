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
    ],
)
def test_quantity_is_the_same_in_both_languages(english, russian):
    assert find(f"We say {english} here.") == find(f"Мы говорим {russian} здесь.")


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("30 days", ["14 дней", "30 месяцев", "три дня"]),
        ("one month", ["30 дней", "две недели"]),
        ("15 May 2023", ["15 мая 2024 г.", "16 мая 2023 г.", "15 июня 2023 г."]),
        ("€20", ["20 долларов", "2 евро"]),
        ("1.5", ["15", "1,05"]),
        ("10%", ["1 %", "0,1 %"]),
    ],
)
def test_different_quantities_differ(text, others):
    for other in others:
        assert find(text)
        assert find(text) != find(other)


@pytest.mark.parametrize("text", ["no quantity", "IPv4 and x.x.x.0", "version 1.2.3", "one of us", "мы одни"])
def test_other_text_has_no_quantity(text):
    assert find(text) == []


def test_quantities_far_from_each_other_are_all_found():
    filler = "word " * 100
    assert find(f"{filler}30 days {filler}twelve months {filler}5") == [
        ("number", "5"),
        ("period", "12 month"),
        ("period", "2.592e+06 s"),
    ]
