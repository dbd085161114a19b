"""Appending to the publication log."""

from collections.abc import Mapping
from datetime import datetime

from pages.history import hash_chain
from pages.models import Page, PublicationRecord, SiteCounter, Version
from pages.publishing.actors import Actor


class PublicationConflict(Exception):
    """Somebody published, withdrew, moved or confirmed something of the page since the person looked at it."""


def effective_now(page: Page, now: datetime) -> datetime:
    """Return the moment that a verb acts at: now, but never before the page's last recorded one (clocks step back)."""
    last = page.records.order_by("-at").values_list("at", flat=True).first()
    return max(now, last) if last else now


def last_record_number(page: Page) -> int:
    """Return the number of the page's last record, 0 without one: a form that was opened before it is out of date."""
    return page.records.order_by("-number").values_list("number", flat=True).first() or 0


def require_last_record(page: Page, expected: int | None) -> None:
    """Raise PublicationConflict where the page has another last record than the one that the person looked at."""
    if expected is not None and expected != last_record_number(page):
        raise PublicationConflict


def append_record(kind: str, *, now: datetime, **said) -> PublicationRecord:
    """Append the next link of the chain, of what `next_record` takes, and raise the site's counter.

    The caller's transaction holds the page's lock.
    """
    counter = SiteCounter.objects.get_locked()
    record = next_record(counter, kind, now=now, **said)
    record.save(force_insert=True)
    counter.advance(now)
    return record


def next_record(
    counter: SiteCounter,
    kind: str,
    *,
    page: Page | None,
    at: datetime,
    now: datetime,
    by: Actor,
    version: Version | None = None,
    texts=(),
    base: hash_chain.BaseVersion | None = None,
    reasons: Mapping[str, str] | None = None,
    extra_payload: Mapping[str, object] | None = None,
    **beside,
) -> PublicationRecord:
    """Return the next link of the chain, unsaved, and make it the counter's head; the caller holds and saves both.

    `at` is the moment the event counts from; `now`, the moment it is recorded, is in the canonical form as well.
    `extra_payload` is what the event says besides; `beside` fills further columns of the row.
    """
    reasons = dict(reasons or {})
    said = {
        "kind": kind,
        "at": hash_chain.format_timestamp(at),
        "recorded_at": hash_chain.format_timestamp(now),
        "page": str(page.uuid) if page else None,
        "version": hash_chain.version_field(version, texts, base),
        "reason": hash_chain.mapping_digest(reasons),
        **(extra_payload or {}),
    }
    link = _next_link(counter, said)
    counter.last_record, counter.head = link.number, link.hash
    return PublicationRecord(
        number=link.number,
        kind=kind,
        at=at,
        canonical=link.canonical,
        hash=link.hash,
        page=page,
        version=version,
        actor_name=by.name,
        reasons=reasons,
        **beside,
    )


def _next_link(counter: SiteCounter, said: Mapping[str, object]) -> hash_chain.ChainLink:
    number = counter.last_record + 1
    frame = {"format": hash_chain.FORMAT, "record": number, "previous": counter.head}
    canonical = hash_chain.canonical_json({**frame, **said})
    return hash_chain.ChainLink(number, canonical, hash_chain.record_hash(canonical))
