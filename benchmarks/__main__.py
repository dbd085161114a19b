"""Run the benchmarks and print a line for each."""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="selfprivacy-site-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "selfprivacy_site.settings"

import django

django.setup()

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from benchmarks import admin
from pages.models import Page
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.version_plan import Choice
from pages.publishing.versions import publish
from pages.text.rendering import render
from pages.text.source import Fields, extract_body


def per_second(count: int, act: Callable[[int], object]) -> float:
    """Return how often an act can be done in a second, over so many times."""
    started = time.perf_counter()
    for number in range(count):
        act(number)
    return count / (time.perf_counter() - started)


def publish_once(page: Page, number: int) -> None:
    """Save and publish another text of 8 KB."""
    now = timezone.now() + timedelta(seconds=number)
    saved = save_draft(
        page, {"en": Fields("Bench", body=f"{number}. " + "word " * 1600)}, by=system_actor("bench"), now=now
    )
    publish(page, {"en": Choice(saved["en"], "major")}, by=system_actor("bench"), now=now, notes={"en": "Another."})


def main() -> None:
    """Prepare a site with the starter content, and measure."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("loadstarter", verbosity=0)
    body = extract_body(bytes(Page.objects.get().revisions.filter(language="en").latest("pk").source))
    client = Client(SERVER_NAME="localhost")
    tag = client.get("/privacy-policy/").headers["ETag"]
    bench = create_page(slug="bench", parent=None, source_language="en", by=system_actor("bench"))
    figures = {
        "policies rendered": per_second(50, lambda _number: render(body)),
        "pages answered, without the door's cache": per_second(100, lambda _number: client.get("/privacy-policy/")),
        "answers 304": per_second(100, lambda _n: client.get("/privacy-policy/", headers={"if-none-match": tag})),
        "texts of 8 KB saved and published": per_second(100, lambda number: publish_once(bench, number)),
    }
    for name, rate in figures.items():
        print(f"{rate:8.0f}/s  {name}")
    for name, (taken, queries) in admin.figures().items():
        print(f"{taken:8.1f} ms  {name} ({queries} queries)")


if __name__ == "__main__":
    main()
