"""`publication-log.json`: the chain of publication records in parts, and the pages that it is about.

Format 1. `canonical` is the exact text whose SHA-256 is `hash`; it contains the hash of the previous record. Together
with `history.json` and `v/N/index.md` that is enough to verify each text from outside, as `docs/check_history.py` does.
"""

from django.conf import settings
from django.http import Http404

from pages.history.hash_chain import parse_record
from pages.history.record_format import format_timestamp
from pages.models import Page, PublicationRecord, Version
from pages.models.page import PageQuerySet, page_url
from pages.public.machine_readable.responses import json_response, json_text

FORMAT = 1
RECORDS_PER_PART = 1000
FIRST_PART_URL = "/publication-log.json"


def publication_log(_request, state, after=0):
    """Return the records after a number, whatever their time: the clock may have been ahead when they were written."""
    log = PublicationRecord.objects.order_by("number")
    count, head = log.values_list("number", "hash").last() or (0, "")
    if after > count:
        raise Http404
    records = list(log.filter(number__gt=after).only("number", "kind", "at", "canonical", "hash")[:RECORDS_PER_PART])
    last = records[-1].number if records else count
    part = {
        "format": FORMAT,
        "count": count,
        "head": head,
        "records": [_record_fields(record) for record in records],
        "next": _part_url(last) if last < count else None,
        "pages": _published_pages(),
    }
    return json_response(json_text(part, state), state, canonical=_part_url(after))


def _part_url(after: int) -> str:
    # A file name, not a query parameter, so that the log can also be served as static files.
    return f"/publication-log-after-{after}.json" if after else FIRST_PART_URL


def _record_fields(record: PublicationRecord) -> dict:
    return {
        "number": record.number,
        "kind": record.kind,
        "at": format_timestamp(record.at),
        "canonical": record.canonical,
        "hash": record.hash,
        "previous": parse_record(record.canonical).get("previous"),
    }


def _published_pages() -> list[dict]:
    """Return the pages with a published version, withdrawn pages included."""
    # Not `Page.objects`: modeltranslation makes an object of each row, which takes ten times as long.
    pages = PageQuerySet(Page).filter(pk__in=Version.objects.order_by().values("page")).order_by("path")
    return [
        {"uuid": str(uuid), "history": f"{page_url(path, settings.LANGUAGE_CODE)}history.json"}
        for uuid, path in pages.values_list("uuid", "path")
    ]
