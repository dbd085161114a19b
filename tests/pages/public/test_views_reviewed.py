"""When a page was last reviewed without a change, wherever readers see it."""

import pytest
from django.utils import timezone

from pages.publishing.page_events import review
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
LAST_REVIEWED = (
    'Last reviewed <time class="last-reviewed" datetime="2024-03-06T12:00:00+00:00">March\xa06,\xa02024</time>'
)


@pytest.fixture
def page(moment):
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, moment(), confirmed=["ru"])
    return page


def test_review_is_shown_next_to_the_last_update(client, page, moment):
    assert "Last reviewed" not in client.get("/policy/").content.decode()
    review(page, by=EDITOR, now=moment(1))
    review(page, by=EDITOR, now=moment(5))
    for address in ("/policy/", "/policy/v/1/"):
        assert LAST_REVIEWED in client.get(address).content.decode()
    assert (
        "Last reviewed on March\xa06,\xa02024: nothing had to be changed."
        in client.get("/policy/history/").content.decode()
    )
    assert "Последняя проверка" in client.get("/ru/policy/").content.decode()
    (version,) = client.get("/policy/history.json").json()["versions"]
    assert version["reviewed_at"] == "2024-03-06T12:00:00.000000Z"
    assert [record["kind"] for record in version["records"]] == ["publish", "review", "review"]


def test_review_says_nothing_of_a_later_version(client, page, moment):
    review(page, by=EDITOR, now=moment(5))
    publish_bodies(page, {"en": "Two."}, timezone.now())
    assert "Last reviewed" not in client.get("/policy/").content.decode()
    assert LAST_REVIEWED in client.get("/policy/v/1/").content.decode()
    assert "2024" in client.get("/policy/history.json").json()["versions"][1]["reviewed_at"]
