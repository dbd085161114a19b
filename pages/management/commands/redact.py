"""`redact`: erase change notes, reasons, names and messages for ever."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.management.database import require_migrated_database
from pages.publishing.actors import system_actor
from pages.publishing.redactions import NothingToRedact, read_redactable, redact


class Command(BaseCommand):
    help = (
        "Erase change notes, reasons, names and messages of handovers for ever, for example because one has a phone "
        "number. The publication log keeps their digests and says that they were redacted. Backups keep them: delete "
        "or replace these. Exit status: 0; 1 if a digest is not that of such a text, or if you do not confirm."
    )

    def add_arguments(self, parser):
        parser.add_argument("digests", nargs="+", metavar="DIGEST", help="SHA-256 of salt and text, in hexadecimal")
        parser.add_argument("--reason", required=True, help="why, for the publication log, which never shows it")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, digests, reason, yes, **options):
        require_migrated_database()
        try:
            for digest in digests:
                self.stdout.write(f"{digest[:12]}: {read_redactable(digest)}")
            if not (yes or _is_confirmed()):
                raise CommandError("Nothing was changed.")
            reasons = {settings.LANGUAGE_CODE: reason}
            record = redact(digests, reasons=reasons, by=system_actor("redact"), now=timezone.now())
        except NothingToRedact as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            # Without a reason, or if the clock is behind.
            raise CommandError(error.messages[0]) from error
        self.stdout.write(f"Redacted by record {record.number} of the publication log.")


def _is_confirmed():
    try:
        return input("Erase this for ever? [y/N] ").strip().lower() == "y"
    except EOFError:
        return False
