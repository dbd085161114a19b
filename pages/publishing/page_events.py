"""What happens to a page beside its versions: it is withdrawn, brought back, its translations are confirmed."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.history import hash_chain
from pages.history.translation_basis import confirmed_bases
from pages.models import Page, PublicationRecord, Version
from pages.models.page import text_field
from pages.models.permissions import PUBLISH, WITHDRAW, publish_text_permission
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.records import append_record, effective_now, require_last_record


class NotWithdrawable(Exception):
    """Only a page that readers can open can be withdrawn, and only a withdrawn one brought back."""


class NotConfirmable(Exception):
    """Only a translation can be said to reflect a version, one that has the source text and came before or with it."""


@transaction.atomic
def withdraw(
    page: Page, *, reasons: Mapping[str, str], by: Actor, now: datetime, expected_record: int | None = None
) -> PublicationRecord:
    """Take a page from readers, who are told the reason in their language, or else in the page's own.

    Raises ValidationError without a reason in the source language, NotWithdrawable, PublicationConflict.
    """
    by.require(WITHDRAW)
    page = Page.objects.select_for_update().get(pk=page.pk)
    require_last_record(page, expected_record)
    moment = effective_now(page, now)
    if not Page.objects.public(moment).filter(pk=page.pk).exists():
        raise NotWithdrawable
    reasons = {language: words.strip() for language, words in reasons.items() if words.strip()}
    if page.source_language not in reasons:
        field = text_field("reason", page.source_language)
        raise ValidationError({field: _("Tell readers why the page is withdrawn.")})
    return append_record(RecordKind.WITHDRAW, page=page, at=moment, now=now, by=by, reasons=reasons)


@transaction.atomic
def bring_back(page: Page, *, by: Actor, now: datetime, expected_record: int | None = None) -> PublicationRecord:
    """Show a withdrawn page again, as it is in force now. Raises NotWithdrawable, PublicationConflict."""
    by.require(WITHDRAW)
    page = Page.objects.select_for_update().get(pk=page.pk)
    require_last_record(page, expected_record)
    moment = effective_now(page, now)
    if not Page.objects.withdrawn(moment).filter(pk=page.pk).exists():
        raise NotWithdrawable
    return append_record(RecordKind.BRING_BACK, page=page, at=moment, now=now, by=by)


@transaction.atomic
def confirm(
    version: Version, language: str, reflects: int, *, by: Actor, now: datetime, expected_record: int | None = None
) -> PublicationRecord:
    """Say that a version's translation says what the source of a version says; no text changes.

    It counts for that very text, in versions from the one that is named on. Raises NotConfirmable, PublicationConflict.
    """
    by.require(PUBLISH, publish_text_permission(language))
    page = Page.objects.select_for_update().get(pk=version.page_id)
    require_last_record(page, expected_record)
    moment = effective_now(page, now)
    text = version.texts.filter(language=language).select_related("revision").first()
    named = page.versions.not_cancelled(moment).filter(number=reflects, texts__language=page.source_language).first()
    is_new = text and reflects not in {text.based_on, *confirmed_bases(page, version, text, moment)}
    if not is_new or named is None or language == page.source_language or reflects > version.number:
        raise NotConfirmable
    digest = text.revision.digest
    return append_record(
        RecordKind.CONFIRM,
        page=page,
        version=named,
        at=moment,
        now=now,
        by=by,
        extra_payload={"confirmed": hash_chain.confirmation_payload(language, digest)},
        language=language,
        text_digest=digest,
    )
