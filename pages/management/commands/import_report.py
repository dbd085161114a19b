"""`import_report [RUN]`: print the report of an import again."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pages.management.database import require_migrated_database
from pages.models import ImportRun
from pages.presentation.import_report import present_run, run_heading


class Command(BaseCommand):
    help = "Print the report of an import, by default of the last one. Exit status: 0; 1 if there is no such import."

    def add_arguments(self, parser):
        parser.add_argument("run", metavar="RUN", nargs="?", type=int, help="the number of the import, see --list")
        parser.add_argument("--list", action="store_true", dest="is_list", help="list the imports with their numbers")

    def handle(self, *, run, is_list, **options):
        require_migrated_database()
        runs = ImportRun.objects.all() if run is None else ImportRun.objects.filter(pk=run)
        if not runs:
            raise CommandError(_("There is no such import.") if run else _("Nothing has been imported yet."))
        if is_list:
            self.stdout.write("\n".join(map(run_heading, runs)))
            return
        self.stdout.write("\n".join([run_heading(runs[0]), *present_run(runs[0]).lines()]))
