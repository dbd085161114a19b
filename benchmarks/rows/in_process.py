"""Figures of one process: requests that are in no cache, rendering, comparing, previewing, saving and publishing."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.benchmark_site import BenchmarkSite
from benchmarks.scale import Scale
from benchmarks.table import TableRow, at_least, at_most

PAGE = "/privacy-policy/"
# Seconds within which a preview is shown or refused.
PREVIEW_SECONDS = 2
# In milliseconds of processor time, by view of the admin.
ADMIN_GOALS = {
    "list": 50,
    "list, filtered": 50,
    "list, searched": 80,
    "list, searched for what no page has": 80,
    "add page": 60,
    "move": 60,
    "change form": 40,
    "publish page": 40,
    "history": 30,
    "comparison": 30,
}


def measure_cold(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder, SITE_LANGUAGES="en,ru")
    site.run("loadstarter")
    measured = site.call("reading.measure_page", path=PAGE, calls=scale.calls)
    for name, key in (("cold page", "same"), ("cold page, the first after a change of the site", "changed")):
        yield TableRow(f"{name}: queries", measured[key]["queries"], "", at_most(6))
        yield TableRow(f"{name}: processor time", measured[key]["milliseconds"], "ms", at_most(6))
    milliseconds = site.call("reading.measure_first_render", calls=scale.runs * 5, size=20 * 1024)
    yield TableRow("page with a new body of 20 KB: processor time", milliseconds, "ms", at_most(30))


def measure_publishing(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder, SITE_LANGUAGES="en,ru")
    measured = site.call("writing.measure_publishing", runs=scale.runs, operations=scale.operations)
    rate, milliseconds = (statistics.median(values) for values in zip(*measured, strict=True))
    what = "save and publish, 2 languages of 8 KB, SQLite with FULL"
    yield TableRow(what, rate, "/s", at_least(100), f"{milliseconds:.1f} ms of processor time each")


def measure_comparison(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder)
    for kilobytes, limit in ((20, 15), (200, 150)):
        size = min(kilobytes, scale.kilobytes) * 1024
        milliseconds = site.call("texts.measure_comparison", size=size, runs=scale.runs * 3)
        yield TableRow(f"comparison of {kilobytes} KB, 2 % changed", milliseconds, "ms", at_most(limit))
    seconds = site.call("texts.measure_worst_comparison", size=scale.kilobytes * 1024)
    worst = max(seconds, key=seconds.get)
    yield TableRow(f"worst comparison of {scale.kilobytes} KB", seconds[worst], "s", at_most(1), worst)


def measure_preview(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder)
    previews = site.call("texts.measure_worst_previews", size=scale.kilobytes * 1024)
    worst = max(previews, key=lambda name: previews[name]["seconds"])
    refused = sum(bool(preview["refusal"]) for preview in previews.values())
    remark = f"{worst!r} repeated; {refused} of {len(previews)} hostile bodies are refused"
    what = f"preview of the worst body of {scale.kilobytes} KB"
    yield TableRow(what, previews[worst]["seconds"], "s", at_most(PREVIEW_SECONDS), remark)
    milliseconds = site.call("texts.measure_rendering", runs=scale.runs, size=20 * 1024)
    yield TableRow("rendering a usual body of 20 KB", milliseconds, "ms")


def measure_admin(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder, SITE_LANGUAGES="en,ru")
    sizes = {"pages": min(1000, scale.pages), "versions": min(200, scale.versions), "calls": scale.calls // 3 + 1}
    views = site.call("admin.measure_admin_views", **sizes)
    for name, (milliseconds, queries) in views.items():
        what = f"admin at {sizes['pages']:,} pages × {sizes['versions']} versions: {name}"
        goal = at_most(ADMIN_GOALS[name]) if name in ADMIN_GOALS else None
        yield TableRow(what, milliseconds, "ms", goal, f"{queries} queries")
