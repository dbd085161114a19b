"""What the editors' pages take: a site of 1,000 pages, and a page of 200 versions, each in two languages of 8 KB."""

import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pages.models import Page
from pages.publishing.actors import of_the_machine
from pages.publishing.drafts import save_draft
from pages.publishing.places import create_page
from pages.publishing.version_plan import THIS, Choice
from pages.publishing.versions import publish
from pages.text.source import Fields

BENCH = of_the_machine("bench")
WORDS = {"en": "All that we keep is what we need. ", "ru": "Мы храним лишь то, что нужно. "}


def body(language: str, number: int, size: int = 8192) -> str:
    """Return a text of so many bytes with paragraphs; its first paragraph tells the version."""
    sentence = WORDS[language]
    paragraph = sentence * 8 + "\n\n"
    return f"{number}. {sentence}\n\n" + paragraph * (size // len(paragraph.encode()))


def publish_versions(page: Page, count: int, begin: datetime, *, languages=("en", "ru")) -> None:
    """Save and publish so many versions a minute apart; from the second on the last language falls behind."""
    for number in range(count):
        now = begin + timedelta(minutes=number)
        going = languages if number == 0 else languages[:1]
        texts = {name: Fields(f"Policy {page.path}", body=body(name, number)) for name in going}
        saved = save_draft(page, texts, by=BENCH, now=now)
        choices = {name: Choice(revision, "major", THIS) for name, revision in saved.items()}
        publish(page, choices, by=BENCH, now=now, notes=dict.fromkeys(going, "Another."))


def long_page(versions: int = 200) -> Page:
    """Return a page with a long history, and a draft that differs in both languages."""
    with transaction.atomic():
        page = create_page(slug="long", parent=None, source_language="en", by=BENCH)
        publish_versions(page, versions, timezone.now() - timedelta(days=300))
        drafts = {name: Fields("Policy", body=body(name, 999)) for name in WORDS}
        save_draft(page, drafts, by=BENCH, now=timezone.now())
    return page


def wide_site(pages: int = 1000, versions: int = 3) -> None:
    """Make so many pages in a tree three levels deep, one in ten of them with a draft that differs."""
    above: list[Page | None] = [None]
    with transaction.atomic():
        for number in range(pages):
            parent = above[number // 10] if number >= 10 else None
            page = create_page(slug=f"page-{number}", parent=parent, source_language="en", by=BENCH, weight=number % 3)
            if len(above) < pages // 10 + 1:
                above.append(page)
            publish_versions(page, versions, timezone.now() - timedelta(days=300))
            if number % 10 == 0:
                save_draft(page, {"en": Fields("Draft", body=body("en", 999))}, by=BENCH, now=timezone.now())


def logged_in() -> Client:
    """Return a client of somebody who may do everything."""
    user = get_user_model().objects.create_superuser("bench", password=None)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def milliseconds(act: Callable[[], object], count: int = 15) -> float:
    """Return the median time of an act."""
    act()
    taken = []
    for _number in range(count):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def opened(client: Client, address: str) -> tuple[float, int]:
    """Return the milliseconds that an address takes, and its queries."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address  # noqa: S101 - a figure of an error would mean nothing.
    return milliseconds(lambda: client.get(address)), len(queries)


def figures() -> dict[str, tuple[float, int]]:
    """Return milliseconds and queries of each page that editors open, by what it is."""
    wide_site()
    client = logged_in()
    addresses = {
        "admin: list of 1,000 pages": "/admin/pages/page/",
        "admin: list, filtered": "/admin/pages/page/?status=outdated&language=ru",
        "admin: list, searched": "/admin/pages/page/?q=лишь+ТО",
        "admin: start page of 1,000 pages": "/admin/",
    }
    return {name: opened(client, address) for name, address in addresses.items()}
