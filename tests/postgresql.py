"""`python -m tests.postgresql COMMAND …`: run a command with a throw-away PostgreSQL server.

The command finds its address in `TEST_DATABASE_URL`. The exit status is that of the command.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# No TCP, and no durability: the data is deleted afterwards.
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# The server refuses to run as root. Debian's package makes the first of these users.
UNPRIVILEGED = ("postgres", "nobody")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server on a socket in a folder. A superuser `tests` needs no password."""

    folder: Path
    programs: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgres://tests@/{database}?host={self.folder}"

    @property
    def pid(self) -> int:
        """The process of the server, which starts one more for each connection."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def initialise(self) -> None:
        self.run("initdb", "--username=tests", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        options = f"{OPTIONS} -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "start", "--wait", f"--log={self.folder / 'log'}", f"--options={options}")

    def stop(self) -> None:
        """Stop the server if it runs."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs on the data; raise CalledProcessError if it fails."""
        command = [str(self.programs / program), *arguments, f"--pgdata={self.folder / 'data'}"]
        user = {} if os.geteuid() else {"user": unprivileged_user(), "extra_groups": []}
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, timeout=60, **user)


def find_programs() -> Path | None:
    """Return the folder of the newest installed server's programs."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    initdb = shutil.which("initdb")
    candidates = [*folders, *([Path(initdb).resolve().parent] if initdb else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def unprivileged_user() -> str:
    names = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in names)


@contextmanager
def temporary_cluster(programs: Path) -> Iterator[Cluster]:
    """Start a server in a temporary folder; stop and delete it at the end, also after an error."""
    with tempfile.TemporaryDirectory(prefix="postgresql-", dir="/tmp") as name:
        if not os.geteuid():
            shutil.chown(name, unprivileged_user())
        cluster = Cluster(Path(name), programs)
        cluster.initialise()
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def end(number: int, _frame: object) -> None:
    """End with an exception, so that the server is stopped. Further signals must not interrupt that."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def run_command(command: list[str], cluster: Cluster) -> int:
    environment = os.environ | {"TEST_DATABASE_URL": cluster.url()}
    with subprocess.Popen(command, env=environment) as process:
        try:
            return process.wait()
        finally:
            # After a signal that reached only this process, the command must not go on without its server.
            process.terminate()


def main(command: list[str]) -> int:
    programs = find_programs()
    if programs is None:
        print("No PostgreSQL server is installed. On Debian: apt-get install postgresql", file=sys.stderr)
        return 1
    for number in SIGNALS:
        signal.signal(number, end)
    with temporary_cluster(programs) as cluster:
        return run_command(command, cluster)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
