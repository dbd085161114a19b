"""What pages say about announced, cancelled, withdrawn and removed texts is true in each state, in each language."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.presentation.page_lists import VERSIONS_PER_PAGE
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.redactions import redact
from pages.publishing.versions import publish, remove_language
from tests.building import EDITOR, make_fields, make_page, publish_bodies, texts_to_publish

pytestmark = pytest.mark.django_db


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _words(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    main = re.search("(?s)<main.*</main>", response.content.decode())[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split()).replace(" ,", ",")


@pytest.fixture
def page():
    """Return a page of two versions in two languages, the 1st and the 5th of March 2024; the last one is English."""
    page = make_page("policy")
    publish_bodies(page, {"en": "We keep logs.", "ru": "Мы храним журналы."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"en": "We keep short logs."}, _day(5))
    return page


def _announce(page, effective_at: datetime, now: datetime | None = None, **bodies: str):
    now = now or timezone.now() - timedelta(days=1)
    return publish_bodies(page, bodies, now, confirmed=[], effective_at=effective_at)


@pytest.mark.parametrize(
    ("prefix", "announced", "published"),
    [
        ("", "The first version, announced on March 1, 2024.", "First published"),
        ("/ru", "Первая версия, объявлена заранее 1 марта 2024 г.", "Впервые опубликовано"),
    ],
)
def test_first_version_that_was_announced_is_not_said_to_be_published_on_its_effective_date(
    client, prefix, announced, published
):
    page = make_page("policy")
    _announce(page, _day(9), _day(1), en="One.", ru="Один.")
    publish_bodies(page, {"en": "Two.", "ru": "Два."}, _day(12), confirmed=["ru"])
    words = _words(client, f"{prefix}/policy/")
    assert announced in words
    assert published not in words
    assert "First published." not in _words(client, f"{prefix}/policy/history/")


def test_first_version_that_was_announced_came_into_force_on_its_effective_date(client):
    _announce(make_page("policy"), _day(9), _day(1), en="One.")
    assert "The first version came into force on March 9, 2024." in _words(client, "/policy/changes/")


def test_publication_date_is_named_as_the_first_one(client, page):
    assert "In force since March 5, 2024 · First published March 1, 2024" in _words(client, "/policy/")


WITHDRAWN = {
    "": (
        "Effective date March 9, 2024, while the page was withdrawn",
        "On its effective date, March 9, 2024, the page was withdrawn.",
    ),
    "/ru": (
        "Дата вступления в силу — 9 марта 2024 г., когда страница была снята с публикации",
        "В день её вступления в силу, 9 марта 2024 г., страница уже была снята с публикации.",
    ),
}


@pytest.mark.parametrize("prefix", WITHDRAWN)
def test_version_announced_before_a_withdrawal_is_not_said_to_be_published_during_it(client, page, prefix):
    _announce(page, _day(9), _day(6), en="We keep no logs.")
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=_day(7))
    in_history, on_version = WITHDRAWN[prefix]
    assert in_history in _words(client, f"{prefix}/policy/history/")
    assert in_history in _words(client, f"{prefix}/policy/compare/2...3/")
    assert on_version in _words(client, f"{prefix}/policy/v/3/")


@pytest.mark.parametrize(
    ("prefix", "said", "not_said"),
    [
        ("", ("if the page is brought back", "brought back, it comes into force on"), "Comes into force on"),
        ("/ru", ("если публикация страницы возобновится", "Она вступит в силу не раньше"), "Вступит в силу"),
    ],
)
def test_upcoming_version_of_a_withdrawn_page_depends_on_its_return(client, page, prefix, said, not_said):
    _announce(page, timezone.now() + timedelta(days=9), en="We keep no logs.")
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=timezone.now())
    history, version = _words(client, f"{prefix}/policy/history/"), _words(client, f"{prefix}/policy/v/3/")
    assert said[0] in history
    assert said[1] in version
    assert not_said not in history + version


def test_changes_since_a_day_of_a_withdrawal_say_so(client, page):
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=_day(7))
    bring_back(page, by=EDITOR, now=_day(9))
    words = _words(client, "/policy/changes/?since=2024-03-08")
    assert "This page was withdrawn from March 7, 2024, 12:00 (UTC) to March 9, 2024, 12:00 (UTC). Gone." in words
    assert "was in force then" not in words
    assert "No changes in this text." in words
    for day in ("2024-03-06", "2024-03-10"):
        words = _words(client, f"/policy/changes/?since={day}")
        assert "withdrawn" not in words
        assert "version 2 was in force then and still is" in words
    publish_bodies(page, {"en": "We keep few logs."}, _day(12))
    assert "withdrawn from March 7" in _words(client, "/policy/changes/?since=2024-03-08")


def test_version_tells_of_a_withdrawal_in_its_time(client, page):
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=_day(7))
    bring_back(page, by=EDITOR, now=_day(9))
    publish_bodies(page, {"en": "We keep few logs."}, _day(12))
    said = "This page was withdrawn from March 7, 2024, 12:00 (UTC) to March 9, 2024, 12:00 (UTC). Gone."
    assert [said in _words(client, f"/policy/v/{number}/") for number in (1, 2, 3)] == [False, True, False]
    assert "Эта страница была снята с публикации" in _words(client, "/ru/policy/v/2/")


def test_russian_sentences_have_one_full_stop_after_days_and_times(client, page):
    publish_bodies(page, {"en": "We keep few logs."}, _day(5) + timedelta(hours=2))
    midnight = (timezone.localtime() + timedelta(days=9)).replace(hour=0, minute=0, second=0, microsecond=0)
    publish_bodies(page, {"en": "We keep no logs."}, timezone.now(), effective_at=midnight)
    past, upcoming = _words(client, "/ru/policy/v/2/"), _words(client, "/ru/policy/v/4/")
    assert "с 5 марта 2024 г., 12:00 (UTC) до 5 марта 2024 г., 14:00 (UTC) она была действующей." in past
    assert re.search(r"Это версия 4\. С \d+ \w+ \d{4} г\. она вступит в силу\.", upcoming)
    assert re.search(r"Оригинал с \d+ \w+ \d{4} г\. изменится\.", upcoming)
    assert "г.." not in past + upcoming


def test_history_tells_when_a_version_was_cancelled(client, page):
    version = _announce(page, timezone.now() + timedelta(days=9), _day(6), en="We keep no logs.")
    cancel(version, by=EDITOR, now=_day(8))
    expected = "Never came into force · announced on March 6, 2024 · cancelled on March 8, 2024"
    assert expected in _words(client, "/policy/history/")
    assert "отменена 8 марта 2024 г." in _words(client, "/ru/policy/history/")


def test_history_names_removed_languages_also_across_its_pages(client, page):
    remove_language(page, "ru", by=EDITOR, now=_day(9))
    assert "Removed languages: Russian" in _words(client, "/policy/history/")
    assert "Убранные языки: русский" in _words(client, "/ru/policy/history/")
    # The one that removed it is now the last on the first page, and the one before it is on the next.
    for number in range(VERSIONS_PER_PAGE - 1):
        publish_bodies(page, {"en": f"We keep {number} logs."}, _day(10) + timedelta(hours=number))
    pages = [_words(client, f"/policy/history/{path}") for path in ("", "2/")]
    assert [words.count("Removed languages: Russian") for words in pages] == [1, 0]


OTHERS = {
    "changed": (
        lambda page: publish_bodies(page, {"ru": "Мы храним короткие журналы."}, _day(9), confirmed=["ru"]),
        "Other languages that differ: Russian",
    ),
    "removed": (lambda page: remove_language(page, "ru", by=EDITOR, now=_day(9)), "differ: Russian (removed)"),
    "added": (lambda page: publish_bodies(page, {"de": "Wir speichern."}, _day(9)), "differ: German (added)"),
}


@pytest.mark.parametrize("change", OTHERS)
def test_comparison_of_equal_texts_names_other_languages_that_differ(client, page, change):
    make_version, expected = OTHERS[change]
    make_version(page)
    for address in ("compare/2...3/", "changes/?since=2024-03-06"):
        words = _words(client, f"/policy/{address}")
        assert expected in words
        assert "No changes that readers would see" not in words
    assert "Other languages" not in _words(client, "/policy/compare/3...3/")


@pytest.mark.parametrize("significance", ["major", "minor"])
def test_announcement_for_another_language_is_named_in_this_one(client, page, significance):
    publish_bodies(
        page,
        {"ru": "Мы храним короткие журналы."},
        timezone.now(),
        significance=significance,
        effective_at=timezone.now() + timedelta(days=9),
    )
    words = _words(client, "/policy/upcoming/")
    assert "Other languages that differ: Russian" in words
    assert "No changes in this text." in words
    assert 'href="/ru/policy/compare/2...3/"' in client.get("/policy/upcoming/").content.decode()


def test_comparison_names_another_binding_language(client, page):
    publish_bodies(page, {"en": "We keep few logs."}, _day(9), binding_language="ru")
    publish_bodies(page, {"en": "We keep no logs."}, _day(10), binding_language="en")
    assert "Binding language: none → Russian" in _words(client, "/policy/compare/2...3/")
    assert "Binding language: Russian → English" in _words(client, "/policy/compare/3...4/")
    russian = _words(client, "/ru/policy/compare/2...3/")
    assert "Язык, имеющий юридическую силу: не указан → русский" in russian
    assert "В этом тексте изменений нет." in russian
    assert "Binding language" not in _words(client, "/policy/compare/1...2/")


@pytest.mark.parametrize(
    ("changed", "shown"),
    [({"title": "Data policy"}, "Title"), ({"description": "What we keep."}, "Description")],
)
def test_feed_shows_a_changed_title_and_description(client, page, changed, shown):
    fields = replace(make_fields("We keep short logs."), **changed)
    save_draft(page, {"en": fields}, by=EDITOR, now=_day(9))
    publish(page, texts_to_publish(page, ["en"]), by=EDITOR, now=_day(9), notes={"en": "New."})
    feed = client.get("/policy/feed.atom").content.decode()
    assert f"&lt;b&gt;{shown}&lt;/b&gt;" in feed
    assert f"&lt;ins&gt;{next(iter(changed.values()))}&lt;/ins&gt;" in feed
    assert '<p dir="auto"></p>' not in client.get("/policy/compare/2...3/").content.decode()


@pytest.mark.parametrize("address", ["", "history/", "compare/1...2/", "_print/", "sections/", "v/1/", "upcoming/"])
def test_site_without_a_name_leaves_no_gap_for_it(client, page, address):
    _announce(page, timezone.now() + timedelta(days=9), en="We keep no logs.")
    html = client.get(f"/policy/{address}").content.decode()
    assert not re.search(r"<title>[^<]*·\s*</title>", html)
    assert 'content=""' not in html
    assert not re.search(r'class="print-source"><span[^>]*></span> *<span class="separator"', html)
    assert "The policies of :" not in client.get("/").content.decode()


def test_names_of_languages_are_lower_case_in_the_russian_title(client, page):
    title = re.search("<title>(.*?)</title>", client.get("/ru/policy/with/en/").content.decode())[1]
    assert "русский и английский" in title


@pytest.mark.parametrize(("prefix", "said"), [("", "There is no change note."), ("/ru", "Описания изменений нет.")])
def test_version_whose_note_was_redacted_is_not_said_to_be_published_without_one(client, page, prefix, said):
    publish_bodies(page, {"en": "We keep no logs.", "ru": "Мы не храним журналы."}, _day(9), notes={"en": "Call 123."})
    note = page.versions.get(number=3).texts.get(language="en").note_id
    redact([note], reasons={"en": "A number."}, by=system_actor("Sam"), now=_day(10))
    for address in ("", "compare/2...3/", "changes/?since=2024-03-06"):
        assert said in _words(client, f"{prefix}/policy/{address}")


def test_withdrawn_page_does_not_say_that_nothing_was_ever_deleted(client, page):
    record = withdraw(page, reasons={"en": "Call 123."}, by=EDITOR, now=_day(7))
    redact(record.reason_digests.values(), reasons={"en": "A number."}, by=system_actor("Sam"), now=_day(8))
    html = client.get("/policy/").content.decode()
    assert "Its versions stay readable: a withdrawal deletes nothing." in html
    assert "123" not in html
