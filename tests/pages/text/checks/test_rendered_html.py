"""Checks before a text is published."""

import pytest

from pages.text.checks.rendered_html import (
    find_hard_coded_dates,
    find_ids,
    find_links,
    find_pictures_without_alt,
    find_removed_ids,
)
from pages.text.rendering import render

PICTURES = {"/a.png": "/media/1", "/b.png": "/media/2"}


def html(body: str) -> str:
    return render(body, picture_urls=PICTURES).html


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![](/a.png) ![Words](/b.png)", ("/media/1",)),
        ("![ ](/a.png) ![](/a.png)", ("/media/1",)),
        ('![](/a.png "A title is no alternative")', ("/media/1",)),
        ("![Words](/a.png)", ()),
        ("`![](/a.png)`", ()),
    ],
)
def test_pictures_without_alternative_text_are_found(body, expected):
    assert find_pictures_without_alt(html(body)) == expected


def test_links_are_distinct_with_their_exact_addresses():
    links = find_links(html("## Here\n\n[a](/x/?a=1&b=2) [b](/x/?a=1&b=2) <https://example.org/>"))
    assert links == ("#here", "/x/?a=1&b=2", "https://example.org/")


def test_ids_include_headings_and_footnotes():
    ids = find_ids(html("## Your data\n\nText[^1].\n\n[^1]: Note."))
    assert {"your-data", "fn:1"} <= ids


def test_removed_ids_keep_their_order():
    assert find_removed_ids(["c", "a", "b"], {"a"}) == ("c", "b")


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
        ("Редакция от 1 января 2024 г.", "Редакция от 1 января 2024 г."),
        ("Последняя редакция от 1 января 2024 года", "Последняя редакция от 1 января 2024 года"),
    ],
)
def test_hard_coded_date_is_found_without_its_markup(line, expected):
    assert find_hard_coded_dates(f"First words.\n\n{line}\n\nIn 2019 we moved.\n") == (expected,)


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
    assert find_hard_coded_dates(f"{line}\n") == ()


def test_all_hard_coded_dates_are_found_in_order():
    assert find_hard_coded_dates("Last updated: 2020\n\nText\n\nОбновлено: 2021\n") == (
        "Last updated: 2020",
        "Обновлено: 2021",
    )


def test_long_line_is_searched_in_linear_time():
    assert find_hard_coded_dates("last updated " * 20_000) == ()
