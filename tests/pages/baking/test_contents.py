"""What a run takes over from the former copy: the result is always that of a run into a new folder."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from pages.baking.answers.application import SiteApplication
from pages.baking.bake import bake
from pages.baking.planning import keys
from pages.hugo.importing.tree_import import import_tree
from pages.models import Link, LinkGroup, Page, Redirect, SiteSettings
from pages.models.links import LinkPosition
from pages.public.machine_readable import log_feed
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.page_tree import move
from pages.publishing.redactions import redact
from pages.publishing.versions import remove_language
from selfprivacy_site.wsgi_middleware.baked_manifest import read_manifest
from tests.building import EDITOR, correct_significance, make_page, publish_bodies
from tests.pages.baking.test_bake import files_of
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
NOW = timezone.now() - timedelta(days=10)


def build() -> None:
    section = make_page("legal")
    publish_bodies(section, {"en": "Section.", "ru": "Раздел."}, NOW)
    for slug in ("privacy", "terms"):
        publish_bodies(make_page(slug, parent=section), {"en": f"One {slug}.", "ru": f"Один {slug}."}, NOW)
    publish_bodies(make_page("other"), {"en": "Other."}, NOW)


def page(path: str) -> Page:
    return Page.objects.get(path=path)


def publish_next(path: str = "legal/privacy", **options) -> Callable[[], object]:
    return lambda: publish_bodies(page(path), {"en": f"Next. {timezone.now()}"}, timezone.now(), **options)


def announce(**later: int) -> None:
    effective_at = timezone.now() + timedelta(**later)
    publish_bodies(
        page("legal/terms"), {"en": f"Announced for {effective_at}."}, timezone.now(), effective_at=effective_at
    )


def link_to_comparison() -> None:
    # Two versions that are not neighbours, of another page.
    for number in range(3):
        publish_bodies(page("other"), {"en": f"Text {number}."}, timezone.now())
    publish_bodies(page("legal/terms"), {"en": "[x](/other/compare/1...3/) [y](/nowhere/)"}, timezone.now())


def add_link() -> None:
    group = LinkGroup.objects.create(position=LinkPosition.FOOTER, title_en="Group")
    Link.objects.create(group=group, label_en="Terms", page=page("legal/terms"))


def redact_first_text() -> None:
    text = page("other").versions.get(number=1).texts.get(language="en")
    redact([text.revision.digest], reasons={"en": "A number."}, by=EDITOR, now=timezone.now())


CHANGES: dict[str, Callable[[], object]] = {
    "a publication": publish_next(),
    "a publication of the section": publish_next("legal"),
    "a link to a comparison of another page, and a broken one": link_to_comparison,
    "a publication of the page that is linked to": publish_next("other"),
    "an announcement that comes into force": lambda: announce(seconds=1),
    "an announcement": lambda: announce(days=1),
    "a cancellation": lambda: cancel(page("legal/terms").versions.latest("number"), by=EDITOR, now=timezone.now()),
    "a correction": lambda: correct_significance(page("other").versions.get(number=2), "en", "minor", timezone.now()),
    "a removed language": lambda: remove_language(page("legal/privacy"), "ru", by=EDITOR, now=timezone.now()),
    "a redaction": redact_first_text,
    "a link in the footer": add_link,
    "a withdrawal": lambda: withdraw(page("legal/terms"), reasons={"en": "Why."}, by=EDITOR, now=timezone.now()),
    "a return": lambda: bring_back(page("legal/terms"), by=EDITOR, now=timezone.now()),
    "a new page": lambda: publish_bodies(make_page("new", parent=page("legal")), {"en": "New."}, timezone.now()),
    "a move of the section": lambda: move(page("legal"), slug="law", parent=None, by=EDITOR, now=timezone.now()),
    "an old address": lambda: Redirect.objects.create(old_path="very/old", page=page("other")),
    "site settings": lambda: SiteSettings.objects.update_or_create(pk=1, defaults={"name_en": "Another name"}),
}


def answers(folder: Path) -> dict:
    """Return the entries of a copy with their headers, whatever their place in the list is."""
    manifest = read_manifest(folder)
    return {address: (entry, manifest.headers[entry.headers]) for address, entry in manifest.entries.items()}


def comparable(folder: Path) -> dict:
    return {
        address: (entry.status, entry.file, entry.digest, entry.codings, entry.location, entry.link, headers)
        for address, (entry, headers) in answers(folder).items()
    }


@pytest.mark.thorough
def test_run_after_each_kind_of_change_makes_the_same_copy_as_a_new_one(tmp_path):
    build()
    out = tmp_path / "out"
    bake(out, at=timezone.now())
    for number, (name, change) in enumerate(CHANGES.items()):
        change()
        at, new = timezone.now() + timedelta(seconds=2 * ("comes into force" in name)), tmp_path / str(number)
        report, expected = bake(out, at=at), bake(new, at=at)
        assert files_of(out) == files_of(new), name
        assert comparable(out) == comparable(new), name
        assert (report.broken_links, report.pages) == (expected.broken_links, expected.pages), name
        assert files_of(tmp_path / ".out.standby") == files_of(out), name


@pytest.fixture
def asked(monkeypatch):
    """Return the list of addresses that the application is asked for."""
    asked: list[str] = []
    answer = SiteApplication.answer
    monkeypatch.setattr(SiteApplication, "answer", lambda self, address: asked.append(address) or answer(self, address))
    return asked


def test_run_asks_only_for_what_can_have_changed(tmp_path, asked):
    build()
    bake(tmp_path / "out", at=timezone.now())
    asked.clear()
    publish_next()()
    bake(tmp_path / "out", at=timezone.now())
    pages = {
        address.removeprefix("/ru").partition("/v/")[0]
        for address in asked
        if "/other/" in address or "/terms" in address
    }
    assert pages == set()
    assert {"/", "/legal/privacy/", "/legal/privacy/v/2/", "/ru/legal/_print/", "/sitemap.xml"} <= set(asked)
    assert not {"/legal/", "/legal/history/", "/legal/v/1/"} & set(asked)


def test_run_asks_again_only_for_the_new_version_and_the_one_before(tmp_path, asked):
    build()
    for _number in range(3):
        publish_next("other")()
    bake(tmp_path / "out", at=timezone.now())
    asked.clear()
    publish_next("other")()
    bake(tmp_path / "out", at=timezone.now())
    versions = {
        address.removeprefix("/other/") for address in asked if address.startswith(("/other/v/", "/other/comp"))
    }
    assert {name for name in versions if "live" not in name} == {
        *("v/4/", "v/4/index.md", "compare/3...4/"),
        *("v/5/", "v/5/index.md", "compare/4...5/"),
    }


def test_run_after_a_publication_reads_no_records_of_other_pages(tmp_path, monkeypatch):
    build()
    bake(tmp_path / "out", at=timezone.now())
    publish_next("other")()
    read: set[int] = set()
    read_facts = keys.read_facts
    monkeypatch.setattr(
        keys, "read_facts", lambda pages, *rest, **options: read.update(pages) or read_facts(pages, *rest, **options)
    )
    bake(tmp_path / "out", at=timezone.now())
    assert read == {page("other").pk}


def test_links_of_imported_texts_to_files_are_made_again_when_a_page_moves(tmp_path):
    texts = {"legal": "[x](terms.md)", "terms": "Terms."}
    files = {f"content/en/{name}.md": markdown("Title", text) for name, text in texts.items()}
    import_tree(write_tree(tmp_path / "site", files), by=system_actor("import_hugo"), now=NOW)
    bake(tmp_path / "out", at=timezone.now())
    assert 'href="/terms/"' in files_of(tmp_path / "out")["legal/index.html"].decode()
    move(page("terms"), slug="rules", parent=None, by=EDITOR, now=timezone.now())
    bake(tmp_path / "out", at=timezone.now())
    assert 'href="/rules/"' in files_of(tmp_path / "out")["legal/index.html"].decode()


def test_archives_of_the_log_are_asked_for_once(tmp_path, asked, monkeypatch):
    monkeypatch.setattr(log_feed, "RECORDS_PER_DOCUMENT", 2)
    build()
    bake(tmp_path / "out", at=timezone.now())
    archives = {file for file in files_of(tmp_path / "out") if file.startswith("publication-log-archive")}
    assert {"publication-log-archive-1.atom", "publication-log-archive-2.atom"} <= archives
    asked.clear()
    for _number in range(2):
        publish_next("other")()
    bake(tmp_path / "out", at=timezone.now())
    again = {address.removeprefix("/") for address in asked if address.startswith("/publication-log-archive")}
    assert again
    assert not again & archives


def test_run_without_a_change_asks_for_nothing(tmp_path, asked):
    build()
    bake(tmp_path / "out", at=timezone.now())
    asked.clear()
    bake(tmp_path / "out", at=timezone.now())
    assert asked == []


def test_run_with_other_code_or_settings_asks_for_everything(tmp_path, asked, settings):
    build()
    bake(tmp_path / "out", at=timezone.now())
    count = len(asked)
    asked.clear()
    settings.TIME_ZONE = "Asia/Tokyo"
    report = bake(tmp_path / "out", at=timezone.now())
    assert len(asked) == count
    assert report.unchanged > 0


def test_links_to_an_address_that_is_gone_are_found_in_pages_that_were_taken_over(tmp_path):
    build()
    publish_bodies(page("legal/terms"), {"en": "[x](/other/upcoming/)"}, NOW + timedelta(days=1))
    effective_at = timezone.now() + timedelta(days=1)
    announced = publish_bodies(
        page("other"), {"en": f"Announced for {effective_at}."}, timezone.now(), effective_at=effective_at
    )
    assert bake(tmp_path / "out", at=timezone.now()).broken_links == ()
    cancel(announced, by=EDITOR, now=timezone.now())
    broken = bake(tmp_path / "out", at=timezone.now()).broken_links
    assert ("/legal/terms/", "/other/upcoming/") in broken
    # And still the next time, when nothing is gone.
    publish_next("legal/privacy")()
    assert bake(tmp_path / "out", at=timezone.now()).broken_links == broken
