"""What was done to a page since a form was opened: the sentences that follow an edit conflict.

A form whose answer was lost, as when the server is killed while it answers, conflicts with what it did itself.
"""

from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pages.languages import name_in_sentence
from pages.models import Handover, Page, PublicationRecord
from pages.models.publication_record import PublicationRecordQuerySet, RecordKind
from pages.presentation.as_of import format_moment

# An import can add thousands of records between the opening of a form and its submission.
MAX_CHANGES = 5
SENT_BEFORE = gettext_lazy(
    "If you did this by sending this form before, it is done: do not send the form again. Otherwise nothing of what "
    "you entered was done."
)


def describe_records(page: Page, last_seen: int) -> list[str]:
    """Return a sentence for each of the newest records of a page after the one with a number, oldest first."""
    return _describe(page.records.filter(number__gt=last_seen))


def describe_redaction_of(digest: str) -> list[str]:
    """Return a sentence for the record that names a digest as redacted, if there is one: it is of no page."""
    return _describe(PublicationRecord.objects.filter(kind=RecordKind.REDACT, canonical__contains=digest))


def _describe(records: PublicationRecordQuerySet) -> list[str]:
    newest = records.select_related("version", "actor").order_by("-number")[:MAX_CHANGES]
    return [_sentence(_event(record), record.at, record.actor_name) for record in reversed(newest)]


def describe_handovers(page: Page, language: str, last_seen: int) -> list[str]:
    """Return a sentence for each of the newest handovers of a text after the one with a key, oldest first."""
    handovers = Handover.objects.filter(revision__page=page, revision__language=language, pk__gt=last_seen)
    newest = handovers.select_related("revision").order_by("-pk")[:MAX_CHANGES]
    return [_sentence(_handover_event(handover), handover.at, handover.by) for handover in reversed(newest)]


def _sentence(event: str, at: datetime, person: str) -> str:
    by_person = [person] if person else []
    return f"{event} \N{EN DASH} {', '.join([format_moment(at), *by_person])}."


def _event(record: PublicationRecord) -> str:
    """Return the event, named as in the history of the page."""
    if record.version is None:
        names = {
            RecordKind.WITHDRAW: _("Page withdrawn"),
            RecordKind.BRING_BACK: _("Page brought back"),
            RecordKind.PLACE: _("Page moved"),
        }
        return names.get(RecordKind(record.kind)) or capfirst(record.get_kind_display())
    names = {
        RecordKind.CANCEL: _("Announced version %(number)s cancelled"),
        RecordKind.CONFIRM: _("Translation confirmed"),
        RecordKind.REVIEW: _("Page reviewed"),
        RecordKind.CORRECT: _("Record of version %(number)s corrected"),
    }
    name = names.get(RecordKind(record.kind)) or _publication(record)
    return name % {"number": record.version.number}


def _publication(record: PublicationRecord) -> str:
    is_announced = record.version.effective_at > record.version.published_at
    return _("Version %(number)s announced") if is_announced else _("Version %(number)s published")


def _handover_event(handover: Handover) -> str:
    event = _("Marked as ready") if handover.is_ready else pgettext("hand-over", "Sent back")
    return f"{event}: {name_in_sentence(handover.revision.language)}"
