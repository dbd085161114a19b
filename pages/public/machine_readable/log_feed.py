"""`publication-log.atom`: the publication log as an archived feed (RFC 5005, section 4), in English like the log.

The log only grows, so an archive never changes: it has the records of a hundred numbers. The feed itself has the last
hundred records, so that together with the archives it has all of them.
"""

from collections.abc import Iterable

from django.http import Http404, HttpResponse

from pages.history.hash_chain import parse_record
from pages.models import PublicationRecord
from pages.presentation.site_presentation import is_sample_site
from pages.presentation.site_state import SiteState
from pages.public.machine_readable.atom import EPOCH, AtomFeed, authority_of, tag_uri
from pages.public.machine_readable.publication_log import FIRST_PART_URL
from pages.public.machine_readable.responses import document_response
from pages.public.responses import origin

RECORDS_PER_DOCUMENT = 100
FEED_URL = "/publication-log.atom"


def log_feed(request, state):
    """Return the last records, the newest first."""
    before = PublicationRecord.objects.count() - RECORDS_PER_DOCUMENT
    # The archive with the record before the first one here. It is complete.
    related = _previous(-(-before // RECORDS_PER_DOCUMENT))
    return _response(request, state, FEED_URL, _records_after(before), related)


def log_archive(request, state, number):
    """Return the records of a complete archive."""
    records = _records_after((number - 1) * RECORDS_PER_DOCUMENT)
    if len(records) < RECORDS_PER_DOCUMENT:
        raise Http404
    related = {"current": FEED_URL, **_previous(number - 1)}
    return _response(request, state, archive_url(number), records, related, is_archive=True)


def archive_url(number: int) -> str:
    return f"/publication-log-archive-{number}.atom"


def _previous(archive: int) -> dict[str, str]:
    return {"prev-archive": archive_url(archive)} if archive > 0 else {}


def _records_after(number: int) -> list[PublicationRecord]:
    numbers = {"number__gt": number, "number__lte": number + RECORDS_PER_DOCUMENT}
    records = PublicationRecord.objects.filter(**numbers).order_by("-number")
    return list(records.only("number", "kind", "at", "recorded_at", "canonical", "hash"))


def _response(
    request,
    state: SiteState,
    url: str,
    records: list[PublicationRecord],
    related: dict[str, str],
    *,
    is_archive: bool = False,
) -> HttpResponse:
    root, authority = origin(request), authority_of(request)
    first = PublicationRecord.objects.filter(number=1).values_list("at", flat=True).first() or EPOCH
    feed = AtomFeed(
        **_feed_fields(authority, is_sample=is_sample_site(state)),
        link=f"{root}{FIRST_PART_URL}",
        feed_url=f"{root}{url}",
        feed_guid=tag_uri(authority, first, "log"),
        updated=max((record.recorded_at for record in records), default=EPOCH),
        related={relation: f"{root}{other}" for relation, other in related.items()},
        is_archive=is_archive,
    )
    for record in records:
        entry_id = tag_uri(authority, first, f"log/{record.number}")
        feed.add_item(**_entry_fields(record), unique_id=entry_id, link=f"{root}{FIRST_PART_URL}")
    response = document_response(feed.writeString("utf-8"), "application/atom+xml", state)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _feed_fields(authority: str, *, is_sample: bool) -> dict:
    """Return what all documents have. It must not change later, so the name of the site is not in it."""
    title = f"Publication log of {authority}"
    return {
        "title": f"Sample: {title}" if is_sample else title,
        "description": None,
        "subtitle": "The content of this site is a sample. It is nobody's policy." if is_sample else None,
        "language": "en",
        "author_name": authority,
    }


def _entry_fields(record: PublicationRecord) -> dict:
    return {
        "title": " ".join([f"Record {record.number}:", record.kind, *_subject(parse_record(record.canonical))]),
        "description": None,
        "pubdate": record.at,
        "updateddate": record.recorded_at,
        "language": "en",
        "summary": f"SHA-256 {record.hash}",
        # The exact text that has this hash, unlike in a document as HTML.
        "content": record.canonical,
        "content_type": "text",
    }


def _subject(content: dict) -> Iterable[str]:
    """Yield what a record is about: the path of the page, if it has one, and the version."""
    if "path" in content:
        yield f"/{content['path']}/" if content["path"] else "/"
    version = content.get("version")
    number = version.get("number") if isinstance(version, dict) else version
    if number:
        yield f"version {number}"
