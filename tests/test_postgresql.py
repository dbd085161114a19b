"""What the database itself has to keep is kept on PostgreSQL too: a server for one test, away from the network."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Apart, so that two processes can share the work; and what is printed only there.
HELD = {
    "rows, verbs and chain": (
        ["tests/pages/models", "tests/pages/publishing", "tests/pages/history"],
        "a way of writing that only SQLite has",
    ),
    "imports": (["tests/pages/hugo/importing"], "passed"),
}
# No TCP, and nothing has to outlive the test.
SERVER = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c unix_socket_directories="
)


def server_programmes() -> Path | None:
    """Return the newest folder that has a server's programmes."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    found = shutil.which("initdb")
    candidates = [*folders, *([Path(found).resolve().parent] if found else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def as_nobody_special() -> list[str]:
    """Return what to put in front of a command: a server refuses to run as root."""
    return [] if os.geteuid() else ["runuser", "-u", "postgres", "--"]


@pytest.fixture
def server():
    """Start a server on a socket in a folder of its own; return the folder."""
    programmes = server_programmes()
    if programmes is None:
        pytest.skip("no PostgreSQL server is installed here (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="postgresql-", dir="/tmp") as name:
        folder, data = Path(name), Path(name) / "data"
        if not os.geteuid():
            shutil.chown(folder, "postgres")

        def run(programme, *arguments):
            command = [*as_nobody_special(), str(programmes / programme), *map(str, arguments)]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60)

        run("initdb", "--pgdata", data, "--username=tests", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run("pg_ctl", "start", "--wait", "--pgdata", data, "--log", folder / "log", "--options", f"{SERVER}{folder}")
        try:
            yield folder
        finally:
            run("pg_ctl", "stop", "--pgdata", data, "--mode=immediate")


@pytest.mark.parametrize(("held", "said"), HELD.values(), ids=HELD)
def test_promises_are_kept_on_postgresql(server, held, said):
    environment = os.environ | {
        "TEST_DATABASE_URL": f"postgres://tests@/postgres?host={server}",
        "PUBLISHING_EXAMPLES": "3",
    }
    environment.pop("DATA_DIR", None)
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "pytest", *held, "-q", "-p", "no:cacheprovider"]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    assert said in result.stdout
