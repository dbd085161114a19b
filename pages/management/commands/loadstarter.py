"""`loadstarter`: load the sample policy, which has two languages and two versions."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.hugo.starter import SiteHasPages, load_starter
from pages.management.database import migrated_database
from pages.presentation.import_report import present_log
from pages.publishing.actors import system_actor


class Command(BaseCommand):
    help = "Load the sample privacy policy (English and Russian, two versions) and the notice that it is a sample."

    def handle(self, **options):
        try:
            with migrated_database(creates_tables=True):
                logs = load_starter(by=system_actor("loadstarter"), now=timezone.now())
        except SiteHasPages as error:
            raise CommandError(
                _("Nothing was loaded: the site already has pages, or its publication log has begun.")
            ) from error
        for log in logs:
            for line in present_log(log).lines():
                self.stdout.write(line)
