"""The readers of the tests, and the page that each module builds."""

import pytest
from django.test import Client

from pages.models import Page
from tests.pages.public.response_cache.cached_client import CachedClient


@pytest.fixture(params=[Client, CachedClient], ids=["application", "response cache"])
def client(request):
    return request.param()


@pytest.fixture(scope="module")
def page_key(request, build_once):
    """Return the key of the page that the module's `build_page` has built."""
    return build_once(request.module.build_page)


@pytest.fixture
def page(db, page_key):
    return Page.objects.get(pk=page_key)
