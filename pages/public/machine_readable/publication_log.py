"""`publication-log.json`: the chain of publication records, a sheet at a time, and the pages whose history it is.

Format 1. `canonical` is the exact text whose SHA-256 is `hash`; it names the hash of the record before. With
`history.json` and `v/N/index.md` that is enough to check every text from outside, as `docs/check_history.py` does.
"""

from datetime import datetime

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe

from pages.history.hash_chain import format_timestamp, parse_record
from pages.models import Page, PublicationRecord, Version
from pages.public.machine_readable.responses import answer_json
from pages.public.responses import now

FORMAT = 1
RECORDS_A_SHEET = 1000
FIRST_SHEET = "/publication-log.json"


@require_safe
def publication_log(request, after=0):
    """Answer with the records that follow one; those that a reader may not know of yet, and the head, stay unsaid."""
    at = now()
    known = PublicationRecord.objects.public(at).order_by("number")
    count, head = known.values_list("number", "hash").last() or (0, "")
    if after > count:
        raise Http404
    records = list(known.filter(number__gt=after).only("number", "kind", "at", "canonical", "hash")[:RECORDS_A_SHEET])
    last = records[-1].number if records else count
    sheet = {
        "format": FORMAT,
        "count": count,
        "head": head,
        "records": [_record(record) for record in records],
        "next": _address(last) if last < count else None,
        "pages": _pages(at),
    }
    return answer_json(sheet, canonical=_address(after), at=at)


def _address(after: int) -> str:
    # A name and no parameter: the log can be kept as plain files.
    return f"/publication-log-after-{after}.json" if after else FIRST_SHEET


def _record(record: PublicationRecord) -> dict:
    return {
        "number": record.number,
        "kind": record.kind,
        "at": format_timestamp(record.at),
        "canonical": record.canonical,
        "hash": record.hash,
        "previous": parse_record(record.canonical).get("previous"),
    }


def _pages(at: datetime) -> list[dict]:
    """Return the pages of which readers may know a version, withdrawn ones among them."""
    pages = Page.objects.filter(pk__in=Version.objects.published(at).order_by().values("page"))
    return [
        {"uuid": str(page.uuid), "history": f"{page.url_in(settings.LANGUAGE_CODE)}history.json"}
        for page in pages.only("uuid", "path").order_by("path")
    ]
