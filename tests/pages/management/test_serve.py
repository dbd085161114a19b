"""The `serve` command: the production server in its own process, with its own data folder."""

import http.cookiejar
import os
import pty
import re
import signal
import socket
import stat
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest

from pages.management.commands.serve import ensure_user, protect_data
from tests.processes import ROOT, copy_prepared_site, free_port, manage, running, wait_until_ready

PASSWORD = "correct horse"


class RunningServer:
    """A running server, and the lines that it printed at the start."""

    def __init__(self, process, port):
        self.process, self.port, self.lines = process, port, []
        self.address = f"http://127.0.0.1:{port}"

    def read_startup_message(self, lines=None):
        """Read the startup message, whose last line tells how to stop."""
        for line in lines or self.process.stdout:
            self.lines.append(line.strip())
            if line.strip().startswith("Stop"):
                return
        raise AssertionError(self.process.stderr.read())

    def get(self, path):
        return urllib.request.urlopen(f"{self.address}{path}", timeout=30)

    def login_line(self):
        (line,) = [line for line in self.lines if line.startswith("Login")]
        return line

    def stop(self):
        """Stop it like Ctrl-C, which sends SIGINT to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.output, self.errors = self.process.communicate(timeout=20)


@contextmanager
def running_site(data, *options, **settings):
    port = free_port()
    with running("serve", *options, data=data, PORT=str(port), **settings) as process:
        server = RunningServer(process, port)
        server.read_startup_message()
        wait_until_ready(server.address, process)
        yield server


def can_log_in(server, password):
    """Log in like a browser; tell whether the admin opens."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(f"{server.address}/admin/login/?next=/admin/", timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    fields = {"csrfmiddlewaretoken": token, "username": "admin", "password": password, "next": "/admin/"}
    body = urllib.parse.urlencode(fields).encode()
    response = browser.open(f"{server.address}/admin/login/?next=/admin/", body, timeout=30)
    return response.url == f"{server.address}/admin/"


@dataclass(frozen=True)
class SampleSite:
    """A site with the sample that was started, used and stopped, then started and stopped again."""

    folders: dict[str, Path]
    first: RunningServer
    second: RunningServer
    other_files_changed: bool


def use_first_start(server):
    """Read pages and log in; record the results on the server."""
    paths = ("/", "/privacy-policy/", "/ru/privacy-policy/", "/privacy-policy/index.md", "/admin/login/")
    (stylesheet,) = re.findall(r'href="(/static/pages/site[^"]*\.css)"', server.get("/").read().decode())
    server.statuses = {path: server.get(path).status for path in (*paths, stylesheet)}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        server.get("/missing/")
    server.history = server.get("/privacy-policy/history/").read()
    server.logins = [can_log_in(server, password) for password in (PASSWORD, "another password")]


def other_files():
    """Return what is in the project's folder besides the site's data."""
    project = {path.name for path in ROOT.iterdir()}
    return project, {path: path.stat().st_mtime_ns for path in (ROOT / "var").rglob("*")}


@pytest.fixture(scope="module")
def sample_site(tmp_path_factory):
    """Start the site twice, as a person would, and return what was seen. Each start takes seconds."""
    root, before = tmp_path_factory.mktemp("site"), other_files()
    folders = {name: root / name for name in ("data", "home", "temporary")}
    for name in ("home", "temporary"):
        folders[name].mkdir()
    settings = {"HOME": str(folders["home"]), "TMPDIR": str(folders["temporary"])}
    with running_site(folders["data"], "--sample", DJANGO_SUPERUSER_PASSWORD=PASSWORD, **settings) as first:
        use_first_start(first)
        first.stop()
    with running_site(folders["data"], "--sample", **settings) as second:
        second.history = second.get("/privacy-policy/history/").read()
        second.logins = [can_log_in(second, PASSWORD)]
        second.stop()
    return SampleSite(folders, first, second, other_files() != before)


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory):
    """Return a running site without the sample, with a password from the environment."""
    with running_site(tmp_path_factory.mktemp("site"), DJANGO_SUPERUSER_PASSWORD="$esame 7") as server:
        yield server


def test_first_start_creates_the_site_in_the_data_folder(sample_site):
    server, data = sample_site.first, sample_site.folders["data"]
    assert server.lines == [
        "",
        f"Site    {server.address}/",
        f"Admin   {server.address}/admin/",
        "Login   admin, password from DJANGO_SUPERUSER_PASSWORD",
        f"Data    {data}",
        "Stop    Ctrl-C",
    ]
    assert len(server.statuses) == 6
    assert set(server.statuses.values()) == {200}
    assert server.logins == [True, False]


def test_data_is_for_the_user_of_the_server_only(sample_site):
    data = sample_site.folders["data"]
    paths = [data, *data.iterdir()]
    assert [path for path in paths if path.stat().st_mode & 0o077] == []


@pytest.mark.django_db
def test_permissions_of_existing_data_are_taken_away(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    files = [tmp_path / name for name in ("site.sqlite3", "site.sqlite3-wal", "secret_key")]
    for file in files:
        file.touch(0o644)
    tmp_path.chmod(0o755)
    protect_data()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, *files)] == [0o700, 0o600, 0o600, 0o600]


def first_lines_on_a_terminal(*options, data):
    """Return the startup message that a person sees, and a login with the password in it."""
    terminal, end = pty.openpty()
    port = free_port()
    with running("serve", *options, data=data, stdout=end, PORT=str(port)) as process:
        os.close(end)
        server = RunningServer(process, port)
        with open(terminal, encoding="utf-8") as lines:
            server.read_startup_message(lines)
        return server


def test_password_is_shown_only_by_make_run_on_a_terminal(tmp_path):
    lines = first_lines_on_a_terminal("--sample", data=copy_prepared_site(tmp_path / "run")).login_line()
    assert re.fullmatch(r"Login   admin, password \S{16} \(shown this once\)", lines)
    sentence = "Login   there is no user yet: create one with `.venv/bin/python manage.py createsuperuser`"
    assert first_lines_on_a_terminal(data=copy_prepared_site(tmp_path / "serve")).login_line() == sentence
    with running("serve", "--sample", data=copy_prepared_site(tmp_path / "pipe"), PORT=str(free_port())) as process:
        server = RunningServer(process, 0)
        server.read_startup_message()
    assert server.login_line() == sentence


@pytest.mark.django_db
def test_password_that_is_shown_is_that_of_the_new_user():
    password = re.search(r"password (\S+)", ensure_user(may_show_password=True))[1]
    assert authenticate(username="admin", password=password, request=HttpRequest()).is_superuser


def test_server_writes_only_to_the_data_folder(sample_site):
    folders = sample_site.folders
    assert {path.name for path in folders["data"].iterdir()} >= {"secret_key", "site.sqlite3", "static"}
    assert [list(folders[name].iterdir()) for name in ("home", "temporary")] == [[], []]
    assert not sample_site.other_files_changed


def test_second_start_keeps_the_content_and_the_user(sample_site):
    first, second = sample_site.first, sample_site.second
    assert second.login_line() == "Login   with your user name and password"
    # A printed page has its address, and each start has another port.
    pages = [server.history.replace(server.address.encode(), b"") for server in (first, second)]
    assert pages[0] == pages[1]
    assert second.logins == [True]


@pytest.mark.timing
def test_second_start_answers_within_five_seconds(tmp_path):
    copy_prepared_site(tmp_path, "--sample")

    def seconds_to_first_response():
        started = time.monotonic()
        with running_site(tmp_path, "--sample"):
            return time.monotonic() - started

    # Other processes slow some starts down: one of three shows what the site itself needs.
    assert any(seconds_to_first_response() < 5 for _ in range(3))


def test_ctrl_c_stops_the_server_without_a_traceback_and_frees_the_port(sample_site):
    server = sample_site.first
    assert (server.process.returncode, server.errors) == (0, "")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", server.port))


def test_port_in_use_is_reported_before_anything_is_created(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = manage("serve", data=tmp_path, PORT=str(port))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"CommandError: Port {port} cannot be used (Address already in use): set PORT to another port.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_missing_or_empty_database_of_a_started_site_is_no_new_site(tmp_path):
    copy_prepared_site(tmp_path)
    database = tmp_path / "site.sqlite3"
    for change in (lambda: database.write_bytes(b""), database.unlink):
        change()
        result = manage("serve", "--prepare", data=tmp_path)
        assert (result.returncode, result.stderr.count("\n")) == (1, 1)
        assert f"{database} is missing or empty, although this site was started before" in result.stderr
    assert not database.exists()


def test_database_that_is_away_is_reported_in_one_sentence(tmp_path):
    settings = {"DATABASE_URL": "postgres://ann:sesame@127.0.0.1:1/site", "SECRET_KEY": "key", "PORT": str(free_port())}
    result = manage("serve", data=tmp_path, **settings)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(r"Database: .*Connection refused\n", result.stderr)
    assert "sesame" not in result.stderr
    assert "Traceback" in manage("serve", "--traceback", data=tmp_path, **settings).stderr


def test_postgresql_needs_a_shared_secret(tmp_path):
    result = manage("serve", data=tmp_path, DATABASE_URL="postgres://127.0.0.1:1/site", PORT=str(free_port()))
    assert result.stderr.startswith("CommandError: With PostgreSQL, set SECRET_KEY to the same text on every server")
    assert result.stderr.count("\n") == 1


def test_password_from_the_environment_works_and_is_not_shown(empty_site):
    assert empty_site.login_line() == "Login   admin, password from DJANGO_SUPERUSER_PASSWORD"
    assert "esame" not in "\n".join(empty_site.lines)
    assert can_log_in(empty_site, "$esame 7")


def test_site_without_the_sample_starts_empty(empty_site):
    assert empty_site.get("/").status == 200
    with pytest.raises(urllib.error.HTTPError, match="404"):
        empty_site.get("/privacy-policy/")


def test_startup_message_shows_the_configured_url(tmp_path):
    data, url = copy_prepared_site(tmp_path), "https://policies.example.org"
    with running("serve", data=data, PORT=str(free_port()), SITE_URL=url) as process:
        server = RunningServer(process, 0)
        server.read_startup_message()
    assert server.lines[1:3] == [f"Site    {url}/", f"Admin   {url}/admin/"]


def test_requests_leave_no_log_line_with_an_ip_address(sample_site):
    server = sample_site.first
    assert "127.0.0.1" not in server.output + server.errors
