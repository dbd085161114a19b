"""The read-only lists of versions, revisions and the publication log."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from pages.models import Page
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from tests.building import EDITOR, add_revision, make_fields, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, form_values

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LOG_URL = "/admin/pages/publicationrecord/"


def test_log_shows_the_address_that_a_page_had_at_the_time(admin_client):
    page = make_page()
    publish_bodies(page, {"en": "One."}, NOW)
    page = move(page, slug="privacy", parent=None, by=EDITOR, now=NOW + timedelta(days=1))
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=NOW + timedelta(days=2))
    html = admin_client.get(LOG_URL).content.decode()
    rows = dict(
        zip(re.findall(r'field-kind">([^<]*)<', html), re.findall(r'field-address">([^<]*)<', html), strict=True)
    )
    moved = {"withdrawn": "/privacy/", "moved": "/privacy/"}
    assert rows == {**moved, "published": "/privacy-policy/", "site started": "-"}


def filter_choices(html, name) -> list[str]:
    """Return the choices of a filter in the sidebar of a list."""
    lists = re.findall(r"<ul>(.*?)</ul>", html.partition('id="changelist-filter"')[2], re.DOTALL)
    links = next(re.findall(r'href="([^"]*)"[^>]*>\s*([^<]*?)\s*</a>', items) for items in lists if f"{name}=" in items)
    return [label for _address, label in links]


@pytest.mark.parametrize(
    ("interface", "names"),
    [("en", ["All", "English", "Russian", "Xx"]), ("ru", ["Все", "Английский", "Русский", "Xx"])],
)
def test_language_filter_of_revisions_has_names(admin_client, interface, names):
    page = make_page()
    save_bodies(page, NOW, en="One.", ru="Раз.")
    add_revision(page, "xx", b"Odd.", make_fields("Odd."), by=EDITOR, now=NOW)
    admin_client.cookies["django_language"] = interface
    html = admin_client.get("/admin/pages/revision/").content.decode()
    assert filter_choices(html, "language") == names
    counted = admin_client.get("/admin/pages/revision/?_facets=True").content.decode()
    assert filter_choices(counted, "language") == [names[0], *(f"{name} (1)" for name in names[1:])]
    shown = admin_client.get("/admin/pages/revision/?language=ru").content.decode()
    assert len(re.findall(r'class="field-language_name">', shown)) == 1


def test_dates_of_a_versions_texts_are_written_out(admin_client):
    page = make_page()
    publish_bodies(page, {"en": "One."}, NOW)
    html = admin_client.get(f"/admin/pages/version/{page.versions.get().pk}/change/").content.decode()
    assert "2026-03-01 09:00:00" not in html
    assert html.count("March\xa01,\xa02026, 09:00\xa0(UTC)") >= 3


def test_log_entry_of_a_save_names_only_what_was_saved(admin_client):
    page = make_page()
    save_bodies(page, NOW, en="One.")
    posted = form_values(admin_client, change_url(page)) | {"body_en": "Two."}
    assert admin_client.post(change_url(page), posted).status_code == 302
    entry = LogEntry.objects.get(content_type=ContentType.objects.get_for_model(Page))
    assert entry.get_change_message() == "Saved as a draft. Readers do not see it yet: English."
