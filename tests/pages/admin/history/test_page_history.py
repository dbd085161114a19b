"""The history of a page in the admin: who did what, when, drafts and publications in one line of time."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import move
from pages.publishing.versions import revert
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def start():
    """Return a moment ten days ago, to the second."""
    return timezone.now().replace(microsecond=0) - timedelta(days=10)


@pytest.fixture
def page(start):
    """Return a page published a while ago in English and Russian."""
    page = make_page()
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, start, confirmed=["ru"])
    return page


def address(page, query: str = "") -> str:
    return reverse("admin:pages_page_history", args=[page.pk]) + query


def events(client, page, query: str = "") -> list[str]:
    """Return each event in words, as the page shows it."""
    html = client.get(address(page, query)).content.decode()
    items = re.findall(r'<li class="event".*?(?=<li class="event"|</ol>)', html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", item)).split()) for item in items]


def test_every_verb_has_its_line_newest_first(admin_client, page, start):
    day = timedelta(days=1)
    later = timezone.now() + timedelta(days=30)
    announced = publish_bodies(page, {"en": "Announced."}, start + day, effective_at=later, note="Soon.")
    cancel(announced, by=system_actor("Bea"), now=start + 2 * day, reasons={"en": "Too early."})
    publish_bodies(page, {"en": "English, anew."}, start + 3 * day, note="Ten days now.")
    confirm(page.versions.get(number=3), "ru", 3, by=system_actor("Vera"), now=start + 4 * day)
    withdraw(page, reasons={"en": "Not ours any more."}, by=EDITOR, now=start + 5 * day)
    bring_back(page, by=EDITOR, now=start + 6 * day)
    move(page, slug="privacy", parent=None, by=EDITOR, now=start + 7 * day)
    save_bodies(page, start + 8 * day, ru="Черновик.")
    found = events(admin_client, page)
    beginnings = [
        "Draft saved : Russian",
        "Page moved from /privacy-policy/ to /privacy/",
        "Page brought back",
        "Page withdrawn from readers",
        "Translation confirmed",
        "Version 3 published",
        "Draft saved : English",
        "Announced version 2 cancelled",
        "Version 2 announced",
        "Draft saved : English",
        "Version 1 published",
    ]
    assert [line.startswith(words) for line, words in zip(found, beginnings, strict=False)] == [True] * 11
    assert "the draft as it is now" in found[0]
    assert "Reason (English): Not ours any more." in found[3]
    assert "Vera" in found[4]
    assert "Russian: reflects version 3" in found[4]
    assert "In force since" in found[5]
    assert "English: major Ten days now." in found[5]
    assert "published with version 3" in found[6]
    assert "Bea" in found[7]
    assert "Reason (English): Too early." in found[7]
    assert "Never came into force" in found[8]
    assert "In force from" in found[10]
    assert "Record 1 of the publication log" in found[10]


def test_moments_are_to_the_minute_in_the_sites_time_zone(admin_client, page, start, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    local = timezone.localtime(start, timezone.get_default_timezone())
    assert f"{local:%H:%M} (MSK)" in events(admin_client, page)[0]


def test_a_text_that_was_set_aside_says_why(admin_client, page, start):
    publish_bodies(page, {"en": "Second."}, start + timedelta(days=1))
    save_bodies(page, start + timedelta(days=2), en="Begun.")
    first = page.versions.get(number=1)
    revert(
        page,
        first,
        ["en"],
        by=EDITOR,
        now=start + timedelta(days=3),
        significance={"en": "major"},
        notes={"en": "Back."},
    )
    found = events(admin_client, page, "?kind=draft&language=en")
    assert "it was made for readers alone, and the draft stayed as it was" in found[0]
    assert "the draft as it is now" in found[1]


def test_a_language_that_a_version_takes_away_is_named(admin_client, page, start):
    publish_bodies(page, {"en": "Alone."}, start + timedelta(days=1), removed=["ru"])
    assert "Russian: taken away" in events(admin_client, page, "?kind=publish")[0]
    assert events(admin_client, page, "?kind=publish&language=ru")[0].startswith("Version 2 published")


def test_the_same_text_once_more_is_marked(admin_client, page, start):
    first = draft_revision(page, "en")
    publish_bodies(page, {"en": "Second."}, start + timedelta(days=1))
    page.revisions.create(
        language="en", source=bytes(draft_revision(page, "en").source), digest=draft_revision(page, "en").digest,
        title="x", author="Import", created_at=start + timedelta(days=2), is_draft_head=False, file_name="en/a.md",
    )  # fmt: skip
    found = events(admin_client, page, "?kind=draft&language=en")
    assert f"same text as r{page.revisions.filter(language='en', pk__gt=first.pk).first().pk - 1} before it" in found[0]
    assert "it came from a file, and the draft had been edited here" in found[0]


def test_filters_by_language_and_kind(admin_client, page, start):
    publish_bodies(page, {"en": "Second."}, start + timedelta(days=1))
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=start + timedelta(days=2))
    assert len(events(admin_client, page)) == 6
    russian = events(admin_client, page, "?language=ru")
    assert [line.split(" ")[0:3] for line in russian] == [
        ["Page", "withdrawn", "from"],
        ["Version", "1", "published"],
        ["Draft", "saved", ":"],
    ]
    assert len(events(admin_client, page, "?kind=draft")) == 3
    assert len(events(admin_client, page, "?kind=publish&language=en")) == 2
    assert events(admin_client, page, "?kind=move") == []
    # What nobody offers filters nothing.
    assert len(events(admin_client, page, "?kind=nonsense&language=xx")) == 6


def test_a_page_without_a_past_says_so(admin_client, db):
    assert "Nothing has happened yet." in admin_client.get(address(make_page())).content.decode()


def test_sheets_lead_on_and_keep_the_filter(admin_client, page, start):
    for number in range(24):
        save_bodies(page, start + timedelta(minutes=number + 1), en=f"Text {number}.")
    html = admin_client.get(address(page, "?kind=draft")).content.decode()
    assert "Sheet 1 of 3" in html
    assert 'href="?kind=draft&amp;sheet=2"' in html
    assert len(events(admin_client, page, "?kind=draft&sheet=3")) == 2
    assert len(events(admin_client, page, "?kind=draft&sheet=99")) == 2


def test_every_link_of_the_history_leads_somewhere(admin_client, page, start):
    publish_bodies(page, {"en": "Second.", "ru": "Второй."}, start + timedelta(days=1))
    save_bodies(page, start + timedelta(days=2), en="Begun.")
    html = admin_client.get(address(page)).content.decode()
    links = {urljoin(address(page), unescape(link)) for link in re.findall(r'<a href="(\.\./[^"]+)"', html)}
    assert len(links) > 15
    assert {link: admin_client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_publishers_can_revert_to_what_is_not_in_force(admin_client, client, page, start, log_in):
    publish_bodies(page, {"en": "Second."}, start + timedelta(days=1))
    target = reverse("admin:pages_page_revert", args=[page.pk, 1])
    html = admin_client.get(address(page)).content.decode()
    assert target in html
    assert reverse("admin:pages_page_revert", args=[page.pk, 2]) not in html
    assert admin_client.get(target).status_code == 200
    log_in("Editors")
    assert target not in client.get(address(page)).content.decode()


def test_who_may_only_look_is_offered_nothing_else(client, page, log_in):
    log_in("Reviewers")
    html = client.get(address(page)).content.decode()
    assert "See the text" in html
    assert "Take into the draft" not in html


def test_translators_are_offered_their_own_language(client, page, start, log_in):
    save_bodies(page, start + timedelta(days=1), en="Second.", ru="Второй.")
    log_in("Translators: ru")
    assert "/take/ru/" in (html := client.get(address(page)).content.decode())
    assert "/take/en/" not in html


def test_queries_do_not_grow_with_rows_and_no_source_is_loaded(
    admin_client, page, start, django_assert_max_num_queries
):
    def queries() -> list[str]:
        with django_assert_max_num_queries(24) as captured:
            admin_client.get(address(page))
        return [query["sql"] for query in captured.captured_queries]

    for number in range(4):
        publish_bodies(page, {"en": f"Text {number}.", "ru": f"Текст {number}."}, start + timedelta(minutes=number + 1))
    few = queries()
    for number in range(25):
        publish_bodies(page, {"en": f"Text {number}!", "ru": f"Текст {number}!"}, start + timedelta(hours=number + 1))
    many = queries()
    assert len(many) <= len(few)
    assert not [sql for sql in many if '"source"' in sql or '"body_en"' in sql]
