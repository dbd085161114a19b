"""`loadstarter`: a sample policy in two languages, with a history."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.hugo.starter import SiteHasPages, load_starter
from pages.publishing.actors import system_actor


class Command(BaseCommand):
    """Output of the starter's import."""

    help = "Import the sample privacy policy (English and Russian, two versions) and put up the notice that says so."

    def handle(self, **options):
        """Import it, and say what was done."""
        try:
            reports = load_starter(by=system_actor("loadstarter"), now=timezone.now())
        except SiteHasPages as error:
            raise CommandError("Nothing was loaded: the site has pages already.") from error
        for report in reports:
            for line in report.lines():
                self.stdout.write(line)
