"""Tests of the views across time: comparisons, changes since a day, upcoming versions, and the version of a day."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from pages.publishing.versions import publish
from tests.building import make_fields, make_page, publish_bodies, texts_to_publish

pytestmark = pytest.mark.django_db


def _day(day: int, hour: int = 12) -> datetime:
    return datetime(2024, 3, day, hour, tzinfo=UTC)


def _moved_page():
    moved = make_page("café")
    publish_bodies(moved, {"en": "Elsewhere."}, _day(1))
    return move(moved, slug="x", parent=None, by=system_actor("Ann"), now=_day(1))


@pytest.fixture
def page():
    """Return a page of three versions: the 1st, the 11th and the 21st of March 2024, the last one only of Russian."""
    withdraw(_moved_page(), reasons={"en": "Gone."}, by=system_actor("Ann"), now=_day(1))
    page = make_page("policy")
    publish_bodies(page, {"en": "We keep logs.\n\nStays.", "ru": "Мы храним журналы."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"en": "We keep short logs.\n\nStays."}, _day(11), note="Logs are shorter.")
    publish_bodies(page, {"ru": "Мы храним короткие журналы."}, _day(21), confirmed=["ru"], note="Журналы короче.")
    return page


def _html(client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def _visible_text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_comparison_marks_changed_words_in_the_readers_language(client, page):
    assert "<ins>short" in _html(client, "/policy/compare/1...2/")
    russian = _html(client, "/ru/policy/compare/1...3/")
    assert "<ins>короткие" in russian
    assert "1 добавление" in _visible_text(russian)


def test_comparison_shows_the_notes_of_the_versions_between(client, page):
    assert "March 11, 2024 , version 2: Logs are shorter." in _visible_text(_html(client, "/policy/compare/1...3/"))


def test_notes_of_a_long_comparison_are_complete_and_folded(client):
    page = make_page("long")
    for number in range(1, 61):
        publish_bodies(
            page, {"en": f"We keep {number} logs."}, _day(1, 0) + timedelta(hours=number), note=f"n{number}."
        )
    html = _html(client, "/long/compare/1...60/")
    folded = html.partition('<details class="notes-between">')[2].partition("</details>")[0]
    assert "<summary>59 major changes with their notes</summary>" in folded
    assert re.findall(r">(n\d+)\.<", folded) == [f"n{number}" for number in range(60, 1, -1)]
    assert '<ol class="notes-between" reversed>' in _html(client, "/long/compare/1...6/")


SECTIONS = [f"## Part {number}\n\nThe old sentence {number} of this part." for number in range(40)]
LABELS = {
    "": ["Added", "Removed", "Before", "After", "Moved here", "Moved away from here", "Moved here and changed"],
    "/ru": [
        "Добавлено",
        "Удалено",
        "Было",
        "Стало",
        "Перемещено сюда",
        "Перемещено отсюда",
        "Перемещено сюда и изменено",
    ],
}


@pytest.mark.parametrize("prefix", LABELS)
def test_summary_lists_every_change_and_labels_are_in_their_cells(client, prefix):
    page = make_page("parts")
    sale = "## Sale of data\n\nWe do sell your data to everybody else who asks."
    before = [sale, *SECTIONS, "Nobody has to read this any more."]
    after = [section.replace("old", "new") for section in SECTIONS]
    after += [sale.replace("do", "do not"), "Words unlike all others before."]
    for day, body in enumerate(("\n\n".join(before), "\n\n".join(after)), 1):
        publish_bodies(page, {"en": body, "ru": body}, _day(day), confirmed=["ru"])
    html = _html(client, f"{prefix}/parts/compare/1...2/")
    summary, _, rows = html.partition('<ol class="change-list">')[2].partition("</ol>")
    assert summary.count("<li>") == summary.count('<a href="#') > 40
    cells = re.findall(r'(?s)<div class="cell (?:before|after)">\s*<p class="cell-label"[^>]*>([^·<]*)', rows)
    assert {" ".join(label.split()) for label in cells} >= set(LABELS[prefix])


LINE_AND_NONE = ["One.\n\n---\n\nTwo.", "One.\n\nTwo."]


@pytest.mark.parametrize("bodies", [LINE_AND_NONE, LINE_AND_NONE[::-1]])
def test_summary_says_what_a_change_without_words_is(client, bodies):
    page = make_page("lines")
    for day, body in enumerate(bodies, 1):
        publish_bodies(page, {"en": body}, _day(day))
    summary = _html(client, "/lines/compare/1...2/").partition('<ol class="change-list">')[2].partition("</ol>")[0]
    assert "a line or another passage without words" in summary


@pytest.mark.parametrize(("name", "number"), [("earliest", 1), ("live", 3), ("latest", 4)])
def test_versions_have_names(client, page, name, number):
    publish_bodies(page, {"en": "Announced."}, timezone.now(), effective_at=timezone.now() + timedelta(days=1))
    assert f"to version {number}" in _visible_text(_html(client, f"/policy/compare/2...{name}/"))


def test_comparison_backwards_shows_additions_as_removals(client, page):
    assert "<del>short" in _html(client, "/policy/compare/2...1/")


def test_version_compared_with_itself_shows_no_difference(client, page):
    assert "No changes that readers would see." in _html(client, "/policy/compare/2...2/")


def test_text_missing_from_the_older_version_is_added_as_a_whole(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "English."}, _day(1))
    publish_bodies(page, {"ru": "Русский."}, _day(2))
    html = _html(client, "/ru/policy/compare/1...2/")
    assert "В версии 1 нет текста на этом языке" in html
    assert 'data-kind="added"' in html
    assert "English" not in html.split('class="comparison"')[1].split("</section>")[0]


def test_changed_title_is_shown(client, page):
    save_draft(
        page,
        {"en": make_fields("We keep short logs.\n\nStays.", title="Data policy")},
        by=system_actor("Ann"),
        now=_day(22),
    )
    publish(page, texts_to_publish(page, ["en"]), by=system_actor("Ann"), now=_day(22), notes={"en": "Renamed."})
    html = _html(client, "/policy/compare/2...4/")
    assert '<del lang="en" dir="auto">Privacy policy</del> <ins lang="en" dir="auto">Data policy</ins>' in html
    assert "No changes that readers would see" not in html


def test_changed_description_is_shown(client, page):
    described = replace(make_fields("We keep short logs.\n\nStays."), description="What we keep.")
    save_draft(page, {"en": described}, by=system_actor("Ann"), now=_day(22))
    publish(page, texts_to_publish(page, ["en"]), by=system_actor("Ann"), now=_day(22), notes={"en": "Described."})
    html = _html(client, "/policy/compare/2...4/")
    assert 'Description: <del lang="en" dir="auto">—</del> <ins lang="en" dir="auto">What we keep.</ins>' in html
    assert "No changes that readers would see" not in html


@pytest.mark.parametrize(
    "address",
    ["compare/1...9/", "compare/0...1/", "compare/1...99999999999999/", "compare/a...b/", "compare/1..2/", "upcoming/"],
)
def test_comparison_with_a_missing_version_answers_404(client, page, address):
    _html(client, f"/policy/{address}", 404)


@pytest.mark.parametrize(
    ("day", "number"),
    [("2024-03-01", 1), ("2024-03-10", 1), ("2024-03-11", 2), ("2024-03-20", 2), ("2024-03-21", 3)],
)
def test_version_of_a_day_is_the_one_in_force_at_its_end(client, page, day, number):
    response = client.get(f"/policy/as-of/{day}/")
    assert (response.status_code, response.headers["Location"]) == (302, f"/policy/v/{number}/")


def test_version_of_today_is_the_one_in_force_now(client, page):
    later = timezone.now() + timedelta(minutes=1)
    publish_bodies(page, {"en": "Announced."}, timezone.now(), effective_at=later)
    response = client.get(f"/policy/as-of/{timezone.localdate()}/")
    assert response.headers["Location"] == "/policy/v/3/"


def test_day_is_in_the_time_zone_of_the_site(client, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    page = make_page("policy")
    publish_bodies(page, {"en": "First."}, datetime(2024, 3, 1, 14, 59, tzinfo=UTC))
    publish_bodies(page, {"en": "Second."}, datetime(2024, 3, 1, 15, 1, tzinfo=UTC))
    assert client.get("/policy/as-of/2024-03-01/").headers["Location"] == "/policy/v/1/"
    assert client.get("/policy/as-of/2024-03-02/").headers["Location"] == "/policy/v/2/"


@pytest.mark.parametrize(
    ("day", "status"),
    [("2024-02-29", 404), ("2024-02-31", 404), ("9999-12-31", 416), ("0001-01-01", 404)],
)
@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_day_without_a_version_answers_404_or_416_and_asks_for_another(client, page, day, status, prefix):
    html = _html(client, f"{prefix}/policy/as-of/{day}/", status)
    if status == 416:
        assert ("эта дата ещё не наступила" if prefix else "that date is in the future") in html
    assert f'href="{prefix}/policy/history/"' in html
    assert f'action="{prefix}/policy/as-of/"' in html


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2024-02-29", "No version was in force on that day yet: the first one is of March 1, 2024. Read the first"),
        ("2024-02-31", "There is no day “2024-02-31”. Write a date as in 2024-01-31."),
    ],
)
def test_page_of_a_day_says_why_there_is_no_version(client, page, day, sentence):
    assert sentence in _visible_text(_html(client, f"/policy/as-of/{day}/", 404))


def test_first_version_that_is_announced_is_named(client):
    announced = make_page("new")
    later = timezone.now() + timedelta(days=3)
    publish_bodies(announced, {"en": "Announced."}, timezone.now(), effective_at=later)
    html = _html(client, f"/new/as-of/{timezone.localdate()}/", 404)
    assert "the first one comes into force on" in html


@pytest.mark.parametrize("address", ["as-of/2024-03-01/", "as-of/2024-02-31/", "as-of/", "as-of/?on=2024-03-01"])
def test_day_of_a_draft_is_not_found(client, page, address):
    make_page("draft")
    assert "Page not found" in _html(client, f"/draft/{address}", 404)


def test_form_of_the_history_leads_to_the_version_of_a_day(client, page):
    assert '<input id="on" name="on" type="date" required>' in _html(client, "/policy/history/")
    response = client.get("/policy/as-of/?on=2024-03-12")
    assert (response.status_code, response.headers["Location"]) == (302, "/policy/as-of/2024-03-12/")
    assert "There is no day “&lt;b&gt;”" in _html(client, "/policy/as-of/?on=<b>", 404)
    assert "the version of a day" in _html(client, "/policy/as-of/")


def test_changes_since_a_day_are_one_comparison_with_the_notes_between(client, page):
    html = _html(client, "/policy/changes/?since=2024-03-05")
    assert "<ins>short" in html
    assert "Logs are shorter." in html
    # The colon follows the title without a space.
    assert re.search(r"</a>:\s+what changed since March\xa05,\xa02024</h1>", html)


def test_no_changes_are_stated(client, page):
    assert "version 3 was in force then and still is" in _html(client, "/policy/changes/?since=2024-04-01")


@pytest.mark.parametrize("since", ["", "yesterday", "2024-02-31", "<script>"])
def test_changes_without_a_day_ask_for_one(client, page, since):
    html = _html(client, f"/policy/changes/?since={since}")
    assert '<input id="since" name="since" type="date"' in html
    assert "<script>" not in html
    assert not since or "is not a date" in html


def test_changes_since_a_future_day_or_before_the_first_version(client, page):
    assert "is in the future" in _html(client, "/policy/changes/?since=2999-01-01", 416)
    html = _visible_text(_html(client, "/policy/changes/?since=2020-01-01"))
    assert "No version was in force on that day yet: the first one is of March 1, 2024." in html


def test_changes_of_a_translation_name_what_changed_in_the_original(client, page):
    html = _visible_text(_html(client, "/ru/policy/changes/?since=2024-03-05"))
    assert "Оригинал на другом языке (английский) с тех пор изменился" in html
    assert "Logs are shorter." in html
    assert "Оригинал" not in _visible_text(_html(client, "/ru/policy/changes/?since=2024-03-12")).partition("<main")[2]


def test_unchanged_translation_of_a_changed_original_says_so(client):
    page = make_page("only")
    publish_bodies(page, {"en": "We keep logs.", "ru": "Журналы."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"en": "We keep short logs."}, _day(11), note="Logs are shorter.")
    html = _visible_text(_html(client, "/ru/only/changes/?since=2024-03-05"))
    assert "Этот текст с 5 марта 2024 г. не менялся." in html.replace("\xa0", " ")
    assert "Logs are shorter." in html


@pytest.mark.parametrize(("confirmed", "is_named"), [(["ru"], False), ([], True)])
def test_change_of_the_original_is_not_named_where_the_translation_took_it_up(client, confirmed, is_named):
    page = make_page("both")
    publish_bodies(page, {"en": "We keep logs.", "ru": "Журналы."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"en": "We keep short logs.", "ru": "Короткие журналы."}, _day(11), confirmed=confirmed)
    for address in ("changes/?since=2024-03-05", "compare/1...2/"):
        assert ("source-changes" in _html(client, f"/ru/both/{address}")) == is_named
    publish_bodies(page, {"en": "We keep no logs."}, _day(21), note="No logs.")
    html = _html(client, "/ru/both/changes/?since=2024-03-05")
    assert "No logs." in html.partition("source-changes")[2]


def test_version_after_a_cancelled_one_is_compared_with_the_one_before_it(client, page):
    later = timezone.now() + timedelta(days=3)
    publish_bodies(page, {"en": "Announced."}, timezone.now(), effective_at=later)
    cancel(page.versions.get(number=4), by=system_actor("Ann"), now=timezone.now())
    publish_bodies(page, {"en": "Corrected."}, timezone.now())
    html = _html(client, "/policy/history/")
    assert "Compare with version 4" not in html
    assert html.count('href="/policy/compare/3...5/"') == 1
    assert 'href="/policy/compare/3...4/"' in html


def test_announced_version_is_linked_on_the_page_and_compared(client, page):
    later = timezone.now() + timedelta(days=3)
    publish_bodies(page, {"en": "We keep no logs.\n\nStays."}, timezone.now(), effective_at=later, note="None.")
    current = _html(client, "/policy/")
    assert "Upcoming changes on" in current
    assert "We keep short logs." in current
    upcoming = _html(client, "/policy/upcoming/")
    assert "Version 4 comes into force on" in upcoming
    assert "<ins>no" in upcoming
    cancel(page.versions.get(number=4), by=system_actor("Ann"), now=timezone.now())
    assert "Upcoming changes" not in _html(client, "/policy/")
    _html(client, "/policy/upcoming/", 404)


@pytest.mark.parametrize(
    "address", ["history/", "v/1/", "upcoming/", "as-of/", "as-of/2024-03-01/", "as-of/2999-01-01/"]
)
def test_page_that_is_only_announced_links_to_nothing_that_answers_404(client, address):
    soon = make_page("soon")
    later = timezone.now() + timedelta(days=3)
    publish_bodies(soon, {"en": "Soon."}, timezone.now(), effective_at=later)
    html = client.get(f"/soon/{address}").content.decode()
    links = set(re.findall(r'href="(/(?:ru/)?soon/[^"#]*)"', html))
    assert "/soon/history/" in links or address == "history/"
    own = {f"/soon/{address}", f"/ru/soon/{address}"}
    assert {link: client.get(link).status_code for link in links - own} == dict.fromkeys(links - own, 200)


def test_history_links_to_the_announced_version(client, page):
    assert "/policy/upcoming/" not in _html(client, "/policy/history/")
    later = timezone.now() + timedelta(days=3)
    publish_bodies(page, {"en": "We keep no logs."}, timezone.now(), effective_at=later)
    html = _html(client, "/policy/history/")
    # What people read comes before what programs read.
    assert -1 < html.find('href="/policy/sections/"') < html.find('href="/policy/upcoming/"')
    assert html.find('href="/policy/upcoming/"') < html.find('href="/policy/current.json"')
    withdraw(page, reasons={"en": "Gone."}, by=system_actor("Ann"), now=timezone.now())
    assert "/policy/upcoming/" not in _html(client, "/policy/history/")


def test_notes_of_the_original_come_after_those_in_the_readers_language(client, page):
    html = _html(client, "/ru/policy/changes/?since=2024-03-05")
    assert -1 < html.find("Журналы короче.") < html.find("Logs are shorter.") < html.find("Коротко об изменениях")


@pytest.mark.parametrize(("language", "comma"), [("ar", "،"), ("de", ","), ("ru", ",")])
def test_comma_between_date_and_version_is_that_of_the_language(settings, language, comma):
    settings.PUBLIC_CATALOGUES = ["ar", "de"]
    update = {"number": 2, "at": _day(11), "note": None, "is_cancelled": False}
    with override(language):
        html = render_to_string("includes/notes_between.html", {"updates": [update]})
    assert f"</time>{comma} " in html


def test_comparison_of_a_translation_names_changes_of_the_original(client, page):
    html = _html(client, "/ru/policy/compare/1...2/")
    assert "Оригинал на другом языке (английский) между этими версиями изменился." in html
    assert 'href="/policy/compare/1...2/" hreflang="en">' in html
    for address in ("/ru/policy/compare/2...3/", "/ru/policy/compare/2...1/", "/policy/compare/1...2/"):
        assert "source-changes" not in _html(client, address)


def test_announced_change_of_the_original_is_named_in_other_languages(client, page):
    later = timezone.now() + timedelta(days=3)
    publish_bodies(page, {"en": "We keep no logs."}, timezone.now(), effective_at=later, note="None.")
    html = _html(client, "/ru/policy/upcoming/")
    assert "Оригинал на другом языке (английский) в этой версии изменяется." in html
    assert 'href="/policy/upcoming/" hreflang="en">' in html
    assert "in this version" not in _html(client, "/policy/upcoming/")


def test_several_announced_versions_on_one_page_have_unique_ids(client, page):
    for days in (3, 5):
        later = timezone.now() + timedelta(days=days)
        publish_bodies(page, {"en": f"We keep {days} logs.\n\nStays."}, timezone.now(), effective_at=later)
    html = _html(client, "/policy/upcoming/")
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in identifiers


def test_announced_version_comes_into_force_by_itself(client, page):
    effective_at = timezone.now() + timedelta(seconds=1)
    publish_bodies(page, {"en": "By itself."}, timezone.now(), effective_at=effective_at)
    assert "By itself." not in _html(client, "/policy/")
    while timezone.now() < effective_at:
        pass
    assert "By itself." in _html(client, "/policy/")


def test_last_updated_date_links_to_the_comparison(client, page):
    assert '<a href="/policy/compare/1...2/"><time class="last-updated"' in _html(client, "/policy/")
    assert '<a href="/ru/policy/compare/2...3/"><time class="last-updated"' in _html(client, "/ru/policy/")


def test_translation_that_is_behind_links_to_the_changes_of_the_source(client, page):
    publish_bodies(page, {"en": "We keep no logs.\n\nStays."}, _day(25), note="Logs are gone.")
    html = _html(client, "/ru/policy/")
    assert "Этот перевод соответствует версии 3 от 21 марта 2024 г." in _visible_text(html)
    assert "Оригинал изменился 25 марта 2024 г." in _visible_text(html)
    # In quotes: it is a sentence of its own, and in another language.
    assert '<q class="change-note" lang="en" dir="ltr">Logs are gone.</q>' in html
    assert 'href="/policy/compare/3...4/"' in html


def test_updates_are_listed_newest_first(client, page):
    words = _visible_text(_html(client, "/policy/"))
    assert words.index("Logs are shorter.") < words.index("First published.")


def test_views_across_time_are_not_indexed(client, page):
    for address in ("compare/1...2/", "sections/", "changes/", "as-of/2024-03-05/", "_print/", "history/"):
        assert client.get(f"/policy/{address}").headers["X-Robots-Tag"] == "noindex"


SEGMENTS = ["policy", "ru", "v", "1", "3", "999999999", "history", "index.md", "as-of", "2024-03-05", "0001-01-01"]
SEGMENTS += [
    "9999-12-31",
    "compare",
    "1...2",
    "earliest...latest",
    "changes",
    "upcoming",
    "sections",
    "_print",
    "feed.atom",
    "..",
    "%00",
]
SEGMENTS += [
    "%00",
    "history.json",
    "publication-log.json",
    "publication-log-after-9.json",
    "💩",
    "café",
    "x",
    "x" * 300,
]
QUERIES = [
    "",
    "?since=0001-01-01",
    "?since=9999-12-31",
    "?since=%00",
    "?page=-1",
    "?page=99999999999999999999",
    "?utm=1",
]


@given(st.lists(st.sampled_from(SEGMENTS), max_size=5), st.sampled_from(["", "/"]), st.sampled_from(QUERIES))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_no_address_causes_an_error(client, page, segments, slash, query):
    response = client.get(f"/{'/'.join(segments)}{slash}{query}")
    assert response.status_code in {200, 301, 302, 404, 410, 416}
