"""The throw-away PostgreSQL server of `make test-postgres` leaves nothing behind, however its command ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgresql import find_programs
from tests.processes import ROOT

SHOW_FOLDER = "import os; print(os.environ['TEST_DATABASE_URL'].partition('host=')[2], flush=True);"

pytestmark = pytest.mark.skipif(find_programs() is None, reason="no PostgreSQL server: apt-get install postgresql")


def start(code):
    """Run Python code with a server; return the process and the server's folder."""
    command = [sys.executable, "-m", "tests.postgresql", sys.executable, "-c", SHOW_FOLDER + code]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    return process, Path(process.stdout.readline().strip())


def server_processes(folder):
    """Return the command lines of the processes that work in a folder."""
    lines = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if str(folder) in line]


def assert_nothing_is_left(folder):
    assert folder.name.startswith("postgresql-")
    assert not folder.exists()
    # The server ends a moment after it has removed the file that pg_ctl waits for.
    deadline = time.monotonic() + 10
    while server_processes(folder):
        assert time.monotonic() < deadline, server_processes(folder)
        time.sleep(0.1)


@pytest.mark.parametrize("status", [0, 3])
def test_server_is_removed_after_its_command(status):
    process, folder = start(f"raise SystemExit({status})")
    with process:
        assert process.wait(timeout=60) == status
    assert_nothing_is_left(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("send", [os.killpg, os.kill], ids=["to the group", "to one process"])
def test_server_is_removed_after_a_signal(send, number):
    process, folder = start("import time; time.sleep(60)")
    with process:
        assert server_processes(folder) != []
        send(process.pid, number)
        assert process.wait(timeout=30) == 128 + number
    assert_nothing_is_left(folder)


def test_command_reaches_a_database_without_a_password():
    process, folder = start(
        "import psycopg; connection = psycopg.connect(f\"host={os.environ['TEST_DATABASE_URL'].partition('host=')[2]} "
        "user=tests dbname=postgres\"); print(connection.execute('SHOW fsync').fetchone()[0])"
    )
    with process:
        assert process.stdout.read() == "off\n"
    assert_nothing_is_left(folder)
