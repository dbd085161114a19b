"""The timeline of a page in the admin: drafts and publications in one list."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.handovers import mark_ready, send_back
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import move
from pages.publishing.reverts import revert
from tests.building import EDITOR, correct_significance, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def start():
    return timezone.now().replace(microsecond=0) - timedelta(days=10)


@pytest.fixture
def page(start):
    """Return a page published at `start` in English and Russian."""
    page = make_page()
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, start, confirmed=["ru"])
    return page


def history_url(page, query: str = "") -> str:
    return reverse("admin:pages_page_history", args=[page.pk]) + query


def events(client, page, query: str = "") -> list[str]:
    """Return the text of each event on the page."""
    html = client.get(history_url(page, query)).content.decode()
    items = re.findall(r'<li class="event".*?(?=<li class="event"|</ol>)', html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", item)).split()) for item in items]


def test_every_kind_of_event_is_shown_newest_first(admin_client, page, start):
    day = timedelta(days=1)
    later = timezone.now() + timedelta(days=30)
    announced = publish_bodies(page, {"en": "Announced."}, start + day, effective_at=later, note="Soon.")
    cancel(announced, by=system_actor("Bea"), now=start + 2 * day, reasons={"en": "Too early."})
    publish_bodies(page, {"en": "English, new."}, start + 3 * day, note="Ten days now.")
    confirm(page.versions.get(number=3), "ru", 3, by=system_actor("Vera"), now=start + 4 * day)
    withdraw(page, reasons={"en": "Not ours any more."}, by=EDITOR, now=start + 5 * day)
    bring_back(page, by=EDITOR, now=start + 6 * day)
    move(page, slug="privacy", parent=None, by=EDITOR, now=start + 7 * day)
    save_bodies(page, start + 8 * day, ru="Черновик.")
    shown = events(admin_client, page)
    beginnings = [
        "Draft saved : Russian",
        "Page moved from /privacy-policy/ to /privacy/",
        "Page brought back",
        "Page withdrawn",
        "Translation confirmed",
        "Version 3 published",
        "Draft saved : English",
        "Announced version 2 cancelled",
        "Version 2 announced",
        "Draft saved : English",
        "Version 1 published",
    ]
    assert [line.startswith(beginning) for line, beginning in zip(shown, beginnings, strict=False)] == [True] * 11
    assert "the current draft" in shown[0]
    assert "Reason (English): Not ours any more." in shown[3]
    assert "Vera" in shown[4]
    assert "Russian: reflects version 3" in shown[4]
    assert "In force since" in shown[5]
    assert "English: major change Ten days now." in shown[5]
    assert "published with version 3" in shown[6]
    assert "Bea" in shown[7]
    assert "Reason (English): Too early." in shown[7]
    assert "Never came into force" in shown[8]
    assert "In force from" in shown[10]
    assert "Record 2 of the publication log" in shown[10]


def test_times_are_shown_to_the_minute_in_the_sites_time_zone(admin_client, page, start, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    local = timezone.localtime(start, timezone.get_default_timezone())
    assert f"{local:%H:%M} (MSK)" in events(admin_client, page)[0]


def test_revision_that_is_not_the_draft_says_why(admin_client, page, start):
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
    shown = events(admin_client, page, "?kind=draft&language=en")
    assert "not the draft: made for publication, without changing the draft" in shown[0]
    assert "the current draft" in shown[1]


def test_language_that_a_version_removes_is_named(admin_client, page, start):
    publish_bodies(page, {"en": "Alone."}, start + timedelta(days=1), removed=["ru"])
    assert "Russian: removed" in events(admin_client, page, "?kind=publish")[0]
    assert events(admin_client, page, "?kind=publish&language=ru")[0].startswith("Version 2 published")


def test_revision_with_the_same_text_as_before_is_marked(admin_client, page, start):
    first = draft_revision(page, "en")
    publish_bodies(page, {"en": "Second."}, start + timedelta(days=1))
    page.revisions.create(
        language="en", blob=draft_revision(page, "en").blob,
        title="x", author="Import", created_at=start + timedelta(days=2), is_draft_head=False, file_name="en/a.md",
    )  # fmt: skip
    shown = events(admin_client, page, "?kind=draft&language=en")
    assert f"same text as r{page.revisions.filter(language='en', pk__gt=first.pk).first().pk - 1} before it" in shown[0]
    assert "not the draft: imported from a file while the draft was being edited here" in shown[0]


def test_events_are_filtered_by_language_and_kind(admin_client, page, start):
    publish_bodies(page, {"en": "Second."}, start + timedelta(days=1))
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=start + timedelta(days=2))
    assert len(events(admin_client, page)) == 6
    russian = events(admin_client, page, "?language=ru")
    subjects = ["Page withdrawn ", "Version 1 published ", "Draft saved : Russian"]
    assert [text[: len(subject)] for text, subject in zip(russian, subjects, strict=True)] == subjects
    assert len(events(admin_client, page, "?kind=draft")) == 3
    assert len(events(admin_client, page, "?kind=publish&language=en")) == 2
    assert events(admin_client, page, "?kind=place") == []
    # Unknown values are ignored.
    assert len(events(admin_client, page, "?kind=nonsense&language=xx")) == 6


def test_correction_is_shown_with_its_language_and_significance(admin_client, page):
    correct_significance(page.versions.get(), "en", "minor", timezone.now())
    event = events(admin_client, page, "?kind=correct&language=en")[0]
    assert event.startswith("Record of version 1 corrected")
    assert "English: minor change" in event
    assert events(admin_client, page, "?kind=correct&language=ru") == []


def test_page_without_events_says_so(admin_client, db):
    assert "Nothing has happened yet." in admin_client.get(history_url(make_page())).content.decode()


def test_pagination_keeps_the_filter(admin_client, page, start):
    for number in range(24):
        save_bodies(page, start + timedelta(minutes=number + 1), en=f"Text {number}.")
    html = admin_client.get(history_url(page, "?kind=draft")).content.decode()
    assert "Page 1 of 3" in html
    assert 'href="?kind=draft&amp;page=2"' in html
    assert len(events(admin_client, page, "?kind=draft&page=3")) == 2
    assert len(events(admin_client, page, "?kind=draft&page=99")) == 2


def test_every_link_of_the_history_works(admin_client, page, start):
    publish_bodies(page, {"en": "Second.", "ru": "Второй."}, start + timedelta(days=1))
    save_bodies(page, start + timedelta(days=2), en="Begun.")
    html = admin_client.get(history_url(page)).content.decode()
    links = {urljoin(history_url(page), unescape(link)) for link in re.findall(r'<a href="(\.\./[^"]+)"', html)}
    assert len(links) > 15
    assert {link: admin_client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_publisher_can_revert_to_a_version_that_is_not_in_force(admin_client, client, page, start, log_in):
    publish_bodies(page, {"en": "Second."}, start + timedelta(days=1))
    revert_url = reverse("admin:pages_page_revert", args=[page.pk, 1])
    html = admin_client.get(history_url(page)).content.decode()
    assert revert_url in html
    assert reverse("admin:pages_page_revert", args=[page.pk, 2]) not in html
    assert admin_client.get(revert_url).status_code == 200
    log_in("Editors")
    assert revert_url not in client.get(history_url(page)).content.decode()


def test_reviewer_is_offered_only_viewing(client, page, log_in):
    log_in("Reviewers")
    html = client.get(history_url(page)).content.decode()
    assert "View the text" in html
    assert "Copy to draft" not in html


def test_translator_can_copy_only_texts_of_their_language(client, page, start, log_in):
    save_bodies(page, start + timedelta(days=1), en="Second.", ru="Второй.")
    log_in("Translators: ru")
    assert "/copy-to-draft/ru/" in (html := client.get(history_url(page)).content.decode())
    assert "/copy-to-draft/en/" not in html


def test_number_of_queries_is_constant_and_no_source_is_loaded(
    admin_client, page, start, django_assert_max_num_queries
):
    def queries() -> list[str]:
        with django_assert_max_num_queries(24) as captured:
            admin_client.get(history_url(page))
        return [query["sql"] for query in captured.captured_queries]

    for number in range(4):
        publish_bodies(page, {"en": f"Text {number}.", "ru": f"Текст {number}."}, start + timedelta(minutes=number + 1))
    few = queries()
    for number in range(25):
        publish_bodies(page, {"en": f"Text {number}!", "ru": f"Текст {number}!"}, start + timedelta(hours=number + 1))
    many = queries()
    assert len(many) <= len(few)
    assert not [sql for sql in many if '"source"' in sql or '"body_en"' in sql]


def test_history_tells_who_marked_a_text_and_who_sent_it_back(admin_client, page, start):
    save_bodies(page, start, ru="Иначе.")
    head, source = draft_revision(page, "ru"), draft_revision(page, "en")
    options = {"revision": head.pk, "source_digest": source.digest, "by": system_actor("Boris")}
    mark = mark_ready(page, "ru", message="Done.", now=start + timedelta(days=50), **options)
    send_back(page, "ru", handover=mark.pk, message="No.", by=system_actor("Pia"), now=start + timedelta(days=51))
    url = reverse("admin:pages_page_history", args=[page.pk])
    events = admin_client.get(url).context["timeline"].events[:2]
    assert [(event.kind, event.handover.by, event.has_ended) for event in events] == [
        ("sent back", "Pia", False),
        ("ready", "Boris", True),
    ]
    html = admin_client.get(f"{url}?kind=ready&language=ru").content.decode()
    assert "Marked as ready" in html
    assert "no longer counts" in html
    assert "Sent back</strong>" not in html
    assert not admin_client.get(f"{url}?kind=ready&language=en").context["timeline"].events
