"""The start of a worker."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.benchmark_site import BenchmarkSite
from benchmarks.scale import Scale
from benchmarks.serving.servers import serving_application
from benchmarks.table import TableRow, at_most

PAGE = "/privacy-policy/"


def measure(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder, SITE_LANGUAGES="en,ru")
    site.run("loadstarter")
    seconds = statistics.median(start(site) for _run in range(scale.runs))
    yield TableRow("start of a server with one worker to its first page", seconds, "s", at_most(1.5))


def start(site: BenchmarkSite) -> float:
    started = time.perf_counter()
    with serving_application(site, "selfprivacy_site.wsgi:application") as server:
        server.get(PAGE)
        return time.perf_counter() - started
