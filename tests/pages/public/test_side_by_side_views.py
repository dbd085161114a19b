"""A page in two languages side by side, at `…/with/LANGUAGE/`."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pages.models import Blob, Page
from pages.publishing.announcements import cancel
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from pages.publishing.slugs import is_reserved_slug
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.publishing.writer import writing
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
START = datetime(2024, 3, 1, 9, tzinfo=UTC)
FIRST = "Start.\n\n## 1 Data {#data}\n\nNone.\n\n## 2 Terms {#terms}\n\nFew."
SECOND = FIRST.replace("None.", "Some.")
THIRD = SECOND + "\n\n## 3 Contact {#contact}\n\nWrite."
RUSSIAN = "Начало.\n\n## 1 Данные {#data}\n\nНет.\n\n## 2 Условия {#terms}\n\nМало."
GERMAN = "Anfang.\n\n## 1 Daten {#data}\n\nKeine.\n\n## 2 Regeln {#terms}\n\nWenige."
CHANGED = "The original of this section changed on"


@pytest.fixture(autouse=True)
def languages(settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("de", "German")]


@pytest.fixture
def policy():
    page = make_page("policy")
    publish_bodies(page, {"en": FIRST, "ru": RUSSIAN}, START, confirmed=["ru"])
    return page


def rows_in(response) -> list[str]:
    """Return the rows, each as the text of its cells by language, with common spaces."""
    content = response.content.decode()
    rows = content[content.index("sides-head") :].split('<div class="pair"')[1:]
    return [
        " | ".join(
            f"{language}: {' '.join(re.sub('<[^>]*>', ' ', cell).split())}"
            for language, cell in re.findall(r'<div class="cell \w+" lang="(\w+)"[^>]*>(.*?)</div>', row, re.DOTALL)
        )
        for row in rows
    ]


def marks_in(client, address: str) -> list[str]:
    return [row for row in rows_in(client.get(address)) if "original" in row]


def test_blocks_of_both_languages_stand_next_to_each_other(client, policy):
    assert rows_in(client.get("/ru/policy/with/en/")) == [
        "ru: Начало. | en: Start.",
        "ru: 1 Данные | en: 1 Data",
        "ru: Нет. | en: None.",
        "ru: 2 Условия | en: 2 Terms",
        "ru: Мало. | en: Few.",
    ]
    assert rows_in(client.get("/policy/with/ru/"))[1] == "en: 1 Data | ru: 1 Данные"


def test_sections_whose_source_changed_are_marked_with_the_date_and_the_comparison(client, policy):
    publish_bodies(policy, {"en": SECOND}, START + timedelta(days=30))
    publish_bodies(policy, {"en": THIRD}, START + timedelta(days=60))
    link = "View changes in the original"
    # In English around it; the marks are about the translation.
    assert marks_in(client, "/policy/with/ru/") == [
        f"en: 1 Data | ru: 1 Данные {CHANGED} March 31, 2024 (version 2). {link}",
        f"en: 3 Contact | ru: The original has had this text since April 30, 2024 (version 3). {link}",
    ]
    content = client.get("/ru/policy/with/en/").content.decode()
    assert content.count('<a href="/policy/compare/1...3/" hreflang="en">') == 2
    assert "Оригинал этого раздела изменился 31 марта 2024 г. (версия 2)." in content.replace("\xa0", " ")


# Sections that only their words tell apart.
PARTS = {
    "en": {"data": "Data", "terms": "Terms", "abroad": "Storage abroad", "children": "Children", "end": "End"},
    "ru": {"data": "Данные", "terms": "Условия", "abroad": "Хранение за рубежом", "end": "Конец"},
    "de": {"data": "Daten", "abroad": "Speicherung im Ausland", "children": "Kinder", "terms": "Regeln", "end": "Ende"},
}
SENTENCES = {
    "en": "{0} are kept by us under lock and key, and each of {0} in a place of its own.",
    "ru": "Мы храним «{0}» под замком, каждое на своём месте.",
    "de": "Wir halten {0} unter Verschluss, alles an seinem Ort.",
}


def numbered(language: str, names: str) -> str:
    """Return a body with these sections, numbered in order."""
    headings = [PARTS[language][name] for name in names.split()]
    sections = (f"## {n} {name}\n\n{SENTENCES[language].format(name)}" for n, name in enumerate(headings, 1))
    return "\n\n".join(sections)


def numbers_in(client, address: str, first: str, second: str) -> list[str]:
    """Return the numbers of the sections that begin in each row, "-" where a text has none."""
    begun = (dict(re.findall(r"(\w\w): (\d)", row)) for row in rows_in(client.get(address)))
    return [f"{numbers.get(first, '-')} {numbers.get(second, '-')}" for numbers in begun if numbers]


@pytest.mark.parametrize(
    ("names", "english", "russian"),
    [
        # Another order, and new numbers.
        ("abroad data terms end", ["1 3", "2 1", "3 2", "4 4"], ["1 2", "2 3", "3 1", "4 4"]),
        # New in the middle: only that is missing.
        (
            "data children terms abroad end",
            ["1 1", "2 -", "3 2", "4 3", "5 4"],
            ["1 1", "- 2", "2 3", "3 4", "4 5"],
        ),
        # Moved, next to what is new.
        ("data abroad children terms end", ["1 1", "2 3", "3 -", "4 2", "5 4"], ["1 1", "2 4", "3 2", "- 3", "4 5"]),
        # Removed.
        ("data end", ["1 1", "- 2", "- 3", "2 4"], ["1 1", "2 -", "3 -", "4 2"]),
    ],
)
def test_section_that_moved_in_the_original_is_next_to_its_translation(client, names, english, russian):
    page, before = make_page("policy"), "data terms abroad end"
    bodies = {language: numbered(language, before) for language in ("en", "ru")}
    publish_bodies(page, bodies, START, confirmed=["ru"])
    publish_bodies(page, {"en": numbered("en", names)}, START + timedelta(days=30))
    assert numbers_in(client, "/policy/with/ru/", "en", "ru") == english
    assert numbers_in(client, "/ru/policy/with/en/", "ru", "en") == russian
    marks = marks_in(client, "/policy/with/ru/")
    new = [mark for mark in marks if "has had this text since" in mark]
    assert [re.findall(r"\w+(?= \| )", mark) for mark in new] == ([["Children"]] if "children" in names else [])
    removed = [mark for mark in marks if "does not have this section any more" in mark]
    assert [re.findall(r"ru: (\d)", mark) for mark in removed] == ([] if "terms" in names else [["2"], ["3"]])


def test_translations_of_different_originals_are_aligned_by_what_these_have_in_common(client):
    page, before, after = make_page("policy"), "data terms abroad end", "data abroad children terms end"
    bodies = {language: numbered(language, before) for language in ("en", "ru")}
    publish_bodies(page, bodies, START, confirmed=["ru"])
    bodies = {language: numbered(language, after) for language in ("en", "de")}
    publish_bodies(page, bodies, START + timedelta(days=30), confirmed=["de"])
    assert numbers_in(client, "/ru/policy/with/de/", "ru", "de") == ["1 1", "2 4", "3 2", "- 3", "4 5"]


def test_minor_changes_are_marked_too_and_text_that_was_changed_back_is_not(client, policy):
    publish_bodies(policy, {"en": SECOND}, START + timedelta(days=30))
    publish_bodies(policy, {"en": FIRST.replace("Few.", "Few!")}, START + timedelta(days=60), significance="minor")
    assert [mark[:10] for mark in marks_in(client, "/policy/with/ru/")] == ["en: 2 Term"]
    assert f"{CHANGED} April 30, 2024 (version 3)" in marks_in(client, "/policy/with/ru/")[0]


def test_cancelled_and_upcoming_versions_do_not_count(client, policy):
    later = datetime(2100, 1, 1, tzinfo=UTC)
    # The version after the cancelled one has the same text.
    soon = START + timedelta(days=35)
    version = publish_bodies(policy, {"en": SECOND}, START + timedelta(days=30), effective_at=soon)
    cancel(version, by=EDITOR, now=START + timedelta(days=31))
    publish_bodies(policy, {"en": SECOND}, START + timedelta(days=40))
    publish_bodies(policy, {"en": THIRD}, START + timedelta(days=50), effective_at=later)
    (mark,) = marks_in(client, "/policy/with/ru/")
    assert f"{CHANGED} April 10, 2024 (version 3)" in mark


def test_two_translations_are_marked_each_by_the_version_that_it_reflects(client, policy):
    publish_bodies(policy, {"en": SECOND, "de": GERMAN}, START + timedelta(days=30), confirmed=["de"])
    publish_bodies(policy, {"en": SECOND.replace("Few.", "Many.")}, START + timedelta(days=60))
    marks = marks_in(client, "/ru/policy/with/de/")
    assert marks == []
    content = rows_in(client.get("/ru/policy/with/de/"))
    assert "изменился 31 марта" in content[1].partition("de:")[0]
    assert "изменился" not in content[1].partition("de:")[2]
    assert content[3].count("изменился 30 апреля") == 2


def test_change_older_than_the_texts_that_are_read_has_no_date(client, policy, monkeypatch):
    monkeypatch.setattr("pages.presentation.comparison.side_by_side.MAX_TEXTS", 2)
    publish_bodies(policy, {"en": SECOND}, START + timedelta(days=1))
    for day in range(2, 5):
        publish_bodies(policy, {"en": SECOND.replace("Few.", f"Few {day}.")}, START + timedelta(days=day))
    first, second = marks_in(client, "/policy/with/ru/")
    assert "The original of this section has changed since version 1." in first
    assert "(version 5)" in second


@pytest.mark.parametrize(("redacted", "dates"), [(3, ["March 31", "May 30"]), (1, []), (4, [])])
def test_redacted_source_text_dates_no_change(client, policy, redacted, dates):
    bodies = (SECOND, SECOND.replace("Few.", "A secret."), SECOND.replace("Few.", "Many."))
    for number, body in enumerate(bodies, 1):
        publish_bodies(policy, {"en": body}, START + timedelta(days=30 * number))
    digest = policy.versions.get(number=redacted).texts.get(language="en").revision.digest
    with writing(EDITOR, START + timedelta(days=99)) as writer:
        details = {"digests": [digest]}
        writer.record("redact", at=START + timedelta(days=99), details=details, reasons={"en": "A name."})
    Blob.objects.filter(pk=digest).update(content=None, salt=b"")
    marks = " ".join(marks_in(client, "/policy/with/ru/"))
    assert re.findall(rf"{CHANGED} (\w+ \d+)", marks) == dates


def test_unconfirmed_translation_says_so_and_has_no_marks(client):
    page = make_page("policy")
    publish_bodies(page, {"en": FIRST}, START)
    save_bodies(page, START + timedelta(days=1), ru=RUSSIAN, en=SECOND)
    texts = {code: TextToPublish(draft_revision(page, code), "major", None) for code in ("en", "ru")}
    publish(page, texts, by=EDITOR, now=START + timedelta(days=1), notes={"en": "Note."})
    content = client.get("/policy/with/ru/").content.decode()
    assert "Nobody has confirmed yet that this translation matches the original." in content
    assert CHANGED not in content


def test_headings_have_the_ids_of_the_page_in_the_language_of_the_address_once(client, policy):
    for address in ("/policy/with/ru/", "/ru/policy/with/en/"):
        ids = re.findall(r'\sid="([^"]*)"', client.get(address).content.decode())
        assert len(ids) == len(set(ids))
        assert {"data", "terms"} <= set(ids)


def test_same_language_leads_to_the_page(client, policy):
    for prefix, code in (("", "en"), ("/ru", "ru")):
        response = client.get(f"{prefix}/policy/with/{code}/")
        assert (response.status_code, response.headers["Location"]) == (302, f"{prefix}/policy/")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/policy/with/de/", "This page has no text in this language: German."),
        ("/de/policy/with/ru/", "This page has no text in this language: German."),
        ("/ru/policy/with/de/", "У этой страницы нет текста на этом языке: немецкий."),
        # Not served, and there is no text.
        ("/policy/with/fr/", "This page has no text in this language: French."),
    ],
)
def test_missing_language_is_named_with_what_can_be_read_instead(client, policy, address, sentence):
    response = client.get(address)
    content = response.content.decode()
    assert response.status_code == 404
    assert sentence in content
    assert f'href="{address.partition("with")[0]}"' in content
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_language_that_is_no_longer_served_leads_to_its_permanent_address(client, policy, settings):
    publish_bodies(policy, {"de": GERMAN}, START + timedelta(days=1), confirmed=["de"])
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    for address in ("/policy/with/ru/", "/de/policy/with/ru/"):
        response = client.get(address)
        assert response.status_code == 404
        assert "This site no longer publishes this page in Russian." in response.content.decode()
        assert 'href="/ru/policy/v/2/"' in response.content.decode()
    assert client.get("/ru/policy/v/2/").status_code == 200
    # As all its other addresses, the one in that language leads to the default language.
    assert client.get("/ru/policy/with/de/").headers["Location"] == "/policy/with/de/"


@pytest.mark.parametrize("code", ["zz", "e", "english", "with", "en-", "1"])
def test_what_is_no_language_answers_404(client, policy, code):
    assert client.get(f"/policy/with/{code}/").status_code == 404


def test_page_without_a_version_in_force_answers_404(client):
    page = make_page("policy")
    save_bodies(page, START, en=FIRST, ru=RUSSIAN)
    assert client.get("/policy/with/ru/").status_code == 404
    publish_bodies(page, {"en": FIRST, "ru": RUSSIAN}, START, effective_at=datetime(2100, 1, 1, tzinfo=UTC))
    for code in ("ru", "en", "de"):
        response = client.get(f"/policy/with/{code}/")
        assert (response.status_code, "this language" in response.content.decode()) == (404, False)


@pytest.mark.parametrize("code", ["ru", "en", "de", "fr"])
def test_withdrawn_page_answers_410_for_every_language(client, policy, code):
    withdraw(policy, reasons={"en": "Gone."}, by=EDITOR, now=START + timedelta(days=1))
    assert client.get(f"/policy/with/{code}/").status_code == 410


def test_page_that_had_such_an_address_before_is_not_hidden(client, policy):
    assert is_reserved_slug("with", at_root=False)
    below = make_page("below", parent=policy)
    publish_bodies(below, {"en": "Our own page."}, START)
    Page.objects.filter(pk=below.pk).update(slug="ru", path="policy/with/ru")
    assert "Our own page." in client.get("/policy/with/ru/").content.decode()


def test_home_page_and_old_addresses_have_it_too(client, policy):
    publish_bodies(make_page(""), {"en": FIRST, "ru": RUSSIAN}, START + timedelta(days=1))
    assert rows_in(client.get("/ru/with/en/"))[0] == "ru: Начало. | en: Start."
    move(policy, slug="new", parent=None, by=EDITOR, now=START + timedelta(days=2))
    assert client.get("/ru/policy/with/en/").headers["Location"] == "/ru/new/with/en/"


def test_page_and_translation_notice_link_to_it_only_where_there_is_a_text(client, policy):
    publish_bodies(policy, {"en": SECOND}, START + timedelta(days=30))
    russian, english = (client.get(address).content.decode() for address in ("/ru/policy/", "/policy/"))
    assert russian.count('href="/ru/policy/with/en/"') == 2
    assert english.count('href="/policy/with/ru/"') == 1
    # A text in another language has no text next to it, and an old version is not in force.
    for address in ("/de/policy/", "/ru/policy/v/1/"):
        assert "/with/" not in client.get(address).content.decode()


def test_language_menu_leads_to_the_same_two_texts_the_other_way_round(client, policy):
    publish_bodies(policy, {"de": GERMAN}, START + timedelta(days=1), confirmed=["de"])
    content = client.get("/ru/policy/with/en/").content.decode()
    menu = content[content.index("language-menu") : content.index("</nav>")]
    assert re.findall('href="([^"]*)"', menu) == ["/policy/with/ru/", "/ru/policy/with/en/", "/de/policy/with/en/"]
    assert '<a href="/ru/policy/with/de/"' in content


def test_each_text_has_its_own_language_and_direction(client, policy, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "Arabic")]
    publish_bodies(policy, {"ar": "# عنوان\n\nنص."}, START + timedelta(days=1), confirmed=["ar"])
    content = client.get("/policy/with/ar/").content.decode()
    assert '<div class="cell second" lang="ar" dir="rtl">' in content
    assert '<div class="cell first" lang="en" dir="ltr">' in content
