"""What a page costs that is in no cache of responses."""

import re
import statistics
from random import Random

from benchmarks.generators.texts import TextGenerator
from benchmarks.in_process.requests import change_site, median_request, request
from benchmarks.in_process.writing import create, publish_texts
from pages.text.fields import Fields


def measure_page(path: str, calls: int) -> dict[str, dict[str, float]]:
    """Measure a page of which the body was rendered before, in an unchanged and in a changed site."""
    return {"same": median_request(path, calls), "changed": median_request(path, calls, change_site)}


def measure_feed(path: str, calls: int) -> dict[str, dict[str, float]]:
    """Measure a feed like a page, for each of its entries."""
    # The first version of the page that changes is an entry too.
    change_site()
    entries = request(path).content.count(b"<entry")
    return {
        key: {**measured, "milliseconds": measured["milliseconds"] / entries}
        for key, measured in measure_page(path, calls).items()
    }


def measure_first_render(calls: int, size: int) -> float:
    """Return the median milliseconds of a page with a body of `size` bytes that was never rendered."""
    page, generator = create("rendered"), TextGenerator("en", Random(5))
    milliseconds = []
    for number in range(calls + 1):
        body = "\n\n".join(generator.blocks(size, generator.block))
        publish_texts(page, {"en": Fields(f"Number {number}", body=body)})
        milliseconds.append(request("/rendered/").milliseconds)
    # The first one also imports modules.
    return statistics.median(milliseconds[1:])


def measure_history(path: str, calls: int) -> dict[str, float]:
    """Measure a page of the history after a change of the site, and count the queries that read a body."""
    measured = median_request(path, calls, change_site)
    change_site()
    bodies = [sql for sql in request(path, capture=True).queries if _reads_bodies(sql)]
    return {**measured, "bodies": len(bodies)}


def _reads_bodies(sql: str) -> bool:
    """Tell whether a query selects the content of the blob of a revision; notes are blobs too."""
    joined = re.search(r'"pages_revision"\."digest" = \(?("?\w+"?)\."digest"', sql)
    return bool(joined) and f'{joined[1]}."content"' in sql.partition(" FROM ")[0]


def measure_list(path: str, mark: str, calls: int) -> dict[str, float]:
    """Measure a list, with all its parts if it is an index of parts, and count its entries by a mark."""
    paths = _parts(path) or [path]
    entries = sum(request(part).content.decode().count(mark) for part in paths)
    milliseconds = []
    for _call in range(calls):
        change_site()
        milliseconds.append(sum(request(part).milliseconds for part in paths))
    return {"milliseconds": statistics.median(milliseconds), "entries": entries}


def _parts(path: str) -> list[str]:
    content = request(path).content.decode()
    return re.findall(r"<loc>https?://[^/]+([^<]+)</loc>", content) if "<sitemapindex" in content else []
