"""Notice periods: how long before it comes into force readers are told of a major change.

The log has no field for the reason of a shorter notice. It is recorded in the change note, which all readers see.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from pages.models import Page

FIELD = "notice_reason"


def earliest_date(page: Page, announced_at: datetime) -> date:
    """Return the first day on which a major change that is announced at a time can come into force."""
    return timezone.localdate(announced_at) + timedelta(days=page.notice_days)


def is_short_notice(page: Page, announced_at: datetime, effective_at: datetime) -> bool:
    return timezone.localdate(effective_at) < earliest_date(page, announced_at)


def notes_with_reason(
    page: Page, notes: Mapping[str, str], major: Collection[str], reason: str, earliest: date
) -> dict[str, str]:
    """Return the change notes with the reason for a short notice in the source language, else in a changed one.

    `major` are the languages with a major change of a published text, `earliest` is the first possible date. Raises
    ValidationError without a reason.
    """
    if not reason.strip():
        text = _(
            "Readers are told of major changes %(days)d days before. The earliest date is %(date)s: choose a later "
            "date, or give the reason for less notice."
        )
        raise ValidationError({FIELD: text % {"days": page.notice_days, "date": date_format(earliest)}})
    language = page.source_language if page.source_language in major else min(major)
    with override(language):
        sentence = _("Less notice than the usual %(days)d days: %(reason)s") % {
            "days": page.notice_days,
            "reason": reason.strip(),
        }
    return {**notes, language: f"{notes.get(language, '').strip()} {sentence}".strip()}
