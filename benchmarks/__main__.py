"""Run the benchmarks of rendering, publishing and the admin; print one line for each."""

import os
import tempfile
import time
from collections.abc import Callable

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
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.text.fields import Fields
from pages.text.rendering import render
from pages.text.source import extract_body


def calls_per_second(function: Callable[[int], object], count: int) -> float:
    """Call a function `count` times with the number of the call; return the average rate."""
    started = time.perf_counter()
    for number in range(count):
        function(number)
    return count / (time.perf_counter() - started)


def publish_new_text(page: Page, number: int) -> None:
    now = timezone.now()
    # 8 KB
    fields = Fields("Bench", body=f"{number}. " + "word " * 1600)
    revisions = save_draft(page, {"en": fields}, by=system_actor("bench"), now=now)
    choices = {"en": TextToPublish(revisions["en"], "major")}
    publish(page, choices, by=system_actor("bench"), now=now, notes={"en": "Another."})


def main() -> None:
    """Set up a site with the sample content, then measure."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("loadstarter", verbosity=0)
    body = extract_body(bytes(Page.objects.get().revisions.filter(language="en").latest("pk").source))
    client = Client(SERVER_NAME="localhost")
    etag = client.get("/privacy-policy/").headers["ETag"]
    bench = create_page(slug="bench", parent=None, source_language="en", by=system_actor("bench"))
    rates = {
        "policies rendered": calls_per_second(lambda _number: render(body), 50),
        "pages served, without the response cache": calls_per_second(
            lambda _number: client.get("/privacy-policy/"), 100
        ),
        "304 responses": calls_per_second(
            lambda _number: client.get("/privacy-policy/", headers={"if-none-match": etag}), 100
        ),
        "texts of 8 KB saved and published": calls_per_second(lambda number: publish_new_text(bench, number), 100),
    }
    for name, rate in rates.items():
        print(f"{rate:8.0f}/s  {name}")
    for name, (milliseconds, queries) in admin.measure_admin_views().items():
        print(f"{milliseconds:8.1f} ms  {name} ({queries} queries)")


if __name__ == "__main__":
    main()
