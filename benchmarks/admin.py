"""What the editors' pages take: a site of 1,000 pages, and a page of 200 versions, each in two languages of 8 KB."""

import statistics
import time
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models.base import ModelState
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.page import TEXT_FIELDS, text_field
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.version_plan import THIS, Choice
from pages.publishing.versions import publish
from pages.text.source import Fields

BENCH = system_actor("bench")
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
    first = create_page(slug="page-0", parent=None, source_language="en", by=BENCH)
    publish_versions(first, versions, timezone.now() - timedelta(days=300))
    with transaction.atomic():
        copies = copied(Page.objects.get(pk=first.pk), pages - 1)
        for page in copies[::10]:
            save_draft(page, {"en": Fields("Draft", body=body("en", 999))}, by=BENCH, now=timezone.now())


def copied(page: Page, count: int) -> list[Page]:
    """Return so many more pages with the texts and the history of one: row by row, for the verbs would take minutes."""
    made: list[Page] = []
    for level in (range(10), range(10, 110), range(110, count)):
        above = [None] * 10 if level.start == 0 else made[max(0, level.start - len(level)) : level.start]
        rows = [_sibling(page, number, above[number % len(above)]) for number in level if number < count]
        made += Page.objects.bulk_create(rows)
    revisions = _copies(Revision.objects.filter(page=page).order_by("pk"), made, {})
    versions = _copies(Version.objects.filter(page=page).order_by("pk"), made, {})
    keys = {"revision_id": revisions, "version_id": versions}
    _copies(VersionText.objects.filter(version__page=page).order_by("pk"), made, keys)
    _copies(PublicationRecord.objects.filter(page=page).order_by("pk"), made, keys)
    last = PublicationRecord.objects.latest("number")
    SiteCounter.objects.filter(pk=1).update(last_record=last.number, head=last.hash)
    return made


def _sibling(page: Page, number: int, parent: Page | None) -> Page:
    columns = {
        text_field(name, language): getattr(page, text_field(name, language))
        for name in TEXT_FIELDS
        for language in WORDS
    }
    slug = f"copy-{number}"
    path = f"{parent.path}/{slug}" if parent else slug
    return Page(slug=slug, parent=parent, path=path, weight=number % 3, source_language="en", **columns)


def _copies(rows, pages: list[Page], keys: dict[str, dict[tuple[int, int], int]]) -> dict[tuple[int, int], int]:
    """Copy rows for each page, and return the new keys by page and old key."""
    rows, copies, last = list(rows), [], PublicationRecord.objects.count()
    for page in pages:
        for row in rows:
            twin = copy(row)
            twin.pk, twin._state = None, ModelState()
            if hasattr(row, "page_id"):
                twin.page_id = page.pk
            for name, found in keys.items():
                if getattr(row, name, None):
                    setattr(twin, name, found[page.pk, getattr(row, name)])
            if isinstance(twin, PublicationRecord):
                last += 1
                twin.number, twin.hash = last, f"{last:064x}"
            copies.append(twin)
    made = type(rows[0]).objects.bulk_create(copies, batch_size=200)
    order = [(page.pk, row.pk) for page in pages for row in rows]
    return dict(zip(order, (twin.pk for twin in made), strict=True))


def logged_in() -> Client:
    """Return a client of somebody who may do everything."""
    user = get_user_model().objects.create_superuser("bench", password=None)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def milliseconds(act: Callable[[], object], count: int = 15) -> float:
    """Return the median time of an act, as the processor counts it: what else runs on the machine is no part of it."""
    act()
    taken = []
    for _number in range(count):
        started = time.process_time()
        act()
        taken.append(time.process_time() - started)
    return statistics.median(taken) * 1000


def opened(client: Client, address: str) -> tuple[float, int]:
    """Return the milliseconds that an address takes, and its queries."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address  # noqa: S101 - a figure of an error would mean nothing.
        count = len(queries)
    return milliseconds(lambda: client.get(address)), count


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
    below = f"/admin/pages/page/{long_page().pk}"
    addresses |= {
        "admin: change form, 200 versions": f"{below}/change/",
        "admin: publish page, 200 versions": f"{below}/publish/",
        "admin: history, 200 versions": f"{below}/history/",
        "admin: comparison, 200 versions": f"{below}/compare/en/v150...v200/",
    }
    return {name: opened(client, address) for name, address in addresses.items()}
