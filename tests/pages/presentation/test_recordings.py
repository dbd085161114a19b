"""How readers are told when the site learned of a version, and from which commit."""

import re

import pytest
from django.utils import timezone

from pages.models import SiteSettings
from pages.presentation.recordings import commit_url
from tests.building import make_page, publish_bodies
from tests.exports import import_repository
from tests.repositories import RepositoryBuilder

TEXT = b"---\ntitle: A\n---\nOne.\n"


@pytest.fixture
def commit(tmp_path):
    """Return the id of a commit of 2023 that was imported now."""
    with RepositoryBuilder(tmp_path / "site.git") as site:
        mark = site.commit({"content/en/a.md": TEXT}, message="Begin", date="1690000000 +0000")
    import_repository(tmp_path / "site.git")
    return site.ids[mark]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/a/history/", "/a/v/1/", "/a/_print/"])
def test_imported_version_names_its_commit_and_when_it_was_recorded(client, commit, address):
    html = client.get(address).content.decode()
    assert "recorded on this site on" in html
    assert f"<code>{commit[:12]}</code>" in html
    assert "/commit/" not in html
    SiteSettings.objects.update_or_create(defaults={"documentation_tracker": "https://git.example/a/b/issues/new"})
    html = client.get(address).content.decode()
    assert re.search(rf'<a href="https://git.example/a/b/commit/{commit}"><code>{commit[:12]}</code></a>', html)


@pytest.mark.django_db
def test_programs_are_told_the_commit_and_when_it_was_recorded(client, commit):
    (version,) = client.get("/a/history.json").json()["versions"]
    assert version["commit"] == commit
    assert version["published_at"] < "2024" < version["recorded_at"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/a/history/", "/a/v/1/", "/a/_print/"])
def test_version_published_here_says_nothing_of_it(client, address):
    publish_bodies(make_page("a"), {"en": "One."}, timezone.now())
    html = client.get(address).content.decode()
    assert "recorded on this site" not in html
    assert "git commit" not in html


@pytest.mark.parametrize(
    ("tracker", "url"),
    [
        ("https://github.com/o/r/issues/new", "https://github.com/o/r/commit/abc"),
        ("https://gitlab.com/o/g/r/-/issues/new", "https://gitlab.com/o/g/r/-/commit/abc"),
        ("https://git.example/o/r/issues", "https://git.example/o/r/commit/abc"),
        ("https://git.example/o/r/issues/new?template=x", "https://git.example/o/r/commit/abc"),
        ("https://bugs.example/new", ""),
        ("https://bugs.example/issues/new", ""),
        ("", ""),
    ],
)
def test_address_of_a_commit_follows_from_that_of_the_tracker(tracker, url):
    assert commit_url("abc", tracker) == url
