"""The static copy of a site, against Hugo on the same texts."""

import resource
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
    run, pages = site.run("bake", baked), count_pages(baked)
    rate, own = pages / run.seconds, run.processor_seconds / pages * 1000
    remark = f"{pages:,} HTML pages in {run.seconds:.1f} s, {own:.1f} ms of processor time each; "
    remark += f"{run.memory / 1e6:.0f} MB in the largest process"
    yield TableRow(f"bake of the sample policy {scale.copies:,} times", rate, "HTML pages/s", remark=remark)
    yield compare_with_hugo(folder / "hugo", rate, own, scale)
    yield measure_edit(site, baked, scale)


def compare_with_hugo(folder: Path, rate: float, own: float, scale: Scale) -> TableRow:
    """Compare rates; `own` are our milliseconds of processor time for a page, which other programs change less."""
    what = "bake: HTML pages a second against Hugo's"
    if not shutil.which("hugo"):
        return TableRow(what, None, "×", at_least(1), MISSING)
    make_hugo_site(folder, scale.copies)
    times, processor_times = zip(*(run_hugo(folder) for _run in range(scale.runs)), strict=True)
    pages = count_pages(folder / "public")
    hugo_rate, hugo_time = pages / statistics.median(times), statistics.median(processor_times) / pages * 1000
    remark = f"{rate:,.0f} against {hugo_rate:,.0f}, of {pages:,} pages without history; "
    remark += f"{own:.1f} against {hugo_time:.1f} ms of processor time"
    return TableRow(what, rate / hugo_rate, "×", at_least(1), remark)


def run_hugo(folder: Path) -> tuple[float, float]:
    """Return the seconds, and those of processor time."""
    shutil.rmtree(folder / "public", ignore_errors=True)
    started, used = time.perf_counter(), processor_seconds()
    subprocess.run(["hugo", "--quiet", "--source", str(folder)], check=True)
    return time.perf_counter() - started, processor_seconds() - used


def processor_seconds() -> float:
    """Return the processor time of all programs that this one has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure_edit(site: BenchmarkSite, baked: Path, scale: Scale) -> TableRow:
    """Measure a bake after one page was changed, without what any command needs to start."""
    start, edited, processor_times = [], [], []
    for number in range(scale.runs):
        site.call("sites.edit_copy", number=number)
        command, bake = site.run("bake", "--help"), site.run("bake", baked)
        start.append(command.seconds)
        edited.append(bake.seconds)
        processor_times.append(bake.processor_seconds - command.processor_seconds)
    beyond = statistics.median(whole - alone for whole, alone in zip(edited, start, strict=True))
    remark = f"{statistics.median(edited):.2f} s in all; {statistics.median(processor_times):.2f} s of processor time"
    return TableRow("bake after one edit, beyond the start of the command", beyond, "s", at_most(0.5), remark)


def count_pages(folder: Path) -> int:
    return sum(1 for _file in folder.rglob("*.html"))
