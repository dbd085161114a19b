"""Reading while versions are published: the time of the slowest answers, and pages that are made of two versions."""

import http.client
import os
import re
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from json import dumps
from pathlib import Path

from benchmarks.benchmark_site import ROOT, BenchmarkSite, MeasurementFailed, in_process_command
from benchmarks.scale import Scale
from benchmarks.serving.load import MISSING, Load, has_wrk, put_under_load
from benchmarks.serving.servers import LOAD_CORE, Server, pinned, serving
from benchmarks.table import TableRow, at_most

PAGES, EACH_SECOND = 20, 10
# A busy machine can be too slow to publish so many. With this share of them, a figure counts.
ENOUGH = 0.9
PATHS = [f"/numbered-{number}/" for number in range(PAGES)]
# The parts of a page that say which version it is: each must name the same number.
PARTS = [
    re.compile(pattern)
    for pattern in (
        rb"<title>Title-(\d+)-",
        rb"<h1[^>]*>Title-(\d+)-",
        rb"Body-(\d+)-",
        rb"End-(\d+)-",
        rb"Note-(\d+)-",
        rb'data-version="(\d+)"',
        rb"Version (\d+),",
    )
]


def measure(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder, SITE_LANGUAGES="en,ru")
    site.call("writing.make_numbered", pages=PAGES)
    with serving(site) as server:
        if has_wrk():
            yield measure_slowest(site, server, PATHS[:1], scale)
            yield measure_slowest(site, server, PATHS, scale)
        else:
            yield TableRow("p99", None, remark=MISSING)
        with publishing(site) as published:
            mixed, versions = count_mixed(server, scale.reads)
    what = f"pages made of two versions in {scale.reads:,} reads, {EACH_SECOND} versions a second published"
    yield judge(TableRow(what, mixed, "", at_most(0), f"{versions:,} versions were read"), published.rate)


def measure_slowest(site: BenchmarkSite, server: Server, paths: list[str], scale: Scale) -> TableRow:
    """Compare the 99th percentiles with and without publications, in turns. Each page is published in turn."""
    idle, busy, rates = [], [], []
    for path in paths:
        server.get(path)
    for _run in range(scale.runs):
        idle.append(put_under_load(server, paths, scale.seconds))
        with publishing(site) as published:
            busy.append(put_under_load(server, paths, scale.seconds))
        rates.append(published.rate)
    subject = f"p99 of {len(paths)} pages" if len(paths) > 1 else "p99 of a page"
    what = f"{subject} while {EACH_SECOND} versions a second are published, against none"
    ratio = statistics.median(
        changed.p99_milliseconds / same.p99_milliseconds for same, changed in zip(idle, busy, strict=True)
    )
    remark = (
        f"{_p99(busy):.2f} against {_p99(idle):.2f} ms, {_rate(busy):,.0f} against {_rate(idle):,.0f} requests a second"
    )
    return judge(TableRow(what, ratio, "×", at_most(2), remark), statistics.median(rates))


def judge(row: TableRow, rate: float) -> TableRow:
    """Name the rate of publications. If they were too few, the figure says nothing of the goal."""
    remark = f"{row.remark}; {rate:.1f} versions a second were published"
    return replace(row, remark=remark, goal=row.goal if rate >= ENOUGH * EACH_SECOND else None)


def _p99(loads: list[Load]) -> float:
    return statistics.median(load.p99_milliseconds for load in loads)


def _rate(loads: list[Load]) -> float:
    return statistics.median(load.rate for load in loads)


@dataclass
class Published:
    """How many versions a second were published."""

    rate: float = 0


@contextmanager
def publishing(site: BenchmarkSite) -> Iterator[Published]:
    """Publish in a process of its own while the block runs; the rate is known at its end.

    Raises MeasurementFailed if it ends by itself.

    It uses what the load leaves of its core, so that what is measured is the server, and not how slow the load gets.
    """
    command = [*in_process_command("writing.publish_numbers"), dumps({"pages": PAGES, "each_second": EACH_SECOND})]
    process = subprocess.Popen(
        pinned(LOAD_CORE, command), cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    published, started = Published(), time.monotonic()
    try:
        # A dot for the first version.
        if not process.stdout.read(1):
            raise MeasurementFailed(f"publishing: {process.stderr.read().decode().strip()}")
        os.sched_setscheduler(process.pid, os.SCHED_IDLE, os.sched_param(0))
        started = time.monotonic()
        yield published
        if process.poll() is not None:
            raise MeasurementFailed(f"publishing: {process.stderr.read().decode().strip()}")
    finally:
        if process.poll() is None:
            # At its usual priority, so that it ends soon.
            os.sched_setscheduler(process.pid, os.SCHED_OTHER, os.sched_param(0))
            process.terminate()
        dots = process.communicate()[0].partition(b"\n")[0]
        published.rate = len(dots) / (time.monotonic() - started)


def count_mixed(server: Server, reads: int) -> tuple[int, int]:
    """Read pages in turn on one connection; return how many are made of two versions, and how many were different."""
    connection, mixed, versions = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30), 0, set()
    for path in islice(cycle(PATHS), reads):
        connection.request("GET", path)
        response = connection.getresponse()
        numbers = numbers_of(response.read())
        if response.status != 200:
            raise MeasurementFailed(f"{path} answered {response.status}")
        mixed += len(set(numbers)) != 1
        versions.add((path, numbers[0]))
    connection.close()
    return mixed, len(versions)


def numbers_of(page: bytes) -> list[int]:
    """Return the number that each part of a page names, -1 if it has none. The newest note is the first one."""
    matches = (part.search(page) for part in PARTS)
    return [int(match[1]) if match else -1 for match in matches]
