"""Dates of the last change that are typed into a text."""

import pytest

from pages.text.checks.hard_coded_dates import find_hard_coded_dates


def find(body):
    return [(finding.line, finding.subject) for finding in find_hard_coded_dates(body)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Last updated: May 15, 2023", "Last updated: May 15, 2023"),
        ("**Last updated:** 2023-05-15", "Last updated: 2023-05-15"),
        ("_Last modified on 3 March 2021._", "Last modified on 3 March 2021."),
        ("_Last modified: 2021_", "Last modified: 2021"),
        ("> Last revised 2020", "Last revised 2020"),
        ("- LAST CHANGED 01/02/1999", "LAST CHANGED 01/02/1999"),
        ("*Effective date: 1 January 2024*", "Effective date: 1 January 2024"),
        ("Effective as of 15.05.2023", "Effective as of 15.05.2023"),
        ("# Privacy Policy (last updated 2023)", "Privacy Policy (last updated 2023)"),
        ("Последнее обновление: 15 мая 2023 г.", "Последнее обновление: 15 мая 2023 г."),
        ("**Дата последнего обновления:** 15.05.2023", "Дата последнего обновления: 15.05.2023"),
        ("Дата изменения: 2023-05-15", "Дата изменения: 2023-05-15"),
        ("_Обновлено 15.05.2023_", "Обновлено 15.05.2023"),
        ("Дата вступления в силу: 01.05.2024", "Дата вступления в силу: 01.05.2024"),
        ("Действует с 1 мая 2024 года", "Действует с 1 мая 2024 года"),
        ("**Stand:** Mai 2024", "Stand: Mai 2024"),
        ("Zuletzt geändert am 1.5.2024", "Zuletzt geändert am 1.5.2024"),
        ("Effective from May 1, 2024", "Effective from May 1, 2024"),
        ("Редакция от 1 января 2024 г.", "Редакция от 1 января 2024 г."),
        ("Последняя редакция от 1 января 2024 года", "Последняя редакция от 1 января 2024 года"),
    ],
)
def test_hard_coded_date_is_found_without_its_markup(line, expected):
    assert find(f"First words.\n\n{line}\n\nIn 2019 we moved.\n") == [(3, expected)]


@pytest.mark.parametrize(
    "line",
    [
        "We last updated our servers in 2019 and have since then moved all data to Germany.",
        "The General Data Protection Regulation of 2016 applies.",
        "In 2023 we changed the provider.",
        "Your data is updated last when you log in.",
        "The effective date of a change is announced 30 days before.",
        "Last updated: see the top of this page.",
        "Copyright 2023",
        "Закон от 27 июля 2006 года № 152-ФЗ применяется.",
        "В 2023 году мы изменили поставщика.",
        "Дата последнего обновления указана вверху страницы.",
        "Last updated: 12023",
    ],
)
def test_ordinary_sentence_is_not_a_hard_coded_date(line):
    assert find(f"{line}\n") == []


def test_all_hard_coded_dates_are_found_in_order():
    assert find("Last updated: 2020\n\nText\n\nОбновлено: 2021\n") == [
        (1, "Last updated: 2020"),
        (5, "Обновлено: 2021"),
    ]


def test_long_line_is_searched_in_linear_time():
    assert find("last updated " * 20_000) == []
