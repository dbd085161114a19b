"""The tests of models, operations and imports pass on PostgreSQL, with a temporary server on a Unix socket."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IMPORTING = "tests/pages/hugo/importing"
# The tests to run, in parts that several processes can share, and a text that each must print.
# The imports of histories take longer than all other parts together.
PARTS = [
    pytest.param(
        ["tests/pages/models", "tests/pages/publishing", "tests/pages/history"],
        "SQLite only",
        id="models, publishing and history",
    ),
    pytest.param([f"{IMPORTING}/test_tree_import.py"], "passed", id="imports of folders"),
    pytest.param(
        [f"{IMPORTING}/test_history_import.py"], "passed", id="imports of histories", marks=pytest.mark.thorough
    ),
]
# No TCP, and no durability: the data is deleted after the test.
SERVER = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c unix_socket_directories="
)


def find_server_programs() -> Path | None:
    """Return the folder of the newest installed server's programs."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    initdb = shutil.which("initdb")
    candidates = [*folders, *([Path(initdb).resolve().parent] if initdb else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def unprivileged_prefix() -> list[str]:
    """Return what to put before a command: the server refuses to run as root."""
    return [] if os.geteuid() else ["runuser", "-u", "postgres", "--"]


@pytest.fixture
def server():
    """Start a server on a socket in a temporary folder; return the folder."""
    programs = find_server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="postgresql-", dir="/tmp") as name:
        folder, data = Path(name), Path(name) / "data"
        if not os.geteuid():
            shutil.chown(folder, "postgres")

        def run(program, *arguments):
            command = [*unprivileged_prefix(), str(programs / program), *map(str, arguments)]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60)

        run("initdb", "--pgdata", data, "--username=tests", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run("pg_ctl", "start", "--wait", "--pgdata", data, "--log", folder / "log", "--options", f"{SERVER}{folder}")
        try:
            yield folder
        finally:
            run("pg_ctl", "stop", "--pgdata", data, "--mode=immediate")


@pytest.mark.parametrize(("paths", "expected_output"), PARTS)
def test_tests_pass_on_postgresql(server, paths, expected_output):
    environment = os.environ | {
        "TEST_DATABASE_URL": f"postgres://tests@/postgres?host={server}",
        "PUBLISHING_EXAMPLES": "3",
    }
    environment.pop("DATA_DIR", None)
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "pytest", *paths, "-q", "-p", "no:cacheprovider"]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    assert expected_output in result.stdout
