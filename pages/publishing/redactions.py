"""Redaction: erasing texts, pictures, notes, reasons, names and messages for ever.

The log says why, and keeps their digests.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.models import Blob, EditingSession, Handover, Page, PublicationRecord, Revision, SiteCounter, VersionText
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.freed_space import zero_freed_space
from pages.publishing.records import append_record, require_clock
from pages.publishing.redactable_contents import RedactableContent, find_content, find_obstacles
from pages.text.fields import FRONT_MATTER_KEYS


class NothingToRedact(Exception):
    """Nothing that can be redacted has the digest, or it was redacted already; nothing was changed."""

    def __init__(self, digest: str):
        self.digest = digest
        super().__init__(f"Nothing that can be redacted has the digest {digest}.")


class StillUsed(ValidationError):
    """A text or picture is public, announced, or in a draft; nothing was changed. The messages say what to do first."""


def read_redactable(digest: str) -> str | RedactableContent:
    """Return the note, reason, name or message with a digest, or the text or picture. Raises NothingToRedact."""
    return find_content(digest) or _read_short_text(digest)


def _read_short_text(digest: str) -> str:
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


def require_redactable(digests: Collection[str], now: datetime) -> list[RedactableContent]:
    """Return the texts of pages and the pictures among some contents. Raises NothingToRedact, StillUsed."""
    contents = [content for digest in digests if isinstance(content := read_redactable(digest), RedactableContent)]
    obstacles = {content.digest: find_obstacles(content.digest, now) for content in contents}
    if sentences := [(digest, sentence) for digest, found in obstacles.items() for sentence in found]:
        is_one = len(digests) == 1
        raise StillUsed([sentence if is_one else f"{digest[:12]}: {sentence}" for digest, sentence in sentences])
    return contents


@transaction.atomic
def redact(digests: Collection[str], *, reasons: Mapping[str, str], by: Actor, now: datetime) -> PublicationRecord:
    """Erase the contents with these digests for ever, and record the digests with the reasons by language.

    With a text go its title and description in every revision that has it, whatever the page or language, and the
    unsaved texts that were begun with it. The database can keep the bytes in space that it has freed: see
    `pages.publishing.freed_space`. Readers do not see the reasons. Raises NothingToRedact, StillUsed, ValidationError
    without a reason, ClockBehind, PermissionDenied.
    """
    by.require_superuser()
    # In the order of other operations: nobody publishes or saves on these pages, nor redacts, until the end.
    pages = Page.objects.filter(pk__in=Revision.objects.filter(blob__in=digests).values("page"))
    list(pages.order_by("pk").select_for_update().values_list("pk"))
    SiteCounter.objects.get_locked()
    require_clock(now)
    contents = require_redactable(digests, now)
    reasons = {language: reason.strip() for language, reason in reasons.items() if reason.strip()}
    if not reasons:
        raise ValidationError({"reason": _("Say why it is redacted.")})
    details = {"digests": sorted(set(digests))}
    record = append_record(RecordKind.REDACT, at=now, now=now, by=by, details=details, reasons=reasons)
    zero_freed_space()
    # The triggers allow it because the record names the digests.
    Blob.objects.filter(pk__in=digests).update(content=None, salt=b"")
    Handover.objects.filter(message_digest__in=digests).update(message="", salt=b"")
    Revision.objects.filter(blob__in=digests).update(**dict.fromkeys(FRONT_MATTER_KEYS, ""), salt=b"")
    EditingSession.objects.filter(pk__in=[key for content in contents for key in content.unsaved]).delete()
    return record
