"""`accept_clock`: say that the clock is right, after one that was ahead wrote the last records."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.management.database import require_migrated_database
from pages.models import PublicationRecord, Version
from pages.publishing.actors import system_actor
from pages.publishing.records import ClockNotBehind, accept_clock, format_time, require_clock_behind


class Command(BaseCommand):
    help = (
        "Record that the clock is right although it is behind the last record of the publication log, which a clock "
        "that was ahead wrote. Changes are possible from then on. Exit status: 0; 1 if the clock is not behind, or if "
        "you do not confirm."
    )

    def add_arguments(self, parser):
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, yes, **options):
        require_migrated_database()
        now = timezone.now()
        try:
            last = require_clock_behind(now)
        except ClockNotBehind as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The last record was written at {format_time(last)}. It is {format_time(now)} now.")
        for line in _pending(now):
            self.stdout.write(line)
        if not (yes or _is_confirmed()):
            raise CommandError("Nothing was changed.")
        accept_clock(by=system_actor("accept_clock"), now=timezone.now())
        self.stdout.write("The clock is accepted: changes are possible again.")


def _is_confirmed():
    try:
        return input("Is the present time right? It will be recorded. [y/N] ").strip().lower() == "y"
    except EOFError:
        return False


def _pending(now):
    """Yield what the clock that was ahead has dated in the future, and how to undo it."""
    for version in Version.objects.upcoming(now).filter(published_at__gt=now).select_related("page").order_by("pk"):
        time = format_time(version.effective_at)
        yield f"Version {version.number} of {version.page} comes into force at {time}, unless somebody cancels it."
    events = PublicationRecord.objects.filter(at__gt=now, version=None).exclude(page=None).select_related("page")
    for record in events.order_by("number"):
        yield f"Record {record.number} ({record.kind}) of {record.page} has the time {format_time(record.at)}."
