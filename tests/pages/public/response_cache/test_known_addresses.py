from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pages.models import Redirect
from pages.public.response_cache.known_addresses import KnownAddresses
from selfprivacy_site.wsgi_middleware.public_state import PublicState
from tests.building import make_page, publish_bodies, save_bodies


@pytest.fixture
def known(db):
    now = timezone.now()
    page = make_page("privacy")
    publish_bodies(page, {"en": "One.", "de": "Eins."}, now - timedelta(days=2))
    publish_bodies(page, {"en": "Two.", "de": "Zwei."}, now - timedelta(days=1))
    publish_bodies(make_page("soon"), {"en": "Later."}, now, effective_at=now + timedelta(days=3))
    save_bodies(make_page("draft"), now, en="Draft.")
    Redirect.objects.create(old_path="old/history", page=page)
    Redirect.objects.create(old_path="политика", page=page)
    return KnownAddresses()


def language_of(known, path, counter=1):
    # As in PEP 3333: the bytes of the path as Latin-1.
    return known.language_of_unknown(path.encode().decode("latin-1"), PublicState(counter))


@pytest.mark.parametrize(
    "path",
    [
        "/", "/ru/", "/feed.atom", "/ru/feed.atom", "/sitemap.xml", "/robots.txt", "/publication-log.json",
        "/verify/", "/verify", "/ru/verify/", "/de/verify/", "/verify/check_history.py",
        f"/media/{'0' * 64}", "/privacy/", "/privacy", "/ru/privacy/", "/privacy/index.md", "/ru/privacy/v/2/",
        "/privacy/v/1/index.md", "/privacy/compare/1...2/", "/privacy/compare/earliest...live/", "/privacy/feed.atom",
        "/soon/upcoming/", "/old/history/", "/old/history/v/1/", "/политика/", "/ru/политика/history/",
        "/de/privacy/v/1/", "/de/", "/de/privacy/", "/ru/privacy/sections/",
    ],
)  # fmt: skip
def test_addresses_with_a_page_or_redirect_are_left_to_the_application(known, path):
    assert language_of(known, path) is None


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/nothing/", "en"), ("/ru/nothing/", "ru"), ("/nothing", "en"), ("/draft/", "en"), ("/ru/draft/v/1/", "ru"),
        ("/draft/index.md", "en"), ("/draft/history.json", "en"), ("/privacy/v/3/", "en"), ("/ru/privacy/v/3/", "ru"),
        ("/privacy/compare/1...3/", "en"), ("/privacy/below/", "en"), ("/wp-login.php", "en"), ("//", "en"),
        ("/old/", "en"), ("/ru-privacy/", "en"), ("/history/", "en"), ("/\x00/", "en"), ("/de/draft/", "en"),
    ],
)  # fmt: skip
def test_addresses_of_nothing_public_are_unknown(known, path, language):
    assert language_of(known, path) == language


def test_path_that_is_not_utf_8_is_unknown(known):
    assert known.language_of_unknown("/\xff\xfe/", PublicState(1)) == "en"


def test_drafts_cost_what_unknown_addresses_cost(known):
    language_of(known, "/nothing/")
    for path in ("/draft/", "/nothing/", "/privacy/", "/privacy/v/3/"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            language_of(known, path)
        assert len(queries) == 0


def test_addresses_are_read_once_for_a_state(known):
    language_of(known, "/nothing/", counter=1)
    publish_bodies(make_page("new"), {"en": "New."}, timezone.now())
    assert language_of(known, "/new/", counter=1) == "en"
    with CaptureQueriesContext(connection) as queries:
        assert language_of(known, "/new/", counter=2) is None
        assert language_of(known, "/nothing/", counter=2) == "en"
    assert len(queries) == 3


def test_every_slug_with_escaped_letters_is_known(db):
    page = make_page("datenschutz-erklärung")
    publish_bodies(page, {"en": "Text."}, timezone.now())
    assert quote("ä") in page.get_absolute_url()
    assert language_of(KnownAddresses(), "/datenschutz-erklärung/") is None
