"""The withdrawals of a page as readers see them: from when to when, and why."""

from dataclasses import dataclass
from datetime import datetime

from pages.languages import LocalizedText, text_for
from pages.models import Page, PublicationRecord, VersionText
from pages.models.publication_record import RecordKind
from pages.presentation.page_presentation import PagePresentation
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

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Tell whether the page was withdrawn at a time from `start` to `end`."""
        return self.since <= end and (self.until is None or start < self.until)


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


def find_withdrawal(page: Page, moment: datetime, language: str, at: datetime) -> Withdrawal | None:
    """Return the withdrawal that was in effect at a moment, with its end if that was up to `at`; None if none was."""
    return next((past for past in withdrawals_of(page, language, at) if past.overlaps(moment, moment)), None)


def past_withdrawals(presentation: PagePresentation, language: str) -> list[Withdrawal]:
    """Return the withdrawals that have ended, of the time in which a version was in force."""
    span, at = presentation.span, presentation.at
    if not presentation.events.was_withdrawn or span.since is None or not span.has_begun:
        return []
    withdrawals = withdrawals_of(presentation.page, language, at)
    return [past for past in withdrawals if past.until and past.overlaps(span.since, span.until or at)]


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
