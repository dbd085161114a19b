"""Pages, drafts and versions, made by the operations that editors use."""

import signal
import sys
import time

from django.utils import timezone

from pages.models import Page
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from pages.publishing.versions import publish
from pages.text.fields import Fields

ACTOR = system_actor("bench")
SENTENCES = {"en": "All that we keep is what we need. ", "ru": "Мы храним лишь то, что нужно. "}


def make_body(language: str, number: int, size: int = 8192) -> str:
    """Return about `size` bytes of paragraphs; the first one contains the number, so that each version differs."""
    sentence = SENTENCES[language]
    paragraph = sentence * 8 + "\n\n"
    return f"{number}. {sentence}\n\n" + paragraph * (size // len(paragraph.encode()))


def create(slug: str) -> Page:
    return create_page(slug=slug, parent=None, source_language="en", by=ACTOR)


def publish_texts(page: Page, texts: dict[str, Fields], note: str = "Another.", significance: str = "major") -> None:
    """Save and publish texts; translations reflect this version."""
    now = timezone.now()
    revisions = save_draft(page, texts, by=ACTOR, now=now)
    choices = {code: TextToPublish(revision, significance, THIS_VERSION) for code, revision in revisions.items()}
    publish(page, choices, by=ACTOR, now=now, notes=dict.fromkeys(choices, note))


def measure_publishing(runs: int, operations: int) -> list[tuple[float, float]]:
    """Save and publish texts of 8 KB in two languages.

    Return for each run the publications a second, and the milliseconds of processor time of one.
    """
    page, runs_measured = create("published"), []
    for run in range(runs):
        started, used = time.perf_counter(), time.process_time()
        for number in range(operations):
            key = run * operations + number
            publish_texts(page, {code: Fields(f"Policy {key}", body=make_body(code, key)) for code in SENTENCES})
        seconds, processor = time.perf_counter() - started, time.process_time() - used
        runs_measured.append((operations / seconds, processor / operations * 1000))
    return runs_measured


def numbered_paths(pages: int) -> list[str]:
    return [f"numbered-{number}" for number in range(pages)]


def make_numbered(pages: int) -> None:
    """Create pages whose versions say in every part which one they are. The first has no note for readers."""
    for slug in numbered_paths(pages):
        page = create(slug)
        for number in (1, 2):
            _publish_number(page, number)


def publish_numbers(pages: int, each_second: float) -> None:
    """Publish the next version of one page after the other, until the process is terminated; print a dot for each."""
    ended: list[int] = []
    # Not between the draft and the version, whose numbers would no longer match.
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    rows = [Page.objects.get(path=path) for path in numbered_paths(pages)]
    started, published = time.monotonic(), 0
    while not ended:
        page = rows[published % pages]
        _publish_number(page, page.versions.count() + 1)
        published += 1
        sys.stdout.write(".")
        sys.stdout.flush()
        time.sleep(max(0, started + published / each_second - time.monotonic()))


def _publish_number(page: Page, number: int) -> None:
    body = f"Body-{number}-\n\n{make_body('en', number)}\n\nEnd-{number}-"
    publish_texts(page, {"en": Fields(f"Title-{number}-", body=body)}, note=f"Note-{number}-")
