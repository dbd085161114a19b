"""Redaction: erasing notes, reasons, names and messages for ever. The log says why, and keeps their digests."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.models import Blob, Handover, Page, PublicationRecord, SiteCounter, VersionText
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.records import append_record, require_clock


class NothingToRedact(Exception):
    """No note, reason, name or message has the digest, or it was redacted already; nothing was changed."""

    def __init__(self, digest: str):
        self.digest = digest
        super().__init__(f"Nothing that can be redacted has the digest {digest}.")


def read_redactable(digest: str) -> str:
    """Return the text with a digest. Raises NothingToRedact, also for the text of a page or a picture."""
    # Only short texts have a salt.
    blob = Blob.objects.filter(pk=digest, content__isnull=False).exclude(salt=b"").first()
    if blob is not None:
        return blob.text
    message = Handover.objects.filter(message_digest=digest).exclude(message="").values_list("message", flat=True)
    if not digest or not message:
        raise NothingToRedact(digest)
    return message[0]


def redactable_digests(page: Page) -> set[str]:
    """Return the digests of the notes, reasons and messages of a page, also of those that were redacted."""
    return set(_digests(page))


def _digests(page: Page) -> Iterator[str]:
    yield from page.records.exclude(note=None).values_list("note", flat=True)
    yield from VersionText.objects.filter(version__page=page).exclude(note=None).values_list("note", flat=True)
    for reasons in page.records.exclude(reason_digests={}).values_list("reason_digests", flat=True):
        yield from reasons.values()
    messages = Handover.objects.filter(revision__page=page).exclude(message_digest="")
    yield from messages.values_list("message_digest", flat=True)


@transaction.atomic
def redact(digests: Collection[str], *, reasons: Mapping[str, str], by: Actor, now: datetime) -> PublicationRecord:
    """Erase the texts with these digests for ever, and record the digests with the reasons by language.

    Readers do not see the reasons. Raises NothingToRedact, ValidationError without a reason, ClockBehind,
    PermissionDenied.
    """
    by.require_superuser()
    # Nobody else redacts until the end.
    SiteCounter.objects.get_locked()
    require_clock(now)
    for digest in digests:
        read_redactable(digest)
    reasons = {language: reason.strip() for language, reason in reasons.items() if reason.strip()}
    if not reasons:
        raise ValidationError({"reason": _("Say why it is redacted.")})
    details = {"digests": sorted(set(digests))}
    record = append_record(RecordKind.REDACT, at=now, now=now, by=by, details=details, reasons=reasons)
    # The triggers allow it because the record names the digests.
    Blob.objects.filter(pk__in=digests).update(content=None, salt=b"")
    Handover.objects.filter(message_digest__in=digests).update(message="", salt=b"")
    return record
