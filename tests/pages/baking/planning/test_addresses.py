"""Which addresses are candidates."""

import pytest
from django.utils import timezone

from pages.baking.planning.addresses import plan_groups
from pages.baking.planning.keys import SiteKeys
from pages.presentation.site_state import read_site_state
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
SITE = ["/", "/feed.atom", "/ru/", "/ru/feed.atom", "/404.html/", "/verify/", "/ru/404.html/", "/ru/verify/"]
SITE += ["/robots.txt", "/verify/check_history.py", "/sitemap.xml", "/publication-log.json"]
SITE += ["/publication-log.atom", "/llms.txt"]


def test_site_without_published_pages_has_its_own_addresses_only():
    save_bodies(make_page("policy"), timezone.now(), en="Draft.")
    planned = plan_groups(SiteKeys(read_site_state(timezone.now())))
    assert [list(group.make().addresses) for group in planned] == [[address] for address in SITE]


def test_archive_comes_before_the_document_that_it_contains():
    publish_bodies(make_page("policy"), {"en": "One."}, timezone.now())
    groups = [group.make() for group in plan_groups(SiteKeys(read_site_state(timezone.now())))]
    (addresses,) = (group.addresses for group in groups if group.name == "page:policy")
    # So that its texts are read once, see `current_document`.
    assert addresses.index("/policy/bundle.zip") < addresses.index("/policy/current.json")
