"""What readers are told of a page that was taken away: since when, why, and until when if it is back."""

from dataclasses import dataclass
from datetime import datetime

from pages.languages import LocalizedText, text_for
from pages.models import Page, PublicationRecord, VersionText
from pages.models.publication_record import RecordKind


@dataclass(frozen=True)
class Withdrawal:
    """A stretch in which readers could not open a page; `until` only once it is over."""

    since: datetime
    until: datetime | None
    # None where the words were erased; their digest stays in the log.
    reason: LocalizedText | None


def withdrawal_at(page: Page, language: str, at: datetime) -> Withdrawal | None:
    """Return the withdrawal that a page is under at the moment; None for one that is shown."""
    record = page.records.active_withdrawals(at).first()
    return record and read_withdrawal(page, record, language, at)


def withdrawals_of(page: Page, language: str, at: datetime) -> tuple[Withdrawal, ...]:
    """Return all withdrawals that are known at the moment, newest first, those that are over among them."""
    records = page.records.filter(kind__in=[RecordKind.WITHDRAW, RecordKind.BRING_BACK], at__lte=at).order_by("number")
    found, until = [], None
    for record in reversed(records):
        if record.kind == RecordKind.WITHDRAW:
            found.append(Withdrawal(record.at, until, _reason(page, record, language)))
        until = record.at if record.kind == RecordKind.BRING_BACK else None
    return tuple(found)


def read_withdrawal(page: Page, record: PublicationRecord, language: str, at: datetime) -> Withdrawal:
    """Read a withdrawal by its record, as it is known at the moment."""
    ends = page.records.filter(kind=RecordKind.BRING_BACK, number__gt=record.number, at__lte=at)
    until = ends.order_by("number").values_list("at", flat=True).first()
    return Withdrawal(record.at, until, _reason(page, record, language))


def title_of_withdrawn(page: Page, record: PublicationRecord, language: str) -> LocalizedText:
    """Return the title that a page had when it was withdrawn."""
    rows = VersionText.objects.filter(version__in=page.versions.in_force(record.at)).select_related("revision")
    text = text_for({row.language: row for row in rows.defer("revision__source")}, language, page.source_language)
    return LocalizedText(text.revision.title, text.language)


def _reason(page: Page, record: PublicationRecord, language: str) -> LocalizedText | None:
    reasons = {written_in: LocalizedText(words, written_in) for written_in, words in record.reasons.items()}
    return text_for(reasons, language, page.source_language) if reasons else None
