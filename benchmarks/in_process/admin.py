"""Times and query counts of admin views: many pages, and a page with many versions; two languages, 8 KB per text."""

from copy import copy

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models.base import ModelState
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.in_process.requests import median_milliseconds
from benchmarks.in_process.writing import ACTOR, SENTENCES, make_body
from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.page import text_field
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from pages.publishing.versions import publish
from pages.text.fields import FIELD_NAMES, Fields


def publish_versions(page: Page, count: int, *, languages=("en", "ru")) -> None:
    """Publish versions one after the other. Only the first has all languages, so that translations fall behind."""
    for number in range(count):
        now = timezone.now()
        changed = languages if number == 0 else languages[:1]
        texts = {code: Fields(f"Policy {page.path}", body=make_body(code, number)) for code in changed}
        revisions = save_draft(page, texts, by=ACTOR, now=now)
        choices = {code: TextToPublish(revision, "major", THIS_VERSION) for code, revision in revisions.items()}
        publish(page, choices, by=ACTOR, now=now, notes=dict.fromkeys(changed, "Another."))


def make_page_with_history(versions: int) -> Page:
    """Create a page with many versions and an unpublished draft in both languages."""
    with transaction.atomic():
        page = create_page(slug="long", parent=None, source_language="en", by=ACTOR)
        publish_versions(page, versions)
        drafts = {code: Fields("Policy", body=make_body(code, 999)) for code in SENTENCES}
        save_draft(page, drafts, by=ACTOR, now=timezone.now())
    return page


def make_pages(pages: int, versions: int = 3) -> None:
    """Create pages in a tree three levels deep; one in ten has an unpublished draft."""
    first = create_page(slug="page-0", parent=None, source_language="en", by=ACTOR)
    publish_versions(first, versions)
    with transaction.atomic():
        copies = copy_page(Page.objects.get(pk=first.pk), pages - 1)
        for page in copies[::10]:
            save_draft(page, {"en": Fields("Draft", body=make_body("en", 999))}, by=ACTOR, now=timezone.now())


def copy_page(page: Page, count: int) -> list[Page]:
    """Copy a page with its history, row by row: publishing every copy would take minutes."""
    copies: list[Page] = []
    for level in (range(10), range(10, 110), range(110, count)):
        parents = [None] * 10 if level.start == 0 else copies[max(0, level.start - len(level)) : level.start]
        rows = [_copy_of_page(page, number, parents[number % len(parents)]) for number in level if number < count]
        copies += Page.objects.bulk_create(rows)
    revisions = _copy_rows(Revision.objects.filter(page=page).order_by("pk"), copies, {})
    versions = _copy_rows(Version.objects.filter(page=page).order_by("pk"), copies, {})
    keys = {"revision_id": revisions, "version_id": versions}
    _copy_rows(VersionText.objects.filter(version__page=page).order_by("pk"), copies, keys)
    _copy_rows(PublicationRecord.objects.filter(page=page).order_by("pk"), copies, keys)
    last = PublicationRecord.objects.latest("number")
    SiteCounter.objects.filter(pk=1).update(last_record=last.number, head=last.hash)
    return copies


def _copy_of_page(page: Page, number: int, parent: Page | None) -> Page:
    columns = {
        text_field(name, language): getattr(page, text_field(name, language))
        for name in FIELD_NAMES
        for language in SENTENCES
    }
    slug = f"copy-{number}"
    path = f"{parent.path}/{slug}" if parent else slug
    return Page(slug=slug, parent=parent, path=path, weight=number % 3, source_language="en", **columns)


def _copy_rows(rows, pages: list[Page], keys: dict[str, dict[tuple[int, int], int]]) -> dict[tuple[int, int], int]:
    """Copy rows for each page; return the new primary keys by page and old primary key."""
    rows, copies, last = list(rows), [], PublicationRecord.objects.count()
    for page in pages:
        for row in rows:
            duplicate = copy(row)
            duplicate.pk, duplicate._state = None, ModelState()
            if hasattr(row, "page_id"):
                duplicate.page_id = page.pk
            for name, new_keys in keys.items():
                if getattr(row, name, None):
                    setattr(duplicate, name, new_keys[page.pk, getattr(row, name)])
            if isinstance(duplicate, PublicationRecord):
                last += 1
                # The copied records do not form a valid chain; no admin view checks it.
                duplicate.number, duplicate.hash = last, f"{last:064x}"
            copies.append(duplicate)
    created = type(rows[0]).objects.bulk_create(copies, batch_size=200)
    order = [(page.pk, row.pk) for page in pages for row in rows]
    return dict(zip(order, (duplicate.pk for duplicate in created), strict=True))


def superuser_client() -> Client:
    user = get_user_model().objects.create_superuser("bench", password=None)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def measure_view(client: Client, url: str, calls: int) -> tuple[float, int]:
    """Return the milliseconds and the number of queries of a GET request."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200, url  # noqa: S101 - the time of an error page means nothing.
        count = len(queries)
    return median_milliseconds(lambda: client.get(url), calls), count


def measure_admin_views(pages: int, versions: int, calls: int) -> dict[str, tuple[float, int]]:
    """Return the milliseconds and the number of queries of each view by its name, on a site with so many pages."""
    make_pages(pages)
    client, base = superuser_client(), f"/admin/pages/page/{make_page_with_history(versions).pk}"
    urls = {
        "list": "/admin/pages/page/",
        "list, filtered": "/admin/pages/page/?status=behind&language=ru",
        "list, searched": "/admin/pages/page/?q=лишь+ТО",
        "list, searched for what no page has": "/admin/pages/page/?q=нигде+ТО",
        "start page": "/admin/",
        "add page": "/admin/pages/page/add/",
        "move": f"{base}/move/",
        "change form": f"{base}/change/",
        "publish page": f"{base}/publish/",
        "history": f"{base}/history/",
        "comparison": f"{base}/compare/en/v{versions * 3 // 4}...v{versions}/",
    }
    return {name: measure_view(client, url, calls) for name, url in urls.items()}
