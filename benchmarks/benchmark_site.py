"""A new site in a folder: its commands, and functions that run in a process of it."""

import atexit
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.generators.texts import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
# MODELTRANSLATION_LANGUAGES has neither Hindi nor Georgian: their texts are imported, but cannot be served.
SERVED = [code for code in LANGUAGES if code not in {"hi", "ka"}]
# Django exits with 1 after these errors, and so does an import that skipped something.
FAILURE = re.compile(r"^(Traceback|CommandError: |Unknown command: ).*", re.MULTILINE)


class MeasurementFailed(Exception):
    """A command failed, so that its time would mean nothing."""


@dataclass(frozen=True)
class CommandRun:
    """The cost of a command: wall-clock and processor seconds, and the peak memory of its largest process in bytes.

    `is_complete` is false if the command skipped something.
    """

    seconds: float
    processor_seconds: float
    memory: int
    is_complete: bool


def in_process_command(function: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.in_process", function]


@cache
def collected_files() -> Path:
    """Collect the static files once, which takes seconds; they are deleted when this process ends."""
    folder = tempfile.mkdtemp(prefix="selfprivacy-site-bench-static-")
    atexit.register(shutil.rmtree, folder)
    BenchmarkSite(Path(folder)).run("collectstatic", "--no-input", "--verbosity=0")
    return Path(folder) / "static"


class BenchmarkSite:
    """A new site with an empty SQLite database in a folder."""

    def __init__(self, folder: Path, **settings: str):
        self.folder = folder
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "selfprivacy_site.settings",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": "",
            "SITE_LANGUAGES": ",".join(SERVED),
            **settings,
        }
        self.run("migrate", "--verbosity=0")

    @classmethod
    def with_static_files(cls, folder: Path, **settings: str) -> "BenchmarkSite":
        """Return a new site whose pages can be requested."""
        site = cls(folder, **settings)
        shutil.copytree(collected_files(), folder / "static")
        return site

    def call(self, function: str, **arguments: Any) -> Any:
        """Call a function in a process of the site, and return what it returned, both as JSON.

        `function` is a name in `benchmarks.in_process`, such as `reading.measure_pages`. Raises MeasurementFailed.
        """
        process = subprocess.run(
            [*in_process_command(function), json.dumps(arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if process.returncode:
            raise MeasurementFailed(f"{function}: {process.stderr.strip().rpartition(chr(10))[2]}")
        return json.loads(process.stdout.rpartition("\n")[2])

    def import_with_times(self, repository: Path) -> dict[str, list[tuple[float, int]]]:
        """Import a history; return seconds with counts, as `benchmarks.batch_times` says, beginning with (0, 0)."""
        command = [sys.executable, "-m", "benchmarks.batch_times", str(repository)]
        process = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, encoding="utf-8", check=False
        )
        if process.returncode:
            raise MeasurementFailed(f"batch times: {process.stderr.strip().rpartition(chr(10))[2]}")
        times = json.loads(process.stdout)
        return {name: [(seconds, count) for seconds, count in pairs] for name, pairs in times.items()}

    def run(self, *arguments: str | Path) -> CommandRun:
        """Run a manage.py command.

        Raises MeasurementFailed unless it exits with 0, or with 1 because it skipped something.
        """
        command = [sys.executable, str(ROOT / "manage.py"), *map(str, arguments)]
        with tempfile.TemporaryFile() as output:
            started = time.perf_counter()
            process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)
            # Unlike RUSAGE_CHILDREN, this counts only this process and its own children, such as git.
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read().decode(errors="replace").strip()
        failure = FAILURE.search(text)
        if failure or process.returncode not in {0, 1}:
            # A traceback names its error in the last line.
            reason = failure[0] if failure and failure[1] != "Traceback" else text.rpartition("\n")[2]
            raise MeasurementFailed(f"{arguments[0]} exited with {process.returncode}: {reason}")
        return CommandRun(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode == 0)

    def count_rows(self, table: str) -> int:
        with closing(sqlite3.connect(self.folder / "site.sqlite3")) as database:
            return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    def database_size(self) -> int:
        """Return the size of the database file in bytes, including what was still in the write-ahead log."""
        path = self.folder / "site.sqlite3"
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.stat().st_size
