"""The base of commands that import, export or bake: their progress, the final report and the exit status."""

import sys

from django.core.management.base import BaseCommand, CommandError

from pages.baking.report import BakeReport
from pages.hugo.exporting.report import ExportReport
from pages.management.database import migrated_database
from pages.management.progress import Progress
from pages.presentation.import_report import ImportReport


class TransferCommand(BaseCommand):
    """Prints a report. The exit status is 1 if the report is not complete, and 2 after one of the `refusals`."""

    refusals: tuple[type[Exception], ...]
    # Whether the command creates the tables of an empty database.
    creates_tables = False

    def transfer(self, *, progress: Progress, **options) -> ImportReport | ExportReport | BakeReport:
        """Import, export or bake."""
        raise NotImplementedError

    def handle(self, **options):
        try:
            with migrated_database(creates_tables=self.creates_tables):
                self._run(**options)
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted. Run the command again, and it goes on.", returncode=130) from error

    def _run(self, **options):
        progress = Progress(self.stderr)
        try:
            report = self.transfer(progress=progress, **options)
        except self.refusals as error:
            # The string of a ValidationError is that of a list.
            raise CommandError(getattr(error, "message", str(error)), returncode=2) from error
        finally:
            progress.end()
        notes = ["Dry run: nothing was imported."] if options.get("dry_run") else []
        self.stdout.write("\n".join([*report.lines(), *notes]))
        if not report.is_complete:
            # Not a CommandError, which would print a message of its own: the report already says what is missing.
            sys.exit(1)
