"""The server survives its workers, ends with its master, and refuses no connection while it reloads or restarts."""

import http.client
import os
import signal
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from threading import Event, Thread

import pytest

from tests.processes import copy_prepared_site, free_port, manage, running, wait_until_ready

pytestmark = pytest.mark.thorough
SETTINGS = {"WORKERS": "2", "DJANGO_SUPERUSER_PASSWORD": "correct horse"}
COOKIE = f"csrftoken={'x' * 32}"


class Readers(Thread):
    """Read the health page over and over, each time with a new connection, and collect what went wrong."""

    def __init__(self, port):
        super().__init__()
        self.port, self.finished, self.errors, self.count = port, Event(), [], 0

    def run(self):
        while not self.finished.is_set():
            try:
                assert self.get_as_browsers_do() == 200
                self.count += 1
            except (OSError, http.client.HTTPException) as error:
                self.errors.append(repr(error))

    def get_as_browsers_do(self):
        """Ask again if the server closed the connection before it read the request (RFC 9110, section 9.2.2).

        A request that arrives after that is answered by a reset of the connection (RFC 9112, section 9.6).
        """
        try:
            return get(self.port, "/healthz")
        except (ConnectionResetError, BrokenPipeError):
            return get(self.port, "/healthz")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.finished.set()
        self.join()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return copy_prepared_site(tmp_path_factory.mktemp("site"))


@contextmanager
def running_server(data, **options):
    port = free_port()
    with running("serve", data=data, **SETTINGS | {"PORT": str(port)} | options) as process:
        process.port = port
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        wait_for(lambda: len(workers(process)) == 2)
        yield process


def workers(process: Popen) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return {int(pid) for pid in children.read_text(encoding="ascii").split()}


def wait_for(condition, timeout=60):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid):
    try:
        # A process that ended but was not waited for is a zombie.
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def can_bind(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_killed_worker_is_replaced_each_time_and_the_site_goes_on(data):
    with running_server(data) as process:
        for _time in range(3):
            before = workers(process)
            killed = max(before)
            os.kill(killed, signal.SIGKILL)
            wait_for(lambda before=before, killed=killed: len(workers(process) - {killed}) == 2)
            assert len(workers(process) & before) == 1
            assert get(process.port, "/healthz") == 200
            assert "ERROR _granian: Unexpected exit from worker-" in process.stderr.readline()


def test_killed_master_leaves_no_worker_and_a_new_start_works(data):
    with running_server(data) as process:
        orphans = workers(process)
        os.kill(process.pid, signal.SIGKILL)
        wait_for(lambda: not any(map(is_running, orphans)), timeout=5)
        # The threads of a killed process may end a moment later.
        wait_for(lambda: can_bind(process.port), timeout=5)
        port = str(process.port)
        with running("serve", data=data, **SETTINGS, PORT=port) as second:
            wait_until_ready(f"http://127.0.0.1:{port}", second)


def test_reload_replaces_the_workers_and_refuses_no_connection(data):
    with running_server(data) as process:
        before = workers(process)
        with Readers(process.port) as readers:
            process.send_signal(signal.SIGHUP)
            wait_for(lambda: len(workers(process)) == 2 and not workers(process) & before)
        assert (readers.errors, readers.count > 10) == ([], True)


def test_reload_of_a_broken_site_keeps_the_workers(tmp_path):
    with running_server(copy_prepared_site(tmp_path)) as process:
        before = workers(process)
        static = tmp_path / "static"
        static.rename(tmp_path / "other")
        static.touch()
        process.send_signal(signal.SIGHUP)
        assert any("NotADirectoryError" in line for line in process.stderr)
        assert get(process.port, "/healthz") == 200
        wait_for(lambda: workers(process) == before)


def test_restart_with_a_socket_of_the_service_manager_refuses_no_connection(data):
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:
        port = listener.getsockname()[1]
        with running("serve", data=data, listener=listener, **SETTINGS) as first:
            wait_until_ready(f"http://127.0.0.1:{port}", first)
            with Readers(port) as readers:
                first.terminate()
                first.wait(20)
                with running("serve", data=data, listener=listener, **SETTINGS) as second:
                    wait_until_ready(f"http://127.0.0.1:{port}", second)
                    readers.finished.set()
                    readers.join()
            # A connection that waited during the restart counts as one.
            assert (readers.errors, readers.count > 0) == ([], True)


def test_server_listens_on_a_unix_socket(data, tmp_path):
    path = tmp_path / "site.sock"
    for _start in range(2):
        with running("serve", data=data, **SETTINGS, SOCKET=str(path)) as process:
            wait_for(path.exists)
            assert answer_of(path).startswith(b"HTTP/1.1 200")
            os.killpg(process.pid, signal.SIGKILL)
    # The killed servers left it behind; one that is stopped removes it.
    assert path.exists()
    with running("serve", data=data, **SETTINGS, SOCKET=str(path)) as process:
        assert answer_of(path).startswith(b"HTTP/1.1 200")
        process.terminate()
        process.wait(20)
    assert not path.exists()


def answer_of(path):
    for _attempt in range(3000):
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return client.recv(1000)
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise AssertionError


def test_socket_in_use_is_reported_in_one_sentence(data, tmp_path):
    path = tmp_path / "site.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        result = manage("serve", data=data, SOCKET=str(path))
    assert result.stderr == f"CommandError: SOCKET={str(path)!r} cannot be used (Address already in use).\n"


def test_two_first_starts_at_once_both_work(tmp_path):
    ports = [free_port(), free_port()]
    with (
        running("serve", "--sample", data=tmp_path, **SETTINGS, PORT=str(ports[0])) as first,
        running("serve", "--sample", data=tmp_path, **SETTINGS, PORT=str(ports[1])) as second,
    ):
        for port, process in zip(ports, (first, second), strict=True):
            wait_until_ready(f"http://127.0.0.1:{port}", process)
            assert get(port, "/privacy-policy/") == 200


def half_sent_form(port, path="/admin/login/"):
    client = socket.create_connection(("127.0.0.1", port))
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}\r\nContent-Length: 1000\r\n"
    client.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=a".encode())
    return client


def read_to_the_end(client):
    with client, client.makefile("rb") as answer:
        return answer.read()


def test_two_hundred_half_sent_forms_stop_nobody_and_are_closed(data):
    with running_server(data) as process:
        paths = ["/admin/login/", "/admin/language/setlang/", "/admin/logout/", "/admin/pages/page/preview/"]
        clients = [half_sent_form(process.port, paths[number % 4]) for number in range(200)]
        started = time.monotonic()
        for _request in range(20):
            assert (get(process.port, "/healthz"), get(process.port, "/")) == (200, 200)
        assert time.monotonic() - started < 8
        answers = [read_to_the_end(client) for client in clients]
        # Read to the end: the server closed all connections.
        assert {answer.split()[1] for answer in answers} == {b"408", b"503"}
        process.terminate()
        assert process.communicate(timeout=20)[1] == ""


def test_idle_connections_do_not_block_new_ones(data):
    with running_server(data) as process:
        clients = [socket.create_connection(("127.0.0.1", process.port)) for _ in range(1100)]
        assert get(process.port, "/healthz") == 200
        for client in clients:
            client.close()


def test_large_anonymous_body_is_not_written_to_disk(data, tmp_path):
    with running_server(data, TMPDIR=str(tmp_path)) as process:
        head = f"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}\r\nContent-Length: 20000000\r\n"
        with socket.create_connection(("127.0.0.1", process.port)) as client:
            client.sendall(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode())
            assert client.recv(12) == b"HTTP/1.1 413"
        assert list(tmp_path.iterdir()) == []
