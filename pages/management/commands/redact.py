"""`redact`: erase texts, pictures, change notes, reasons, names and messages for ever."""

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from pages.management.database import require_migrated_database
from pages.presentation.editors.redaction_preview import describe_redaction
from pages.publishing.actors import system_actor
from pages.publishing.freed_space import rewrite_database
from pages.publishing.redactable_contents import RedactableContent
from pages.publishing.redactions import NothingToRedact, read_redactable, redact, require_redactable


class Command(BaseCommand):
    help = (
        "Erase texts of pages, pictures, change notes, reasons, names and messages of handovers for ever, for example "
        "because one has a phone number. The publication log keeps their digests and says that they were redacted. "
        "A text or picture that is public, announced or in a draft is refused: publish or save another one first. "
        "Backups keep what is erased: delete or replace these. Exit status: 0; 1 if a digest is not that of such a "
        "content, if it is refused, or if you do not confirm."
    )

    def add_arguments(self, parser):
        parser.add_argument("digests", nargs="+", metavar="DIGEST", help="SHA-256 of salt and content, in hexadecimal")
        parser.add_argument("--reason", required=True, help="why, for the publication log, which never shows it")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, digests, reason, yes, **options):
        require_migrated_database()
        try:
            for line in _described(digests):
                self.stdout.write(line)
            if not (yes or _is_confirmed()):
                raise CommandError("Nothing was changed.")
            reasons = {settings.LANGUAGE_CODE: reason}
            record = redact(digests, reasons=reasons, by=system_actor("redact"), now=timezone.now())
        except NothingToRedact as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            # Without a reason, if the clock is behind, or if something still uses a text.
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"Redacted by record {record.number} of the publication log.")
        if not rewrite_database():
            self.stdout.write(f"The database can still hold the bytes in freed space. {HINTS[connection.vendor]}")


HINTS = {
    "sqlite": "Run VACUUM and PRAGMA wal_checkpoint(TRUNCATE) when nobody else uses it.",
    "postgresql": "Run VACUUM FULL, which stops readers while it works.",
}


def _described(digests) -> Iterator[str]:
    """Yield what is erased. Raises NothingToRedact, StillUsed."""
    require_redactable(digests, timezone.now())
    for digest in digests:
        content = read_redactable(digest)
        sentences = describe_redaction(content) if isinstance(content, RedactableContent) else [content]
        yield from (f"{digest[:12]}: {sentence}" for sentence in sentences)


def _is_confirmed():
    try:
        return input("Erase this for ever? [y/N] ").strip().lower() == "y"
    except EOFError:
        return False
