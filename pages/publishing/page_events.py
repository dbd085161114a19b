"""Page events other than versions: withdraw a page, bring it back, confirm a translation, review a page."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.history.translation_status import reflected_versions
from pages.languages import name_in_sentence
from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.page import text_field
from pages.models.permissions import PUBLISH, REVIEW, WITHDRAW, publish_text_permission
from pages.models.publication_record import END_OF_TIME, RecordKind
from pages.publishing.actors import Actor
from pages.publishing.records import append_record, effective_now, require_last_record


class NotWithdrawable(Exception):
    """Only a public page can be withdrawn, and only a withdrawn one brought back."""


class NotReviewable(Exception):
    """Only a page that readers can open can be reviewed."""


class NotConfirmable(Exception):
    """The text is not a translation, or the confirmed version has no source text, is later, or is reflected already."""


@transaction.atomic
def withdraw(
    page: Page, *, reasons: Mapping[str, str], by: Actor, now: datetime, expected_record: int | None = None
) -> PublicationRecord:
    """Withdraw a page. Readers see the reason in their language, else in the source language.

    Raises ValidationError if the source language has no reason, NotWithdrawable, PublicationConflict.
    """
    by.require(WITHDRAW)
    page = Page.objects.get_locked(page.pk)
    require_last_record(page, expected_record)
    at = effective_now(page, now)
    if not Page.objects.public(at).filter(pk=page.pk).exists():
        raise NotWithdrawable
    reasons = {language: reason.strip() for language, reason in reasons.items() if reason.strip()}
    if page.source_language not in reasons:
        field = text_field("reason", page.source_language)
        raise ValidationError({field: _("Explain to readers why the page is withdrawn.")})
    return append_record(RecordKind.WITHDRAW, page=page, at=at, now=now, by=by, reasons=reasons)


def withdrawal_to_end(page: Page, now: datetime) -> PublicationRecord | None:
    """Return the withdrawal that nothing ended, or else one whose end is stamped ahead of the clock."""
    last, active = (page.records.active_withdrawals(at).first() for at in (END_OF_TIME, now))
    return last or active


@transaction.atomic
def bring_back(page: Page, *, by: Actor, now: datetime, expected_record: int | None = None) -> PublicationRecord:
    """Make a withdrawn page public again, also one whose withdrawal is stamped ahead of the clock.

    Raises NotWithdrawable, PublicationConflict, and ValidationError if a text that readers would get was redacted.
    """
    by.require(WITHDRAW)
    page = Page.objects.get_locked(page.pk)
    require_last_record(page, expected_record)
    withdrawal = withdrawal_to_end(page, now)
    if withdrawal is None:
        raise NotWithdrawable
    at = effective_now(page, now, undone=withdrawal.at)
    _require_not_redacted(page, at)
    return append_record(RecordKind.BRING_BACK, page=page, at=at, now=now, by=by)


def _require_not_redacted(page: Page, at: datetime) -> None:
    texts = VersionText.objects.filter(version__in=page.versions.in_force(at), revision__blob__content=None)
    if text := texts.select_related("version").order_by("language").first():
        message = _(
            "The text of version %(number)d in this language was redacted: %(language)s. Publish another text, or "
            "remove the language, first."
        )
        raise ValidationError(message % {"number": text.version.number, "language": name_in_sentence(text.language)})


@transaction.atomic
def confirm(
    version: Version, language: str, reflects: int, *, by: Actor, now: datetime, expected_record: int | None = None
) -> PublicationRecord:
    """Record that a translation in `version` reflects the source text of version number `reflects`; no text changes.

    The record applies only to this text of the translation, in version `reflects` and later. Raises NotConfirmable,
    PublicationConflict.
    """
    by.require(PUBLISH, publish_text_permission(language))
    page = Page.objects.get_locked(version.page_id)
    require_last_record(page, expected_record)
    at = effective_now(page, now)
    text = version.texts.filter(language=language).select_related("revision").first()
    source = page.versions.not_cancelled(at).filter(number=reflects, texts__language=page.source_language).first()
    if text is None or source is None or language == page.source_language or reflects > version.number:
        raise NotConfirmable
    if reflects in reflected_versions(version, text, at):
        raise NotConfirmable
    digest = text.revision.digest
    return append_record(
        RecordKind.CONFIRM,
        page=page,
        version=source,
        at=at,
        now=now,
        by=by,
        language=language,
        text_digest=digest,
    )


@transaction.atomic
def review(
    page: Page, *, by: Actor, now: datetime, review_by: date | None = None, expected_record: int | None = None
) -> PublicationRecord:
    """Record that somebody reviewed the version in force, and that nothing in it has to change.

    `review_by` is the date of the next review, None for none. Raises NotReviewable, PublicationConflict,
    ValidationError if the date is not in the future.
    """
    by.require(REVIEW)
    page = Page.objects.get_locked(page.pk)
    require_last_record(page, expected_record)
    at = effective_now(page, now)
    version = page.versions.in_force(at).first()
    if version is None or not Page.objects.public(at).filter(pk=page.pk).exists():
        raise NotReviewable
    if review_by is not None and review_by <= timezone.localdate(at):
        raise ValidationError({"review_by": _("The next review is in the future.")})
    Page.objects.filter(pk=page.pk).update(review_by=review_by)
    return append_record(RecordKind.REVIEW, page=page, version=version, at=at, now=now, by=by)


def next_review(page: Page, now: datetime) -> date | None:
    """Return the date of the next review if the page is reviewed today; None if it has no review period."""
    if not page.review_months:
        return None
    today = timezone.localdate(now)
    months = today.month - 1 + page.review_months
    year, month = today.year + months // 12, months % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))
