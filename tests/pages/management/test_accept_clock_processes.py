"""Real commands and a running server while their clock is wrong: ahead, behind, and in the year 2040."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from email.utils import parsedate_to_datetime

import pytest
from django.urls import reverse

from tests.faketime import Clock, needs_faketime
from tests.processes import free_port, manage, run_python, running, wait_until_ready
from tests.repositories import git
from tests.trees import markdown, write_tree

pytestmark = [needs_faketime, pytest.mark.thorough]
REASON = "The clock of this server shows"
# Saves the draft of the only page, and publishes it unless told not to.
WRITE = """
import sys, django
django.setup()
from django.utils import timezone
from pages.models import Page
from tests.building import make_page, publish_bodies, save_bodies
page, (body, action) = Page.objects.first() or make_page("policy"), sys.argv[1:]
if action == "publish":
    publish_bodies(page, {"en": body}, timezone.now())
else:
    save_bodies(page, timezone.now(), en=body)
"""


class Site:
    """A site whose commands and server share a clock."""

    def __init__(self, folder):
        self.folder, self.data, self.clock = folder, folder / "data", Clock(folder)
        self.manage("migrate", "--verbosity", "0")

    def manage(self, *arguments, status=0):
        return self._checked(manage(*map(str, arguments), data=self.data, **self.clock.settings), status)

    def write(self, body, action="publish", *, status=0):
        """Save or publish a text of the page; return what the process wrote to standard error."""
        process = run_python("-c", WRITE, body, action, data=self.data, **self.clock.settings)
        return self._checked(process, status).stderr

    def _checked(self, process, status):
        assert process.returncode == status, process.stderr
        return process

    def exported_text(self):
        """Export to the same repository as the last time; return its last text."""
        self.manage("export_git", self.folder / "out.git")
        (path,) = re.findall(r"\S+\.md", git(self.folder / "out.git", "ls-tree", "-r", "main").decode())
        return git(self.folder / "out.git", "show", f"main:{path}").decode()


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_commands_while_the_clock_is_wrong(site):
    site.write("Old.")
    site.clock.set("+2d")
    site.write("New.")
    site.clock.set("+0")
    assert REASON in site.write("Newer.", status=1)
    site.write("Draft.", "save")
    assert "Old." in site.exported_text()
    refusal = site.manage("accept_clock", status=1)
    assert "Version 2 of /policy/ comes into force at " in refusal.stdout
    assert "Nothing was changed." in refusal.stderr
    site.manage("accept_clock", "--yes")
    site.manage("accept_clock", "--yes", status=1)
    assert "SupersedesAnnouncement" in site.write("Newer.", status=1)
    site.clock.set("-2d")
    assert REASON in site.write("Newer.", status=1)
    source = write_tree(site.folder / "site", {"content/en/a.md": markdown("A", "A.")})
    assert REASON in site.manage("import_hugo", source, status=2).stderr
    # The right time, two days later: the version that was stamped ahead is in force.
    site.clock.set("+2d")
    site.manage("import_hugo", source)
    site.clock.set("+3d")
    site.write("Newest.")
    assert "The history is valid: 7 record(s)" in site.manage("verify_history").stdout


def test_commands_in_the_year_2040(site):
    site.clock.set("+4800d")
    site.write("One.")
    site.write("Two.")
    assert "Two." in site.exported_text()
    dates = git(site.folder / "out.git", "log", "--format=%ad", "--date=format:%Y").decode().split()
    assert len(dates) == 2
    assert all(int(year) >= 2039 for year in dates)
    assert "The history is valid: 3 record(s)" in site.manage("verify_history").stdout
    with BrowsedServer(site) as browser:
        assert "Two." in browser.get("/policy/")
        history = json.loads(browser.get("/policy/history.json"))
        assert [version["state"] for version in history["versions"]] == ["in force", "past"]
        assert history["versions"][0]["effective_at"] > "2039"
        (updated, *_) = re.findall(r"<updated>(\d+)-", browser.get("/policy/feed.atom"))
        assert int(updated) >= 2039


class BrowsedServer:
    """The server of a site, which runs in a `with` block, and a browser."""

    def __init__(self, site):
        self.site, self.port = site, free_port()
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def __enter__(self):
        settings = {**self.site.clock.settings, "PORT": str(self.port), "DJANGO_SUPERUSER_PASSWORD": "secret"}
        self._running = running("serve", data=self.site.data, **settings)
        self._process = self._running.__enter__()
        self.address = f"http://127.0.0.1:{self.port}"
        wait_until_ready(self.address, self._process)
        return self

    def __exit__(self, *exception):
        self._running.__exit__(*exception)

    def set_clock(self, offset):
        """Set the clock and log in: the session before may have expired."""
        self.site.clock.set(offset)
        self.post("/admin/login/?next=/admin/", username="admin", password="secret")

    def open(self, path, fields=None):
        body = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            return self._opener.open(f"{self.address}{path}", body, timeout=20)
        except urllib.error.HTTPError as error:
            return error

    def get(self, path):
        return self.open(path).read().decode()

    def post(self, path, **answers):
        """Open a form and send it with some answers; return the status and the page that follows."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.get(path)))
        response = self.open(path, hidden | answers)
        return response.status, response.read().decode()


def test_running_server_whose_clock_was_ahead(site):
    site.write("Old.")
    site.write("New.", "save")
    publish, announcement = (
        reverse("admin:pages_page_publish", args=[1]),
        reverse("admin:pages_page_announcement", args=[1, 2]),
    )
    # Of the button that says "Publish".
    answers = {"include_en": "on", "significance": "major", "note_en": "Why.", "promised": ""}
    with BrowsedServer(site) as browser:
        browser.set_clock("+2d")
        status, page = browser.post(publish, **answers)
        assert (status, "Version 2 is published: in force since" in page) == (200, True)
        assert "New." in browser.get("/policy/")

        browser.set_clock("+0")
        response = browser.open("/policy/")
        text = response.read().decode()
        assert "Old." in text
        assert "Upcoming changes on " in text
        modified = response.headers["Last-Modified"]
        assert modified is None or parsedate_to_datetime(modified) <= parsedate_to_datetime(response.headers["Date"])
        assert "New." in browser.get("/policy/upcoming/")
        assert json.loads(browser.get("/publication-log.json"))["count"] == 3

        site.write("Newer.", "save")
        status, page = browser.post(publish, **answers, effective_at="", announcement_action="cancel")
        assert (status, REASON in page, "Why." in page) == (400, True, True)
        assert "Readers see version 1: version 2 has a time of that clock" in page
        status, page = browser.post(announcement, _cancel="")
        token = re.search(r'name="confirmed" value="([^"]*)"', page)[1]
        status, page = browser.post(announcement, _cancel="", confirmed=token)
        assert (status, "is cancelled." in page) == (200, True)
        status, page = browser.post(publish, **answers)
        assert (status, "Version 3 is published: in force since" in page) == (200, True)
        assert "Newer." in browser.get("/policy/")

        browser.set_clock("-2d")
        site.write("Newest.", "save")
        status, page = browser.post(publish, **answers)
        assert (status, REASON in page) == (400, True)
        browser.set_clock("+2d")
        assert "Newer." in browser.get("/policy/")
        status, page = browser.post(publish, **answers)
        assert (status, "Version 4 is published: in force since" in page) == (200, True)
        assert json.loads(browser.get("/publication-log.json"))["count"] == 6
