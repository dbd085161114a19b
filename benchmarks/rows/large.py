"""Whether figures grow with the site: a long history, and many pages."""

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.benchmark_site import BenchmarkSite
from benchmarks.generators.texts import LANGUAGES
from benchmarks.scale import Scale
from benchmarks.serving.servers import Server, serving
from benchmarks.table import TableRow, at_most

SITE_LANGUAGES = 5
SMALL_PAGES = 10
FEED = "/feed.atom"
LISTS = {"list of pages": ("/", "page-title"), "sitemap": ("/sitemap.xml", "<loc>")}

# Pages that a worker shows before its memory is measured.
READ_PAGES = 1_000


def served(count: int) -> str:
    return ",".join(list(LANGUAGES)[:count])


def measure_history(folder: Path, scale: Scale) -> Iterator[TableRow]:
    site = BenchmarkSite.with_static_files(folder, SITE_LANGUAGES=served(scale.languages))
    path = site.call("sites.make_history", versions=scale.versions, languages=scale.languages)
    measured = site.call("reading.measure_history", path=f"/{path}/history/", calls=scale.runs)
    what = f"history page of {scale.versions:,} versions × {scale.languages} languages, cold"
    yield TableRow(what, measured["milliseconds"], "ms", at_most(50), f"{measured['queries']} queries")
    yield TableRow(f"{what}: queries that read bodies", measured["bodies"], "", at_most(0))


def measure_pages(folder: Path, scale: Scale) -> Iterator[TableRow]:
    sites, paths = {}, {}
    for pages in (SMALL_PAGES, scale.pages // 10, scale.pages):
        sites[pages] = BenchmarkSite.with_static_files(folder / str(pages), SITE_LANGUAGES=served(SITE_LANGUAGES))
        paths[pages] = sites[pages].call("sites.make_site", pages=pages, languages=SITE_LANGUAGES)
    yield from compare_requests(sites, paths, scale)
    around = BenchmarkSite.with_static_files(folder / "around", SITE_LANGUAGES=served(SITE_LANGUAGES))
    path = around.call("sites.make_site", pages=scale.pages, languages=SITE_LANGUAGES, is_around_last=True)
    yield from compare_with_surroundings(sites[scale.pages], around, path, scale)
    yield from compare_lists(sites, scale)
    with serving(sites[scale.pages]) as server:
        read_much(server, min(READ_PAGES, scale.pages))
        megabytes = server.worker_memory / 2**20
    what = f"memory of a worker at {scale.pages:,} pages × {SITE_LANGUAGES} languages"
    yield TableRow(what, megabytes, "MB", at_most(150), f"after feed, list, sitemap and {READ_PAGES:,} pages")


def compare_requests(sites: dict[int, BenchmarkSite], paths: dict[int, str], scale: Scale) -> Iterator[TableRow]:
    """Compare a page, and the feed for each of its at most twenty entries, with those of the smallest site."""
    for name, function in (("page", "reading.measure_page"), ("entry of the feed", "reading.measure_feed")):
        measured = {}
        for pages in (SMALL_PAGES, scale.pages):
            path = FEED if name != "page" else f"/{paths[pages]}/"
            measured[pages] = sites[pages].call(function, path=path, calls=scale.runs * 3)
        for key, when in (("same", ""), ("changed", ", the first after a change of the site")):
            small, large = (measured[pages][key]["milliseconds"] for pages in (SMALL_PAGES, scale.pages))
            what = f"{name} at {scale.pages:,} pages × {SITE_LANGUAGES} languages against {SMALL_PAGES} pages{when}"
            yield TableRow(what, large / small, "×", at_most(1.2), f"{large:.2f} against {small:.2f} ms")


def compare_with_surroundings(
    site: BenchmarkSite, around: BenchmarkSite, path: str, scale: Scale
) -> Iterator[TableRow]:
    """Compare a page with itself in a site that has no other pages than those that it lists around its text."""
    large, small = (
        each.call("reading.measure_page", path=f"/{path}/", calls=scale.runs * 3) for each in (site, around)
    )
    for key, when in (("same", ""), ("changed", ", the first after a change of the site")):
        what = (
            f"page at {scale.pages:,} pages × {SITE_LANGUAGES} languages against a site of only those around it{when}"
        )
        milliseconds = large[key]["milliseconds"], small[key]["milliseconds"]
        remark = f"{milliseconds[0]:.2f} against {milliseconds[1]:.2f} ms"
        yield TableRow(what, milliseconds[0] / milliseconds[1], "×", at_most(1.2), remark)


def compare_lists(sites: dict[int, BenchmarkSite], scale: Scale) -> Iterator[TableRow]:
    """Compare the time per entry of the lists with a site of a tenth of the pages."""
    for name, (path, mark) in LISTS.items():
        tenth, whole = (
            sites[pages].call("reading.measure_list", path=path, mark=mark, calls=scale.runs)
            for pages in (scale.pages // 10, scale.pages)
        )
        what = f"{name}: time per entry at {scale.pages:,} pages against {scale.pages // 10:,}"
        remark = f"{whole['milliseconds']:,.0f} ms for {whole['entries']:,} entries"
        ratio = whole["milliseconds"] / whole["entries"] / (tenth["milliseconds"] / tenth["entries"])
        yield TableRow(what, ratio, "×", at_most(1.2), remark)


def read_much(server: Server, pages: int) -> None:
    """Read the lists and many pages, as crawlers do."""
    addresses = locations(server, "/sitemap.xml")
    if addresses[0].endswith(".xml"):
        addresses = [address for part in addresses for address in locations(server, part)]
    for path in ["/", FEED, *addresses[:pages]]:
        server.get(path)


def locations(server: Server, sitemap: str) -> list[str]:
    return re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", server.get(sitemap).body.decode())
