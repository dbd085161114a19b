"""The records about a page and its versions after their publication, read with one query."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from pages.history.first_publication import first_publication, source_with_date
from pages.history.translation_status import ConfirmedVersions
from pages.models import PublicationRecord, VersionText
from pages.models.publication_record import RecordKind
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache

KINDS = (RecordKind.CANCEL, RecordKind.CONFIRM, RecordKind.CORRECT, RecordKind.REVIEW, RecordKind.WITHDRAW)
# In bytes: of all events that a process keeps, and, roughly, of those of a page.
MAX_SIZE = 8 * 1024 * 1024
PAGE_SIZE, EVENT_SIZE = 20_000, 300
# Of how many versions of a page the notes are read at once.
FIRST_VERSIONS = 20


class Correction(NamedTuple):
    """A correction of the significance or the change note of a version's text, or of both. `version` is a key."""

    version: int
    language: str
    at: datetime
    significance: str
    note: bytes | None


class NotedText(NamedTuple):
    """A text of a version, without its body."""

    key: int
    number: int
    version_id: int
    effective_at: datetime
    language: str
    significance: str
    note: bytes | None
    note_language: str
    version_published_at: datetime
    published_at: datetime

    @property
    def localized_note(self) -> tuple[bytes | None, str]:
        """Return the note and its language, which can be another one than that of the text."""
        return self.note, self.note_language or self.language


@dataclass(frozen=True)
class PageEvents:
    """The cancellations (time by number of the version), confirmations, corrections and reviews up to any time.

    `reviews` has the number of the version that was reviewed, and the time. `was_withdrawn` says that there is a
    withdrawal, whether or not it has ended.
    """

    cancelled: dict[int, datetime]
    corrections: tuple[Correction, ...]
    confirmations: tuple[tuple[str, str, int, datetime], ...]
    page: int
    was_withdrawn: bool = False
    reviews: tuple[tuple[int, datetime], ...] = ()

    @cached_property
    def first_texts(self) -> list[NotedText]:
        """Return the texts of the first versions in all languages, newest first.

        `published_at` is right for the first one in each language.
        """
        texts = VersionText.objects.filter(version__page=self.page, version__number__lte=FIRST_VERSIONS)
        columns = ("pk", "version__number", "version_id", "version__effective_at", "language", "significance")
        earlier = VersionText.objects.filter(
            version__page=self.page, version__number__lt=OuterRef("version__number"), language=OuterRef("language")
        )
        dated_source = source_with_date(Q(~Exists(earlier)))
        note = ("note__content", "note_language")
        rows = texts.order_by("-version__number").values_list(*columns, *note, "version__published_at", dated_source)
        return [NotedText._make([*row[:-1], first_publication(row[-1], row[3])]) for row in rows]

    def is_cancelled(self, number: int, at: datetime) -> bool:
        return number in self.cancelled and self.cancelled[number] <= at

    def cancelled_numbers(self, at: datetime) -> set[int]:
        return {number for number in self.cancelled if self.is_cancelled(number, at)}

    def counted_significance(self, language: str, at: datetime) -> dict[int, str]:
        """Return the newest corrections of a language up to a time, by the key of the version."""
        return {
            correction.version: correction.significance
            for correction in self.corrections
            if correction.language == language and correction.at <= at and correction.significance
        }

    def corrected_notes(self, at: datetime) -> dict[tuple[int, str], bytes]:
        """Return the newest corrected change notes up to a time, by the key of the version and the language."""
        return {
            (correction.version, correction.language): correction.note
            for correction in self.corrections
            if correction.at <= at and correction.note is not None
        }

    def corrected_at(self, version: int, language: str, at: datetime) -> datetime | None:
        """Return when what a version says about a language was last corrected; None if it was not."""
        times = (
            correction.at
            for correction in self.corrections
            if (correction.version, correction.language) == (version, language) and correction.at <= at
        )
        return max(times, default=None)

    def reviewed_at(self, number: int, at: datetime) -> datetime | None:
        """Return when a version was last reviewed without a change; None if it was not."""
        times = (reviewed_at for reviewed, reviewed_at in self.reviews if reviewed == number and reviewed_at <= at)
        return max(times, default=None)

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


def read_events(page: int, state: SiteState) -> PageEvents:
    """Return the events of the page with a key, which is published."""
    return _events.get(read_tree(state).stamp(page), lambda: read_recorded_events(page))


def _size(events: PageEvents) -> int:
    counts = map(len, (events.cancelled, events.corrections, events.confirmations, events.reviews))
    return PAGE_SIZE + EVENT_SIZE * sum(counts)


# Until a record of the page is added.
_events = SizedCache(MAX_SIZE, _size)


def read_recorded_events(page: int) -> PageEvents:
    """Read the events of the page with a key."""
    records = PublicationRecord.objects.filter(page=page, kind__in=KINDS).order_by("number")
    columns = ("kind", "at", "version", "version__number", "language", "significance", "text_digest", "note__content")
    cancelled: dict[int, datetime] = {}
    corrections, confirmations, reviews, was_withdrawn = [], [], [], False
    for kind, at, version, number, language, significance, digest, note in records.values_list(*columns):
        if kind == RecordKind.CANCEL:
            cancelled[number] = at
        elif kind == RecordKind.CONFIRM:
            confirmations.append((language, digest, number, at))
        elif kind == RecordKind.WITHDRAW:
            was_withdrawn = True
        elif kind == RecordKind.REVIEW:
            reviews.append((number, at))
        else:
            corrections.append(Correction(version, language, at, significance, note))
    return PageEvents(cancelled, tuple(corrections), tuple(confirmations), page, was_withdrawn, tuple(reviews))
