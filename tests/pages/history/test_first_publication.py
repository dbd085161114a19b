"""When an imported text was first published, and when it was last updated, as its front matter says."""

import json
import re
from datetime import UTC, datetime

import pytest

from pages.hugo.importing.tree_import import import_tree
from pages.models import Version
from pages.publishing.actors import system_actor
from tests.building import publish_bodies
from tests.exports import import_repository, make_repository
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
NAME = "content/en/privacy.md"
DATED = markdown("Privacy", "One.", date="2023-05-15", lastmod="2024-04-29")
EARLIER = "The first version on this site. The policy was first published on May\xa015,\xa02023."


def publish_tree(root, files, now=NOW):
    return import_tree(write_tree(root, files), by=system_actor("import_hugo"), now=now)


def shown_dates(client, address="/privacy/"):
    """Return the day of the last update, and that of the first publication if it is another one."""
    html = client.get(address).content.decode()
    days = [re.search(rf'<time class="{name}" datetime="([^T"]*)', html) for name in ("last-updated", "published")]
    return [day and day[1] for day in days]


def structured_dates(client):
    html = client.get("/privacy/").content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])
    return [data["dateModified"][:19], data["datePublished"][:19]]


def test_date_says_when_a_text_was_published_and_lastmod_when_it_was_updated(tmp_path, client):
    publish_tree(tmp_path, {NAME: DATED})
    assert shown_dates(client) == ["2024-04-29", "2023-05-15"]
    assert structured_dates(client) == ["2024-04-29T00:00:00", "2023-05-15T00:00:00"]
    assert shown_dates(client, "/privacy/v/1/") == ["2024-04-29", "2023-05-15"]
    # There is no version of that day: nobody knows what the text said.
    assert Version.objects.get().effective_at == datetime(2024, 4, 29, tzinfo=UTC)
    for address in ("/privacy/", "/privacy/history/"):
        assert EARLIER in client.get(address).content.decode()
    assert "First published." not in client.get("/privacy/history/").content.decode()
    before = client.get("/privacy/changes/").content.decode()
    assert "The first version came into force on April\xa029,\xa02024." in before


def test_later_versions_leave_the_first_publication(tmp_path, client):
    publish_tree(tmp_path, {NAME: DATED})
    publish_tree(tmp_path, {NAME: markdown("Privacy", "Two.", date="2024-01-01", lastmod="2024-06-01")})
    assert shown_dates(client) == ["2024-06-01", "2023-05-15"]
    publish_bodies(Version.objects.first().page, {"en": "Three."}, NOW)
    assert shown_dates(client) == ["2025-06-01", "2023-05-15"]


def test_each_language_has_its_own_date(tmp_path, client):
    russian = markdown("Приватность", "Один.", date="2024-02-01", lastmod="2024-04-29")
    publish_tree(tmp_path, {NAME: DATED, "content/ru/privacy.md": russian})
    assert shown_dates(client) == ["2024-04-29", "2023-05-15"]
    assert shown_dates(client, "/ru/privacy/") == ["2024-04-29", "2024-02-01"]
    assert re.search(r"опубликована раньше: 15\s+мая\s+2023", client.get("/ru/privacy/history/").content.decode())


@pytest.mark.parametrize(
    ("values", "published"),
    [
        ({"date": "2024-04-29"}, None),
        ({"lastmod": "2024-04-29"}, None),
        ({"date": "2024-05-30", "lastmod": "2024-04-29"}, None),
        ({"date": "2024-04-29", "lastmod": "2024-04-29T00:00:00Z"}, None),
        ({"date": "0001-01-01", "lastmod": "2024-04-29"}, None),
        ({"Date": "2023-05-15T23:30:00-02:00", "lastmod": "2024-04-29"}, "2023-05-16"),
        ({"publishDate": "2023-05-15", "lastmod": "2024-04-29"}, "2023-05-15"),
        ({"date": "2023-05-15", "publishDate": "2023-06-15", "lastmod": "2024-04-29"}, "2023-05-15"),
    ],
)
def test_only_a_date_before_the_first_version_counts(tmp_path, client, values, published):
    publish_tree(tmp_path, {NAME: markdown("Privacy", "One.", **values)})
    assert shown_dates(client) == ["2024-04-29", published]


def test_date_is_in_the_time_zone_of_the_site(tmp_path, client, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    publish_tree(tmp_path, {NAME: DATED})
    assert structured_dates(client)[1] == "2023-05-14T22:00:00"


def test_with_the_history_the_commits_say_when(tmp_path, client):
    import_repository(make_repository(tmp_path / "r", {NAME: DATED.replace("2023-05-15", "2023-01-15")}), NOW)
    published = Version.objects.get().effective_at
    assert (published.year, published.month) == (2023, 7)
    assert shown_dates(client) == [published.date().isoformat(), None]
    assert "First published." in client.get("/privacy/").content.decode()


def test_text_that_was_written_here_has_no_date_of_its_own(tmp_path, client):
    publish_tree(tmp_path, {NAME: markdown("Privacy", "One.", lastmod="2024-04-29")})
    page = Version.objects.get().page
    publish_bodies(page, {"ru": "---\ndate: 2020-01-01\n---\nОдин."}, NOW)
    assert shown_dates(client, "/ru/privacy/") == ["2025-06-01", None]
