"""Which addresses are candidates."""

import pytest
from django.utils import timezone

from pages.baking.addresses import address_groups
from tests.building import make_page, save_bodies

pytestmark = pytest.mark.django_db
SITE = ["/", "/feed.atom", "/ru/", "/ru/feed.atom", "/404.html/", "/ru/404.html/"]
SITE += ["/robots.txt", "/sitemap.xml", "/publication-log.json"]


def test_site_without_published_pages_has_its_own_addresses_only():
    save_bodies(make_page("policy"), timezone.now(), en="Draft.")
    assert [address for group in address_groups(timezone.now()) for address in group.addresses] == SITE
