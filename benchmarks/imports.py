"""Time, memory and database size of imports and exports.

Each measured command runs in its own process.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.benchmark_site import BenchmarkSite, CommandRun, MeasurementFailed
from benchmarks.generators.histories import HistorySize, make_history
from benchmarks.generators.sites import make_tree


@dataclass(frozen=True)
class Figure:
    """One line of the output."""

    value: str
    name: str
    target: str = ""

    def __str__(self):
        return f"{self.value:>16}  {self.name}" + (f" (target: {self.target})" if self.target else "")


class GeneratedRepository:
    """A repository with a generated history, whose main branch can be moved to an earlier commit."""

    def __init__(self, path: Path, commits: int):
        self.path = path
        self.size: HistorySize = make_history(path, commits=commits)
        # Fast-import writes few deltas. In a clone, as a server sends it, most blobs are deltas.
        self.git("repack", "-a", "-d", "-f", "--quiet")
        self.commits = self.git("rev-list", "--first-parent", "--reverse", "main").split()

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(self.path), *arguments], check=True, capture_output=True, encoding="utf-8"
        ).stdout

    def truncate(self, count: int) -> None:
        """Let the main branch end after `count` commits; a larger count brings later ones back."""
        self.git("update-ref", "refs/heads/main", self.commits[count - 1])


def measure_history(site: BenchmarkSite, history: GeneratedRepository, out: Path) -> Iterator[Figure]:
    """Import a history, import it again, and export it."""
    size = history.size
    run = site.run("import_hugo", history.path, "--history", "--language-map", "zh=zh")
    yield Figure(f"{run.seconds:.1f} s", f"import of {size.commits} commits, {size.texts} texts, plan included", "10 s")
    yield Figure(f"{run.processor_seconds:.1f} s", "the same, processor time")
    yield Figure(f"{run.memory / 1e6:.0f} MB", "memory of the largest process", "250 MB")
    yield Figure(f"{site.count_rows('pages_revision')}", "texts stored")
    yield Figure(f"{site.count_rows('pages_version')}", "versions published")
    yield Figure("yes" if run.is_complete else "no", "everything imported")
    ratio = site.database_size() / size.text_bytes
    yield Figure(f"{ratio:.2f}", f"database size to {size.text_bytes / 1e6:.0f} MB of text", "1.3")
    again = site.run("import_hugo", history.path, "--history")
    yield Figure(f"{again.seconds:.1f} s", "second import, nothing new")
    for command in ("export_hugo", "export_git"):
        yield from measure_export(site, command, out / command, run)


def measure_export(site: BenchmarkSite, command: str, out: Path, import_run: CommandRun) -> Iterator[Figure]:
    """Export a site, and compare the time with that of the import."""
    try:
        run = site.run(command, out)
    except MeasurementFailed as error:
        yield Figure("failed", str(error))
    else:
        yield Figure(f"{run.seconds:.1f} s", command)
        yield Figure(f"{run.seconds / import_run.seconds:.2f}", f"{command} to import", "1")
        yield Figure(f"{run.memory / 1e6:.0f} MB", "memory of the largest process")


def measure_batches(site: BenchmarkSite, history: GeneratedRepository) -> Iterator[Figure]:
    """Measure whether an import slows down as history grows, and what importing one more commit takes."""
    history.truncate(len(history.commits) - 1)
    batches = site.import_with_times(history.path)["texts"]
    first, last = (seconds_each(batches, *quarter) for quarter in ((0, 1 / 4), (3 / 4, 1)))
    yield Figure(f"{first * 1000:.2f} ms", "per text in the first quarter")
    yield Figure(f"{last * 1000:.2f} ms", "per text in the last quarter")
    yield Figure(f"{last / first:.2f}", "last quarter to first", "about 1")
    history.truncate(len(history.commits))
    single = site.run("import_hugo", history.path, "--history", "--language-map", "zh=zh")
    yield Figure(f"{single.seconds:.2f} s", "import of one more commit")
    yield Figure(f"{site.run('import_hugo', '--help').seconds:.2f} s", "of that, starting Python and Django")


def measure_growth(site: BenchmarkSite, history: GeneratedRepository) -> Iterator[Figure]:
    """Measure whether a commit takes longer at the end of the history than at the beginning."""
    times = site.import_with_times(history.path)
    sums = [0.0, 0.0]
    for name in ("planned", "written"):
        first, last = (seconds_each(times[name], *tenth) for tenth in ((0, 0.1), (0.9, 1)))
        yield Figure(f"{first * 1000:.2f} ms", f"processor time per commit {name} in the first tenth")
        yield Figure(f"{last * 1000:.2f} ms", f"processor time per commit {name} in the last tenth")
        sums = [sums[0] + first, sums[1] + last]
    yield Figure(f"{sums[1] / sums[0]:.2f}", f"last tenth to first, of {history.size.commits} commits", "1.2")


def seconds_each(times: list[tuple[float, int]], begin: float, end: float) -> float:
    """Return the seconds that each of what was counted took between two shares (0 to 1) of all.

    Raises MeasurementFailed if there are too few times.
    """
    total = times[-1][1]
    selected = [pair for pair in times if begin * total <= pair[1] <= end * total]
    if len(selected) < 2:
        raise MeasurementFailed("batch times: too few batches.")
    return (selected[-1][0] - selected[0][0]) / (selected[-1][1] - selected[0][1])


def measure_tree(site: BenchmarkSite, tree: Path, pages: int, out: Path) -> Iterator[Figure]:
    """Import a folder without history, and export it."""
    text_bytes = make_tree(tree, pages)
    run = site.run("import_hugo", tree)
    yield Figure(f"{run.seconds:.1f} s", f"import of a tree of {pages} pages in 30 languages", "60 s")
    yield Figure(f"{run.memory / 1e6:.0f} MB", "memory of the largest process")
    yield Figure(f"{site.count_rows('pages_revision')}", "texts stored")
    ratio = site.database_size() / text_bytes
    yield Figure(f"{ratio:.2f}", f"database size to {text_bytes / 1e6:.0f} MB of text")
    yield from measure_export(site, "export_hugo", out, run)


def main() -> None:
    """Generate a repository and a folder, import and export them, and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks.imports", description=__doc__)
    parser.add_argument("--commits", type=int, help="length of the history; the targets apply to 1,700")
    parser.add_argument("--quick", action="store_true", help="a small history and a small tree")
    parser.add_argument("--growth", action="store_true", help="only whether a commit takes longer in a long history")
    options = parser.parse_args()
    commits = options.commits or (200 if options.quick else 1700)
    pages = 50 if options.quick else 1000
    with tempfile.TemporaryDirectory(prefix="selfprivacy-site-bench-") as name:
        folder = Path(name)
        history = GeneratedRepository(folder / "history.git", commits)
        growth = [lambda: measure_growth(BenchmarkSite(folder / "growth"), history)]
        others = [
            lambda: measure_history(BenchmarkSite(folder / "history"), history, folder),
            lambda: measure_batches(BenchmarkSite(folder / "batches"), history),
            lambda: measure_tree(BenchmarkSite(folder / "tree"), folder / "site", pages, folder / "tree-out"),
        ]
        for measure in growth if options.growth else others:
            try:
                for figure in measure():
                    print(figure, flush=True)
            except MeasurementFailed as error:
                print(Figure("failed", str(error)), flush=True)


if __name__ == "__main__":
    main()
