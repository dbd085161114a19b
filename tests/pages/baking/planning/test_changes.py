"""Which pages a run looks at after a change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.baking.bake import bake
from pages.baking.planning.changes import pages_to_plan
from pages.baking.planning.keys import SiteKeys
from pages.models import Page, SiteSettings
from pages.presentation.site_state import read_site_state
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from selfprivacy_site.wsgi_middleware.baked_manifest import read_manifest
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
NOW = timezone.now() - timedelta(days=10)


@pytest.fixture
def out(tmp_path):
    section = make_page("legal")
    for page in (section, make_page("terms", parent=section), make_page("other")):
        publish_bodies(page, {"en": f"Text of {page.path}."}, NOW)
    bake(tmp_path / "out", at=timezone.now())
    return tmp_path / "out"


def planned_paths(out, at=None) -> set[str] | None:
    """Return the paths of the pages that the next run plans, None for all."""
    keys = SiteKeys(read_site_state(at or timezone.now()))
    pages = pages_to_plan(read_manifest(out), keys)
    return None if pages is None else {keys.tree.rows[key].path for key in pages}


def announce() -> None:
    publish_bodies(page("other"), {"en": "Later."}, timezone.now(), effective_at=timezone.now() + timedelta(days=1))


def page(path: str) -> Page:
    return Page.objects.get(path=path)


def test_nothing_is_planned_without_a_change(out):
    assert planned_paths(out) == set()


@pytest.mark.parametrize(
    ("path", "expected"), [("other", {"other"}), ("legal/terms", {"legal", "legal/terms"})], ids=["page", "section"]
)
def test_publication_concerns_the_section_of_its_page(out, path, expected):
    publish_bodies(page(path), {"en": "Next."}, timezone.now())
    assert planned_paths(out) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda: withdraw(page("other"), reasons={"en": "Why."}, by=EDITOR, now=timezone.now()),
        lambda: move(page("other"), slug="moved", parent=None, by=EDITOR, now=timezone.now()),
        lambda: publish_bodies(make_page("new"), {"en": "New."}, timezone.now()),
        lambda: SiteSettings.objects.update_or_create(pk=1, defaults={"name_en": "Another name"}),
    ],
    ids=["withdrawal", "move", "new page", "settings"],
)
def test_other_changes_can_concern_all_pages(out, change):
    change()
    assert planned_paths(out) is None


def test_version_that_comes_into_force_can_concern_all_pages(out):
    announce()
    bake(out, at=timezone.now())
    assert planned_paths(out) == set()
    assert planned_paths(out, timezone.now() + timedelta(days=2)) is None
