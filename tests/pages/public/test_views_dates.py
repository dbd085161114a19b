"""What pages say of dates that never came, or that are still to come, and of the page that they are about."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pages.publishing.announcements import AnnouncementAction, cancel
from pages.publishing.page_events import withdraw
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
        (4, f"Оригинал с\xa0{LATER.day}"),
        (5, f"Оригинал с\xa0{(LATER + timedelta(days=9)).day}"),
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


@pytest.mark.parametrize("prefix", ["", "/ru"])
@pytest.mark.parametrize(
    "address",
    ["as-of/", "as-of/2024-02-30/", "as-of/2999-01-01/", "as-of/2001-01-01/", "changes/", "changes/?since=2001-01-01",
     "changes/?since=2999-01-01", "changes/?since=never", "upcoming/", "compare/1...2/", "sections/", "history/"],
)  # fmt: skip
def test_every_view_of_a_page_names_it_and_leads_back_to_it(client, policy, prefix, address):
    content = client.get(f"{prefix}/policy/{address}").content.decode()
    (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", content, re.DOTALL)
    assert "Privacy policy" in heading
    assert f'href="{prefix}/policy/"' in content[content.index("<main") :]


@pytest.mark.parametrize(
    ("below", "form"), [("as-of/2999-01-01/", "as-of/"), ("changes/?since=2999-01-01", "changes/")]
)
def test_day_in_the_future_is_answered_with_the_form_that_asked_for_it(client, policy, below, form):
    content = client.get(f"/ru/policy/{below}").content.decode()
    assert re.findall('action="([^"]*)"', content) == [f"/ru/policy/{form}"]
    # The menu of languages does not lead to another page.
    assert f'href="/policy/{form}"' in content


def test_day_in_the_future_of_a_withdrawn_page_says_that_it_is_withdrawn(client, policy):
    withdraw(policy, reasons={"en": "Nobody needs it."}, by=EDITOR, now=NOW)
    content = client.get("/policy/as-of/2999-01-01/").content.decode()
    assert "Nobody needs it." in content
    assert "Read the version in force" not in content
