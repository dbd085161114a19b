"""`verify_history`: check that nobody rewrote what was published."""

from django.core.management.base import BaseCommand, CommandError

from pages.history.verification import find_problems
from pages.models import SiteCounter


class Command(BaseCommand):
    """Output of the check."""

    help = "Check every record of the publication log, and every stored text against it. Exit status 1 if one is wrong."

    def handle(self, **options):
        """Name each place that does not hold, or the head of a log that does."""
        wrong = 0
        for sentence in find_problems():
            wrong += 1
            self.stderr.write(sentence)
        if wrong:
            raise CommandError(f"The history does not hold: {wrong} finding(s).")
        counter = SiteCounter.objects.first() or SiteCounter()
        self.stdout.write(f"The history holds: {counter.last_record} record(s), head {counter.head or 'none'}.")
