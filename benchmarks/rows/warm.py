"""Answers from memory, against a bare WSGI function and a constant Django view on the same server."""

import base64
import json
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.benchmark_site import BenchmarkSite
from benchmarks.scale import Scale
from benchmarks.serving.load import MISSING, Load, has_wrk, put_under_load
from benchmarks.serving.servers import Answer, Server, serving, serving_application
from benchmarks.table import Goal, TableRow, at_least

PAGE = "/privacy-policy/"
# What browsers send over plain HTTP; the others only with TLS.
BROWSER = {"Accept-Encoding": "gzip, deflate"}
BEST = {"Accept-Encoding": "gzip, deflate, br, zstd"}
APPLICATIONS = "benchmarks.serving.constant_applications"


def measure(folder: Path, scale: Scale) -> Iterator[TableRow]:
    if not has_wrk():
        yield TableRow("warm page", None, remark=MISSING)
        return
    site = BenchmarkSite.with_static_files(folder)
    site.run("loadstarter")
    with serving(site) as server:
        cases = {
            "warm page": {},
            "warm page, gzip": BROWSER,
            "warm page, the best encoding": BEST,
            "warm page, 304": {"If-None-Match": server.get(PAGE).etag},
        }
        for what, headers in cases.items():
            name = f"{what}: requests a second against a bare WSGI function"
            yield compare(name, site, server, "bare_function", scale, headers, at_least(0.9))
        name = "warm page: requests a second against a constant Django view"
        yield compare(name, site, server, "django_view", scale, {}, at_least(5))


def compare(
    what: str,
    site: BenchmarkSite,
    server: Server,
    application: str,
    scale: Scale,
    headers: Mapping[str, str],
    goal: Goal,
) -> TableRow:
    """Compare the site with an application that sends the same response, in turns."""
    stored = site.folder / "constant-answer.json"
    store(server.get(PAGE, headers), stored)
    target = f"{APPLICATIONS}:{application}"
    with serving_application(site, target, CONSTANT_ANSWER=str(stored)) as other:
        loads = [
            [put_under_load(each, [PAGE], scale.seconds, headers) for each in (server, other)]
            for _run in range(scale.runs)
        ]
    ratio = statistics.median(own.rate / bare.rate for own, bare in loads)
    return TableRow(what, ratio, "×", goal, describe(loads))


def describe(loads: list[list[Load]]) -> str:
    """Return the rates of the site and the other application, and the processor time of their workers."""
    own, other = zip(*loads, strict=True)
    rates = [statistics.median(load.rate for load in each) for each in (own, other)]
    times = [statistics.median(load.microseconds for load in each) for each in (own, other)]
    return f"{rates[0]:,.0f} against {rates[1]:,.0f}; {times[0]:.0f} against {times[1]:.0f} µs of processor time"


def store(answer: Answer, path: Path) -> None:
    values = {"status": answer.status, "headers": answer.headers, "body": base64.b64encode(answer.body).decode()}
    path.write_text(json.dumps(values))
