"""The static copy of a site, against Hugo on the same texts."""

import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.benchmark_site import BenchmarkSite
from benchmarks.rows.hugo_sites import make_hugo_site
from benchmarks.scale import Scale
from benchmarks.table import TableRow, at_least, at_most

MISSING = "hugo is not installed: apt-get install hugo"


def measure(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(
        folder / "site", SITE_LANGUAGES="en,ru", SITE_URL="https://policies.example.org"
    )
    site.call("sites.make_copies", copies=scale.copies)
    baked = folder / "baked"
    seconds = site.run("bake", baked).seconds
    rate = count_pages(baked) / seconds
    remark = f"{count_pages(baked):,} HTML pages in {seconds:.1f} s"
    yield TableRow(f"bake of the sample policy {scale.copies:,} times", rate, "HTML pages/s", remark=remark)
    yield compare_with_hugo(folder / "hugo", rate, scale)
    yield measure_edit(site, baked, scale)


def compare_with_hugo(folder: Path, rate: float, scale: Scale) -> TableRow:
    what = "bake: HTML pages a second against Hugo's"
    if not shutil.which("hugo"):
        return TableRow(what, None, "×", at_least(1), MISSING)
    make_hugo_site(folder, scale.copies)
    times = [run_hugo(folder) for _run in range(scale.runs)]
    pages = count_pages(folder / "public")
    hugo_rate = pages / statistics.median(times)
    remark = f"{rate:,.0f} against {hugo_rate:,.0f}, of {pages:,} pages without history"
    return TableRow(what, rate / hugo_rate, "×", at_least(1), remark)


def run_hugo(folder: Path) -> float:
    shutil.rmtree(folder / "public", ignore_errors=True)
    started = time.perf_counter()
    subprocess.run(["hugo", "--quiet", "--source", str(folder)], check=True)
    return time.perf_counter() - started


def measure_edit(site: BenchmarkSite, baked: Path, scale: Scale) -> TableRow:
    """Measure a bake after one page was changed, without what any command needs to start."""
    start, edited = [], []
    for number in range(scale.runs):
        site.call("sites.edit_copy", number=number)
        start.append(site.run("bake", "--help").seconds)
        edited.append(site.run("bake", baked).seconds)
    beyond = statistics.median(bake - command for bake, command in zip(edited, start, strict=True))
    remark = f"{statistics.median(edited):.2f} s in all"
    return TableRow("bake after one edit, beyond the start of the command", beyond, "s", at_most(0.5), remark)


def count_pages(folder: Path) -> int:
    return sum(1 for _file in folder.rglob("*.html"))
