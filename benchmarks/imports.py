"""What taking a git repository in takes, and giving it out again.

Every figure is one of a process of its own, on a database of its own.
"""

import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.histories import Made, make_history
from benchmarks.sites import make_tree
from benchmarks.texts import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
# The settings store no others of those that are made up here; they come in all the same, and are not served.
SERVED = [code for code in LANGUAGES if code not in {"hi", "ka"}]

# What Django ends with 1 for, as the import does where it left something out.
FAILURE = re.compile(r"^(Traceback|CommandError: |Unknown command: ).*", re.MULTILINE)


class NotMeasured(Exception):
    """A command failed, so that its figure would mean nothing."""


@dataclass(frozen=True)
class Run:
    """What a command took: seconds by the clock and of the processors, and the bytes of its largest process.

    It is complete unless the command said that something was left out.
    """

    seconds: float
    processor_seconds: float
    memory: int
    is_complete: bool


@dataclass(frozen=True)
class Figure:
    """A line of the output."""

    value: str
    name: str
    target: str = ""

    def __str__(self):
        return f"{self.value:>16}  {self.name}" + (f" (target: {self.target})" if self.target else "")


class Site:
    """A new site with an empty database."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.run("migrate", "--verbosity=0")

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables of a process that works on the site."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "selfprivacy_site.settings",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": "",
            "SITE_LANGUAGES": ",".join(SERVED),
        }

    def marks(self, repository: Path) -> list[tuple[float, int]]:
        """Take a history in; return the seconds and the texts after each batch, from (0, 0) on."""
        command = [sys.executable, "-m", "benchmarks.pace", str(repository)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise NotMeasured(f"the pace: {done.stderr.strip().rpartition(chr(10))[2]}")
        return [(seconds, texts) for seconds, texts in json.loads(done.stdout)]

    def run(self, *arguments: str | Path) -> Run:
        """Run a command of manage.py. Raises NotMeasured unless it ends with 0, or with 1: something was left out."""
        command = [sys.executable, str(ROOT / "manage.py"), *map(str, arguments)]
        with tempfile.TemporaryFile() as output:
            started = time.perf_counter()
            process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)
            # Unlike RUSAGE_CHILDREN, this is about the one process and what it waited for, such as git.
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
        failure = FAILURE.search(said)
        if failure or process.returncode not in {0, 1}:
            # Django's own sentence, or else the last line, which is where a traceback names its error.
            why = failure[0] if failure and failure[1] != "Traceback" else said.rpartition("\n")[2]
            raise NotMeasured(f"{arguments[0]} ended with {process.returncode}: {why}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode == 0)

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with closing(sqlite3.connect(self.folder / "site.sqlite3")) as database:
            return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own tables.

    def database_size(self) -> int:
        """Return the bytes of the database, its log written into it."""
        path = self.folder / "site.sqlite3"
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.stat().st_size


class History:
    """A generated repository, whose main branch can be set back."""

    def __init__(self, path: Path, commits: int):
        self.path = path
        self.made: Made = make_history(path, commits=commits)
        # As a clone has it, whose server stores most versions as deltas; fast-import finds few.
        self.git("repack", "-a", "-d", "-f", "--quiet")
        self.commits = self.git("rev-list", "--first-parent", "--reverse", "main").split()

    def git(self, *arguments: str) -> str:
        """Run git, and return what it says."""
        return subprocess.run(
            ["git", "-C", str(self.path), *arguments], check=True, capture_output=True, encoding="utf-8"
        ).stdout

    def end_with(self, count: int) -> None:
        """Leave so many commits on the main branch."""
        self.git("update-ref", "refs/heads/main", self.commits[count - 1])


def whole_history(site: Site, history: History, out: Path) -> Iterator[Figure]:
    """Take a history in at once, again, and give it out."""
    made = history.made
    run = site.run("import_hugo", history.path, "--history")
    yield Figure(f"{run.seconds:.1f} s", f"history of {made.commits} commits, {made.texts} texts taken in", "15 s")
    yield Figure(f"{run.processor_seconds:.1f} s", "the same, of the processors")
    yield Figure(f"{run.memory / 1e6:.0f} MB", "memory of its largest process", "300 MB")
    yield Figure(f"{site.count('pages_revision')}", "texts stored")
    yield Figure(f"{site.count('pages_version')}", "versions published")
    yield Figure("all" if run.is_complete else "not all", "was taken in, says the command")
    size = site.database_size()
    yield Figure(f"{size / made.text_bytes:.2f}", f"database to {made.text_bytes / 1e6:.0f} MB of text", "1.3")
    again = site.run("import_hugo", history.path, "--history")
    yield Figure(f"{again.seconds:.1f} s", "second run, nothing new")
    for command in ("export_hugo", "export_git"):
        yield from given_out(site, command, out / command, run)


def given_out(site: Site, command: str, out: Path, imported_digests: Run) -> Iterator[Figure]:
    """Give a site out, and compare with what it took to take it in."""
    try:
        run = site.run(command, out)
    except NotMeasured as error:
        yield Figure("not measured", str(error))
    else:
        yield Figure(f"{run.seconds:.1f} s", command)
        yield Figure(f"{run.seconds / imported_digests.seconds:.2f}", f"{command} to the import", "1")
        yield Figure(f"{run.memory / 1e6:.0f} MB", "memory of its largest process")


def pace(site: Site, history: History) -> Iterator[Figure]:
    """Take all commits but the last in, and see if those of the end take longer than the first; then the last one."""
    history.end_with(len(history.commits) - 1)
    marks = site.marks(history.path)
    first, last = (seconds_a_text(marks, *quarter) for quarter in ((0, 1 / 4), (3 / 4, 1)))
    yield Figure(f"{first * 1000:.2f} ms", "a text of the first quarter, in one run")
    yield Figure(f"{last * 1000:.2f} ms", "a text of the last quarter")
    yield Figure(f"{last / first:.2f}", "the last to the first", "flat: about 1")
    history.end_with(len(history.commits))
    one = site.run("import_hugo", history.path, "--history")
    yield Figure(f"{one.seconds:.2f} s", "one commit more, by a run of its own")
    yield Figure(f"{site.run('import_hugo', '--help').seconds:.2f} s", "of that, the start of Python and Django")


def seconds_a_text(marks: list[tuple[float, int]], begin: float, end: float) -> float:
    """Return what a text took in a part of a run, both ends as shares of its texts, by the batches within."""
    texts = marks[-1][1]
    within = [mark for mark in marks if begin * texts <= mark[1] <= end * texts]
    if len(within) < 2:
        raise NotMeasured("the pace: too few batches.")
    return (within[-1][0] - within[0][0]) / (within[-1][1] - within[0][1])


def whole_tree(site: Site, tree: Path, pages: int, out: Path) -> Iterator[Figure]:
    """Take a folder in that has no history, and give it out."""
    text_bytes = make_tree(tree, pages)
    run = site.run("import_hugo", tree)
    yield Figure(f"{run.seconds:.1f} s", f"tree of {pages} pages in 30 languages taken in", "60 s")
    yield Figure(f"{run.memory / 1e6:.0f} MB", "memory of its largest process")
    yield Figure(f"{site.count('pages_revision')}", "texts stored")
    yield Figure(f"{site.database_size() / text_bytes:.2f}", f"database to {text_bytes / 1e6:.0f} MB of text")
    yield from given_out(site, "export_hugo", out, run)


def main() -> None:
    """Make a repository and a folder, and print what each takes."""
    parser = argparse.ArgumentParser(prog="benchmarks.imports", description=__doc__)
    parser.add_argument("--commits", type=int, help="of the history; the targets are for 1,700")
    parser.add_argument("--quick", action="store_true", help="a small history and a small tree")
    options = parser.parse_args()
    commits = options.commits or (200 if options.quick else 1700)
    pages = 50 if options.quick else 1000
    with tempfile.TemporaryDirectory(prefix="selfprivacy-site-bench-") as name:
        folder = Path(name)
        history = History(folder / "history.git", commits)
        for measure in (
            lambda: whole_history(Site(folder / "whole"), history, folder),
            lambda: pace(Site(folder / "pace"), history),
            lambda: whole_tree(Site(folder / "tree"), folder / "site", pages, folder / "tree-out"),
        ):
            try:
                for figure in measure():
                    print(figure, flush=True)
            except NotMeasured as error:
                print(Figure("not measured", str(error)), flush=True)


if __name__ == "__main__":
    main()
