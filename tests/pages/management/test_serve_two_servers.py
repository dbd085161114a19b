"""Two servers with data folders of their own and one PostgreSQL database are one site."""

import http.cookiejar
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from tests.pages.management.test_serve import running_site
from tests.processes import ROOT, environment

URL = os.environ.get("TEST_DATABASE_URL", "")
pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(not URL, reason="on PostgreSQL only: make test-postgres"),
]
PASSWORD, PAGE = "correct horse", "/privacy-policy/"
PUBLISH = """
import sys, time, django
django.setup()
from django.utils import timezone
from pages.models import Page
from tests.building import publish_bodies
publish_bodies(Page.objects.get(path="privacy-policy"), {"en": sys.argv[1]}, timezone.now())
print(time.time(), flush=True)
"""


@contextmanager
def new_database(name):
    """Create a database on the server of the tests; yield its URL, and drop it at the end."""
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urllib.parse.urlsplit(URL)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Site:
    """Two running servers, and the settings that they share."""

    def __init__(self, servers, settings):
        self.servers, self.settings = servers, settings

    @contextmanager
    def publishing(self, data, body):
        """Publish a text on the machine of one server; yield when it was published, and wait for the process to end."""
        command = [sys.executable, "-c", PUBLISH, body]
        variables = environment(data, **self.settings)
        with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True) as process:
            yield float(process.stdout.readline())
        assert process.returncode == 0


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Start two servers at the same time on an empty database."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    with ExitStack() as stack:
        database = stack.enter_context(new_database(f"two_servers_{os.getpid()}"))
        settings = {"DATABASE_URL": database, "SECRET_KEY": "the same on both", "WORKERS": "1"}
        settings["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        with ThreadPoolExecutor() as pool:
            running = [running_site(folder, "--sample", **settings) for folder in folders]
            servers = list(pool.map(stack.enter_context, running))
        yield Site(dict(zip(folders, servers, strict=True)), settings)


@pytest.fixture
def browser():
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def post(browser, url, action="", **fields):
    """Submit fields with the token of the form at a URL, to another action if one is given."""
    form = browser.open(url, timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
    return browser.open(urllib.parse.urljoin(url, action), body, timeout=30)


def opens_admin(browser, server):
    """Tell whether the admin opens, without being sent to the login."""
    return browser.open(f"{server.address}/admin/", timeout=30).url == f"{server.address}/admin/"


def test_both_start_at_once_and_show_the_same_site(site):
    pages = [server.get(PAGE).read() for server in site.servers.values()]
    # Without SITE_URL, a page names the address at which it was read.
    ports = [str(server.port).encode() for server in site.servers.values()]
    assert pages[0].replace(ports[0], ports[1]) == pages[1]
    assert b"Privacy Policy" in pages[0]


def test_session_of_one_server_is_one_of_the_other(site, browser):
    first, second = site.servers.values()
    assert not opens_admin(browser, second)
    post(browser, f"{first.address}/admin/login/?next=/admin/", username="admin", password=PASSWORD, next="/admin/")
    for _turn in range(2):
        assert opens_admin(browser, first)
        assert opens_admin(browser, second)
    post(browser, f"{second.address}/admin/", action="/admin/logout/")
    assert not opens_admin(browser, first)


def test_publication_is_seen_by_both_within_a_second(site):
    for number, folder in enumerate(site.servers):
        # Other processes slow some publications down: one of three shows what the site itself needs.
        delays = [seconds_until_seen(site, folder, f"Number {number}.{attempt}.") for attempt in range(3)]
        assert min(delays) < 1, delays


def seconds_until_seen(site, folder, body):
    """Publish a text on the machine of one server; return the seconds until both show it."""
    for server in site.servers.values():
        server.get(PAGE)
    with site.publishing(folder, body) as published_at:
        while time.time() < published_at + 30:
            if all(body in server.get(PAGE).read().decode() for server in site.servers.values()):
                return time.time() - published_at
            time.sleep(0.02)
    raise AssertionError(f"{body} is not seen")
