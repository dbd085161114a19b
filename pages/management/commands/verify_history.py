"""`verify_history`: check that nobody changed what was published."""

from django.core.management.base import BaseCommand, CommandError

from pages.history.verification import find_problems
from pages.management.database import require_migrated_database
from pages.models import SiteCounter


class Command(BaseCommand):
    help = "Check the publication log, and every stored text against it. Exit status: 0; 1 if there is a problem."
    # The check of triggers is part of the result.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--head", metavar="HASH", default="", help="a hash of the log that was noted earlier")

    def handle(self, **options):
        require_migrated_database()
        problems = 0
        for problem in find_problems(noted_hash=options["head"]):
            problems += 1
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"The history is not valid: {problems} problem(s).")
        counter = SiteCounter.objects.first() or SiteCounter()
        self.stdout.write(f"The history is valid: {counter.last_record} record(s), head {counter.head or 'none'}.")
