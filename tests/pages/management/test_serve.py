"""The `serve` command: the production server in its own process, with its own data folder."""

import http.cookiejar
import os
import re
import signal
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager

import pytest

from tests.processes import ROOT, free_port, manage, running, wait_until_ready


class RunningServer:
    """A running server, and the lines that it printed at the start."""

    def __init__(self, process, port):
        self.process, self.port, self.lines = process, port, []
        self.address = f"http://127.0.0.1:{port}"

    def read_startup_message(self):
        """Read the startup message, whose last line tells how to stop."""
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if line.strip().startswith("Stop"):
                return
        raise AssertionError(self.process.stderr.read())

    def get(self, path):
        return urllib.request.urlopen(f"{self.address}{path}", timeout=5)

    def login_line(self):
        (line,) = [line for line in self.lines if line.startswith("Login")]
        return line

    def stop(self):
        """Stop it like Ctrl-C, which sends SIGINT to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.output, self.errors = self.process.communicate(timeout=20)


@contextmanager
def running_site(data, **settings):
    port = free_port()
    with running("serve", "--sample", data=data, PORT=str(port), **settings) as process:
        server = RunningServer(process, port)
        server.read_startup_message()
        wait_until_ready(server.address, process)
        yield server


def can_log_in(server, password):
    """Log in like a browser; tell whether the admin opens."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(f"{server.address}/admin/login/?next=/admin/", timeout=5).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    fields = {"csrfmiddlewaretoken": token, "username": "admin", "password": password, "next": "/admin/"}
    body = urllib.parse.urlencode(fields).encode()
    response = browser.open(f"{server.address}/admin/login/?next=/admin/", body, timeout=5)
    return response.url == f"{server.address}/admin/"


def test_first_start_creates_the_site_in_the_data_folder(tmp_path):
    data = tmp_path / "data"
    with running_site(data) as server:
        assert server.lines[0:4] == [
            "",
            f"Site    {server.address}/",
            f"Admin   {server.address}/admin/",
            server.login_line(),
        ]
        assert server.lines[4:] == [f"Data    {data}", "Stop    Ctrl-C"]
        for path in ("/", "/privacy-policy/", "/ru/privacy-policy/", "/privacy-policy/index.md", "/admin/login/"):
            assert server.get(path).status == 200, path
        (stylesheet,) = re.findall(r'href="(/static/pages/site[^"]*\.css)"', server.get("/").read().decode())
        assert server.get(stylesheet).status == 200
        password = re.fullmatch(r"Login   admin, password (\S{16}) \(shown this once\)", server.login_line())[1]
        assert can_log_in(server, password)
        assert not can_log_in(server, "another password")


def test_server_writes_only_to_the_data_folder(tmp_path):
    def other_files():
        project = {path.name for path in ROOT.iterdir()}
        return project, {path: path.stat().st_mtime_ns for path in (ROOT / "var").rglob("*")}

    before = other_files()
    folders = [tmp_path / name for name in ("data", "home", "temporary")]
    for folder in folders:
        folder.mkdir()
    data, home, temporary = folders
    with running_site(data, HOME=str(home), TMPDIR=str(temporary)) as server:
        assert can_log_in(server, re.search(r"password (\S+)", server.login_line())[1])
        server.stop()
    assert {path.name for path in data.iterdir()} >= {"secret_key", "site.sqlite3", "static"}
    assert (other_files(), list(home.iterdir()), list(temporary.iterdir())) == (before, [], [])


def test_second_start_keeps_the_content_and_does_not_show_the_password(tmp_path):
    with running_site(tmp_path) as server:
        password = re.search(r"password (\S+)", server.login_line())[1]
        first = server.get("/privacy-policy/history/").read()
        server.stop()
    with running_site(tmp_path) as server:
        assert server.login_line() == "Login   with your user name and password"
        assert password not in "\n".join(server.lines)
        assert server.get("/privacy-policy/history/").read() == first
        assert can_log_in(server, password)


def test_second_start_answers_within_five_seconds(tmp_path):
    def seconds_to_first_response():
        started = time.monotonic()
        with running_site(tmp_path):
            return time.monotonic() - started

    seconds_to_first_response()
    # Other processes slow some starts down: the fastest of three shows what the site itself needs.
    assert min(seconds_to_first_response() for _ in range(3)) < 5


def test_ctrl_c_stops_the_server_without_a_traceback_and_frees_the_port(tmp_path):
    with running_site(tmp_path) as server:
        server.stop()
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


def test_password_from_the_environment_works_and_is_not_shown(tmp_path):
    with running_site(tmp_path, DJANGO_SUPERUSER_PASSWORD="$esame 7") as server:
        assert server.login_line() == "Login   admin, password from DJANGO_SUPERUSER_PASSWORD"
        assert "esame" not in "\n".join(server.lines)
        assert can_log_in(server, "$esame 7")


def test_site_without_the_sample_starts_empty(tmp_path):
    port = free_port()
    with running("serve", data=tmp_path, PORT=str(port)) as process:
        server = RunningServer(process, port)
        server.read_startup_message()
        wait_until_ready(server.address, process)
        assert server.get("/").status == 200
        with pytest.raises(urllib.error.HTTPError, match="404"):
            server.get("/privacy-policy/")


def test_startup_message_shows_the_configured_url(tmp_path):
    with running("serve", data=tmp_path, PORT=str(free_port()), SITE_URL="https://policies.example.org") as process:
        server = RunningServer(process, 0)
        server.read_startup_message()
    assert server.lines[1:3] == ["Site    https://policies.example.org/", "Admin   https://policies.example.org/admin/"]


def test_requests_leave_no_log_line_with_an_ip_address(tmp_path):
    with running_site(tmp_path) as server:
        server.get("/privacy-policy/")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            server.get("/missing/")
        server.stop()
    assert "127.0.0.1" not in server.output + server.errors
