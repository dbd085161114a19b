"""Appending to the publication log."""

from datetime import datetime

from pages.history import hash_chain
from pages.models import Page, PublicationRecord, SiteCounter, Version


def moment_of_verb(page: Page, now: datetime) -> datetime:
    """Return the moment that a verb acts at: now, but never before the page's last recorded one (clocks step back)."""
    last = page.records.order_by("-at").values_list("at", flat=True).first()
    return max(now, last) if last else now


def append_record(
    kind: str, *, page: Page, version: Version, at: datetime, now: datetime, by: str, reason: str = "", texts=()
) -> PublicationRecord:
    """Append the next link of the chain, and raise the site's counter. The caller's transaction holds the page's lock.

    `at` is the moment the event counts from; `now`, the moment it is recorded, is in the canonical form as well.
    """
    counter = SiteCounter.objects.locked()
    number = counter.last_record + 1
    payload = {
        "format": hash_chain.FORMAT,
        "record": number,
        "kind": kind,
        "at": hash_chain.moment(at),
        "recorded_at": hash_chain.moment(now),
        "page": str(page.uuid),
        "version": hash_chain.version_entry(version, texts) if texts else {"number": version.number},
        "reason": hash_chain.text_digest(reason),
        "previous": counter.head,
    }
    canonical = hash_chain.canonical(payload)
    record = PublicationRecord.objects.create(
        number=number,
        kind=kind,
        at=at,
        canonical=canonical,
        hash=hash_chain.record_hash(canonical),
        page=page,
        version=version,
        who=by,
        reason=reason,
    )
    counter.last_record, counter.head = record.number, record.hash
    counter.advance(now)
    return record
