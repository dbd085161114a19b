"""Appending to the publication log."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pages.history import hash_chain
from pages.history.hash_chain import BaseVersion, ChainLink
from pages.models import Page, PublicationRecord, SiteCounter, Version, VersionText
from pages.publishing.actors import Actor


class PublicationConflict(Exception):
    """The page was published, withdrawn, moved or confirmed after the person opened it; nothing was written."""


def effective_now(page: Page, now: datetime) -> datetime:
    """Return the time of an operation: now, but never before the page's last record, because clocks can step back."""
    last = page.records.order_by("-at").values_list("at", flat=True).first()
    return max(now, last) if last else now


def last_record_number(page: Page) -> int:
    """Return the number of the page's last record, 0 without one. Forms send it back to detect a conflict."""
    return page.records.order_by("-number").values_list("number", flat=True).first() or 0


def require_last_record(page: Page, expected: int | None) -> None:
    """Raise PublicationConflict if the page's last record is not the expected one; None expects nothing."""
    if expected is not None and expected != last_record_number(page):
        raise PublicationConflict


def append_record(kind: str, *, now: datetime, **fields: Any) -> PublicationRecord:
    """Append a record with the fields of `next_record`, and advance the site counter.

    The caller's transaction has locked the page.
    """
    counter = SiteCounter.objects.get_locked()
    record = next_record(counter, kind, now=now, **fields)
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
    texts: Collection[VersionText] = (),
    base: BaseVersion | None = None,
    reasons: Mapping[str, str] | None = None,
    extra_payload: Mapping[str, object] | None = None,
    **columns: Any,
) -> PublicationRecord:
    """Return the next record, unsaved, and make it the counter's head. The caller has locked the counter, saves both.

    `at` is the time of the event, `now` that of recording it; the payload contains both. `extra_payload` adds keys to
    the payload, `columns` fills further columns of the row.
    """
    reasons = dict(reasons or {})
    version_field = hash_chain.version_field(version, texts, base)
    payload = _record_payload(kind, page, at=at, now=now, version_field=version_field, reasons=reasons)
    link = _next_link(counter, {**payload, **(extra_payload or {})})
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
        **columns,
    )


def _record_payload(
    kind: str,
    page: Page | None,
    *,
    at: datetime,
    now: datetime,
    version_field: Mapping[str, object] | None,
    reasons: Mapping[str, str],
) -> dict[str, object]:
    """Return the keys that records of every kind have, in addition to those of the chain."""
    return {
        "kind": kind,
        "at": hash_chain.format_timestamp(at),
        "recorded_at": hash_chain.format_timestamp(now),
        "page": str(page.uuid) if page else None,
        "version": version_field,
        "reason": hash_chain.mapping_digest(reasons),
    }


def _next_link(counter: SiteCounter, payload: Mapping[str, object]) -> ChainLink:
    number = counter.last_record + 1
    chain_keys = {"format": hash_chain.FORMAT, "record": number, "previous": counter.head}
    canonical = hash_chain.canonical_json({**chain_keys, **payload})
    return ChainLink(number, canonical, hash_chain.record_hash(canonical))
