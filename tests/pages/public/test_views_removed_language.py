"""A page whose text in the reader's language was removed says when, and where the last text is."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.publishing.announcements import cancel
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
REMOVED = (
    "The text in this language (German) was removed with version 3 on March 3, 2024. "
    "Read it in version 2 . The text below is in another language: English."
)


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _german(settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("de", "German")]


@pytest.fixture
def page():
    """Return a page with German texts in two versions, and then without."""
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "de": "Eins."}, _day(1))
    publish_bodies(page, {"en": "Two.", "de": "Zwei."}, _day(2))
    publish_bodies(page, {"en": "Three."}, _day(3), removed=["de"])
    publish_bodies(page, {"en": "Four."}, _day(4))
    return page


def _notice(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    notice = re.search('<aside class="notice[^"]* translation-notice".*?</aside>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", notice[0]).split()) if notice else ""


@pytest.mark.parametrize("address", ["policy/", "policy/v/3/", "policy/v/4/", "policy/_print/"])
def test_notice_names_the_removal_and_the_last_text(client, page, address):
    assert _notice(client, f"/de/{address}") == REMOVED
    assert '<a href="/de/policy/v/2/">Read it in version 2</a>' in client.get(f"/de/{address}").content.decode()


def test_a_language_that_never_had_a_text_is_not_called_removed(client, page):
    assert _notice(client, "/ru/policy/") == "На этом языке текста страницы нет. Язык текста ниже: английский."


def test_texts_before_the_removal_have_no_notice_of_it(client, page):
    assert "removed" not in _notice(client, "/de/policy/v/2/")


def test_a_language_that_came_back_and_was_removed_again_counts_from_the_second_time(client, page):
    publish_bodies(page, {"de": "Fünf."}, _day(5))
    publish_bodies(page, {"en": "Six."}, _day(6), removed=["de"])
    assert "was removed with version 6 on March 6, 2024. Read it in version 5" in _notice(client, "/de/policy/")
    assert "was removed with version 3 on March 3, 2024. Read it in version 2" in _notice(client, "/de/policy/v/4/")


def test_an_announced_removal_has_not_happened_yet_and_a_cancelled_one_never_does(client, page):
    publish_bodies(page, {"de": "Fünf."}, _day(5))
    later = timezone.now() + timedelta(days=30)
    removing = publish_bodies(page, {"en": "Six."}, _day(6), effective_at=later, removed=["de"])
    for is_cancelled in (False, True):
        if is_cancelled:
            cancel(removing, by=EDITOR, now=_day(7))
        assert "not available in this language" in _notice(client, "/de/policy/v/6/")
        assert "removed" not in _notice(client, "/de/policy/")
