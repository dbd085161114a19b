"""What pages say of dates that never came, or that are still to come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.publishing.announcements import AnnouncementAction, cancel
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
# A version was announced for the first of these days and cancelled, another one is announced for the second.
NEVER, LATER = NOW + timedelta(days=20), NOW + timedelta(days=30)


def date_of(day) -> str:
    return f"{day:%B}\xa0{day.day}, {day.year}"


@pytest.fixture
def policy():
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, NOW - timedelta(days=9), confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, NOW - timedelta(days=8))
    never = publish_bodies(page, {"en": "Never."}, NOW - timedelta(days=7), effective_at=NEVER, note="Never comes.")
    cancel(never, by=EDITOR, now=NOW - timedelta(days=6))
    publish_bodies(page, {"en": "Later."}, NOW - timedelta(days=5), effective_at=LATER)
    action = AnnouncementAction.REANNOUNCE
    publish_bodies(
        page,
        {"en": "Last."},
        NOW - timedelta(days=4),
        effective_at=LATER + timedelta(days=9),
        announcement_action=action,
    )
    return page


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (2, f"Оригинал изменился {(NOW - timedelta(days=8)).day}"),
        (3, "Оригинал должен был измениться в этой версии."),
        (4, f"Оригинал изменится {LATER.day}"),
        (5, f"Оригинал изменится {(LATER + timedelta(days=9)).day}"),
    ],
)
def test_translation_says_when_its_original_changed_or_will_change(client, policy, number, sentence):
    content = client.get(f"/ru/policy/v/{number}/").content.decode()
    assert sentence in content
    assert content.count("Оригинал ") == 1


@pytest.mark.parametrize(
    "address",
    [
        "v/3/",
        "compare/2...3/",
        "compare/3...2/",
        "compare/1...3/",
        "compare/3...4/",
        "changes/",
        "history/",
        "_print/",
        "upcoming/",
        "",
    ],
)
@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_no_page_shows_the_date_of_a_version_that_never_came_into_force(client, policy, prefix, address):
    content = client.get(f"{prefix}/policy/{address}").content.decode().replace("\xa0", " ")
    assert date_of(NEVER).replace("\xa0", " ") not in content
    assert f"{NEVER:%Y-%m-%d}" not in content
