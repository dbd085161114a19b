"""Commands of the site in subprocesses, with only the given settings."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.settings import ENV_NAMES

ROOT = Path(__file__).resolve().parent.parent
PASS_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""


def environment(data: Path, **settings: str) -> dict[str, str]:
    """Return the environment of this process with only the given settings set."""
    # Empty, not removed: a removed variable would be read from the developer's .env file.
    empty = dict.fromkeys(ENV_NAMES, "")
    given = {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "selfprivacy_site.settings", **settings}
    return {**os.environ, **empty, **given}


def run_python(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess:
    """Run Python in the project's folder and wait for it to end."""
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
    """Run a management command and wait for it to end."""
    return run_python("manage.py", *arguments, data=data, **settings)


@cache
def prepared_site(*options: str) -> Path:
    """Prepare a site once, which takes seconds; it is deleted when this process ends."""
    folder = tempfile.mkdtemp(prefix="selfprivacy-site-prepared-")
    atexit.register(shutil.rmtree, folder)
    assert manage("serve", "--prepare", *options, data=Path(folder)).returncode == 0
    return Path(folder)


def copy_prepared_site(data: Path, *options: str) -> Path:
    """Copy a site that was started once with these options, but has no user, to a new folder; return the folder."""
    return shutil.copytree(prepared_site(*options), data, dirs_exist_ok=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    *arguments: str, data: Path, listener: socket.socket | None = None, stdout: int = subprocess.PIPE, **settings: str
) -> Iterator[subprocess.Popen]:
    """Run a management command that does not end by itself; on exit, kill it and the processes it started.

    A listener is passed as systemd does: sd_listen_fds(3).
    """
    command = [sys.executable, "manage.py", *arguments]
    if listener:
        command = [sys.executable, "-c", PASS_SOCKET, str(listener.fileno()), *command]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(data, **settings),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=[listener.fileno()] if listener else [],
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_until_ready(url: str, process: subprocess.Popen, timeout: float = 60) -> None:
    """Wait until the site at a URL answers, at most `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server has exited"
            time.sleep(0.02)
    raise AssertionError("the server does not answer")
