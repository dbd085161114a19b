"""A correction of a significance changes the last-updated date and the translation status wherever readers see them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pages.publishing.corrections import correct_text
from tests.building import EDITOR, correct_significance, make_page, publish_bodies

pytestmark = pytest.mark.django_db
OTHER = {"major": "minor", "minor": "major"}
LAST_UPDATE = {"major": "2024-03-02T12:00:00", "minor": "2024-03-01T12:00:00"}
DATES = [
    ("/", r'Last updated <time datetime="([^"+]+)'),
    ("/policy/", r'class="last-updated" datetime="([^"+]+)'),
    ("/policy/", r'article:modified_time" content="([^"+]+)'),
    ("/policy/", r'"dateModified": ?"([^"+.]+)'),
    ("/policy/v/2/", r'class="last-updated" datetime="([^"+]+)'),
    ("/policy/history.json", r'"modified_at": "([^"+.]+)'),
    ("/sitemap.xml", r"/policy/</loc><lastmod>([^<+]+)"),
]


@pytest.fixture(params=["major", "minor"])
def version(request, moment):
    """Return a version of 2 March 2024 that changes only the source text."""
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, moment(), confirmed=["ru"])
    return publish_bodies(page, {"en": "Two."}, moment(1), significance=request.param)


@pytest.fixture
def significances(version, moment):
    """Yield the significance of the change in English, before and after its correction."""

    def correct():
        published = version.texts.get(language="en").significance
        yield published
        correct_significance(version, "en", OTHER[published], moment(2))
        yield OTHER[published]

    return correct()


def find_all(pattern, client, address):
    return re.findall(pattern, client.get(address).content.decode())


@pytest.mark.parametrize(("address", "pattern"), DATES)
def test_last_updated_date_follows_the_correction(client, significances, address, pattern):
    for significance in significances:
        assert find_all(pattern, client, address)[0] == LAST_UPDATE[significance]


def test_updates_and_feeds_follow_the_correction(client, significances):
    for significance in significances:
        numbers = {"major": ["2", "1"], "minor": ["1"]}[significance]
        assert find_all(r'<li value="(\d)"', client, "/policy/") == numbers
        for address in ("/feed.atom", "/policy/feed.atom"):
            assert find_all(r'<link href="[^"]*/policy/v/(\d)/"', client, address) == numbers


def test_history_shows_the_corrected_significance(client, significances):
    for significance in significances:
        # Only what is not a major change is named.
        marks = find_all(
            r'data-significance="(\w+)">English(?: <span class="badge">([\w ]+)<)?', client, "/policy/history/"
        )
        assert marks == [(significance, "minor change" if significance == "minor" else ""), ("major", "")]


def test_translation_status_follows_the_correction(client, significances):
    for significance in significances:
        status = {"major": "behind", "minor": "minor"}[significance]
        assert find_all(r'class="notice[^>]*data-status="([\w-]+)"', client, "/ru/policy/") == [status]


def test_history_json_keeps_the_published_significance(client, version, significances):
    published, corrected = significances
    text = client.get("/policy/history.json").json()["versions"][0]["texts"]["en"]
    assert (text["significance"], text["corrected_significance"]) == (published, corrected)


def test_correction_does_not_count_before_its_time(client, version):
    published = version.texts.get(language="en").significance
    correct_significance(version, "en", OTHER[published], timezone.now() + timedelta(days=1))
    for address, pattern in DATES:
        assert find_all(pattern, client, address)[0] == LAST_UPDATE[published]


@pytest.fixture
def corrected_note(version, moment):
    """Correct the note of the second version, and make its change major."""
    significance = "major" if version.texts.get(language="en").significance == "minor" else ""
    correct_text(version, "en", note="The right note.", significance=significance, by=EDITOR, now=moment(2))


@pytest.mark.parametrize("is_long", [False, True])
def test_corrected_note_is_shown_and_marked_wherever_readers_see_notes(
    client, version, corrected_note, moment, is_long
):
    if is_long:
        # Pages with many versions read their notes in another way.
        for number in range(3, 23):
            publish_bodies(version.page, {"en": f"Text {number}."}, moment(number), significance="minor")
    for address in ("/policy/", "/policy/v/2/", "/ru/policy/"):
        html = client.get(address).content.decode()
        assert "The right note." in html
        assert "What changed." not in html
    assert "(corrected)" in client.get("/policy/").content.decode()
    for address in ("/feed.atom", "/policy/feed.atom"):
        feed = client.get(address).content.decode()
        assert "The right note." in feed
        assert feed.count("This entry was corrected after its publication.") == 1
    last = "/policy/history/2/" if is_long else "/policy/history/"
    history = " ".join(re.sub("<[^>]+>", " ", client.get(last).content.decode()).split())
    assert "English: corrected on March 3, 2024." in history
    assert "The published note: What changed." in history
    assert "What this version says about its change was corrected on March\xa03,\xa02024." in (
        client.get("/policy/v/2/").content.decode()
    )


def test_history_json_has_both_notes(client, version, corrected_note):
    text = client.get("/policy/history.json").json()["versions"][0]["texts"]["en"]
    assert (text["change_note"]["text"], text["corrected_note"]["text"]) == ("What changed.", "The right note.")


def test_newest_correction_of_a_note_counts(client, version, corrected_note, moment):
    correct_text(version, "en", note="The last note.", by=EDITOR, now=moment(3))
    html = client.get("/policy/history/").content.decode()
    assert html.count("The last note.") == 2
    assert "The right note." not in html


def test_note_in_the_source_language_is_corrected_for_readers_of_other_languages(client, moment):
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, moment(), confirmed=["ru"])
    version = publish_bodies(page, {"en": "Two.", "ru": "Два."}, moment(1), notes={"en": "Wrong."})
    correct_text(version, "en", note="The right note.", by=EDITOR, now=moment(2))
    for address in ("/ru/policy/", "/ru/policy/feed.atom", "/ru/feed.atom", "/ru/policy/history/"):
        assert "The right note." in client.get(address).content.decode()
