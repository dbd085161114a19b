"""Appending to the publication log."""

from datetime import datetime
from typing import Any

from pages.models import Page, PublicationRecord
from pages.publishing.actors import Actor
from pages.publishing.writer import writing


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


def append_record(kind: str, *, by: Actor, now: datetime, **fields: Any) -> PublicationRecord:
    """Append a record with the fields of `Writer.record`, and advance the site counter.

    The caller's transaction has locked the page.
    """
    with writing(by, now) as writer:
        return writer.record(kind, **fields)
