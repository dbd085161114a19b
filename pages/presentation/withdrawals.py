"""The withdrawals of a page as readers see them: from when to when, and why."""

from dataclasses import dataclass
from datetime import datetime

from pages.languages import LocalizedText, text_for
from pages.models import Page, PublicationRecord, VersionText
from pages.models.publication_record import RecordKind
from pages.presentation.public_tree import read_tree
from pages.presentation.redactions import localized_title
from pages.presentation.site_state import SiteState


@dataclass(frozen=True)
class Withdrawal:
    """A period in which a page was withdrawn. `until` is None while it lasts."""

    since: datetime
    until: datetime | None
    # None if the reason was redacted.
    reason: LocalizedText | None


def read_withdrawal_in_effect(page: Page, language: str, state: SiteState) -> Withdrawal | None:
    """Return the withdrawal in effect, or None."""
    if not read_tree(state).statuses[page.pk].is_withdrawn:
        return None
    return read_withdrawal(page, page.records.active_withdrawals(state.at).get(), language, state.at)


def withdrawals_of(page: Page, language: str, at: datetime) -> tuple[Withdrawal, ...]:
    """Return the withdrawals up to a time, past ones included, newest first."""
    records = page.records.filter(kind__in=[RecordKind.WITHDRAW, RecordKind.BRING_BACK], at__lte=at).order_by("number")
    withdrawals: list[Withdrawal] = []
    until = None
    # In reverse, the end of a withdrawal is seen before its start.
    for record in reversed(records):
        if record.kind == RecordKind.WITHDRAW:
            withdrawals.append(Withdrawal(record.at, until, _reason(page, record, language)))
        until = record.at if record.kind == RecordKind.BRING_BACK else None
    return tuple(withdrawals)


def read_withdrawal(page: Page, record: PublicationRecord, language: str, at: datetime) -> Withdrawal:
    """Return the withdrawal of a record, with its end if the page was brought back by `at`."""
    ends = page.records.filter(kind=RecordKind.BRING_BACK, number__gt=record.number, at__lte=at)
    until = ends.order_by("number").values_list("at", flat=True).first()
    return Withdrawal(record.at, until, _reason(page, record, language))


def title_of_withdrawn(page: Page, record: PublicationRecord, language: str) -> LocalizedText:
    """Return the title that a page had when it was withdrawn."""
    rows = VersionText.objects.filter(version__in=page.versions.in_force(record.at)).select_related("revision")
    text = text_for({row.language: row for row in rows}, language, page.source_language)
    return localized_title(text.revision.title, text.language)


def _reason(page: Page, record: PublicationRecord, language: str) -> LocalizedText | None:
    reasons = {code: LocalizedText(text, code) for code, text in record.reasons.items()}
    return text_for(reasons, language, page.source_language) if reasons else None
