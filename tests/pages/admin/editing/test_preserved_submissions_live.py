"""The form of an editor comes back within seconds when PostgreSQL is stopped or frozen, or SQLite locked."""

import http.client
import os
import re
import signal
import sqlite3
import time
import urllib.parse
from contextlib import closing, contextmanager

import pytest

from tests.pages.management.test_serve import running_site
from tests.postgresql import find_programs, temporary_cluster
from tests.processes import copy_prepared_site

pytestmark = pytest.mark.thorough
PASSWORD, TYPED = "correct horse", "Typed for an hour. "
SETTINGS = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD, "SECRET_KEY": "of the test"}


class Browser:
    """What a browser sends: cookies, and the Origin with every form."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def open(self, path, fields=None):
        """Return the status and the text of a page; with fields, submit a form."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept": "text/html", "Cookie": cookies}
        if fields is not None:
            origin = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/x-www-form-urlencoded"}
            headers |= origin
        body = None if fields is None else urllib.parse.urlencode(fields)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("GET" if fields is None else "POST", path, body, headers)
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return response.status, response.read().decode()

    def submit(self, path, **fields):
        return self.open(path, self.form(path) | fields)

    def form(self, path):
        """Return the values of the hidden, text and text area fields of a page."""
        page = self.open(path)[1]
        inputs = dict(re.findall(r'<input type="(?:hidden|text|number)" name="([^"]+)" value="([^"]*)"', page))
        areas = dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL))
        return inputs | areas


@contextmanager
def editing(data, **settings):
    """Start a site with the sample; yield a browser whose user edits a page, and the values of its form."""
    copy_prepared_site(data, "--sample")
    with running_site(data, "--sample", **SETTINGS, **settings) as server:
        browser = Browser(server.port)
        login = browser.submit("/admin/login/?next=/admin/", username="admin", password=PASSWORD, next="/admin/")
        assert login[0] == 302
        path = "/admin/pages/page/" + re.search(r'href="(\d+/change/)"', browser.open("/admin/pages/page/")[1])[1]
        yield browser, path, browser.form(path) | {"body_en": TYPED * 2000}


def save_in_outage(browser, path, values):
    """Save; check that the form comes back within a few seconds with everything typed."""
    started = time.monotonic()
    status, page = browser.open(path, values)
    assert time.monotonic() - started < 8
    assert (status, page.count(TYPED)) == (503, 2000)
    assert "its database does not answer or cannot be written" in page


@pytest.fixture(scope="module")
def cluster():
    if find_programs() is None:
        pytest.skip("no PostgreSQL server is installed here (apt-get install postgresql)")
    with temporary_cluster(find_programs()) as cluster:
        yield cluster


def test_form_comes_back_when_postgresql_is_stopped_and_frozen(cluster, tmp_path):
    with editing(tmp_path, DATABASE_URL=cluster.url()) as (browser, path, values):
        os.kill(cluster.pid, signal.SIGSTOP)
        stop_children(cluster, signal.SIGSTOP)
        try:
            save_in_outage(browser, path, values)
        finally:
            stop_children(cluster, signal.SIGCONT)
            os.kill(cluster.pid, signal.SIGCONT)
        cluster.stop()
        save_in_outage(browser, path, values)
        assert browser.open("/admin/login/", {"username": "admin"})[0] in {403, 503}
        cluster.start()
        time.sleep(2)
        assert browser.open(path, values)[0] == 302


def stop_children(cluster, number):
    """Send a signal to the processes of all connections."""
    with open(f"/proc/{cluster.pid}/task/{cluster.pid}/children", encoding="ascii") as children:
        for pid in children.read().split():
            os.kill(int(pid), number)


def test_form_comes_back_when_sqlite_is_locked(tmp_path):
    with editing(tmp_path) as (browser, path, values):
        with closing(sqlite3.connect(tmp_path / "site.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")
            save_in_outage(browser, path, values)
            started = time.monotonic()
            login = Browser(browser.port).submit("/admin/login/", username="admin", password=PASSWORD)
            assert (login[0], time.monotonic() - started < 8) == (503, True)
        assert browser.open(path, values)[0] == 302


def test_site_whose_file_is_moved_away_stays_away_until_it_is_back(tmp_path):
    with editing(tmp_path, WORKERS="1") as (browser, path, values):
        for name in ("site.sqlite3", "site.sqlite3-wal", "site.sqlite3-shm"):
            (tmp_path / name).rename(tmp_path / f"moved-{name}")
        save_in_outage(browser, path, values)
        assert not (tmp_path / "site.sqlite3").exists()
        for name in ("site.sqlite3", "site.sqlite3-wal", "site.sqlite3-shm"):
            (tmp_path / f"moved-{name}").rename(tmp_path / name)
        time.sleep(2)
        assert browser.open(path, values)[0] == 302
