"""Handing over a text: a translator or editor marks the draft as ready, a publisher sends it back."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.history.page_versions import version_in_force
from pages.models import Handover, Page, Revision, Version, VersionText
from pages.models.handover import HandoverKind
from pages.models.permissions import PUBLISH, change_text_permission, publish_text_permission
from pages.publishing.actors import Actor
from pages.publishing.version_writer import base_version

MAX_MESSAGE_LENGTH = 2000


class HandoverConflict(Exception):
    """The text or its source was saved, marked as ready or sent back after the person opened it; nothing was stored."""


@dataclass(frozen=True)
class SourceCandidate:
    """A source text that a translation can reflect: that of a version, or the draft (no version)."""

    revision: Revision
    version: Version | None = None

    @property
    def digest(self) -> str:
        return self.revision.digest


def find_source_texts(page: Page, at: datetime) -> list[SourceCandidate]:
    """Return the different source texts that a translator can work from.

    These are the draft, the text of the newest version, which can be an announcement, and the text in force. The same
    bytes count once, as published if they are.
    """
    versions = [version for version in (base_version(page), version_in_force(page, at)) if version]
    texts = VersionText.objects.filter(version__in=versions, language=page.source_language)
    rows = texts.select_related("revision__blob", "version").order_by("-version__number")
    published = {row.revision.digest: SourceCandidate(row.revision, row.version) for row in rows}
    draft = page.revisions.drafts().filter(language=page.source_language).select_related("blob").first()
    if draft is None or draft.is_empty or draft.digest in published:
        return list(published.values())
    return [SourceCandidate(draft), *published.values()]


@transaction.atomic
def mark_ready(
    page: Page,
    language: str,
    *,
    revision: int,
    source_digest: str = "",
    message: str = "",
    by: Actor,
    now: datetime,
    expected_handover: int | None = None,
) -> Handover:
    """Say that the draft in a language is finished and, for a translation, that it matches a source text.

    `revision` is the draft that the person saw, and `source_digest` names the source text: one of `find_source_texts`.
    `expected_handover` is the handover that they saw, 0 without one. Raises HandoverConflict, ValidationError,
    PermissionDenied.
    """
    by.require(change_text_permission(language))
    page = Page.objects.get_locked(page.pk)
    head = _read_expected_head(page, language, revision, expected_handover)
    if head.is_empty:
        raise ValidationError(_("There is no text in this language yet."))
    if language == page.source_language:
        source_digest = head.digest
    elif source_digest not in {text.digest for text in find_source_texts(page, now)}:
        raise HandoverConflict
    return _store(head, HandoverKind.READY, source_digest, message, by, now)


@transaction.atomic
def send_back(page: Page, language: str, *, handover: int, message: str, by: Actor, now: datetime) -> Handover:
    """Return a text that is marked as ready, with a message that says what is missing.

    `handover` is the mark that the person saw. Raises HandoverConflict, ValidationError, PermissionDenied.
    """
    by.require(PUBLISH, publish_text_permission(language))
    page = Page.objects.get_locked(page.pk)
    mark = Handover.objects.by_language(page).get(language)
    if mark is None or mark.pk != handover or not mark.is_ready:
        raise HandoverConflict
    if not message.strip():
        raise ValidationError({"message": _("Say what is missing, so that the text can be finished.")})
    return _store(mark.revision, HandoverKind.SENT_BACK, mark.source_digest, message, by, now)


def _read_expected_head(page: Page, language: str, revision: int, expected_handover: int | None) -> Revision:
    """Return the draft. Raises HandoverConflict if it is not the expected revision, or was handed over since."""
    head = page.revisions.drafts().filter(language=language).first()
    if head is None or head.pk != revision:
        raise HandoverConflict
    newest = Handover.objects.by_language(page).get(language)
    if expected_handover is not None and expected_handover != (newest.pk if newest else 0):
        raise HandoverConflict
    return head


def _store(
    revision: Revision, kind: HandoverKind, source_digest: str, message: str, by: Actor, now: datetime
) -> Handover:
    message = message.strip()
    if len(message) > MAX_MESSAGE_LENGTH:
        text = _("The message is longer than %(limit)d characters.") % {"limit": MAX_MESSAGE_LENGTH}
        raise ValidationError({"message": text})
    handover = Handover(
        revision=revision, kind=kind, source_digest=source_digest, by=by.name, person_id=by.account, at=now
    )
    handover.set_message(message)
    handover.save(force_insert=True)
    return handover
