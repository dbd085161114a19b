"""The base of commands that import, export or bake: their progress, the final report and the exit status."""

import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pages.baking.report import BakeReport
from pages.hugo.exporting.report import ExportReport
from pages.management.database import migrated_database
from pages.management.progress import Progress
from pages.presentation.import_report import ImportReport
from pages.text.messages import reason_of


class TransferCommand(BaseCommand):
    """Prints a report. The exit status is 1 if the report is not complete, and 2 after one of the `refusals`."""

    refusals: tuple[type[Exception], ...]
    # Whether the command creates the tables of an empty database.
    creates_tables = False
    # Whether its report and its errors are in the language of the site. Otherwise they are English.
    is_translated = False

    def transfer(self, *, progress: Progress, **options) -> ImportReport | ExportReport | BakeReport:
        """Import, export or bake."""
        raise NotImplementedError

    def handle(self, **options):
        try:
            with migrated_database(creates_tables=self.creates_tables):
                self._run(**options)
        except KeyboardInterrupt as error:
            raise CommandError(_("Interrupted. Run the command again, and it goes on."), returncode=130) from error

    def _run(self, **options):
        progress = Progress(self.stderr)
        try:
            report = self.transfer(progress=progress, **options)
        except self.refusals as error:
            raise CommandError(self._describe(error), returncode=2) from error
        finally:
            progress.end()
        notes = [_("Dry run: nothing was imported.")] if options.get("dry_run") else []
        self.stdout.write("\n".join([*report.lines(), *notes]))
        if not report.is_complete:
            # Not a CommandError, which would print a message of its own: the report already says what is missing.
            sys.exit(1)

    def _describe(self, error: Exception) -> str:
        if isinstance(error, ValidationError):
            # Its string is that of a list.
            return str(error.message)
        return reason_of(error).translated if self.is_translated else str(error)
