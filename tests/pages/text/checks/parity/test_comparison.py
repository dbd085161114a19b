"""Comparison of a translation with the source text that it is said to reflect."""

import pytest

from pages.hugo.starter import STARTER_FOLDER
from pages.text import source
from pages.text.checks.parity.comparison import compare_with_source
from pages.text.parsing import MAX_BODY_BYTES
from tests.timing import is_faster_than


def find(english, russian):
    return [(finding.line, str(finding.message)) for finding in compare_with_source(russian, "ru", english, "en")]


def has(english, russian):
    return f"In this section the source text has “{english}”, and the translation has “{russian}”."


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("30 days", "14 дней"),
        ("16 years", "18 лет"),
        ("2 March 2024", "2 апреля 2024"),
        ("4%", "5 %"),
        ("€20", "30 евро"),
        ("a@b.org", "c@b.org"),
        ("09:00", "10:00"),
        ("30 days", "30 рабочих дней"),
        ("30 days", "тридцать пять дней"),
        ("1 month", "1 год"),
    ],
)
def test_quantity_that_differs_is_found_in_its_section(english, russian):
    body = "Text 1.\n\n## A\n\nText 2.\n\n## B\n\nMore.\n\n{} is said.\n\n## C\n\n3.\n"
    [(line, message)] = find(body.format(english), body.format(russian))
    # The line of an address is that of its section.
    assert (line, message) == (7 if "@" in english else 11, has(english, russian))


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("within one year", "в течение года"),
        ("under 16", "младше 16 лет"),
        ("five people", "5 человек"),
        ("2 services", "два сервиса"),
        ("€20 million", "20 млн евро"),
        ("[a](/terms/) and [b](#here)", "[а](/ru/terms/) и [б](#тут)"),
        ("<https://example.org/en/a?x>", "[а](https://example.org/ru/a)"),
        ("write to <a@b.org>", "пишите: `a@b.org`"),
        ("[x](https://en.wikipedia.org/wiki/1)", "[х](https://ru.wikipedia.org/wiki/1)"),
        ("- a\n- b", "* а\n* б"),
        ("1 One[^1]\n\n[^1]: Note 5", "1 Раз[^1]\n\n[^1]: Сноска 5"),
        ("25 people", "двадцать пять человек"),
        ("older than 18", "старше восемнадцати лет"),
        ("12 months", "год"),
        ("24 hours a day", "круглосуточно"),
        ("7 days", "неделя"),
        ("a 3rd party", "третье лицо"),
        ("1,000 users", "тысяча пользователей"),
        ("3 times a week, twice a day", "трижды в неделю, 2 раза в день"),
        ("2x faster", "в 2 раза быстрее"),
        ("from 9 am to 5 pm", "с 9:00 до 17:00"),
        ("[a](https://example.com/en-us/a)", "[а](https://example.com/ru_RU/a)"),
        ("[a](/terms.en.html)", "[а](/terms.ru.html)"),
        ("[a](tel:+49-30-123)", "[а](tel:+4930123)"),
        ("[a](../terms/)", "[а](/ru/terms/)"),
        ("[a](https://example.org/a%62)", "[а](https://example.org/ab)"),
    ],
)
def test_what_is_said_in_another_way_is_no_finding(english, russian):
    assert find(english, russian) == []


@pytest.mark.parametrize(
    ("english", "language", "other"),
    [
        ("30 days", "ar", "٣٠ يومًا"),
        ("one month", "ar", "شهر واحد"),
        ("May 1, 2024", "ar", "1 مايو 2024"),
        ("30 days", "ar", "و30 يومًا"),
        ("30 days", "zh-hans", "30天"),
        ("15 August 2024", "fr", "15 août 2024"),
        ("two weeks", "fr", "deux semaines"),
        ("5 pm", "de", "17 Uhr"),
        ("twelve months", "de", "ein Jahr"),
        ("€20 million", "es", "20 millones de euros"),
    ],
)
def test_what_other_languages_say_in_another_way_is_no_finding(english, language, other):
    assert compare_with_source(other, language, english, "en") == ()


@pytest.mark.parametrize(
    ("english", "language", "other"),
    [("30 days", "ar", "١٤ يومًا"), ("30 days", "zh-hans", "3天"), ("15 March 2024", "fr", "16 mars 2024")],
)
def test_other_number_is_found_in_any_language(english, language, other):
    assert len(compare_with_source(other, language, english, "en")) > 0


@pytest.mark.parametrize(
    ("english", "russian", "message"),
    [
        ("5 a", "а", "The source text has “5” in this section, and the translation does not."),
        (
            "seven (7) days",
            "семь (8) дней",
            "The translation has “семь (8) дней” in this section, and the source text does not.",
        ),
        ("a", "5 дней", "The translation has “5 дней” in this section, and the source text does not."),
        ("[a](/x/)", "а", "The source text has “/x” in this section, and the translation does not."),
        ("[a](/x/)", "[а](/y/)", has("/x", "/y")),
        ("[a](#b)", "а", "Links within the page in this section: 1 in the source text, 0 in the translation."),
        ("- a\n- b\n- c", "- а\n- б", "List items in this section: 3 in the source text, 2 in the translation."),
    ],
)
def test_what_is_missing_or_added_is_found(english, russian, message):
    assert find(f"## A\n\n{english}", f"## А\n\n{russian}")[0][1] == message


def test_other_headings_are_found_and_the_whole_texts_compared():
    findings = find("## A\n\n5\n\n## B\n\n6\n\n### C\n\n7", "## А\n\n5 6\n\n### В\n\n8")
    assert findings == [
        (
            5,
            "The headings differ in number or level: 3 in the source text, 2 in the translation. The sections are "
            "therefore compared as one text.",
        ),
        (7, has("7", "8")),
    ]


@pytest.mark.parametrize("number", [1, 2])
def test_translation_of_the_sample_has_no_finding(number):
    files = [STARTER_FOLDER / f"{number}/content/{name}/privacy-policy/_index.md" for name in ("en", "ru")]
    english, russian = (source.extract_body(path.read_bytes()) for path in files)
    assert find(english, russian) == []
    assert find(english.replace("30 days", "60 days"), russian) != [] or "30 days" not in english


PATTERNS = [
    *("1 ", "1", "1,000", ",000", "one ", "may 1 ", "€1", "a@b", "a.", "1a", "thirty-", "# a\n", "- a\n"),
    *("[a](b) ", "1.1/"),
]
# Those that took longest, or quadratic time.
ALWAYS_TRIED = {"1 ", "1", "€1"}


@pytest.mark.timing
@pytest.mark.parametrize(
    "pattern",
    [pytest.param(pattern, marks=() if pattern in ALWAYS_TRIED else pytest.mark.thorough) for pattern in PATTERNS],
)
def test_texts_of_maximum_length_are_compared_within_four_seconds(pattern):
    body = (pattern * MAX_BODY_BYTES)[:MAX_BODY_BYTES]
    other = body[: MAX_BODY_BYTES // 2] + "2 x"
    assert is_faster_than(4, lambda: compare_with_source.__wrapped__(body, "ru", other, "en"))
