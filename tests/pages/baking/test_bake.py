"""Static copies: what they hold, and what a run writes and removes."""

import gzip
import shutil
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from django.test import override_settings
from django.utils import timezone

from pages.baking.answers.application import SiteApplication, StateChanged, connection_kept
from pages.baking.bake import bake
from pages.models import Page, SiteCounter
from pages.presentation.site_state import read_site_state
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from selfprivacy_site.wsgi_middleware.baked_manifest import PUBLIC, read_manifest
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.public.endpoints import PAGE_ENDPOINTS, VERSION_ENDPOINTS, address_of

pytestmark = pytest.mark.django_db
NOW = timezone.now() - timedelta(days=10)
# What no file can answer, and what the copy holds between other versions.
NOT_BAKED = {"changes", "comparison", "day", "timemap"}


@pytest.fixture(scope="module")
def page_key(build_once):
    return build_once(build_page)


@pytest.fixture(scope="module")
def original(build_once, page_key, tmp_path_factory):
    """Return a copy of the site that the tests of the module share, its report, and its time."""
    folder, at = tmp_path_factory.mktemp("copy") / "out", timezone.now()
    with override_settings(SITE_URL="http://testserver"):
        return folder, build_once(lambda: bake(folder, at=at)), at


@pytest.fixture
def out(tmp_path, original):
    """Return the shared copy, copied with the times of its files."""
    return Path(shutil.copytree(original[0], tmp_path / "out", symlinks=True))


@pytest.fixture
def page(db, page_key):
    return Page.objects.get(pk=page_key)


def build_page() -> int:
    """Build a page with a past version, one in force, an upcoming one and a draft, and one below it; return its key."""
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, NOW)
    publish_bodies(page, {"en": "Two.", "ru": "Два."}, NOW + timedelta(days=1))
    publish_bodies(page, {"en": "Three."}, NOW + timedelta(days=2), effective_at=timezone.now() + timedelta(days=30))
    save_bodies(page, timezone.now(), en="Draft.")
    publish_bodies(make_page("cookies", parent=page), {"en": "None."}, NOW + timedelta(days=3))
    return page.pk


def cookies() -> Page:
    return Page.objects.get(path="policy/cookies")


def files_of(folder: Path) -> dict[str, bytes]:
    root = folder / PUBLIC
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def identities(folder: Path) -> dict[str, tuple[int, int]]:
    root = folder / PUBLIC
    return {
        path.relative_to(root).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize(
    "endpoint",
    [endpoint for endpoint in PAGE_ENDPOINTS + VERSION_ENDPOINTS if endpoint.name not in NOT_BAKED],
    ids=lambda endpoint: endpoint.name,
)
def test_copy_holds_each_kind_of_address_as_the_application_answers_it(original, page, endpoint, prefix):
    folder, report, at = original
    assert report.broken_links == ()
    entry = read_manifest(folder).entries[address_of(endpoint, prefix)]
    with connection_kept():
        answer = SiteApplication(read_site_state(at)).answer(address_of(endpoint, prefix))
    body = (folder / PUBLIC / entry.file).read_bytes()
    assert (entry.status, body) == (200, answer.body)
    assert read_manifest(folder).headers[entry.headers] == answer.headers


def test_copy_holds_comparisons_of_neighbours_and_those_that_pages_link_to(original):
    folder = original[0] / PUBLIC / "ru/policy/compare"
    assert sorted(path.name for path in folder.iterdir()) == ["1...2", "1...live", "2...3", "3...live"]


def test_copy_holds_assets_pictures_error_pages_and_the_pages_of_a_long_history(tmp_path, page):
    for number in range(20):
        publish_bodies(cookies(), {"en": f"Text {number}."}, NOW + timedelta(days=4, hours=number))
    bake(tmp_path / "out", at=timezone.now())
    files = files_of(tmp_path / "out")
    assert {
        "404.html",
        "ru/404.html",
        "robots.txt",
        "policy/cookies/history/2/index.html",
        "static/pages/site.css",
    } <= set(files)
    assert b"Page not found" in files["404.html"]
    assert "policy/cookies/history/3/index.html" not in files


def test_copy_leads_to_nothing_that_only_the_application_can_answer(original):
    files = files_of(original[0])
    pages = [body.decode() for file, body in files.items() if file.endswith(".html")]
    assert len(pages) > 20
    assert not [text for text in pages if "/admin/" in text or "<form" in text or "changes/" in text or "as-of" in text]


def test_text_files_have_compressed_copies(original):
    files = files_of(original[0])
    body = files["policy/index.html"]
    assert gzip.decompress(files["policy/index.html.gz"]) == brotli.decompress(files["policy/index.html.br"]) == body
    # Too small to gain anything.
    assert "policy/index.md.gz" not in files


def test_run_without_a_change_writes_nothing_and_keeps_every_file(out, page):
    before = identities(out)
    report = bake(out, at=timezone.now())
    assert (report.written, report.removed) == (0, 0)
    assert identities(out) == before


def test_run_after_a_publication_writes_only_what_changed(out, page):
    before = identities(out)
    publish_bodies(cookies(), {"en": "Some."}, timezone.now())
    bake(out, at=timezone.now())
    after = identities(out)
    changed = {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}
    assert {"policy/cookies/index.html", "policy/cookies/v/2/index.html", "policy/_print/index.html"} <= changed
    assert not [
        file for file in changed if file.startswith(("policy/v/", "policy/compare/", "policy/history", "ru/policy/v/"))
    ]


def test_withdrawal_removes_the_files_at_the_next_run_and_leaves_a_notice(out, page):
    assert b"Two." in files_of(out)["policy/index.md"]
    withdraw(page, reasons={"en": "A mistake."}, by=EDITOR, now=timezone.now())
    report = bake(out, at=timezone.now())
    files = files_of(out)
    assert {"policy/index.md", "policy/feed.atom"} & set(files) == set()
    assert report.removed >= 4
    assert b"A mistake." in files["policy/index.html"]
    assert b"Two." not in files["policy/index.html"]
    entries = read_manifest(out).entries
    names = ("", "index.md", "feed.atom", "_print/", "upcoming/", "sections/")
    gone = [f"/policy/{name}" for name in names]
    assert {(entries[address].status, entries[address].file) for address in gone} >= {(410, "policy/index.html")}
    assert {entries[address].status for address in gone} == {410}
    assert b"One." in files["policy/v/1/index.html"]


def test_old_addresses_redirect_everything_below_them(tmp_path, page):
    move(page, slug="rules", parent=None, by=EDITOR, now=timezone.now())
    report = bake(tmp_path / "out", at=timezone.now())
    assert report.broken_links == ()
    entries = read_manifest(tmp_path / "out").entries
    for old in ("/policy/", "/ru/policy/v/1/", "/policy/index.md", "/policy/cookies/history/"):
        assert (entries[old].status, entries[old].location) == (301, old.replace("policy", "rules", 1))
    page = files_of(tmp_path / "out")["ru/policy/v/1/index.html"].decode()
    assert '<meta http-equiv="refresh" content="0; url=/ru/rules/v/1/">' in page
    assert '<link rel="canonical" href="http://testserver/ru/rules/v/1/">' in page
    assert "Страница переехала" in page


def test_language_that_is_no_longer_served_keeps_its_permanent_addresses(tmp_path, page, settings):
    settings.LANGUAGES = [("en", "English")]
    assert bake(tmp_path / "out", at=timezone.now()).broken_links == ()
    entries = read_manifest(tmp_path / "out").entries
    assert [entries[f"/ru/policy/{suffix}"].status for suffix in ("v/1/", "v/1/index.md", "", "history/")] == [
        200,
        200,
        302,
        302,
    ]
    assert "Один." in files_of(tmp_path / "out")["ru/policy/v/1/index.html"].decode()


def test_broken_links_are_reported_and_the_copy_is_made(tmp_path, page):
    text = (
        "[a](/nowhere/) [b](/policy/v/1/) [c](changes/?since=2024-01-01) [d](https://example.org/) [e](/static/x.png)"
    )
    publish_bodies(cookies(), {"en": text}, timezone.now())
    report = bake(tmp_path / "out", at=timezone.now())
    broken = {link for address, link in report.broken_links if address == "/policy/cookies/"}
    assert broken == {"/nowhere/", "/policy/cookies/changes/?since=2024-01-01", "/static/x.png"}
    assert not report.is_complete
    assert "Broken link: /policy/cookies/ links to /nowhere/" in report.lines()
    assert (tmp_path / "out" / PUBLIC / "policy/index.html").is_file()


def test_report_says_when_the_site_changes_by_itself(tmp_path, page):
    upcoming = page.versions.get(number=3)
    report = bake(tmp_path / "out", at=timezone.now())
    assert report.next_change_at == upcoming.effective_at
    assert report.lines()[-1].startswith("Run it again after the next change, and at 2")
    manifest = read_manifest(tmp_path / "out")
    assert manifest.changes_at == upcoming.effective_at.timestamp()
    assert manifest.counter == SiteCounter.objects.get().value
    later = bake(tmp_path / "out", at=upcoming.effective_at)
    assert later.lines()[-1] == "Run it again after the next change."
    assert b"Three." in files_of(tmp_path / "out")["policy/index.md"]


def test_change_of_the_site_during_a_run_stops_it_and_leaves_the_former_copy(out, page):
    before = identities(out)
    publish_bodies(cookies(), {"en": "Some."}, timezone.now())

    def publish_meanwhile(done, total):
        if done == 2:
            publish_bodies(cookies(), {"en": "Four."}, timezone.now())

    with pytest.raises(StateChanged):
        bake(out, at=timezone.now(), progress=publish_meanwhile)
    assert identities(out) == before
    assert [path.name for path in out.parent.iterdir() if path.name != ".out.lock"] == ["out"]
