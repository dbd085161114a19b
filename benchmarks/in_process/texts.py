"""Rendering, comparison and preview of texts: usual ones and the worst that are known."""

import random
import signal
import statistics
import time
from collections.abc import Callable
from functools import partial

from django.contrib.auth import get_user_model
from django.test import Client

from benchmarks.generators.texts import TextGenerator
from pages.diff.comparison import compare
from pages.text.parsing import BodyTooLong
from pages.text.rendering import render

# A case that takes longer is stopped.
LONGEST_SECONDS = 20
# What is repeated until the body has its size. Each costs a Markdown parser more than its length suggests.
HOSTILE = (
    "\\[", "![", "[", "[a](", "[a][b] ", "*a ", "**a_ ", "_a* ", "`a``b```c ", "<a ", "&#", "~~a ", "[^a", "1. a\n",
    "> > > > > > a\n", "- - - - - - a\n", "|a", "|a|b|\n|-|-|\n|c|d|\n", "# a\n", "[a](<b> \"c\") ", "a\n", "![a](b) ",
    "a[^b]\n\n[^b]: c\n", "<https://a.b> ", "```\na\n```\n", "[a]: b\n", "<b>a</b>", "* * *\n", "***a** b* ", "\ta\n",
    "[a]: b\n[a] ", "a  \n", "\\\n", "<!-- ", "]](", "**", "__", "(\"", "[[", "~~", "<a@b.c>", "&amp;",
)  # fmt: skip


class TooSlow(Exception):
    """A case was stopped."""


def _stop(_number, _frame):
    raise TooSlow


def seconds_of(call: Callable[[], object]) -> float:
    """Return the processor time of a call, or LONGEST_SECONDS if it is stopped."""
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(LONGEST_SECONDS * 3)
    started = time.process_time()
    try:
        call()
    except TooSlow:
        return max(LONGEST_SECONDS, time.process_time() - started)
    finally:
        signal.alarm(0)
    return time.process_time() - started


def make_pair(size: int) -> tuple[str, str]:
    """Return the HTML of a text of about `size` bytes, and of the same with 2 % of its words changed."""
    generator = TextGenerator("en", random.Random(5))
    blocks = generator.blocks(size, generator.block)
    words = "\n\n".join(blocks).split(" ")
    for position in range(25, len(words), 50):
        # Markup stays, so that only words differ.
        if words[position].isalpha():
            words[position] = "changed"
    return render("\n\n".join(blocks)).html, render(" ".join(words)).html


def measure_comparison(size: int, runs: int) -> float:
    """Return the median milliseconds of comparing two rendered bodies."""
    before, after = make_pair(size)
    times = [seconds_of(lambda: compare(before, after)) for _run in range(runs)]
    return statistics.median(times) * 1000


def worst_pairs(size: int) -> dict[str, tuple[str, str]]:
    """Return bodies of `size` bytes that share little, or much in another order."""
    chosen = random.Random(5)

    def words(count: int, vocabulary: int) -> list[str]:
        return [f"w{chosen.randrange(vocabulary):04}" for _ in range(count)]

    def text(separator: str, each: int, vocabulary: int) -> str:
        return separator.join(" ".join(words(each, vocabulary)) for _ in range(size // (6 * each + len(separator))))

    shuffled = text("\n\n", 20, 5000).split("\n\n")
    return {
        "other words": (text("\n\n", 40, 5000), text("\n\n", 40, 5000)),
        "few words": (text("\n\n", 40, 20), text("\n\n", 40, 20)),
        "short paragraphs": (text("\n\n", 2, 5000), text("\n\n", 2, 5000)),
        "one paragraph": (text(" ", 40, 500), text(" ", 40, 500)),
        "another order": ("\n\n".join(shuffled), "\n\n".join(chosen.sample(shuffled, len(shuffled)))),
        "list items": ("- " + text("\n- ", 5, 50), "- " + text("\n- ", 5, 50)),
        "without spaces": (
            "".join(chosen.choices("的一是在不了", k=size // 3)),
            "".join(chosen.choices("的一是在不了", k=size // 3)),
        ),
    }


def measure_worst_comparison(size: int) -> dict[str, float]:
    """Return the seconds of each of the worst pairs, of rendered bodies."""
    return {
        name: seconds_of(partial(compare, render(before).html, render(after).html))
        for name, (before, after) in worst_pairs(size).items()
    }


def measure_worst_previews(size: int) -> dict[str, dict[str, float | str]]:
    """Return the seconds of the live preview of each hostile body, and the message if it is refused."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.create_superuser("bench", password=None))
    results = {}
    for part in HOSTILE:
        body = (part * (size // len(part)))[:size]
        contents: list[bytes] = []
        seconds = seconds_of(partial(_preview, client, body, contents))
        text = contents[0].decode() if contents else ""
        results[part] = {"seconds": seconds, "refusal": text if text.startswith("<p><strong>") else ""}
    return results


def _preview(client: Client, body: str, contents: list[bytes]) -> None:
    contents.append(client.post("/admin/pages/page/preview/", {"content": body}).content)


def measure_rendering(runs: int, size: int) -> float:
    """Return the median milliseconds of rendering a text of about `size` bytes. Raises BodyTooLong."""
    generator = TextGenerator("en", random.Random(5))
    body = "\n\n".join(generator.blocks(size, generator.block))
    if len(body.encode()) > 256 * 1024:
        raise BodyTooLong(len(body.encode()))
    return statistics.median(seconds_of(lambda: render(body)) for _run in range(runs)) * 1000
