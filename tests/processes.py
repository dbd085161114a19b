"""The site's commands in processes of their own, with no settings but those that are named."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.settings import NAMES

ROOT = Path(__file__).resolve().parent.parent


def environment(data: Path, **settings: str) -> dict[str, str]:
    """Return the variables of this process with the settings that are named, and no other ones."""
    # Empty and not absent: a developer's file .env would stand in for what is absent.
    unset = dict.fromkeys(NAMES, "")
    named = {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "selfprivacy_site.settings", **settings}
    return {**os.environ, **unset, **named}


def run_python(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess:
    """Run Python in the project's folder to its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def manage(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess:
    """Run a command of manage.py to its end."""
    return run_python("manage.py", *arguments, data=data, **settings)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*arguments: str, data: Path, **settings: str) -> Iterator[subprocess.Popen]:
    """Run a command of manage.py that does not end by itself; in the end, end it with all that it started."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(data, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for_answer(address: str, process: subprocess.Popen, patience: float = 60) -> None:
    """Wait so many seconds until a site answers; how quick a start is has a test of its own."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, "the server has ended"
            time.sleep(0.02)
    raise AssertionError("the server does not answer")
