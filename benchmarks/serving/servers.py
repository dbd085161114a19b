"""Servers of a measurement, pinned to one core, and what they answer."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.benchmark_site import ROOT, BenchmarkSite, MeasurementFailed

# The server has a core of its own. The load, and whoever publishes meanwhile, share another one if there is one.
SERVER_CORE, LOAD_CORE = 0, (os.cpu_count() or 1) - 1
START_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """A response as it was sent, without the headers that the server adds to every response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def etag(self) -> str:
        return {name.lower(): value for name, value in self.headers}["etag"]


@dataclass(frozen=True)
class Server:
    """A server that answers at a port of this machine."""

    port: int
    process: subprocess.Popen

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return a response. Raises MeasurementFailed if it is an error."""
        answer = get(self.address + path, headers or {})
        if answer.status >= 400:
            raise MeasurementFailed(f"{path} answered {answer.status}")
        return answer

    @property
    def worker_memory(self) -> int:
        """Return the resident memory of the largest process below the server's, in bytes."""
        return max(map(resident_memory, child_processes(self.process.pid)))

    @property
    def processor_seconds(self) -> float:
        """Return the time that the workers have used."""
        return sum(map(processor_seconds, child_processes(self.process.pid)))


def processor_seconds(pid: int) -> float:
    """Return the time that a process has used, user and system."""
    # The second field is a name in parentheses, which may contain spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def get(url: str, headers: Mapping[str, str]) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", parts.path, headers=dict(headers))
        response = connection.getresponse()
        own = [(name, value) for name, value in response.getheaders() if name.lower() not in {"date", "server"}]
        return Answer(response.status, tuple(own), response.read())
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def child_processes(pid: int) -> list[int]:
    lines = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in lines]


def resident_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def pinned(core: int, command: list[str]) -> list[str]:
    return ["taskset", "--cpu-list", str(core), *command]


@contextmanager
def serving(site: BenchmarkSite, **settings: str) -> Iterator[Server]:
    """Serve a site with one worker, as `make serve` does."""
    port = free_port()
    environment = site.environment | {"PORT": str(port), "WORKERS": "1", **settings}
    with running([sys.executable, "manage.py", "serve"], port, environment) as server:
        yield server


@contextmanager
def serving_application(site: BenchmarkSite, target: str, **settings: str) -> Iterator[Server]:
    """Serve another WSGI application, with the command and the options of a site's server."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port), backlog=4096) as listener:
        numbers = f"--listener {listener.fileno()} --workers 1 --threads 8"
        command = [sys.executable, "-m", "benchmarks.serving.application_server", target, *numbers.split()]
        with running(command, port, site.environment | settings, listener) as server:
            yield server


@contextmanager
def running(
    command: list[str], port: int, environment: Mapping[str, str], listener: socket.socket | None = None
) -> Iterator[Server]:
    """Run a server on its core until the block ends. Raises MeasurementFailed if it does not answer."""
    process = subprocess.Popen(
        pinned(SERVER_CORE, command),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=[listener.fileno()] if listener else [],
    )
    try:
        wait_for_answer(process, port)
        yield Server(port, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for_answer(process: subprocess.Popen, port: int, path: str = "/") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            get(f"http://127.0.0.1:{port}{path}", {})
            return
        except OSError:
            time.sleep(0.01)
    raise MeasurementFailed("the server does not answer")
