"""The records about the versions of a page after their publication, read with one query."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pages.history.translation_status import ConfirmedVersions
from pages.models import PublicationRecord
from pages.models.publication_record import RecordKind

KINDS = (RecordKind.CANCEL, RecordKind.CONFIRM, RecordKind.CORRECT)


class Correction(NamedTuple):
    """A correction of the significance of a version's text."""

    version: int
    language: str
    at: datetime
    significance: str


@dataclass(frozen=True)
class PageEvents:
    """The cancellations (time by number of the version), confirmations and corrections up to any time, as recorded."""

    cancelled: dict[int, datetime]
    corrections: tuple[Correction, ...]
    confirmations: tuple[tuple[str, str, int, datetime], ...]
    page: int

    def is_cancelled(self, number: int, at: datetime) -> bool:
        return number in self.cancelled and self.cancelled[number] <= at

    def cancelled_numbers(self, at: datetime) -> set[int]:
        return {number for number in self.cancelled if self.is_cancelled(number, at)}

    def counted_significance(self, language: str, at: datetime) -> dict[int, str]:
        """Return the newest corrections of a language up to a time, by the key of the version."""
        return {
            correction.version: correction.significance
            for correction in self.corrections
            if correction.language == language and correction.at <= at
        }

    def confirmed_versions(self, at: datetime) -> ConfirmedVersions:
        confirmed: ConfirmedVersions = {}
        for language, digest, number, confirmed_at in self.confirmations:
            if confirmed_at <= at:
                confirmed.setdefault((self.page, language, digest), []).append(number)
        return confirmed

    def nearest(self, number: int, step: int, last: int, at: datetime) -> int | None:
        """Return the nearest number from a version, -1 or 1 at a time, up to the last one, that is not cancelled."""
        number += step
        while self.is_cancelled(number, at):
            number += step
        return number if 1 <= number <= last else None


NO_EVENTS = PageEvents({}, (), (), 0)


def read_events(page: int) -> PageEvents:
    """Read the events of the page with a key."""
    records = PublicationRecord.objects.filter(page=page, kind__in=KINDS).order_by("number")
    columns = ("kind", "at", "version", "version__number", "language", "significance", "text_digest")
    cancelled: dict[int, datetime] = {}
    corrections, confirmations = [], []
    for kind, at, version, number, language, significance, digest in records.values_list(*columns):
        if kind == RecordKind.CANCEL:
            cancelled[number] = at
        elif kind == RecordKind.CONFIRM:
            confirmations.append((language, digest, number, at))
        # The others correct the change note only.
        elif significance:
            corrections.append(Correction(version, language, at, significance))
    return PageEvents(cancelled, tuple(corrections), tuple(confirmations), page)
