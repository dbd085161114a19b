"""The start of a worker."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.benchmark_site import BenchmarkSite
from benchmarks.scale import Scale
from benchmarks.serving.servers import processor_seconds, serving_application
from benchmarks.table import TableRow, at_most

PAGE = "/privacy-policy/"


def measure(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder, SITE_LANGUAGES="en,ru")
    site.run("loadstarter")
    starts = [start(site) for _run in range(scale.runs)]
    seconds, processor = (statistics.median(times) for times in zip(*starts, strict=True))
    what = "start of a server with one worker to its first page"
    yield TableRow(what, seconds, "s", at_most(1.5), f"{processor:.2f} s of processor time")


def start(site: BenchmarkSite) -> tuple[float, float]:
    """Return the seconds to the first page, and the processor time."""
    started = time.perf_counter()
    with serving_application(site, "selfprivacy_site.wsgi:application") as server:
        server.get(PAGE)
        return time.perf_counter() - started, processor_seconds(server.process.pid) + server.processor_seconds
