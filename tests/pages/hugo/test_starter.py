"""The sample content."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pages.history.hash_chain import parse_record
from pages.hugo import starter
from pages.hugo.starter import SiteHasPages, load_starter
from pages.models import Page, PublicationRecord, SiteSettings, Version
from pages.presentation.page_presentation import read_in_force
from pages.presentation.site_state import read_site_state
from pages.publishing.actors import system_actor
from pages.text import source
from pages.text.checks.hard_coded_dates import find_hard_coded_dates
from tests.building import make_page, publish_bodies, texts_by_language
from tests.reports import summarised, summary
from tests.trees import ANCHORS

pytestmark = pytest.mark.django_db


@pytest.fixture
def berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    return ZoneInfo("Europe/Berlin")


@pytest.fixture
def load(moment):
    return lambda: load_starter(by=system_actor("loadstarter"), now=moment(99))


def test_starter_has_two_versions_dated_in_the_sites_time_zone(load, berlin):
    assert [summary(log) for log in load()] == [summarised(pages=1, versions=1), summarised(versions=1)]
    dates = Version.objects.order_by("number").values_list("published_at", "effective_at")
    expected = [datetime(2023, 5, 15, tzinfo=berlin), datetime(2024, 4, 29, tzinfo=berlin)]
    assert list(dates) == [(day, day) for day in expected]


def test_log_of_the_starter_says_first_that_the_site_is_a_sample(load):
    load()
    first = PublicationRecord.objects.earliest("number")
    assert (first.kind, parse_record(first.canonical)["sample"]) == ("start", True)


def test_log_of_another_site_says_first_that_it_is_not_a_sample(moment):
    publish_bodies(make_page(), {"en": "One"}, moment())
    first = PublicationRecord.objects.earliest("number")
    assert (first.kind, parse_record(first.canonical)["sample"]) == ("start", False)


def test_starter_that_fails_leaves_nothing_behind(load, monkeypatch):
    def fail(tree, **options):
        raise OSError(f"{tree} cannot be read")

    monkeypatch.setattr(starter, "import_tree", fail)
    with pytest.raises(OSError, match="cannot be read"):
        load()
    assert not PublicationRecord.objects.exists()


def test_both_languages_have_major_changes_in_both_versions_and_notes_in_the_second(load):
    load()
    for version in Version.objects.order_by("number"):
        rows = texts_by_language(version)
        assert {language: row.significance for language, row in rows.items()} == {"en": "major", "ru": "major"}
        assert [bool(rows[language].change_note) for language in ("en", "ru")] == [version.number == 2] * 2


def test_translation_of_the_starter_is_up_to_date(load, moment):
    load()
    presentation = read_in_force("privacy-policy", "ru", read_site_state(moment(99)))
    assert (presentation.status, presentation.reflected_version.number, presentation.text.language) == (
        "up to date",
        2,
        "ru",
    )


@pytest.mark.parametrize(("prefix", "anchors"), [("", ANCHORS), ("/ru", None)])
def test_page_of_the_starter_has_eight_headings_and_its_picture(load, client, prefix, anchors):
    load()
    response = client.get(f"{prefix}/privacy-policy/")
    presentation = response.context["presentation"].rendered
    assert [heading.level for heading in presentation.contents] == [2] * 8
    assert anchors in (None, [heading.id for heading in presentation.contents])
    assert ('<img src="/media/' in presentation.html, "missing-picture" in presentation.html) == (True, False)


@pytest.mark.parametrize(
    ("language", "notice"),
    [
        ("en", "The content of this site is a sample. It is nobody's policy."),
        ("ru", "Содержимое этого сайта — образец, а не чья-либо политика."),
    ],
)
def test_pages_of_the_starter_say_in_each_language_that_they_are_a_sample(load, client, language, notice):
    load()
    for address in ("/", "/privacy-policy/"):
        html = client.get(address if language == "en" else f"/{language}{address}").content.decode()
        assert notice in html


def test_policy_of_the_starter_states_no_date_by_hand(load):
    load()
    for version in Version.objects.all():
        for row in texts_by_language(version).values():
            assert list(find_hard_coded_dates(source.extract_body(bytes(row.revision.source)))) == []


def test_starter_is_refused_on_a_site_with_pages(load):
    page = make_page("terms")
    with pytest.raises(SiteHasPages):
        load()
    assert list(Page.objects.all()) == [page]
    assert not SiteSettings.objects.exists()


def test_starter_keeps_existing_site_settings(load):
    SiteSettings(name_en="Our policies").save()
    load()
    site = SiteSettings.objects.get()
    assert (site.name_en, bool(site.notice_en)) == ("Our policies", False)
